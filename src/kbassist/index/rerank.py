"""The last word on the first candidates: soft coverage by words, and what their titles say.

Both are too dear for every chunk of an index and too good to leave out (docs/decisions.md).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kbassist.config import SearchSettings
from kbassist.embed.protocol import Matrix
from kbassist.index.fusion import Fused
from kbassist.index.maxsim import Asked, MaxSim
from kbassist.index.titles import Titles
from kbassist.index.topk import top_k
from kbassist.types import LegScore, Mode

WORDS = 0.2
"""Weight of the soft coverage, against 1 for the fused score."""
TITLE = 0.1
"""Weight of the cosine of question and title."""

Ranked = list[tuple[int, float, Mapping[str, LegScore]]]
"""Row, score and evidence of each result, best first."""

_WEIGHTS = {"words": WORDS, "title": TITLE}
_SHARE = 1.0 / (1.0 + WORDS + TITLE)


def reranked(mode: Mode, weight: float, settings: SearchSettings) -> int:
    """How many candidates of a search are ranked anew: none where one leg alone decides the order.

    Args:
        mode: of the search.
        weight: of the vector leg.
        settings: of the search.
    """
    both = mode == "hybrid" and settings.fusion == "convex" and 0 < weight < 1
    return settings.rerank if both else 0


@dataclass(frozen=True, slots=True)
class Ranking:
    """An order of fused candidates; arrays of one shape (m,), best first."""

    places: NDArray[np.int64]
    """Where each stands among the fused ones."""
    scores: NDArray[np.float64]
    """In [0, 1]."""
    share: float
    """Of the fused score in these."""
    added: Mapping[int, Mapping[str, float]]
    """Place among the fused ones → leg → its value, of those that were ranked anew."""

    def best(self, fused: Fused, count: int) -> Ranked:
        """The first of them with their evidence."""
        rows = fused.rows[self.places[:count]].tolist()
        first = zip(rows, self.scores[:count].tolist(), self.places[:count].tolist(), strict=True)
        return [
            (row, score, fused.legs(place, self.share) | self._legs(place))
            for row, score, place in first
        ]

    def _legs(self, place: int) -> dict[str, LegScore]:
        return {
            name: LegScore(value, value, _WEIGHTS[name] * self.share, None)
            for name, value in self.added.get(place, {}).items()
        }


def first(fused: Fused) -> Ranking:
    """The order of the fused scores."""
    return Ranking(np.arange(len(fused.rows)), fused.scores, 1.0, {})


def rerank(
    fused: Fused,
    depth: int,
    asked: Asked | None,
    question: Matrix,
    articles: NDArray[np.integer],
    maxsim: MaxSim,
    titles: Titles,
) -> Ranking:
    """Rank the first candidates anew.

    Args:
        fused: candidates with scores in [0, 1].
        depth: how many of the first are ranked anew; the others stay behind them.
        asked: the question's terms; None where none of them counts.
        question: its vector by the bundled model, float32 (d,).
        articles: row of the article of each chunk of the index, shape (n,).
        maxsim: for the soft coverage.
        titles: of the articles.
    """
    if not len(fused.rows):
        return first(fused)
    rows = fused.rows[:depth]
    words = np.zeros(len(rows)) if asked is None else maxsim.coverage(asked, rows)
    named = titles.likeness(articles[rows], question)
    scores = fused.scores * _SHARE
    scores[: len(rows)] += _SHARE * (WORDS * words + TITLE * named)
    places = np.arange(len(scores))
    places[: len(rows)] = top_k(scores[: len(rows)], len(rows))  # equal ones stay in their order
    legs = enumerate(zip(words.tolist(), named.tolist(), strict=True))
    added = {place: {"words": covered, "title": title} for place, (covered, title) in legs}
    return Ranking(places, scores[places], _SHARE, added)
