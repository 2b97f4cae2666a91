"""One question against an open index: analyse, rank by each leg, fuse, fetch the texts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from kbassist.config import SearchSettings
from kbassist.errors import EmptyQuestion, QuestionTooLong, UsageError
from kbassist.index.filters import Filters
from kbassist.index.fusion import fuse, make_leg, normalise_bm25, normalise_cosine
from kbassist.index.reader import Index, Mask
from kbassist.index.topk import top_rows
from kbassist.text.analyzer import QueryTerm
from kbassist.types import Hit, LegScore, Mode

MAX_TOP_K = 1000
"""More results than this are an export, not a search."""

Ranked = list[tuple[int, float, Mapping[str, LegScore]]]
"""Row, score and evidence of each result, best first."""


def search(
    index: Index,
    question: str,
    top_k: int,
    mode: Mode | None,
    filters: Filters,
    settings: SearchSettings,
) -> list[Hit]:
    """The chunks that match a question, best first; see `Assistant.search`."""
    terms = query_terms(index, question, settings)
    if not 1 <= top_k <= MAX_TOP_K:
        raise UsageError(f"top_k must be 1 to {MAX_TOP_K}, found {top_k!r}", hint="Use -k 5.")
    wanted = index.mode(mode)
    mask = index.mask(filters)
    if mask is not None and not mask.any():
        return []
    rank = {"lexical": _lexical, "vector": _vector, "hybrid": _hybrid}[wanted]
    return _hits(index, rank(index, question, terms, top_k, mask, settings), terms)


def query_terms(index: Index, question: str, settings: SearchSettings) -> list[QueryTerm]:
    """Check a question and analyse it.

    Raises:
        QuestionTooLong: more characters than the limit.
        EmptyQuestion: no letter, digit or other sign that could be searched for.
    """
    limit = settings.max_question_chars
    if len(question) > limit:
        raise QuestionTooLong(
            f"the question has {len(question)} characters, the limit is {limit}",
            hint="Ask it in a sentence or two.",
        )
    terms = index.analyzer.query(question)
    if not terms:
        shown = repr(question if len(question) <= 40 else question[:40] + "…")
        raise EmptyQuestion(
            f"nothing to search for in {shown}", hint="Ask with at least one word or character."
        )
    return terms


def _lexical(
    index: Index,
    question: str,
    terms: Sequence[QueryTerm],
    top_k: int,
    mask: Mask | None,
    settings: SearchSettings,
) -> Ranked:
    rows, scores = index.bm25.top(_weighted(terms), top_k, mask)
    return _one_leg("bm25", rows, scores, normalise_bm25(scores))


def _vector(
    index: Index,
    question: str,
    terms: Sequence[QueryTerm],
    top_k: int,
    mask: Mask | None,
    settings: SearchSettings,
) -> Ranked:
    assert index.vectors is not None  # the mode was checked
    rows, cosines = index.vectors.search(_embedded(index, question), top_k, mask)
    return _one_leg("vector", rows, cosines, normalise_cosine(cosines))


def _hybrid(
    index: Index,
    question: str,
    terms: Sequence[QueryTerm],
    top_k: int,
    mask: Mask | None,
    settings: SearchSettings,
) -> Ranked:
    assert index.vectors is not None  # the mode was checked
    count = max(settings.candidates, top_k)
    scores, matched = index.bm25.scores(_weighted(terms))
    visible = matched if mask is None else matched & mask
    lexical = top_rows(scores, visible, count)
    query = _embedded(index, question)
    nearest, _ = index.vectors.search(query, count, mask)
    candidates = np.union1d(lexical, nearest).astype(np.int64)
    cosines = index.vectors.score(query, candidates)
    fused = fuse(
        candidates,
        make_leg(candidates, scores[candidates], matched[candidates], lexical),
        make_leg(candidates, cosines, cosines > 0, nearest),
        settings,
    )
    best = range(min(top_k, len(fused.rows)))
    return [(int(fused.rows[i]), float(fused.scores[i]), fused.legs(i)) for i in best]


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


def _weighted(terms: Sequence[QueryTerm]) -> list[tuple[str, float]]:
    return [(term.term, term.weight) for term in terms]


def _embedded(index: Index, question: str) -> NDArray[np.float32]:
    assert index.embedder is not None  # the mode was checked
    vector: NDArray[np.float32] = index.embedder.embed_queries([question])[0]
    return vector


def _hits(index: Index, ranked: Ranked, terms: Sequence[QueryTerm]) -> list[Hit]:
    found = index.store.chunks([row for row, _, _ in ranked])
    words = [term.term for term in terms]
    hits = []
    for rank, (row, score, legs) in enumerate(ranked, 1):
        chunk, meta = found[row]
        matched = tuple(index.bm25.matched_terms(row, words))
        hits.append(Hit(rank, score, chunk, meta, legs, matched))
    return hits
