"""What came nearest where nothing passed, and why it did not: for who asks to ask better.

Only what the caller may see is named or counted: a permission is no filter and is never lifted.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from kbassist.answer.compose import named
from kbassist.answer.decide import (
    LOW_CONFIDENCE,
    NOTHING_FOUND,
    SMALL_TALK,
    TOO_SHORT,
    UNKNOWN_IDENTIFIER,
    sections,
)
from kbassist.config import AnswerSettings, SearchSettings
from kbassist.index.filters import Filters, facets, lets_through
from kbassist.index.reader import Index
from kbassist.index.search import search
from kbassist.index.understand import understand
from kbassist.types import Answer, Choice, Mode

MOST = 3
"""Sections and spellings that are named."""


@dataclass(frozen=True, slots=True)
class Condition:
    """One value of a filter, and how far it goes."""

    filter: str
    """As `key=value`."""
    articles: int
    """Articles that have it, of those that the caller may see today."""
    did_you_mean: tuple[str, ...]
    """Values like it that some of them have, where none has this one."""


@dataclass(frozen=True, slots=True)
class NearMisses:
    """Why nothing passed, and what would have."""

    why: str
    did_you_mean: str | None
    """The question with its misspelt words corrected, of a search; None where there are none."""
    filters: tuple[Condition, ...]
    """Every value that was filtered by."""
    without_filters: tuple[Choice, ...]
    """The best sections for the question where it is searched without the filters; of an answer
    those that are not `related` anyway."""


def near_search(
    index: Index,
    question: str,
    mode: Mode | None,
    filters: Filters,
    settings: SearchSettings,
    today: date,
) -> NearMisses:
    """The near misses of a search that found nothing; takes and raises what `search` does."""
    near = _near(index, question, mode, filters, settings, today)
    corrected = understand(index, question, settings, day=today).did_you_mean
    return replace(near, did_you_mean=corrected)


def near_answer(
    index: Index,
    answer: Answer,
    mode: Mode | None,
    filters: Filters,
    settings: tuple[SearchSettings, AnswerSettings],
    today: date,
) -> NearMisses:
    """The near misses of an answer that abstains; `answer.related` is nearest within the filters.

    Args:
        index: that it was asked.
        answer: with the action `abstain`.
        mode: as asked.
        filters: as asked.
        settings: of the search and of what is said.
        today: the day that validity is judged on.
    """
    if answer.reason == SMALL_TALK:
        return NearMisses("it asks nothing", None, (), ())
    near = _near(index, answer.question, mode, filters, settings[0], today)
    least = settings[1].answer_threshold
    why = {
        LOW_CONFIDENCE: f"the best hit answers it with a probability of {answer.confidence:.2f}; it"
        f" is quoted from {least:g} up",
        UNKNOWN_IDENTIFIER: "no article has the number or identifier that it asks about",
        TOO_SHORT: "it has no word that says what it is about",
        NOTHING_FOUND: near.why,
    }
    named_already = {choice.chunk_id for choice in answer.related}
    return replace(
        near,
        why=why.get(answer.reason, answer.reason),
        without_filters=tuple(
            choice for choice in near.without_filters if choice.chunk_id not in named_already
        ),
    )


def _near(
    index: Index,
    question: str,
    mode: Mode | None,
    filters: Filters,
    settings: SearchSettings,
    today: date,
) -> NearMisses:
    """What the filters keep out; an answer says itself how the question is spelt right."""
    permitted = _permitted(index, filters, today)
    conditions = [(key, value) for key, values in filters.conditions().items() for value in values]
    unfiltered = Filters(audience=filters.audience)
    found = search(index, question, MOST, mode, unfiltered, settings, today) if conditions else []
    return NearMisses(
        why=_why(filters, permitted),
        did_you_mean=None,
        filters=tuple(_condition(key, value, permitted) for key, value in conditions),
        without_filters=named(sections(found, MOST)),
    )


def _permitted(index: Index, filters: Filters, today: date) -> list[set[tuple[str, str]]]:
    """The facets of each article that the caller may see today."""
    return [
        set(facets(meta))
        for meta in (index.store.articles() if filters.conditions() else ())
        if index.may_see(meta, filters.audience) and meta.valid_on(today)
    ]


def _why(filters: Filters, permitted: Sequence[set[tuple[str, str]]]) -> str:
    conditions = filters.conditions()
    if not conditions:
        return "nothing in the articles has anything in common with it"
    if not any(lets_through(conditions, one) for one in permitted):
        return "no article passes the filters"
    return "none of the articles that pass the filters has anything in common with it"


def _condition(key: str, value: str, permitted: Sequence[set[tuple[str, str]]]) -> Condition:
    pair = (key, value.casefold())
    count = sum(pair in one for one in permitted)
    return Condition(f"{key}={value}", count, () if count else _like(pair, permitted))


def _like(pair: tuple[str, str], permitted: Sequence[set[tuple[str, str]]]) -> tuple[str, ...]:
    import difflib  # takes a while, and few values are wrong

    key, value = pair
    known = sorted({other for one in permitted for name, other in one if name == key})
    return tuple(difflib.get_close_matches(value, known, n=MOST))
