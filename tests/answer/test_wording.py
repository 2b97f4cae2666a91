"""What stands around quotes, in two languages."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import date

import pytest

from kbassist import Answer, Assistant
from kbassist.answer.wording import (
    ENGLISH,
    SIMPLIFIED,
    TRADITIONAL,
    Words,
    grouped,
    numbers,
    staleness,
    words_for,
)
from tests.answer.claim_examples import citation


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("提币手续费是多少？", SIMPLIFIED),
        ("提幣要多久才會到帳？", TRADITIONAL),
        ("How long does a withdrawal take?", ENGLISH),
        ("Wie lange dauert eine Auszahlung?", ENGLISH),
        ("12345", ENGLISH),
    ],
)
def test_the_language_of_the_question(question: str, words: Words) -> None:
    assert words_for(Answer(question, "abstain", "no_hits", "", (), ())) is words


def test_a_question_that_does_not_tell_has_that_of_the_best_hit(assistant: Assistant) -> None:
    hits = tuple(assistant.search("提币手续费", top_k=1))
    assert words_for(Answer("0x12345", "answer", "r", "", (), hits)) is SIMPLIFIED


def test_every_language_has_its_own_words_and_places_for_dates() -> None:
    for words in (SIMPLIFIED, TRADITIONAL):
        for name, text in asdict(words).items():
            english = getattr(ENGLISH, name)
            assert text != english and text.count("{}") == english.count("{}")


def test_sections_are_listed_once() -> None:
    first, third = citation(1, "x", "A"), citation(3, "z", "A")
    second, stale = citation(2, "y", "B"), replace(citation(4, "w", "A"), source="deleted")
    found = grouped((first, second, third, stale))
    assert [numbers(group) for group in found] == ["[1][3]", "[2]", "[4]"]


def test_what_makes_a_citation_stale_is_said_in_words() -> None:
    quoted = citation(1, "x")
    assert staleness(quoted) == []
    assert staleness(replace(quoted, source="missing", verified="index")) == []
    late = replace(quoted, past_review=True, review_by=date(2026, 11, 1), source="deleted")
    assert staleness(late) == [
        "past its review date, 2026-11-01",
        "stale: no longer in the knowledge base",
    ]
    assert staleness(replace(quoted, source="changed", verified="stale")) == [
        "stale: edited since the index was built; these lines no longer hold the quote"
    ]
    assert staleness(replace(quoted, source="changed")) == [
        "stale: edited since the index was built; these lines are as quoted"
    ]
