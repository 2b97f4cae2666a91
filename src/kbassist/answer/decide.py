"""What to do with a question: answer, ask back, decline, or hand over to a person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kbassist.answer.evidence import Evidence, origin
from kbassist.answer.handoff import SELF_HARM, Signals
from kbassist.config import AnswerSettings
from kbassist.text.count import count_tokens
from kbassist.types import Action, Hit

CONFIDENT = "confident"
LOW_CONFIDENCE = "low_confidence"
NOTHING_FOUND = "no_hits"
UNKNOWN_IDENTIFIER = "unknown_identifier"
COMPETING = "competing_sections"
TOO_SHORT = "question_too_short"
ASKED_FOR_PERSON = "asked_for_person"
URGENT = "urgent"
ARTICLE_HANDS_OVER = "article_hands_over"
REPEATED_FAILURE = "repeated_failure"
PARTLY = "partly_answered"
SMALL_TALK = "small_talk"

REASONS = (
    CONFIDENT,
    LOW_CONFIDENCE,
    NOTHING_FOUND,
    UNKNOWN_IDENTIFIER,
    COMPETING,
    TOO_SHORT,
    ASKED_FOR_PERSON,
    URGENT,
    ARTICLE_HANDS_OVER,
    REPEATED_FAILURE,
    PARTLY,
    SMALL_TALK,
)
"""All reasons: those that `decide` gives, and that of a question in parts, not all answered."""


@dataclass(frozen=True, slots=True)
class Case:
    """All that a decision rests on."""

    question: str
    """In the user's own words."""
    meant: str
    """What was searched for: completed from earlier turns, misspelt words corrected."""
    hits: Sequence[Hit]
    """Best first."""
    evidence: Evidence
    """For the best hit."""
    confidence: float
    """Calibrated, in [0, 1]."""
    signals: Signals
    content: bool = True
    """Whether the question has a word that is more than a stop word."""
    unknown: tuple[str, ...] = ()
    """Identifiers and numbers in the question that no article has."""
    failures: int = 0
    """Questions in a row before this one, in its conversation, that got no answer."""
    reads: str | None = None
    """Primary language that the user reads, such as `zh`; None for the question's."""
    small_talk: bool = False
    """Whether the question asks nothing: a greeting, thanks, an emoji. Nothing is searched then."""


def decide(case: Case, settings: AnswerSettings) -> tuple[Action, str]:
    """The action and its machine-readable reason, one of `REASONS`."""
    if case.signals.person:
        return "handoff", ASKED_FOR_PERSON
    if SELF_HARM in case.signals.urgent:
        return "handoff", URGENT
    if case.small_talk:
        return "abstain", SMALL_TALK
    action, reason = _by_confidence(case, settings)
    if action == "answer":
        hands_over = case.hits[0].article.handoff == "always"
        return ("handoff", ARTICLE_HANDS_OVER) if hands_over else (action, reason)
    if case.signals.urgent:
        return "handoff", URGENT
    if action == "abstain" and case.failures + 1 >= settings.max_failures:
        return "handoff", REPEATED_FAILURE
    return action, reason


def _by_confidence(case: Case, settings: AnswerSettings) -> tuple[Action, str]:
    if not case.hits:
        return "abstain", NOTHING_FOUND
    if not case.content:
        return "abstain", TOO_SHORT
    if case.unknown and not case.evidence.coverage:  # its neighbours are near and say nothing of it
        return "abstain", UNKNOWN_IDENTIFIER
    close = competing(case, settings)
    short = count_tokens(case.meant) <= settings.short_question
    if case.confidence >= settings.answer_threshold:
        return ("clarify", TOO_SHORT) if short and close else ("answer", CONFIDENT)
    if close and case.confidence >= settings.clarify_threshold:
        return "clarify", TOO_SHORT if short else COMPETING
    return "abstain", LOW_CONFIDENCE


def competing(case: Case, settings: AnswerSettings) -> bool:
    """Whether two articles are as good as each other."""
    rivals = len(sections(case.hits, settings.max_choices)) > 1
    return rivals and case.evidence.lead <= settings.clarify_lead


def sections(hits: Sequence[Hit], most: int) -> list[Hit]:
    """The best hit of each article, best first; a translation counts as the article it is of."""
    found: dict[str, Hit] = {}
    for hit in hits:
        found.setdefault(origin(hit), hit)
        if len(found) == most:
            break
    return list(found.values())
