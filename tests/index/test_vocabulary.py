from __future__ import annotations

import tempfile
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.errors import IndexBroken
from kbassist.index.vocabulary import OFFSETS_NAME, TERMS_NAME, Vocabulary, write_terms

words = st.text(alphabet=st.characters(), min_size=1, max_size=6)


@given(st.sets(words, max_size=40), st.lists(words, max_size=10))
def test_finds_every_term_and_no_other(terms: set[str], others: list[str]) -> None:
    with tempfile.TemporaryDirectory() as place:
        write_terms(Path(place), sorted(terms))
        vocabulary = Vocabulary.open(Path(place))
        assert list(vocabulary) == sorted(terms)
        assert [vocabulary.find(term) for term in sorted(terms)] == list(range(len(terms)))
        for other in others:
            assert (vocabulary.find(other) is not None) == (other in terms)


@given(st.sets(words, max_size=40), st.text(max_size=2))
def test_prefix_range_holds_the_terms_that_start_with_it(terms: set[str], prefix: str) -> None:
    with tempfile.TemporaryDirectory() as place:
        write_terms(Path(place), sorted(terms))
        vocabulary = Vocabulary.open(Path(place))
        found = [vocabulary[number] for number in vocabulary.with_prefix(prefix)]
        assert found == sorted(term for term in terms if term.startswith(prefix))


def test_terms_of_all_scripts(tmp_path: Path) -> None:
    terms = sorted(["usdt", "usdt-trc20", "提币", "提", "𠮷", "é", "zz"])
    write_terms(tmp_path, terms)
    vocabulary = Vocabulary.open(tmp_path)
    assert [vocabulary[number] for number in vocabulary.with_prefix("usdt")] == terms[:2]
    assert [vocabulary[number] for number in vocabulary.with_prefix("提")] == ["提", "提币"]
    assert vocabulary.find("usd") is None
    assert vocabulary.find("") is None
    assert vocabulary.find("\ud800") is None


def test_an_empty_vocabulary(tmp_path: Path) -> None:
    write_terms(tmp_path, [])
    vocabulary = Vocabulary.open(tmp_path)
    assert len(vocabulary) == 0
    assert vocabulary.find("a") is None
    assert list(vocabulary.with_prefix("")) == []


def test_a_number_out_of_range(tmp_path: Path) -> None:
    write_terms(tmp_path, ["a"])
    for number in (-1, 1):
        with pytest.raises(IndexError):
            Vocabulary.open(tmp_path)[number]


@pytest.mark.parametrize("terms", [["b", "a"], ["a", "a"]])
def test_unsorted_or_repeated_terms_are_refused(tmp_path: Path, terms: list[str]) -> None:
    with pytest.raises(ValueError, match="sorted and distinct"):
        write_terms(tmp_path, terms)


def test_files_that_do_not_belong_together(tmp_path: Path) -> None:
    write_terms(tmp_path, ["a", "bc"])
    np.save(tmp_path / OFFSETS_NAME, np.array([0, 1, 9], dtype=np.int64))
    with pytest.raises(IndexBroken, match=OFFSETS_NAME):
        Vocabulary.open(tmp_path)
    (tmp_path / TERMS_NAME).unlink()
    with pytest.raises(IndexBroken, match=TERMS_NAME):
        Vocabulary.open(tmp_path)
