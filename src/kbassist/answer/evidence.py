"""What speaks for the best hit being the answer, in figures that any two indexes share.

None of them is a raw score: BM25 grows with the corpus and a cosine depends on the model. The
likeness figures come from the bundled model whatever the index was built with, so that a
calibration outlives a change of embedder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields

import numpy as np

from kbassist.answer.reading import Reading, Readings
from kbassist.answer.snippet import Terms
from kbassist.embed.protocol import Embedder, Matrix
from kbassist.types import Chunk, Hit

COMPANY = 5
"""First hits among which those of the best hit's article are counted."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Figures on the best hit; all are 0 where there is none."""

    lead: float
    """Fused score less that of the best hit of another article; 0 where there is none, which says
    that the knowledge base is small and not that the hit is good."""
    agreement: float
    """Sum over the legs of 1 / rank, 0 to 2: both legs put it first."""
    company: float
    """Share of the first five hits that belong to its article."""
    coverage: float
    """Share of the question's terms that it holds, by weight · idf."""
    meaning: float
    """Mean over those terms of the likeness of the nearest term in it, by weight · idf: soft
    coverage, greedy matching as in BERTScore (Zhang et al. 2020)."""
    sentence: float
    """Cosine of the question and the nearest sentence."""
    headed: float
    """The same where each sentence is read with its headings."""

    def values(self) -> tuple[float, ...]:
        """The figures in the order of `NAMES`."""
        return astuple(self)


NAMES = tuple(item.name for item in fields(Evidence))

NONE = Evidence(*(0.0,) * len(NAMES))


class Judge:
    """What the figures are worked out with."""

    def __init__(self, terms: Terms, embedder: Embedder) -> None:
        """Start with no passage read.

        Args:
            terms: the analyzer's terms of a text.
            embedder: the bundled model.
        """
        self.terms = terms
        self.embedder = embedder
        self.readings = Readings(terms, embedder)

    def likeness(self, question: str, chunk: Chunk) -> list[float]:
        """Cosine of the question with each unit of a chunk."""
        vector = self.embedder.embed_queries([question])[0]
        return [
            value for part in self.readings.of(chunk).units for value in (part @ vector).tolist()
        ]


def gather(
    question: str,
    hits: Sequence[Hit],
    asked: Mapping[str, float],
    added: Mapping[str, float],
    judge: Judge,
) -> Evidence:
    """The figures of the best hit.

    Args:
        question: as searched for.
        hits: best first; how many there are beyond `COMPANY` and another article changes nothing.
        asked: the question's terms that count as evidence, those no chunk has included, with
            weight · idf.
        added: the same for the terms that synonyms and corrections brought.
        judge: analysis and model.
    """
    if not hits:
        return NONE
    best = hits[0]
    other = next((hit for hit in hits if hit.article.id != best.article.id), None)
    reading = judge.readings.of(best.chunk)
    vector = judge.embedder.embed_queries([question])[0]
    sentence, headed = _nearest(reading, vector)
    total = sum(asked.values())
    held = {**added, **asked}
    matched = sum(held.get(term, 0.0) for term in best.matched_terms)
    return Evidence(
        lead=0.0 if other is None else best.score - other.score,
        agreement=sum(1.0 / leg.rank for leg in best.legs.values() if leg.rank),
        company=sum(hit.article.id == best.article.id for hit in hits[:COMPANY]) / COMPANY,
        coverage=min(matched / total, 1.0) if total else 0.0,
        meaning=_meaning(asked, reading.terms, judge.readings),
        sentence=sentence,
        headed=headed,
    )


def _nearest(reading: Reading, vector: Matrix) -> tuple[float, float]:
    """Cosine of the nearest sentence, alone and behind its headings."""
    cosines = (reading.sentences @ vector).reshape(2, -1).max(axis=1)
    return float(cosines[0]), float(cosines[1])


def _meaning(asked: Mapping[str, float], held: Sequence[str], readings: Readings) -> float:
    longer = {term: weight for term, weight in asked.items() if len(term) > 1} or dict(asked)
    if not (longer and held):
        return 0.0
    likeness = readings.vectors(list(longer)) @ readings.vectors(held).T
    weights = np.array(list(longer.values()))
    nearest = np.clip(likeness.max(axis=1), 0.0, 1.0)
    return float(nearest @ weights / weights.sum()) if weights.sum() > 0 else 0.0
