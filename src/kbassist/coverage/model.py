"""What a coverage report says: frozen values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, get_args

from kbassist.coverage.findings import Contradiction, Disparity, Duplicate, Place

REPORT_VERSION = 1

Verdict = Literal["covered", "weak", "uncovered"]
VERDICTS: tuple[Verdict, ...] = get_args(Verdict)
"""`covered`: the confidence reaches `answer_threshold`, so that it is answered; `weak`: it reaches
`clarify_threshold`, so that at best a choice is offered; else `uncovered`."""

Advice = Literal["new-article", "add-question", "improve-section", "merge", "translate"]


@dataclass(frozen=True, slots=True)
class AskedQuestion:
    """A question of the log, those that look alike counted as one. Secrets are masked."""

    id: int
    """Its place in `CoverageReport.questions`, 0-based."""
    text: str
    """The commonest spelling."""
    count: int
    """How often it was asked, all spellings together."""
    variants: tuple[str, ...]
    """Other spellings, commonest first, at most five."""
    locale: str
    """Of the log, else detected; BCP 47, `und` where nothing tells."""
    product: str | None
    source: str
    """`file:line` of the first time."""
    weeks: Mapping[str, int]
    """Monday of a week, ISO → how often it was asked then; empty without dates."""
    verdict: Verdict
    confidence: float
    """Of `ask`, in [0, 1]: how probable it is that the best article answers it."""
    action: str
    """What `ask` does: answer, clarify, abstain, handoff."""
    best: Place | None
    """The section that comes nearest; None where nothing was found."""
    other_language: bool
    """Whether `best` is in another language than the question."""
    topic: int | None
    """Id of its topic; None where it is like no other."""


@dataclass(frozen=True, slots=True)
class Week:
    """What was asked in a week."""

    start: str
    """Monday, ISO."""
    asked: int
    uncovered: int
    """Of those, uncovered."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What to write, and where."""

    advice: Advice
    text: str
    """One sentence for the writer."""
    path: str | None = None
    """File that it is about, relative to the kb folder; None for a new article."""
    line: int | None = None
    """1-based line to edit."""
    insert: str | None = None
    """The exact front matter line, for `add-question`."""
    replaces: bool = False
    """Whether `insert` stands in place of the line; else it goes before it."""
    other: Place | None = None
    """The second article, for `merge`."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Questions about one thing."""

    id: int
    """Its place in `CoverageReport.topics`, 0-based: by impact."""
    label: str
    """Its most telling terms."""
    terms: tuple[str, ...]
    representative: int
    """Id of the question nearest to all others."""
    questions: tuple[int, ...]
    """Ids, most asked first."""
    asked: int
    """How often, all its questions together."""
    covered: int
    """How often it was asked in a way that is covered; likewise the next two."""
    weak: int
    uncovered: int
    impact: float
    """How many askers probably got no answer: the sum of count · (1 - confidence) over questions
    that are weak or uncovered."""
    verdict: Verdict
    """Of the topic as a whole: of most of its askers."""
    weeks: tuple[Week, ...]
    trend: float | None
    """Askers a week in the later half of the log's weeks over those in the earlier half; None
    without dates, or where it was asked in one half alone."""
    nearest: Place | None
    """The section that comes nearest for most of its askers."""
    suggestion: Suggestion | None
    """None where nothing is to be done."""

    @property
    def share_uncovered(self) -> float:
        """In [0, 1]."""
        return self.uncovered / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class Spread:
    """Confidences of the questions that something answers."""

    low: float
    median: float
    high: float


@dataclass(frozen=True, slots=True)
class SectionHealth:
    """How a section serves."""

    place: Place
    answers: int
    """How often it is the best section of a covered question."""
    retrieved: int
    """How often it is among the first ten hits."""


@dataclass(frozen=True, slots=True)
class ArticleHealth:
    """How an article serves. All counts are of askers."""

    article_id: str
    path: str
    title: str
    locale: str
    products: tuple[str, ...]
    answers: int
    """Covered questions whose best section is of this article."""
    questions: tuple[int, ...]
    """Ids of those, most asked first."""
    confidence: Spread | None
    """None where it answers nothing."""
    retrieved: int
    """Questions with it among the first ten hits."""
    shadowed_by: tuple[tuple[str, int], ...]
    """Where it is retrieved and never first: the articles before it with how often, at most
    three."""
    other_language: int
    """Of `answers`, those to questions in another language."""
    review_by: str | None
    overdue_days: int
    """Past `review_by`; 0 where it is not."""
    sections: tuple[SectionHealth, ...]

    @property
    def state(self) -> Literal["answers", "shadowed", "retrieved", "never"]:
        """`retrieved`: first at times, but for no covered question."""
        if self.answers:
            return "answers"
        if not self.retrieved:
            return "never"
        return "shadowed" if self.shadowed_by else "retrieved"

    @property
    def overdue_weight(self) -> int:
        """Days overdue times answers: what to review first."""
        return self.overdue_days * self.answers


@dataclass(frozen=True, slots=True)
class Cell:
    """Coverage of one product in one language."""

    product: str
    """Of the log, else of the best article; empty where neither names one."""
    locale: str
    asked: int
    covered: int
    weak: int


@dataclass(frozen=True, slots=True)
class Previous:
    """What the report before this one said."""

    made: str
    asked: int
    covered: int
    weak: int
    uncovered: int


@dataclass(frozen=True, slots=True)
class Overview:
    """The figures at the top."""

    made: str
    """Day, ISO."""
    index: str
    """Generation that answered."""
    kb: str | None
    """Folder of the articles, absolute; None where it is not there."""
    logs: tuple[str, ...]
    answer_threshold: float
    clarify_threshold: float
    lines: int
    """Of the logs, noise included, each counted as often as it was asked."""
    noise: int
    """Lines that ask nothing: blank, punctuation, thanks; too long to ask."""
    asked: int
    covered: int
    weak: int
    uncovered: int
    unique: int
    """Questions after those that look alike were counted as one."""
    masked: Mapping[str, int]
    """Kind of secret → how many were masked."""
    notices: tuple[str, ...] = ()
    """What is odd about the logs."""

    @property
    def coverage(self) -> float:
        """Share of askers whose question is covered, in [0, 1]; 0 where nobody asked."""
        return self.covered / self.asked if self.asked else 0.0


@dataclass(frozen=True, slots=True)
class CoverageReport:
    """Everything that a report shows."""

    overview: Overview
    questions: tuple[AskedQuestion, ...]
    """Most asked first."""
    topics: tuple[Topic, ...]
    """Greatest impact first."""
    articles: tuple[ArticleHealth, ...]
    """By path; each article that is answered from."""
    cells: tuple[Cell, ...]
    """By product and locale."""
    weeks: tuple[Week, ...]
    duplicates: tuple[Duplicate, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()
    parity: tuple[Disparity, ...] = ()
    previous: Previous | None = None
    version: int = field(default=REPORT_VERSION)

    @property
    def change(self) -> float | None:
        """How much the share that is covered grew since `previous`; None without one."""
        before = self.previous
        if before is None or not before.asked:
            return None
        return self.overview.coverage - before.covered / before.asked

    @property
    def unadvised(self) -> tuple[AskedQuestion, ...]:
        """Questions without a sure answer that no suggestion is about, most asked first."""
        return tuple(
            question
            for question in self.questions
            if question.verdict != "covered"
            and (question.topic is None or self.topics[question.topic].suggestion is None)
        )

    @property
    def suggestions(self) -> tuple[Topic, ...]:
        """Topics where there is something to do, greatest impact first."""
        return tuple(topic for topic in self.topics if topic.suggestion is not None)
