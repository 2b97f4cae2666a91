"""Why an answer is what it is: for people, and complete for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from kbassist.types.columns import clipped, columns, labelled
from kbassist.types.hit_explanation import HitExplanation
from kbassist.types.search_explanation import LABEL, WIDEST, SearchExplanation


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure that the confidence rests on."""

    name: str
    """See `answer.evidence`."""
    words: str
    """What it measures."""
    value: float
    average: float
    """Over the questions that the confidence was fitted on."""
    contribution: float
    """What it adds to the log-odds, against an average question."""


@dataclass(frozen=True, slots=True)
class ConfidenceExplanation:
    """How the calibrated probability comes about."""

    value: float
    """In [0, 1]."""
    log_odds: float
    """The intercept with all contributions; `value` is its logistic function."""
    intercept: float
    """Log-odds of an average question."""
    figures: tuple[Figure, ...]
    """By how much each moves the log-odds, the most first; empty where nothing was found."""
    own: bool
    """Whether it was fitted for this index, not the one that comes with the package."""
    questions: int
    """How many it was fitted on."""


@dataclass(frozen=True, slots=True)
class DecisionExplanation:
    """Which rule decided, and all that the rules look at."""

    action: str
    reason: str
    """One of `answer.decide.REASONS`."""
    rule: str
    """The rule that decided, with its figures."""
    thresholds: Mapping[str, float]
    """Settings that the rules compare with, by name."""
    competing: bool
    """Whether two articles are as good as each other."""
    tokens: int
    """Tokens of the question, for `short_question`."""
    content: bool
    """Whether the question has a word that is more than a stop word."""
    unknown: tuple[str, ...]
    """Identifiers and numbers in the question that no article has."""
    person: bool
    """Whether the user asks for a person."""
    about_person: bool
    """Whether the user asks how a person can be reached."""
    urgent: tuple[str, ...]
    """Reason codes of urgency."""
    failures: int
    """Questions in a row before this one that got no answer."""

    def lines(self) -> list[str]:
        """For people: the decision, its rule, and what else was noticed."""
        lines = [f"{self.action} ({self.reason})", self.rule]
        if self.about_person:
            lines.append("a person is offered: the message asks how to reach one")
        if self.urgent and self.reason != "urgent":
            lines.append(f"a person is offered: the message is urgent ({', '.join(self.urgent)})")
        if self.unknown and self.reason != "unknown_identifier":
            lines.append(f"no article has {clipped(', '.join(self.unknown), WIDEST - 15)}")
        return lines


@dataclass(frozen=True, slots=True)
class AnswerExplanation:
    """Why a question was answered, or not."""

    question: str
    """As asked; `search.question` is what was searched for."""
    decision: DecisionExplanation
    confidence: ConfidenceExplanation
    best: HitExplanation | None
    """The hit that the confidence speaks of; None where nothing was found."""
    rival: HitExplanation | None
    """The best hit of another article; None where there is none."""
    search: SearchExplanation
    parts: tuple[AnswerExplanation, ...] = ()
    """Of each part of a question that is answered part by part; the rest is of it as a whole."""

    def text(self) -> str:
        """For people."""
        lines = labelled("Decision", self.decision.lines(), LABEL)
        if self.question != self.search.question:  # completed from earlier turns
            lines += labelled("Asked", [clipped(self.question, WIDEST)], LABEL)
        if self.best is not None:
            lines += ["", *labelled("Confidence", self._confidence(), LABEL)]
            lines += ["", *labelled("Best hit", [_named(self.best)], LABEL), self.best.text()]
        if self.rival is not None:
            told = f"score {self.rival.score:.3f}: {_named(self.rival)}"
            lines += labelled("Next article", [clipped(told, WIDEST + 10)], LABEL)
        lines += ["", self.search.text()]
        for number, part in enumerate(self.parts, 1):
            lines += ["", *labelled(f"Part {number}", [clipped(part.question, WIDEST)], LABEL)]
            lines += ["", part.text()]
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.text()

    def _confidence(self) -> list[str]:
        found = self.confidence
        rows = [("", "here", "average", "log-odds")]
        rows += [
            (item.words, f"{item.value:.2f}", f"{item.average:.2f}", f"{item.contribution:+.2f}")
            for item in found.figures
        ]
        rows.append(("an average question", "", "", f"{found.intercept:+.2f}"))
        rows.append(
            (f"together: a probability of {found.value:.2f}", "", "", f"{found.log_odds:+.2f}")
        )
        lead = f"{found.value:.2f} that the best hit's article answers the question"
        if found.own:
            lead += f" (calibrated for this index on {found.questions} questions)"
        return [lead, *columns(rows, "lrrr")]


def _named(hit: HitExplanation) -> str:
    return f"{hit.title}  ({hit.ref})"
