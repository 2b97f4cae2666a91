"""What speaks for the best hit being the answer, in figures that any two indexes share.

None of them is a raw score: BM25 grows with the corpus and a cosine depends on the model. The
likeness figures come from the bundled model whatever the index was built with, so that a
calibration outlives a change of embedder.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields

from kbassist.answer.reading import Reading, Readings
from kbassist.answer.snippet import Terms
from kbassist.embed.protocol import Embedder, Matrix
from kbassist.index.maxsim import Asked, MaxSim
from kbassist.types import Chunk, Hit

COMPANY = 5
"""First hits among which those of the best hit's article are counted."""
RIVALS = 10
"""First hits that the best one is compared with word by word."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """Figures on the best hit; all are 0 where there is none.

    A translation counts as the article that it is of.
    """

    lead: float
    """Fused score less that of the best hit of another article; 0 where there is none, which says
    that the knowledge base is small and not that the hit is good."""
    company: float
    """Share of the first five hits that belong to its article."""
    coverage: float
    """Share of the question's terms that it holds, by weight · idf."""
    meaning: float
    """Soft coverage: the same by the likeness of the nearest term; see `index.maxsim`."""
    edge: float
    """Soft coverage less the greatest of another article's among the first ten hits, in [-1, 1]."""
    title: float
    """Cosine of the question and its title; 0 where another article among the first ten hits has
    the same."""
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

    def __init__(
        self, terms: Terms, embedder: Embedder, maxsim: MaxSim, row: Callable[[str], int | None]
    ) -> None:
        """Start with no passage read.

        Args:
            terms: the analyzer's terms of a text.
            embedder: the bundled model.
            maxsim: soft coverage by the two.
            row: of a chunk in the index by its id.
        """
        self.terms = terms
        self.embedder = embedder
        self.maxsim = maxsim
        self._row = row
        self.readings = Readings(embedder)

    def row(self, chunk: Chunk) -> int:
        """Row of a chunk of the index."""
        row = self._row(chunk.id)
        assert row is not None  # it was found there
        return row

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
    meant: Mapping[str, float] | None = None,
) -> Evidence:
    """The figures of the best hit.

    Args:
        question: as searched for.
        hits: best first; how many there are beyond `RIVALS` and another article changes nothing.
        asked: the question's terms that count as evidence, those no chunk has included, with
            weight · idf.
        added: the same for the terms that synonyms and corrections brought.
        judge: analysis and model.
        meant: the same as `asked`, misspelt words corrected; None where there are none.
    """
    if not hits:
        return NONE
    best = hits[0]
    others = [hit for hit in hits if origin(hit) != origin(best)]
    rivals = [hit for hit in hits[:RIVALS] if origin(hit) != origin(best)]
    vector = judge.embedder.embed_queries([question])[0]
    sentence, headed = _nearest(judge.readings.of(best.chunk), vector)
    total = sum(asked.values())
    held = {**added, **asked}
    matched = sum(held.get(term, 0.0) for term in best.matched_terms)
    soft = judge.maxsim.asked(asked if meant is None else meant)
    meaning, edge = _meaning(best, rivals, soft, judge)
    return Evidence(
        lead=best.score - others[0].score if others else 0.0,
        company=sum(origin(hit) == origin(best) for hit in hits[:COMPANY]) / COMPANY,
        coverage=min(matched / total, 1.0) if total else 0.0,
        meaning=meaning,
        edge=edge,
        title=_title(best, rivals, vector, judge.embedder),
        sentence=sentence,
        headed=headed,
    )


def origin(hit: Hit) -> str:
    """Id of the article that a hit is from, or a translation of."""
    return hit.article.translation_of or hit.article.id


def _nearest(reading: Reading, vector: Matrix) -> tuple[float, float]:
    """Cosine of the nearest sentence, alone and behind its headings."""
    cosines = (reading.sentences @ vector).reshape(2, -1).max(axis=1)
    return float(cosines[0]), float(cosines[1])


def _meaning(
    best: Hit, rivals: Sequence[Hit], asked: Asked | None, judge: Judge
) -> tuple[float, float]:
    """Soft coverage of the question by the best hit, and what it leads by."""
    if asked is None:
        return 0.0, 0.0
    rows = [judge.row(hit.chunk) for hit in (best, *rivals)]
    covered, *others = judge.maxsim.coverage(asked, rows).tolist()
    return covered, covered - max(others, default=0)


def _title(best: Hit, rivals: Sequence[Hit], vector: Matrix, embedder: Embedder) -> float:
    title = best.chunk.title
    if any(hit.chunk.title == title for hit in rivals):
        return 0.0
    return max(float(embedder.embed_queries([title])[0] @ vector), 0.0)
