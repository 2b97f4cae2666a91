"""Answering a question that was completed from earlier turns: so, or as it was asked.

A short question may be about another subject than the one before it. Where it has no sign that it
joins on, it is asked alone first, and completed only where that has no answer. What is found for a
completed question must have something to do with its own words, else it answers the earlier one
again.
"""

from __future__ import annotations

from collections.abc import Callable

from kbassist.answer.decide import (
    ARTICLE_HANDS_OVER,
    ASKED_FOR_PERSON,
    CONFIDENT,
    PARTLY,
    SMALL_TALK,
    UNKNOWN_IDENTIFIER,
    URGENT,
)
from kbassist.answer.ellipsis import dependence, joins_on, names_code
from kbassist.answer.several import Holds
from kbassist.config import AnswerSettings
from kbassist.types import Answer

_STANDS = (
    CONFIDENT,
    PARTLY,
    ARTICLE_HANDS_OVER,
    ASKED_FOR_PERSON,
    URGENT,
    SMALL_TALK,
    UNKNOWN_IDENTIFIER,
)
"""Reasons by which a question needs nothing from earlier turns."""


def follow_up(
    said: str,
    completed: Callable[[], Answer],
    alone: Callable[[], Answer],
    holds: Holds,
    settings: AnswerSettings,
) -> Answer:
    """The answer to a question that was completed, or to what was said alone.

    Args:
        said: the user's own words.
        completed: answers the completed question.
        alone: answers what was said.
        holds: whether the best hit has a word of what was said.
        settings: thresholds.
    """
    joins, code = joins_on(said), names_code(said)
    if joins and dependence(said) == "full" and not code:
        return completed()
    own: Answer | None = None
    if not joins:
        own = alone()
        if own.reason in _STANDS:
            return own
    full = completed()
    near = own is not None and own.confidence >= settings.clarify_threshold and not code
    if (near or holds(said, full)) and (own is None or full.confidence >= own.confidence):
        return full
    own = alone() if own is None else own
    strays = full.reason in _STANDS  # an answer to the earlier question
    return own if strays or own.reason in _STANDS or own.action == "clarify" else full
