"""What a question gives: hits, citations, an answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

from kbassist.errors import UsageError
from kbassist.serial import Serializable
from kbassist.types.articles import ArticleMeta, Chunk, Span
from kbassist.types.scores import LegScore

if TYPE_CHECKING:
    from kbassist.types.answer_explanation import AnswerExplanation
    from kbassist.types.hit_explanation import HitExplanation

Action = Literal["answer", "clarify", "abstain", "handoff"]

SourceState = Literal["unchanged", "changed", "deleted", "missing"]
"""An article's file now: `deleted` where the kb folder is there without it, `missing` where the
folder is not there or the file cannot be read, so that nothing can be told."""

Verified = Literal["source", "index", "stale"]
"""Where a quote was found verbatim: in the source file now, at the lines that are named; or in the
index alone, with its hash, as the sources are not there. `stale`: the file was edited or deleted
since the build, and those lines do not hold the quote any more."""


class HitOrigin(Protocol):
    """The search behind a hit, which can tell why."""

    def explain(self, hit: Hit) -> HitExplanation:
        """Why the hit has its score."""
        ...


class AnswerOrigin(Protocol):
    """The decision behind an answer, which can tell why."""

    @property
    def searched(self) -> str:
        """The question that was searched for: as asked, or completed from earlier turns."""
        ...

    def explain(self, answer: Answer) -> AnswerExplanation:
        """Why the answer is what it is."""
        ...


@dataclass(frozen=True, slots=True)
class Hit(Serializable):
    """One retrieved chunk with the evidence for it."""

    rank: int
    """1-based."""
    score: float
    """Fused score; comparable within one search only, never with a threshold."""
    chunk: Chunk
    article: ArticleMeta
    legs: Mapping[str, LegScore]
    """`bm25` and `vector`, each where it took part; `words` and `title` for the first candidates
    of a hybrid search, which are ranked anew by them (`index.rerank`)."""
    matched_terms: tuple[str, ...]
    """Terms of the query found in the chunk, in query order."""
    origin: HitOrigin | None = field(default=None, repr=False, compare=False)
    """For `explain`; None where the hit was stored."""

    def explain(self) -> HitExplanation:
        """Why the hit has its score: worked out now, from the index that it was found in.

        Raises:
            UsageError: the hit was stored and read again, or made by hand.
        """
        if self.origin is None:
            raise _unexplained("hit", "Search")
        return self.origin.explain(self)


@dataclass(frozen=True, slots=True)
class Citation(Serializable):
    """A verbatim quote and the place where it stands."""

    number: int
    """1-based; the `[n]` in the answer's text."""
    article_id: str
    chunk_id: str
    title: str
    heading_path: tuple[str, ...]
    anchor: str
    url: str | None
    path: str
    span: Span
    quote: str
    """Raw Markdown, a substring of the source lines that `span` names."""
    content_hash: str
    """SHA-256 of the chunk's source at build time."""
    updated: date | None
    review_by: date | None
    past_review: bool
    """Whether `review_by` lies before today."""
    source: SourceState
    """The article's file now, compared with the one that was built."""
    verified: Verified
    """Where the quote was found. `source` with a `changed` file means that it was edited elsewhere:
    the quote still stands, what surrounds it may not."""

    @property
    def stale(self) -> bool:
        """Past its review date, or edited or deleted since the build; `missing` cannot tell."""
        return self.past_review or self.source in ("changed", "deleted")

    @property
    def ref(self) -> str:
        """Display form of the place, `path:start-end`."""
        return f"{self.path}:{self.span.start_line}-{self.span.end_line}"


@dataclass(frozen=True, slots=True)
class Choice:
    """A section that is named without being quoted: offered to choose from, or related."""

    text: str
    """What it answers: a question it is written for, else its title and headings."""
    article_id: str
    chunk_id: str
    title: str
    ref: str
    """Display form of the place, `path:start-end`."""
    url: str | None


@dataclass(frozen=True, slots=True)
class Answer(Serializable):
    """What the assistant has to say to one question."""

    question: str
    action: Action
    reason: str
    """Machine-readable cause of the action, one of `answer.decide.REASONS`."""
    text: str
    """The quoted passages with `[n]` marks; empty where nothing is quoted."""
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    """The search behind the answer, best first."""
    confidence: float = 0.0
    """Calibrated probability that the first hit's article answers the question, in [0, 1]."""
    choices: tuple[Choice, ...] = ()
    """What may be meant, where the action is `clarify`."""
    related: tuple[Choice, ...] = ()
    """Near misses where nothing is quoted: they do not seem to answer the question."""
    urgent: tuple[str, ...] = ()
    """Reason codes of urgency, such as `account_stolen`, ascending; see `answer.handoff`."""
    offer_person: bool = False
    """Whether a person should be offered beside what is said."""
    did_you_mean: str | None = None
    """The question with its misspelt words corrected; None where there are none."""
    other_language: bool = False
    """Whether what is quoted is not in the language of the question."""
    figures: Mapping[str, float] = field(default_factory=dict)
    """What the confidence rests on, by name; see `answer.evidence`."""
    parts: tuple[Answer, ...] = ()
    """The answer to each question in this one, where it asks several and that helps; else empty.
    Their citations are those of the whole, with the same numbers; a part without an answer has
    none. `hits` and `figures` are of the search for the question as a whole, and `confidence` is
    the lowest of the parts that are answered."""
    origin: AnswerOrigin | None = field(default=None, repr=False, compare=False)
    """For `explain`; None where the answer was stored."""

    def explain(self) -> AnswerExplanation:
        """Why the answer is what it is: worked out now, from the index that it was found in.

        Raises:
            UsageError: the answer was stored and read again, or made by hand.
        """
        if self.origin is None:
            raise _unexplained("answer", "Ask")
        return self.origin.explain(self)

    @property
    def priority(self) -> Literal["normal", "urgent"]:
        """How soon a person should look at it."""
        return "urgent" if self.urgent else "normal"


def _unexplained(name: str, verb: str) -> UsageError:
    return UsageError(
        f"the {name} cannot be explained: it no longer knows the index that it comes from",
        hint=f"{verb} again, and explain what comes back before it is stored.",
    )
