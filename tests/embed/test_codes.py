"""Texts as code points: classes, owners, and a hash of every stretch."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.embed.codes import DIGIT, LETTER, OTHER, RUN, encode, hash_text, power
from kbassist.text.fold import fold

ANY = st.text(st.characters(codec=None), max_size=30)
"""Any characters, lone surrogates and NUL included."""


def test_texts_lie_end_to_end_each_with_a_space_behind() -> None:
    codes = encode(["提币 fee", "", "20"])
    assert codes.text(0, len(codes.codes)) == "提币 fee  20 "
    assert codes.owners.tolist() == [0] * 7 + [1] + [2] * 3
    assert len(codes.prefix) == len(codes.codes) + 1


def test_no_texts() -> None:
    codes = encode([])
    assert len(codes.codes) == len(codes.owners) == len(codes.classes) == 0
    assert codes.prefix.tolist() == [0]


@pytest.mark.parametrize(
    ("text", "classes"),
    [
        ("提币", [RUN, RUN]),
        ("fee", [LETTER] * 3),
        ("2024", [DIGIT] * 4),
        ("a1币", [LETTER, DIGIT, RUN]),
        (" ,，。_-🙂\0", [OTHER] * 8),
        ("かカ한ㄅ", [RUN] * 4),
        ("ไทย", [RUN] * 3),
        ("Ωж", [LETTER] * 2),
        ("\U00020000\U0001f600", [RUN, OTHER]),
        ("\ud800", [OTHER]),
    ],
)
def test_classes(text: str, classes: list[int]) -> None:
    assert encode([text]).classes.tolist() == [*classes, OTHER]


def test_texts_are_folded_first() -> None:
    codes = encode(["提幣 ＦＥＥ Café ２０"])
    assert codes.text(0, len(codes.codes)) == "提币 fee cafe 20 "


@given(st.lists(ANY, max_size=5), st.data())
def test_the_hash_of_a_stretch_is_that_of_its_text(texts: list[str], data: st.DataObject) -> None:
    codes = encode(texts)
    size = len(codes.codes)
    start = data.draw(st.integers(0, size))
    end = data.draw(st.integers(start, size))
    (hashed,) = codes.hashes(np.array([start]), np.array([end])).tolist()
    assert hashed == hash_text(codes.text(start, end))


def test_equal_text_has_an_equal_hash_far_away() -> None:
    codes = encode(["提币" + "x" * 300_000 + "提币"])
    ends = len(codes.codes) - 1
    near, far = codes.hashes(np.array([0, ends - 2]), np.array([2, ends])).tolist()
    assert near == far == hash_text("提币")


@given(ANY, ANY)
def test_hashes_join(left: str, right: str) -> None:
    joined = (hash_text(left) + hash_text(right) * power(len(left))) % 2**64
    assert joined == hash_text(left + right)


def test_a_hash_knows_order_length_and_the_character_nul() -> None:
    texts = ["", "\0", "\0\0", "ab", "ba", "abc", "a", "aa"]
    assert len({hash_text(text) for text in texts}) == len(texts)


@given(st.lists(ANY, max_size=6))
def test_a_batch_holds_the_folded_texts(texts: list[str]) -> None:
    codes = encode(texts)
    for place, text in enumerate(texts):
        own = np.flatnonzero(codes.owners == place)
        assert codes.text(int(own[0]), int(own[-1]) + 1) == fold(text) + " "
    assert np.array_equal(codes.owners, np.sort(codes.owners))
