"""Why a question was answered, or not: worked out when somebody asks, from what decided."""

from __future__ import annotations

from collections.abc import Sequence

from kbassist import types
from kbassist.answer.confidence import Calibration, bundled
from kbassist.answer.decide import (
    ARTICLE_HANDS_OVER,
    ASKED_FOR_PERSON,
    COMPETING,
    CONFIDENT,
    LOW_CONFIDENCE,
    NOTHING_FOUND,
    PARTLY,
    REPEATED_FAILURE,
    SMALL_TALK,
    TOO_SHORT,
    UNKNOWN_IDENTIFIER,
    URGENT,
    Case,
    competing,
)
from kbassist.answer.evidence import origin
from kbassist.config import AnswerSettings
from kbassist.index.explain import SearchOrigin, nothing
from kbassist.text.count import count_tokens
from kbassist.types import Answer

WORDS = {
    "lead": "lead over the next article",
    "company": "first five hits from this article",
    "coverage": "question's words found in it",
    "meaning": "question's words found in it by meaning",
    "edge": "words by meaning, over another article",
    "title": "its title",
    "sentence": "nearest sentence",
    "headed": "nearest sentence with its headings",
}
"""What each figure measures, for people."""

RULES = {
    CONFIDENT: "confidence {confidence:.3f} reaches answer_threshold {answer_threshold}",
    LOW_CONFIDENCE: "confidence {confidence:.3f} is below answer_threshold {answer_threshold}",
    NOTHING_FOUND: "no chunk matches what may be searched",
    UNKNOWN_IDENTIFIER: "no article has {unknown}, and nothing else of the question matches",
    COMPETING: "confidence {confidence:.3f} reaches clarify_threshold {clarify_threshold} only, and"
    " two articles compete: {lead:.3f} apart, clarify_lead {clarify_lead}",
    TOO_SHORT: "{tokens} tokens (short_question {short_question}), and two articles compete:"
    " {lead:.3f} apart, clarify_lead {clarify_lead}",
    ASKED_FOR_PERSON: "the message asks for a person",
    URGENT: "the message is urgent ({urgent}) and is not answered",
    ARTICLE_HANDS_OVER: "the best article says `handoff: always`",
    PARTLY: "{answered} of {parts} questions in it are answered one by one",
    SMALL_TALK: "the message asks nothing: a greeting, thanks or an emoji",
    REPEATED_FAILURE: "{tries} questions in a row without an answer, max_failures {max_failures}",
}
"""The rule behind each reason, with its figures."""

_NO_CONTENT = "nothing but stop words: it cannot be told what is meant"
_NO_RIVAL = "; no two articles compete, so there is nothing to choose from"


class AnswerOrigin:
    """What an answer was decided by, kept by reference; see `SearchOrigin`."""

    __slots__ = ("calibration", "case", "search", "settings")

    def __init__(
        self, case: Case, settings: AnswerSettings, calibration: Calibration, search: SearchOrigin
    ) -> None:
        self.case = case
        self.settings = settings
        self.calibration = calibration
        self.search = search

    def __deepcopy__(self, memo: object) -> AnswerOrigin:
        return self

    def __reduce__(self) -> tuple[object, tuple[()]]:
        return nothing, ()

    @property
    def searched(self) -> str:
        """The question that was searched for: as asked, or completed from earlier turns."""
        return self.search.question

    def explain(self, answer: Answer) -> types.AnswerExplanation:
        """Why the answer is what it is."""
        hits = self.case.hits
        best = hits[0] if hits else None
        rival = next((hit for hit in hits if origin(hit) != origin(hits[0])), None)
        return types.AnswerExplanation(
            question=answer.question,
            decision=self._decision(answer),
            confidence=self._confidence(),
            best=None if best is None else self.search.explain(best),
            rival=None if rival is None else self.search.explain(rival),
            search=self.search.search(),
            parts=tuple(part.explain() for part in answer.parts),
        )

    def _confidence(self) -> types.ConfidenceExplanation:
        calibration, evidence = self.calibration, self.case.evidence
        added = calibration.contributions(evidence) if self.case.hits else {}
        figures = [
            types.Figure(name, WORDS[name], getattr(evidence, name), calibration.mean[name], share)
            for name, share in added.items()
        ]
        return types.ConfidenceExplanation(
            value=self.case.confidence,
            log_odds=calibration.intercept + sum(added.values()),
            intercept=calibration.intercept,
            figures=tuple(sorted(figures, key=lambda figure: -abs(figure.contribution))),
            own=calibration != bundled(),
            questions=calibration.questions,
        )

    def _decision(self, answer: Answer) -> types.DecisionExplanation:
        case, settings = self.case, self.settings
        names = ("answer_threshold", "clarify_threshold", "clarify_lead")
        counts = ("short_question", "max_failures")
        return types.DecisionExplanation(
            action=answer.action,
            reason=answer.reason,
            rule=self._rule(answer),
            thresholds={name: getattr(settings, name) for name in (*names, *counts)},
            competing=competing(case, settings),
            tokens=count_tokens(case.meant),
            content=case.content,
            unknown=case.unknown,
            person=case.signals.person,
            about_person=case.signals.about_person,
            urgent=case.signals.urgent,
            failures=case.failures,
        )

    def _rule(self, answer: Answer) -> str:
        case, settings, reason = self.case, self.settings, answer.reason
        if answer.parts and reason in (CONFIDENT, PARTLY):
            answered = sum(bool(part.citations) for part in answer.parts)
            return RULES[PARTLY].format(answered=answered, parts=len(answer.parts))
        if reason == TOO_SHORT and not case.content:
            return _NO_CONTENT
        rule = RULES[reason].format(
            confidence=case.confidence,
            lead=case.evidence.lead,
            tokens=count_tokens(case.meant),
            unknown=", ".join(_distinct(case.unknown)),
            urgent=", ".join(case.signals.urgent),
            tries=case.failures + 1,
            answer_threshold=settings.answer_threshold,
            clarify_threshold=settings.clarify_threshold,
            clarify_lead=settings.clarify_lead,
            short_question=settings.short_question,
            max_failures=settings.max_failures,
        )
        offered = case.confidence >= settings.clarify_threshold
        return rule + _NO_RIVAL if reason == LOW_CONFIDENCE and offered else rule


def _distinct(names: Sequence[str]) -> list[str]:
    """Identifiers without those that are another's parts, or are another without its signs."""
    plain = ["".join(filter(str.isalnum, name)) for name in names]
    return [
        name
        for place, name in enumerate(names)
        if not any(plain[place] in other for other in plain[:place])
        and not any(plain[place] in other != plain[place] for other in plain)
    ]
