"""Fusing the two legs of a search: pure functions on arrays, and the evidence kept beside.

The default is a convex combination of normalised scores. Reciprocal rank fusion throws away how
strong a match is, and loses badly when one leg is weaker (docs/decisions.md).

A row without evidence in a leg (no matched term; a cosine of 0 or less) gets 0 from that leg and no
credit for a rank, and a row without evidence in any leg of positive weight is not returned.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from kbassist.config import SearchSettings
from kbassist.index.topk import top_k
from kbassist.types import LegScore

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


def normalise_bm25(scores: ArrayLike, full: float | None = None) -> Floats:
    """BM25 scores in [0, 1], the best candidate at 1 or, where it matches little, below.

    Divided by the maximum alone, the best candidate counts fully even where it shares one rare
    word with the question, as it does when the question is in another language. Divided by what a
    full match would score, a good match of a wordy question counts little. The divisor is the
    geometric mean of both, or the maximum where that is larger (docs/decisions.md).

    Args:
        scores: shape (n,), 0 for a candidate without a matched term. Where none is positive the
            result is 0 throughout.
        full: score of a full match, >= 0; None for the maximum alone.

    Returns:
        float64, shape (n,).
    """
    values = np.maximum(np.asarray(scores, dtype=np.float64), 0.0)
    top = float(values.max(initial=0.0))
    if top <= 0:
        return values
    scaled: Floats = values / (top if full is None else max(top, math.sqrt(top * full)))
    return scaled


def normalise_cosine(cosines: ArrayLike) -> Floats:
    """Cosines clipped to [0, 1]: an angle beyond 90 degrees is no evidence.

    Args:
        cosines: shape (n,), in [-1, 1] but for rounding.

    Returns:
        float64, shape (n,).
    """
    return np.clip(np.asarray(cosines, dtype=np.float64), 0.0, 1.0)


def convex(bm25: ArrayLike, cosine: ArrayLike, weight: float, full: float | None = None) -> Floats:
    """Convex combination of the two legs, each normalised to [0, 1].

    Bruch, Gai and Ingber 2023, "An Analysis of Fusion Functions for Hybrid Retrieval" (ACM TOIS 42,
    article 20), who find that it beats reciprocal rank fusion in and out of domain.

    Args:
        bm25: raw scores of the candidates, shape (n,), 0 without a matched term.
        cosine: raw cosines of the same candidates, shape (n,).
        weight: share of the cosine in [0, 1]. 0 gives the lexical order, 1 the vector order.
        full: BM25 score of a full match, as for `normalise_bm25`.

    Returns:
        Fused scores in [0, 1], float64, shape (n,).

    Raises:
        ValueError: the weight lies outside [0, 1], or the shapes differ.
    """
    left, right = normalise_bm25(bm25, full), normalise_cosine(cosine)
    _check(weight, left, right)
    return (1.0 - weight) * left + weight * right


def rrf(ranks: ArrayLike, k: int = 60, weights: Sequence[float] | None = None) -> Floats:
    """Reciprocal rank fusion: the sum over the legs of weight / (k + rank).

    Cormack, Clarke and Büttcher 2009, "Reciprocal Rank Fusion outperforms Condorcet and individual
    Rank Learning Methods" (SIGIR), where every weight is 1.

    Args:
        ranks: 1-based ranks, shape (legs, n); 0 where a leg did not return the candidate, which
            then gets no credit from it.
        k: the paper's constant, >= 0; the larger, the less the first ranks stand out.
        weights: one for each leg, >= 0; 1 for all where None.

    Returns:
        Fused scores, float64, shape (n,).

    Raises:
        ValueError: k, a rank or a weight is negative, or the weights do not fit the legs.
    """
    places = np.atleast_2d(np.asarray(ranks, dtype=np.int64))
    shares = np.ones(len(places)) if weights is None else np.asarray(weights, dtype=np.float64)
    if k < 0 or (places < 0).any() or (shares < 0).any():
        raise ValueError("k, ranks and weights must not be negative")
    if len(shares) != len(places):
        raise ValueError(f"{len(shares)} weights for {len(places)} legs")
    total: Floats = shares @ _reciprocal(places, k)
    return total


@dataclass(frozen=True, slots=True)
class Leg:
    """What one leg says about each candidate; arrays of shape (n,)."""

    raw: NDArray[np.floating[Any]]
    """BM25 score or cosine; 0 where the leg knows nothing of the candidate."""
    evidence: NDArray[np.bool_]
    """Whether there is any: a matched term, or a cosine above 0."""
    ranks: Ints
    """1-based rank in the leg's own list; 0 where the leg did not return the candidate."""


def make_leg(
    candidates: Ints,
    raw: NDArray[np.floating[Any]],
    evidence: NDArray[np.bool_],
    returned: Ints,
) -> Leg:
    """A leg over the candidates.

    Args:
        candidates: distinct rows, ascending, shape (n,).
        raw: the leg's score of each candidate, shape (n,).
        evidence: whether the leg has any for the candidate, shape (n,).
        returned: the rows that the leg itself returned, best first, all of them candidates.
    """
    ranks = np.zeros(len(candidates), dtype=np.int64)
    ranks[np.searchsorted(candidates, returned)] = np.arange(1, len(returned) + 1)
    return Leg(np.where(evidence, raw, np.minimum(raw, 0)), evidence, np.where(evidence, ranks, 0))


@dataclass(frozen=True, slots=True)
class Fused:
    """Fused candidates, best first; arrays of one shape (m,)."""

    rows: Ints
    scores: Floats
    bm25: Leg
    vector: Leg
    normalised: tuple[Floats, Floats]
    """The values that went into the sum, in [0, 1]: BM25, then vector."""
    weights: tuple[float, float]
    """Weights of the legs in the same order; they add up to 1."""

    def legs(self, place: int, share: float = 1.0) -> dict[str, LegScore]:
        """Evidence of both legs for the candidate at a place of the list, 0-based.

        Args:
            place: in the list.
            share: of both legs in the final score; the rest goes by what else was found.
        """
        named = zip(
            ("bm25", "vector"), (self.bm25, self.vector), self.normalised, self.weights, strict=True
        )
        return {
            name: LegScore(
                raw=float(leg.raw[place]),
                normalised=float(values[place]),
                weight=weight * share,
                rank=int(leg.ranks[place]) or None,
            )
            for name, leg, values, weight in named
        }


def fuse(
    candidates: Ints,
    bm25: Leg,
    vector: Leg,
    weight: float,
    settings: SearchSettings,
    full: float | None = None,
) -> Fused:
    """Rank the candidates by what both legs say, equal scores by row.

    Args:
        candidates: distinct rows, ascending, shape (n,): what either leg returned.
        bm25: the lexical leg over the candidates.
        vector: the vector leg over the candidates.
        weight: of the vector leg in [0, 1].
        settings: the way of fusion.
        full: BM25 score of a full match, as for `normalise_bm25`.

    Raises:
        ValueError: the weight lies outside [0, 1].
    """
    weights = (1.0 - weight, weight)
    if settings.fusion == "convex":
        normalised = (normalise_bm25(bm25.raw, full), normalise_cosine(vector.raw))
        scores = convex(bm25.raw, vector.raw, weight, full)
        seen = (bm25.evidence, vector.evidence)
    else:
        _check(weight, bm25.ranks, vector.ranks)
        places = np.stack((bm25.ranks, vector.ranks))
        left, right = _reciprocal(places, settings.rrf_k)
        normalised = (left, right)
        scores = rrf(places, settings.rrf_k, weights)
        seen = (bm25.ranks > 0, vector.ranks > 0)
    kept = np.flatnonzero((seen[0] & (weights[0] > 0)) | (seen[1] & (weights[1] > 0)))
    order = kept[top_k(scores[kept], len(kept))]
    return Fused(
        rows=candidates[order],
        scores=scores[order],
        bm25=_take(bm25, order),
        vector=_take(vector, order),
        normalised=(normalised[0][order], normalised[1][order]),
        weights=weights,
    )


def _reciprocal(ranks: Ints, k: int) -> Floats:
    return np.where(ranks > 0, 1.0 / (k + np.maximum(ranks, 1)), 0.0)


def _take(leg: Leg, order: NDArray[np.int64]) -> Leg:
    return Leg(leg.raw[order], leg.evidence[order], leg.ranks[order])


def _check(weight: float, left: NDArray[Any], right: NDArray[Any]) -> None:
    if not 0.0 <= weight <= 1.0:
        raise ValueError(f"the vector weight must lie in [0, 1], found {weight}")
    if left.shape != right.shape:
        raise ValueError(f"the legs differ in shape: {left.shape} and {right.shape}")
