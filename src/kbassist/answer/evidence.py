"""What speaks for the best hit being the answer, in figures that any two indexes share.

None of them is a raw score: BM25 grows with the corpus and a cosine depends on the model. The
likeness figures come from the bundled model whatever the index was built with, so that a
calibration outlives a change of embedder.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import astuple, dataclass, fields

from kbassist.answer.snippet import Terms
from kbassist.answer.units import unit_texts
from kbassist.embed.protocol import Embedder, Matrix
from kbassist.index.maxsim import MaxSim
from kbassist.types import Chunk, Hit

COMPANY = 5
"""First hits among which those of the best hit's article are counted."""
_MOST_SENTENCES = 60


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
    """Soft coverage: the same by the likeness of the nearest term; see `index.maxsim`."""
    sentence: float
    """Cosine of the question and the nearest sentence."""
    headed: float
    """The same where each sentence is read with its headings."""

    def values(self) -> tuple[float, ...]:
        """The figures in the order of `NAMES`."""
        return astuple(self)


NAMES = tuple(item.name for item in fields(Evidence))

NONE = Evidence(*(0.0,) * len(NAMES))


@dataclass(frozen=True, slots=True)
class Judge:
    """What the figures are worked out with."""

    terms: Terms
    """The analyzer's terms of a text."""
    embedder: Embedder
    """The bundled model."""
    maxsim: MaxSim

    def likeness(self, question: str, texts: Sequence[str]) -> list[float]:
        """Cosine of the question with each text."""
        vectors = self.embedder.embed_queries([question, *texts])
        cosines: list[float] = (vectors[1:] @ vectors[0]).tolist()
        return cosines


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
    vector = judge.embedder.embed_queries([question])[0]
    sentence, headed = _nearest(best.chunk, vector, judge.embedder)
    total = sum(asked.values())
    held = {**added, **asked}
    matched = sum(held.get(term, 0.0) for term in best.matched_terms)
    return Evidence(
        lead=0.0 if other is None else best.score - other.score,
        agreement=sum(1.0 / leg.rank for leg in best.legs.values() if leg.rank),
        company=sum(hit.article.id == best.article.id for hit in hits[:COMPANY]) / COMPANY,
        coverage=min(matched / total, 1.0) if total else 0.0,
        meaning=_meaning(best.chunk, asked, judge.maxsim),
        sentence=sentence,
        headed=headed,
    )


def _nearest(chunk: Chunk, vector: Matrix, embedder: Embedder) -> tuple[float, float]:
    """Cosine of the nearest sentence, alone and behind its headings."""
    heading = " ".join((chunk.title, *chunk.heading_path))
    sentences = (unit_texts(chunk) or [chunk.text])[:_MOST_SENTENCES]
    vectors = embedder.embed_queries([*sentences, *(f"{heading} {text}" for text in sentences)])
    cosines = (vectors @ vector).reshape(2, -1).max(axis=1)
    return float(cosines[0]), float(cosines[1])


def _meaning(chunk: Chunk, weights: Mapping[str, float], maxsim: MaxSim) -> float:
    asked = maxsim.asked(weights)
    return 0.0 if asked is None else maxsim.coverage(asked, chunk)
