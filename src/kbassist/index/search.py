"""One question against an open index: analyse, rank by each leg, fuse, fetch the texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from numbers import Integral
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kbassist.checks import shown
from kbassist.config import DEFAULT_TOP_K, SearchSettings
from kbassist.deadline import check_deadline
from kbassist.errors import UsageError
from kbassist.index.explain import SearchOrigin
from kbassist.index.filters import Filters
from kbassist.index.fusion import Fused, fuse, make_leg, normalise_bm25, normalise_cosine
from kbassist.index.reader import Index, Mask
from kbassist.index.rerank import Ranked, Ranking, first, rerank, reranked
from kbassist.index.stretches import starts_of
from kbassist.index.understand import understand
from kbassist.index.understanding import Understanding
from kbassist.index.weighting import vector_weight
from kbassist.types import Hit, LegScore, Mode

if TYPE_CHECKING:
    from kbassist.embed.protocol import Embedder
    from kbassist.index.maxsim import Asked
    from kbassist.index.vectors import Vectors

MAX_TOP_K = 1000
"""More results than this are an export, not a search."""


@dataclass(frozen=True, slots=True)
class _Request:
    """One question, checked and analysed, with all that decides its results."""

    index: Index
    question: str
    found: Understanding
    top_k: int
    mask: Mask | None
    settings: SearchSettings
    weight: float
    """Of the vector leg."""

    @property
    def weighted(self) -> list[tuple[str, float]]:
        return [(term.term, term.weight) for term in self.found.terms]

    @property
    def full(self) -> float:
        """BM25 score of a full match of what was asked; what was added to it is a bonus."""
        return self.index.bm25.full([(term.term, term.weight) for term in self.found.asked])

    @property
    def meant(self) -> str:
        """The question with its clear corrections."""
        return self.found.did_you_mean or self.question

    @property
    def evidence(self) -> Asked | None:
        """The terms that the first candidates are ranked anew by."""
        index = self.index
        return index.maxsim.asked(index.evidence_weights(self.found.meant), self.meant)

    @property
    def leg(self) -> tuple[Vectors, Embedder]:
        """The vector leg, and the model that its entries were made with."""
        vectors, embedder = self.index.vectors, self.index.embedder
        assert vectors is not None and embedder is not None  # the mode was checked
        return vectors, embedder


def search(
    index: Index,
    question: str,
    top_k: int,
    mode: Mode | None,
    filters: Filters,
    settings: SearchSettings,
    today: date,
    found: Understanding | None = None,
) -> list[Hit]:
    """The chunks that match a question, best first; see `Assistant.search`.

    `found` is what the question was understood as, where the caller knows that already.
    """
    check_types(question, top_k, filters)
    if found is None:
        found = understand(index, question, settings, day=today)
    mode = index.mode(mode)
    rank = {"lexical": _lexical, "vector": _vector, "hybrid": _hybrid}[mode]
    mask = index.mask(filters, today)
    if mask is not None and not mask.any():
        return []
    weight, _ = vector_weight(question, settings)
    request = _Request(index, question, found, top_k, mask, settings, weight)
    origin = SearchOrigin(index, question, found, mode, filters, settings, today)
    check_deadline()
    ranked = rank(request)
    check_deadline()
    return _hits(request, ranked, origin)


def check_types(question: object, top_k: object, filters: object) -> None:
    """Refuse arguments of another type or range.

    Raises:
        UsageError: names the argument, what was found and what is accepted.
    """
    if not isinstance(question, str):
        raise UsageError(f"the question must be text, found {shown(question)}")
    if not isinstance(top_k, Integral) or isinstance(top_k, bool):
        raise UsageError(
            f"top_k must be a whole number, found {shown(top_k)}",
            hint=f"Write top_k={DEFAULT_TOP_K}.",
        )
    if not 1 <= int(top_k) <= MAX_TOP_K:
        raise UsageError(
            f"top_k must be 1 to {MAX_TOP_K}, found {shown(top_k)}",
            hint=f"Leave it out for the {DEFAULT_TOP_K} best.",
        )
    if not isinstance(filters, Filters):
        raise UsageError(
            f"filters must be Filters, found {shown(filters)}",
            hint='Write Filters(locale=("en",)), say.',
        )


def _lexical(request: _Request) -> Ranked:
    rows, scores = request.index.bm25.top(request.weighted, request.top_k, request.mask)
    return _one_leg("bm25", rows, scores, normalise_bm25(scores))


def _vector(request: _Request) -> Ranked:
    vectors, embedder = request.leg
    query = embedder.embed_queries([request.meant])[0]
    check_deadline()  # a model of one's own may have taken its time
    rows, cosines = vectors.search(query, request.top_k, request.mask)
    rows, cosines = rows[cosines > 0], cosines[cosines > 0]  # beyond 90 degrees is no evidence
    return _one_leg("vector", rows, cosines, normalise_cosine(cosines))


def _hybrid(request: _Request) -> Ranked:
    vectors, embedder = request.leg
    anew = reranked("hybrid", request.weight, request.settings)
    asked = request.evidence if anew else None  # the question is embedded along with it
    query = embedder.embed_queries([request.meant])[0]
    check_deadline()  # a model of one's own may have taken its time
    count = max(request.settings.candidates, request.top_k, anew)
    nearest, nearness = vectors.search(query, count, request.mask)
    words = request.index.bm25.scored(request.weighted)
    lexical, _ = words.top(count, request.mask, nearest)
    candidates = _union(lexical, nearest)
    scores, matched = words.at(candidates)
    cosines = np.full(len(candidates), np.nan, dtype=np.float32)
    cosines[np.searchsorted(candidates, nearest)] = nearness
    others = np.isnan(cosines)
    cosines[others] = vectors.score(query, candidates[others])
    fused = fuse(
        candidates,
        make_leg(candidates, scores, matched, lexical),
        make_leg(candidates, cosines, cosines > 0, nearest),
        request.weight,
        request.settings,
        request.full,
    )
    check_deadline()
    ranking = _anew(request, fused, anew, asked) if anew else first(fused)
    return ranking.best(fused, request.top_k)


def _union(lexical: NDArray[np.int64], nearest: NDArray[np.int64]) -> NDArray[np.int64]:
    """Both, each row once, ascending; `np.union1d` would import numpy.ma, 10 ms."""
    rows = np.concatenate((lexical, nearest))
    rows.sort()
    return rows[starts_of(rows)]


def _anew(request: _Request, fused: Fused, depth: int, asked: Asked | None) -> Ranking:
    index = request.index
    return rerank(
        fused,
        depth,
        asked,
        index.static.embed_queries([request.meant])[0],
        index.chunk_articles,
        index.maxsim,
        index.titles,
    )


def _one_leg(
    name: str,
    rows: NDArray[np.int64],
    raw: NDArray[np.float32],
    normalised: NDArray[np.float64],
) -> Ranked:
    return [
        (int(row), float(share), {name: LegScore(float(score), float(share), 1.0, rank)})
        for rank, (row, score, share) in enumerate(zip(rows, raw, normalised, strict=True), 1)
    ]


def _hits(request: _Request, ranked: Ranked, origin: SearchOrigin) -> list[Hit]:
    rows = [row for row, _, _ in ranked]
    found = request.index.store.chunks(rows)
    terms = [term.term for term in request.found.terms]
    matched = request.index.bm25.matched_terms(rows, terms)
    return [
        Hit(rank, score, *found[row], legs, tuple(words), origin)
        for rank, ((row, score, legs), words) in enumerate(zip(ranked, matched, strict=True), 1)
    ]
