"""Units of texts: what is found in hand-written examples, with a vocabulary of a dozen."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.embed.codes import encode, hash_text
from kbassist.embed.units import Kind, key, letters, pairs, runs, units, words
from tests.embed.tiny import UNITS, Unit, key_of, sounds, vocabulary

TEXTS = st.text(
    st.one_of(
        st.sampled_from("提币幣发票飘费手续 withdrawlfe20-_，🙂\0"), st.characters(codec=None)
    ),
    max_size=25,
)


def found(texts: Sequence[str], *wanted: Unit, buckets: int = 0) -> list[list[tuple[str, str]]]:
    """The units of each text by kind and text, those of a shared row as `shared`."""
    known, rows = vocabulary(wanted or UNITS, buckets)
    places, owners = units(texts, known)
    out: list[list[tuple[str, str]]] = [[] for _ in texts]
    for place, owner in zip(places.tolist(), owners.tolist(), strict=True):
        kind, text = rows[place] if place < len(rows) else ("shared", str(place - len(rows)))
        out[owner].append((kind.name if isinstance(kind, Kind) else kind, text))
    return [sorted(some) for some in out]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("币", [("CHARACTER", "币")]),
        ("币币", [("CHARACTER", "币")] * 2),
        ("提币", [("BIGRAM", "提币"), ("CHARACTER", "币"), ("CHARACTER", "提")]),
        ("提幣", [("BIGRAM", "提币"), ("CHARACTER", "币"), ("CHARACTER", "提")]),
        ("提 币", [("CHARACTER", "币"), ("CHARACTER", "提")]),
        (
            "提币费",
            [("BIGRAM", "提币"), ("CHARACTER", "币"), ("CHARACTER", "提"), ("TRIGRAM", "提币费")],
        ),
        (
            "提币手续",
            [
                ("BIGRAM", "提币"),
                ("CHARACTER", "币"),
                ("CHARACTER", "提"),
                ("FOURGRAM", "提币手续"),
            ],
        ),
        ("withdraw", [("WORD", "withdraw")]),
        ("Withdrawing", [("WORD", "withdraw")]),
        ("withdrawal FEES", [("PAIR", "withdraw fee"), ("WORD", "fee"), ("WORD", "withdraw")]),
        ("withdraw-fee", [("PAIR", "withdraw fee"), ("WORD", "fee"), ("WORD", "withdraw")]),
        ("withdraw, fee", [("WORD", "fee"), ("WORD", "withdraw")]),
        ("fee withdraw", [("WORD", "fee"), ("WORD", "withdraw")]),
        (
            "提币fee",
            [("BIGRAM", "提币"), ("CHARACTER", "币"), ("CHARACTER", "提"), ("WORD", "fee")],
        ),
        ("TRC20", [("WORD", "20")]),
        ("发票", [("BIGRAM", "发票")]),
        ("发飘", [("SOUND", "fapiao")]),
        ("FaPiao", [("SOUND", "fapiao")]),
        ("withdrawl", [("LETTERS", "draw")]),
        ("redrawn", [("LETTERS", "draw")]),
        ("draw", []),
        ("drawn", []),
        ("210", []),
        ("未知的字 unknown", []),
        ("", []),
        (" \n，🙂\0\ud800_", []),
    ],
)
def test_the_units_of_a_text(text: str, expected: list[tuple[str, str]]) -> None:
    assert found([text]) == [expected]


def test_a_pair_that_is_known_is_not_spelled_out() -> None:
    sound = (Kind.SOUND, "fapiao")
    assert found(["发票"], sound) == [[("SOUND", "fapiao")]]
    assert found(["发票"], sound, (Kind.BIGRAM, "发票")) == [[("BIGRAM", "发票")]]


def test_a_word_that_is_known_is_not_spelled_out() -> None:
    assert found(["withdrawn"], (Kind.LETTERS, "draw")) == [[("LETTERS", "draw")]]
    both = ((Kind.LETTERS, "draw"), (Kind.WORD, "withdrawn"))
    assert found(["withdrawn"], *both) == [[("WORD", "withdrawn")]]


def test_numbers_have_no_letter_ngrams() -> None:
    unit = (Kind.LETTERS, "2345")
    codes = encode(["1234567"])
    assert key_of(unit) in letters(codes, np.array([0]), np.array([7])).keys
    assert found(["1234567", "x1234567x", "x-1234567"], unit) == [[], [], []]


def test_bigrams_without_a_row_share_one() -> None:
    (shared,) = found(["未知"], (Kind.BIGRAM, "提币"), buckets=3)
    assert len(shared) == 1 and shared[0][0] == "shared" and 0 <= int(shared[0][1]) < 3
    assert found(["提币"], (Kind.BIGRAM, "提币"), buckets=3) == [[("BIGRAM", "提币")]]
    assert found(["发飘"], (Kind.SOUND, "fapiao"), buckets=1) == [
        [("SOUND", "fapiao"), ("shared", "0")]
    ]


def test_nothing_crosses_from_one_text_to_the_next() -> None:
    assert found(["提", "币", "withdraw", "fee"]) == [
        [("CHARACTER", "提")],
        [("CHARACTER", "币")],
        [("WORD", "withdraw")],
        [("WORD", "fee")],
    ]


@given(st.lists(TEXTS, max_size=6))
def test_a_text_has_the_same_units_alone_and_in_a_batch(texts: list[str]) -> None:
    known, _ = vocabulary(buckets=2)
    rows, owners = units(texts, known)
    assert owners.dtype == np.int32 and np.array_equal(owners, np.sort(owners))
    assert ((rows >= 0) & (rows < len(known))).all()
    for place, text in enumerate(texts):
        alone, _ = units([text], known)
        assert sorted(rows[owners == place].tolist()) == sorted(alone.tolist())


def test_stretches_of_a_run() -> None:
    text = encode(["提币费 币"])
    assert {kind: some.starts.tolist() for kind, some in runs(text).items()} == {
        Kind.CHARACTER: [0, 1, 2, 4],
        Kind.BIGRAM: [0, 1],
        Kind.TRIGRAM: [0],
        Kind.FOURGRAM: [],
    }


def test_words_are_letters_or_digits() -> None:
    text = encode(["Withdrawing 提币USDT20, it's a_b", "fees"])
    some = words(text)
    spans = zip(some.starts.tolist(), some.ends.tolist(), strict=True)
    assert [text.text(*span) for span in spans] == [
        "withdrawing", "usdt", "20", "it", "s", "a", "b", "fees",
    ]  # fmt: skip
    assert some.spelt[0] == hash_text("withdrawing")
    assert some.stems.tolist() == [
        hash_text(stem) for stem in ("withdraw", "usdt", "20", "it", "s", "a", "b", "fee")
    ]


def test_pairs_are_of_neighbours() -> None:
    text = encode(["USDT-TRC20 fee, now", "here"])
    some = pairs(text, words(text))
    assert [text.text(start, start + 3) for start in some.starts.tolist()] == ["usd", "trc", "20 "]
    assert some.keys.tolist() == [
        key_of((Kind.PAIR, pair)) for pair in ("usdt trc", "trc 20", "20 fee")
    ]


def test_letters_at_an_edge_are_other_units() -> None:
    text = encode(["anana"])
    some = letters(text, np.array([0]), np.array([5]))
    assert [text.text(start, start + 3) for start in some.starts.tolist()[:3]] == [
        "ana", "nan", "ana",
    ]  # fmt: skip
    assert len(some.keys) == 5  # three of three letters, two of four; not the word itself
    assert len(set(some.keys.tolist())) == 5


def test_equal_spellings_of_two_kinds_have_two_keys() -> None:
    hashes = np.array([hash_text("提币")], dtype=np.uint64)
    assert len({int(key(hashes, kind)[0]) for kind in Kind}) == len(Kind)


def test_the_sound_of_a_pair_is_that_of_its_pinyin() -> None:
    text = encode(["发飘提A币"])
    keys, sounding = sounds().of_pairs(text.codes, np.array([0, 1, 2, 3]))
    assert sounding.tolist() == [True, True, False, False]
    assert keys[:2].tolist() == [key_of((Kind.SOUND, "fapiao")), key_of((Kind.SOUND, "piaoti"))]


def test_an_empty_vocabulary_finds_nothing() -> None:
    known, _ = vocabulary([])
    rows, owners = units(["提币 fee", "x"], known)
    assert len(rows) == len(owners) == 0
    assert vocabulary(())[0].find(np.array([1], dtype=np.uint32)).tolist() == [-1]
