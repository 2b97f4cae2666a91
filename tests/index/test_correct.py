"""Corrections: near words and pairs that sound alike, from the terms of an index alone."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from kbassist.embed.spelling import bundled_spelling
from kbassist.index.correct import Corrector, _set_bits
from kbassist.index.vocabulary import write_terms

COUNTS = {
    "ethereum": 16, "exchang": 4, "leverag": 9, "link": 40, "linux": 5, "maximum": 5,
    "process": 15, "recoveri": 51, "secret": 0, "send": 63, "seed": 2, "20": 3, "erc20": 7,
    "提": 170, "币": 300, "提币": 159, "题": 2, "题币": 1, "手": 120, "续": 90, "手续": 80,
    "费": 130, "续费": 75, "置": 90, "文": 80, "置文": 6, "指": 40, "纹": 2, "指纹": 2,
    "码": 60, "密": 70, "密码": 48, "会": 90, "议": 45, "会议": 44,
}  # fmt: skip
SPELLING = bundled_spelling()


def count(term: str) -> int:
    return COUNTS.get(term, 0)


def corrector_of(folder: Path, terms: list[str]) -> Corrector:
    folder.mkdir(parents=True)
    write_terms(folder, sorted(terms, key=lambda term: term.encode()))
    return Corrector(folder)


@pytest.fixture(scope="module")
def corrector(tmp_path_factory: pytest.TempPathFactory) -> Corrector:
    return corrector_of(tmp_path_factory.mktemp("index") / "gen-000001", list(COUNTS))


WORDS = [
    ("sned", 4, [("send", 1, True), ("seed", 1, False)]),
    ("recovri", 7, [("recoveri", 1, True)]),
    ("etherum", 7, [("ethereum", 1, True)]),
    ("proces", 8, [("process", 1, True)]),
    ("levrag", 7, [("leverag", 1, True)]),
    ("maxmun", 8, [("maximum", 2, True)]),  # eight letters as typed: two edits
    ("maxmun", 7, []),
    ("linx", 4, [("link", 1, True), ("linux", 1, False)]),
    ("secrat", 6, []),  # its only neighbour is in no chunk that may be named
    ("tag", 3, []),
    ("erc21", 5, []),
    ("提币", 2, []),
]


@pytest.mark.parametrize(("stem", "letters", "expected"), WORDS)
def test_words(
    corrector: Corrector, stem: str, letters: int, expected: list[tuple[str, int, bool]]
) -> None:
    found = corrector.words(stem, letters, count)
    assert [(one.term, one.distance, one.clear) for one in found] == expected


PAIRS = [
    ("体币", [("提币", 159 / np.sqrt(170 * 300), True)]),  # 题币 is no pair but by chance
    ("密吗", [("密码", 48 / np.sqrt(70 * 60), True)]),
    # 置文 is more frequent, but its characters mostly stand elsewhere
    ("指文", [("指纹", 2 / np.sqrt(40 * 2), True), ("置文", 6 / np.sqrt(90 * 80), False)]),
    ("会意", [("会议", 44 / np.sqrt(90 * 45), True)]),
    ("惠意", []),  # shares no character with 会议
    ("提币", []),
    ("カナ", []),
]


@pytest.mark.parametrize(("typed", "expected"), PAIRS)
def test_pairs(corrector: Corrector, typed: str, expected: list[tuple[str, float, bool]]) -> None:
    found = corrector.pairs(typed, count, SPELLING)
    assert [one.term for one in found] == [term for term, _, _ in expected]
    assert [one.strength for one in found] == pytest.approx([value for _, value, _ in expected])
    assert [one.clear for one in found] == [clear for _, _, clear in expected]


PINYIN = [
    ("tibi", "提币"),
    ("huiyi", "会议"),
    ("shouxufei", "手续费"),
    ("tibishouxufei", "提币手续费"),
    ("tibihuiyi", "提币会议"),
    ("tibibi", None),
    ("zhuangu", None),
]


@pytest.mark.parametrize(("letters", "expected"), PINYIN)
def test_pinyin(corrector: Corrector, letters: str, expected: str | None) -> None:
    found = corrector.pinyin(SPELLING.syllables(letters), count, SPELLING)
    assert (None if found is None else found.term) == expected


def test_an_empty_vocabulary_has_no_candidates(tmp_path: Path) -> None:
    empty = corrector_of(tmp_path / "index" / "gen-000001", [])
    assert empty.words("sned", 4, count) == []
    assert empty.pairs("体币", count, SPELLING) == []
    assert empty.pinyin(["ti", "bi"], count, SPELLING) is None


TERMS = st.text("abcdef", min_size=3, max_size=10)


@given(st.lists(TERMS, min_size=1, max_size=30, unique=True), TERMS, st.integers(4, 12))
def test_finds_what_comparing_every_term_finds(
    tmp_path_factory: pytest.TempPathFactory, terms: list[str], stem: str, letters: int
) -> None:
    corrector = corrector_of(tmp_path_factory.mktemp("index") / "gen-000001", terms)
    found = corrector.words(stem, letters, lambda term: 1)
    allowed = 2 if letters >= 8 else 1
    near = {
        (OSA.distance(stem, term), term[0] != stem[0])
        for term in terms
        if OSA.distance(stem, term) <= allowed
    }
    if len(stem) > letters + 1:
        assert found == []
    else:
        best = min(near, default=None)
        assert {one.term for one in found} == {
            term for term in terms if (OSA.distance(stem, term), term[0] != stem[0]) == best
        }


@given(st.integers(0, 2**32 - 1))
def test_bits_are_counted(value: int) -> None:
    assert _set_bits(np.array([value], dtype=np.uint32))[0] == value.bit_count()
