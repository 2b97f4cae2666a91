"""How a question was read and what was searched: for people, and complete for programs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Literal

from kbassist.types.columns import clipped, labelled
from kbassist.types.scores import Mode

Source = Literal["typed", "synonym", "correction"]
"""How a term came into a search: with the question, or added to it."""

WeightReason = Literal["own_words", "short", "naming", "fixed", "equal", "one_leg"]
"""Why the legs weigh what they do; see `index.weighting`."""

LABEL = 13
"""Columns of the label in front of a part of an explanation."""
WIDEST = 76
"""Columns of a text that is cut."""

_MODES = {
    "lexical": "by words alone (BM25)",
    "vector": "by meaning alone (vectors)",
    "hybrid": "by words (BM25, weight {bm25:.2f}) and meaning (vectors, weight {vector:.2f})",
}
_REASONS: dict[WeightReason, str] = {
    "own_words": "the question is put in the asker's own words, so meaning counts more",
    "short": "the question is short, so meaning counts more",
    "naming": "the question is long or asks for a fact, so its words count more",
    "fixed": "the weight is fixed by the settings (vector_weight)",
    "equal": "ranks are fused (rrf), which weighs both alike",
    "one_leg": "",
}


@dataclass(frozen=True, slots=True)
class Expansion:
    """A phrase of the same meaning that was added to a question."""

    phrase: str
    """As it stands in the question."""
    added: str
    """As the knowledge base's writers spell it."""
    terms: tuple[str, ...]
    """Terms that it brought, those of the question left out."""
    weight: float
    """Factor of those terms, in (0, 1)."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a word of the question may have meant."""

    typed: str
    """As it stands in the question."""
    corrected: str
    """As an article or the glossary spells it."""
    terms: tuple[str, ...]
    """Terms that it brought, those of the question left out."""
    weight: float
    """Factor of those terms, in (0, 1)."""
    clear: bool
    """Whether nothing else is as likely."""
    start: int
    """First character of `typed` in the question, 0-based."""

    @property
    def end(self) -> int:
        """One past the last character of `typed` in the question."""
        return self.start + len(self.typed)


@dataclass(frozen=True, slots=True)
class SearchedTerm:
    """One term that was searched for."""

    term: str
    """As the index spells it: folded, stemmed; a character or a pair of them in Chinese."""
    source: Source
    origin: str | None
    """The words of the question that brought it; None where it was typed itself."""
    weight: float
    """Factor of its matches: 1 for each time it was typed, less for stop words and added terms."""
    stop: bool
    """Whether it is a stop word."""
    evidence: bool
    """Whether its match alone may mean that a passage is about the question."""
    idf: float
    """Inverse document frequency: how rare it is."""
    chunks: int
    """How many chunks of the index have it."""


@dataclass(frozen=True, slots=True)
class SearchExplanation:
    """How a question was read and what was searched."""

    question: str
    """As searched for."""
    meant: str | None
    """The question with its clear corrections; None where there are none."""
    terms: tuple[SearchedTerm, ...]
    """In the order of the question, then those that were added."""
    expansions: tuple[Expansion, ...]
    corrections: tuple[Correction, ...]
    mode: Mode
    fusion: Literal["convex", "rrf"]
    """How the legs are fused where there are two."""
    weights: Mapping[str, float]
    """Leg → its weight."""
    reason: WeightReason
    """Why these weights."""
    reranked: int
    """First candidates that were ranked anew by words and titles."""
    full: float
    """BM25 score of a chunk of average length that has every typed term."""
    today: date
    """The day that validity was judged on."""
    filters: Mapping[str, tuple[str, ...]]
    """Front matter key → accepted values."""
    audience: tuple[str, ...]
    """Restricted labels that the caller named."""
    chunks: int
    """In the index."""
    visible: int
    """Of them, those the caller may see and that are valid on the day."""
    searched: int
    """Of these, those that the filters leave."""

    def text(self) -> str:
        """For people: the question, the ranking, and what was searched."""
        return "\n".join(
            (
                *labelled("Question", self._reading(), LABEL),
                *labelled("Ranked", self._ranking(), LABEL),
                *labelled("Searched", self._scope(), LABEL),
            )
        )

    def __str__(self) -> str:
        return self.text()

    def _reading(self) -> list[str]:
        lines = [clipped(self.question, WIDEST)]
        for found in self.corrections:
            doubt = "" if found.clear else "perhaps "
            lines.append(
                f"{found.typed}: {doubt}{found.corrected} (corrected, weight {found.weight:.2f})"
            )
        together: dict[tuple[str, float], list[str]] = {}
        for added in self.expansions:
            together.setdefault((added.phrase, added.weight), []).append(added.added)
        for (phrase, weight), others in together.items():
            listed = clipped(", ".join(others), WIDEST - 30)
            lines.append(f"{phrase}: also {listed} (synonyms, weight {weight:.2f} each)")
        return lines

    def _ranking(self) -> list[str]:
        lines = [_MODES[self.mode].format(**self.weights)]
        if _REASONS[self.reason]:
            lines.append(_REASONS[self.reason])
        if self.reranked:
            lines.append(
                f"the first {self.reranked} anew by their words in meaning, and by their titles"
            )
        return lines

    def _scope(self) -> list[str]:
        lines = [f"{self.searched:,} of {self.chunks:,} chunks, as of {self.today}"]
        hidden = self.chunks - self.visible
        if hidden:
            lines.append(f"{hidden:,} are for another audience or not valid on that day")
        if self.audience:
            lines.append(f"restricted articles for: {', '.join(self.audience)}")
        for key, values in self.filters.items():
            lines.append(f"only {key}: {' or '.join(values)}")
        return lines
