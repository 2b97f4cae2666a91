"""Text in columns."""

from __future__ import annotations

from kbassist.types.columns import clipped, columns, labelled, width


def test_wide_characters_take_two_columns_and_accents_none() -> None:
    assert (width("fee"), width("手续费"), width("cafe\u0301")) == (3, 6, 4)


def test_columns_are_in_line() -> None:
    rows = [("", "adds"), ("手续费", "1.50"), ("fee", "10.25")]
    assert columns(rows, "lr") == ["         adds", "手续费   1.50", "fee     10.25"]


def test_a_label_stands_in_front_of_the_first_line() -> None:
    assert labelled("Words", ["a", "b"], 7) == ["Words  a", "       b"]


def test_what_is_too_wide_is_cut() -> None:
    assert clipped("a\n b", 3) == "a b"
    assert clipped("手续费多少", 6) == "手续…"
    assert clipped("withdrawal", 5) == "with…"
