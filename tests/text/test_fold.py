from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist.text.fold import (
    compute_table,
    fold,
    fold_map,
    simplified,
    simplified_table,
)

HARD = "ée\u0301\u0300\u0323㎏½①ßİΣς…ﬀ提幣臺薴帳か\u3099ﾊﾞ한\u1112\u1161\u11ab\u200d\ufe0f\ud800 \x00Aªक\u093c"
TEXTS = st.text() | st.text(st.sampled_from(HARD), max_size=12)


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ＵＳＤＴ－ＴＲＣ２０", "usdt-trc20"),
        ("５０％", "50%"),
        ("Café CAFE\u0301", "cafe cafe"),
        ("Straße", "strasse"),
        ("user’s", "user's"),
        ("10–20", "10-20"),
        ("提幣未到帳", "提币未到账"),
        ("帐户", "账户"),
        ("臺灣", "台湾"),
        ("薴", "苎"),
        ("㎏½", "kg1⁄2"),
        ("ﾊﾞか\u3099", "バが"),
        ("٣", "3"),
        ("提\u200b币\ufeff", "提币"),
        ("Harbor™", "harbor "),
        ("İı", "ii"),
        ("", ""),
        ("\x00\ud800", "\x00\ud800"),
    ],
)
def test_values(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_case_may_be_kept() -> None:
    assert fold("ＭetaMÁsk 提幣 ß", keep_case=True) == "MetaMAsk 提币 ss"


@pytest.mark.parametrize(
    ("text", "folded", "starts", "ends"),
    [
        ("ab", "ab", [0, 1], [1, 2]),
        ("e\u0301x", "ex", [0, 2], [2, 3]),
        ("½x", "1⁄2x", [0, 0, 0, 1], [1, 1, 1, 2]),
        ("か\u3099\u200bx", "がx", [0, 3], [3, 4]),
        ("\u200b幣", "币", [1], [2]),
        ("ﾊﾞ提", "バ提", [0, 2], [2, 3]),
    ],
)
def test_offsets(text: str, folded: str, starts: list[int], ends: list[int]) -> None:
    mapped = fold_map(text)
    assert (mapped.text, list(mapped.starts), list(mapped.ends)) == (folded, starts, ends)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.booleans())
def test_folding_twice_changes_nothing(text: str, keep_case: bool) -> None:
    folded = fold(text, keep_case=keep_case)
    assert fold(folded, keep_case=keep_case) == folded
    assert folded.lower() == fold(text)


@settings(max_examples=300, deadline=None)
@given(TEXTS, st.booleans())
def test_offsets_lead_back_in_order(text: str, keep_case: bool) -> None:
    mapped = fold_map(text, keep_case=keep_case)
    assert mapped.text == fold(text, keep_case=keep_case)
    assert len(mapped.text) == len(mapped.starts) == len(mapped.ends)
    assert list(mapped.starts) == sorted(mapped.starts)
    assert list(mapped.ends) == sorted(mapped.ends)
    for start, end in zip(mapped.starts, mapped.ends, strict=True):
        assert 0 <= start < end <= len(text)


def test_every_character_folds_to_a_fixpoint() -> None:
    for char in map(chr, range(0x2E80, 0x32400)):
        folded = fold(char)
        assert fold(folded) == folded
        assert simplified(simplified(char)) == simplified(char)
        assert len(simplified(char)) == 1


def test_the_table_is_that_of_opencc() -> None:
    """Where it is not, write `compute_table()` into text/simplified.py."""
    assert compute_table() == simplified_table()
    assert len(simplified_table()) == 0xA000 - 0x3400
