"""The last word on the first candidates: soft coverage by words, and what their titles say.

Both are too dear for every chunk of an index and too good to leave out (docs/decisions.md).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from kbassist.config import SearchSettings
from kbassist.embed.protocol import Embedder
from kbassist.index.maxsim import MaxSim
from kbassist.types import ArticleMeta, Chunk, LegScore, Mode

WORDS = 0.2
"""Weight of the soft coverage, against 1 for the fused score."""
TITLE = 0.1
"""Weight of the cosine of question and title."""

Ranked = list[tuple[int, float, Mapping[str, LegScore]]]
"""Row, score and evidence of each result, best first."""


def reranked(mode: Mode, weight: float, settings: SearchSettings) -> int:
    """How many candidates of a search are ranked anew: none where one leg alone decides the order.

    Args:
        mode: of the search.
        weight: of the vector leg.
        settings: of the search.
    """
    both = mode == "hybrid" and settings.fusion == "convex" and 0 < weight < 1
    return settings.rerank if both else 0


def rerank(
    ranked: Ranked,
    found: Mapping[int, tuple[Chunk, ArticleMeta]],
    question: str,
    weights: Mapping[str, float],
    maxsim: MaxSim,
    embedder: Embedder,
    depth: int,
) -> Ranked:
    """Rank the first candidates anew.

    Args:
        ranked: by fused scores in [0, 1].
        found: chunk and article of at least the first rows.
        question: as searched for.
        weights: term → weight · idf of the question.
        maxsim: for the soft coverage.
        embedder: of the titles: a static model.
        depth: how many of the first are ranked anew; the others stay behind them.

    Returns:
        The same rows; scores are in [0, 1] again, and those of the first have the legs `words` and
        `title` as well.
    """
    first = ranked[:depth]
    words = _words(first, found, weights, maxsim)
    titles = _titles(first, found, question, embedder)
    anew: Ranked = []
    for (row, score, legs), covered, title in zip(first, words, titles, strict=True):
        added = {"words": (covered, WORDS), "title": (title, TITLE)}
        total = score + sum(value * weight for value, weight in added.values())
        anew.append((row, total / _TOTAL, _scaled(legs) | _legs(added)))
    anew.sort(key=lambda one: -one[1])  # stable: equal ones stay as the fused score had them
    return anew + [(row, score / _TOTAL, _scaled(legs)) for row, score, legs in ranked[depth:]]


_TOTAL = 1.0 + WORDS + TITLE


def _words(
    ranked: Ranked,
    found: Mapping[int, tuple[Chunk, ArticleMeta]],
    weights: Mapping[str, float],
    maxsim: MaxSim,
) -> list[float]:
    asked = maxsim.asked(weights)
    if asked is None:
        return [0.0] * len(ranked)
    return [maxsim.coverage(asked, found[row][0]) for row, _, _ in ranked]


def _titles(
    ranked: Ranked,
    found: Mapping[int, tuple[Chunk, ArticleMeta]],
    question: str,
    embedder: Embedder,
) -> list[float]:
    """Cosine of the question and each title; 0 where several articles have the same."""
    named = {found[row][1].id: found[row][0].title for row, _, _ in ranked}
    sharing = Counter(named.values())
    telling = [title for title, articles in sharing.items() if articles == 1]
    vectors = embedder.embed_queries([question, *telling])
    cosines = np.clip(vectors[1:] @ vectors[0], 0.0, 1.0)
    likeness: Mapping[str, float] = dict(zip(telling, cosines.tolist(), strict=True))
    return [likeness.get(found[row][0].title, 0.0) for row, _, _ in ranked]


def _scaled(legs: Mapping[str, LegScore]) -> dict[str, LegScore]:
    return {name: replace(leg, weight=leg.weight / _TOTAL) for name, leg in legs.items()}


def _legs(added: Mapping[str, tuple[float, float]]) -> dict[str, LegScore]:
    return {
        name: LegScore(value, value, weight / _TOTAL, None)
        for name, (value, weight) in added.items()
    }
