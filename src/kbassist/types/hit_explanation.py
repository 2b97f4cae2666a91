"""Why a hit has its score: for people, and complete for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from kbassist.types.columns import clipped, columns, labelled
from kbassist.types.scores import LegScore
from kbassist.types.search_explanation import LABEL, WIDEST, SearchExplanation, Source

VectorText = Literal["text", "passage", "question"]
"""What of a chunk a vector stands for: its text, some sentences of it, or a question phrasing."""

_WORDS_SHOWN = 6
_LEGS = {
    "bm25": "words",
    "vector": "meaning",
    "words": "words by meaning",
    "title": "title",
}
"""What each leg goes by, for people."""


@dataclass(frozen=True, slots=True)
class TermScore:
    """What one term adds to the BM25 score of a hit."""

    term: str
    weight: float
    """As in `SearchedTerm`."""
    idf: float
    score: float
    """Weight × what the term is worth in this chunk: its idf, and how often it stands where."""


@dataclass(frozen=True, slots=True)
class MatchedWord:
    """A word or phrase of the search that a hit has, with the terms that it consists of."""

    text: str
    """As typed; of what was added, as the writers spell it."""
    source: Source
    origin: str | None
    """The words of the question that brought it; None where it was typed itself."""
    score: float
    """What it adds to the BM25 score: the sum of its terms'."""
    idf: float
    """Of its rarest term; of those that are evidence, where any is."""
    chunks: int
    """How many chunks of the index have that term."""
    places: tuple[str, ...]
    """Where in the chunk it stands: `title` (with the headings), `questions`, `text`."""
    terms: tuple[TermScore, ...]
    """Its terms that the chunk has; one that stands in several words counts in the first."""


@dataclass(frozen=True, slots=True)
class MissingWord:
    """A word of the question that a hit does not have."""

    text: str
    """As typed."""
    known: bool
    """Whether any chunk of the index has one of its terms."""


@dataclass(frozen=True, slots=True)
class NearestText:
    """What of a chunk is nearest in meaning."""

    kind: VectorText
    text: str
    cosine: float
    """In [-1, 1]."""


@dataclass(frozen=True, slots=True)
class HitExplanation:
    """Why a hit has its score."""

    search: SearchExplanation
    rank: int
    chunk_id: str
    title: str
    ref: str
    """Display form of the place, `path:start-end`."""
    score: float
    """The sum of what the legs add."""
    legs: Mapping[str, LegScore]
    words: tuple[MatchedWord, ...]
    """What matched, by what it adds to the BM25 score; whatever the mode."""
    missing: tuple[MissingWord, ...]
    """In the order of the question."""
    nearest: NearestText | None
    """None where vectors did not rank."""

    def text(self) -> str:
        """For people: this hit alone; `str()` tells of the search too."""
        return "\n".join((*self._legs(), *self._words(), *self._missing(), *self._nearest()))

    def __str__(self) -> str:
        head = labelled("Hit", [f"{self.title}  ({self.ref})"], LABEL)
        return "\n".join((*head, self.text(), "", self.search.text()))

    def _legs(self) -> list[str]:
        unit = "by rank" if self.search.fusion == "rrf" and len(self.legs) > 1 else "normalised"
        rows: list[tuple[str, ...]] = [("", "rank", "score", unit, "weight", "adds")]
        for name, leg in self.legs.items():
            figures = (leg.raw, leg.normalised, leg.weight, leg.contribution)
            rank = "–" if leg.rank is None else str(leg.rank)
            rows.append((_LEGS[name], rank, *(f"{value:.3f}" for value in figures)))
        return labelled(f"Score {self.score:.3f}", columns(rows, "lrrrrr"), LABEL)

    def _words(self) -> list[str]:
        if not self.words:
            return labelled("Words", ["none of the question's"], LABEL)
        rows = [("", "adds", "idf", "chunks", "stands in", "")]
        rows += [
            (
                clipped(word.text, 24),
                f"{word.score:.3f}",
                f"{word.idf:.2f}",
                str(word.chunks),
                " + ".join(word.places),
                _told(word),
            )
            for word in self.words[:_WORDS_SHOWN]
        ]
        lines = columns(rows, "lrrrll")
        rest = self.words[_WORDS_SHOWN:]
        if rest:
            lines.append(f"and {len(rest)} more, adding {sum(word.score for word in rest):.3f}")
        if "bm25" not in self.legs:
            lines.append("(they did not count: ranked by meaning alone)")
        return labelled("Words", lines, LABEL)

    def _missing(self) -> list[str]:
        if not self.missing:
            return []
        told = [f"{word.text}{'' if word.known else ' (in no article)'}" for word in self.missing]
        return labelled("Not in it", [clipped(", ".join(told), WIDEST)], LABEL)

    def _nearest(self) -> list[str]:
        if self.nearest is None:
            return []
        kind = {"text": "the whole text", "passage": "a passage", "question": "a question of it"}
        found = f"{kind[self.nearest.kind]} ({self.nearest.cosine:.3f}): {self.nearest.text}"
        return labelled("Nearest", [clipped(found, WIDEST)], LABEL)


def _told(word: MatchedWord) -> str:
    if word.source == "typed":
        return ""
    return f"{word.source} of {clipped(word.origin or '', 20)}"
