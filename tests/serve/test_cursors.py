"""A cursor belongs to one question, its filters and one generation."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.errors import UsageError
from kbassist.serve import cursors

ASKED = ["search", "hash", "2026-11-21", ["staff"], {"question": "提币", "locale": ("en",)}]


def test_it_names_its_offset() -> None:
    assert cursors.read(cursors.make(5, ASKED), ASKED) == 5
    assert cursors.read(None, ASKED) == 0


def test_tuples_and_lists_are_alike() -> None:
    again = [*ASKED[:-1], {"locale": ["en"], "question": "提币"}]
    assert cursors.make(5, ASKED) == cursors.make(5, again)


@pytest.mark.parametrize(
    "other",
    [
        ["list_articles", *ASKED[1:]],
        ["search", "other hash", *ASKED[2:]],
        [*ASKED[:2], "2026-11-22", *ASKED[3:]],
        [*ASKED[:3], [], ASKED[4]],
        [*ASKED[:4], {"question": "充币", "locale": ("en",)}],
    ],
)
def test_another_question_filter_audience_day_or_generation(other: list[object]) -> None:
    with pytest.raises(UsageError, match="of another question") as caught:
        cursors.read(cursors.make(5, ASKED), other)
    assert caught.value.hint.startswith("Start again without a cursor")


def test_another_offset_needs_another_cursor() -> None:
    _, digest = cursors.make(5, ASKED).split("x", 1)
    with pytest.raises(UsageError, match="of another question"):
        cursors.read(f"6x{digest}", ASKED)


@given(st.text(st.characters(codec=None)))
def test_what_is_made_up_is_refused(cursor: str) -> None:
    with pytest.raises(UsageError) as caught:
        cursors.read(cursor, ASKED)
    str(caught.value).encode()
