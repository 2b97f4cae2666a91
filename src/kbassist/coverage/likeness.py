"""How alike questions are: a sparse graph of each with its nearest others."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import log
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from kbassist.coverage.judge import Judgement
from kbassist.embed.protocol import Matrix

MEANING, WORDS, ARTICLES = 0.5, 0.2, 0.6
"""Shares of the cosine of the vectors, of the shared terms, and of the shared articles, the last
times the confidence of both questions: two that the same articles are found for ask the same
thing, in whatever language, if it is an answer to them at all. benchmarks/coverage_topics.py
compares them."""
FIRST = 4
"""Power of a hit's score: the best article says most of what is asked, the tenth little."""
NEIGHBOURS = 20
CELLS = 1 << 22
"""Cells of the dense block that is worked on at once, 16 MiB: memory does not grow with the log
but by the graph itself."""


def graph(
    vectors: Matrix, terms: Sequence[Sequence[str]], judged: Sequence[Judgement]
) -> sparse.csr_matrix:
    """Each question with its nearest others, by the square of how alike they are.

    Args:
        vectors: of the questions, float32 (n, d).
        terms: of each, by the analyzer.
        judged: what is found for each.

    Returns:
        Symmetric, (n, n), of at most `NEIGHBOURS` a row and what others count among theirs.
    """
    size = len(vectors)
    meaning = vectors - vectors.mean(axis=0)  # what all questions of a help centre share
    meaning /= np.maximum(np.linalg.norm(meaning, axis=1, keepdims=True), 1e-9)
    words = _weighted([dict.fromkeys(each, 1.0) for each in terms])
    articles = _weighted([_articles(one) for one in judged])
    sure = np.sqrt(np.array([one.confidence for one in judged], dtype=np.float32))
    articles = sparse.diags(sure) @ articles
    count = min(NEIGHBOURS, max(3, size // 10), size - 1)
    rows: list[NDArray[Any]] = []
    columns: list[NDArray[Any]] = []
    weights: list[NDArray[Any]] = []
    for block in _blocks(size):
        alike = MEANING * (meaning[block] @ meaning.T)
        alike += (WORDS * (words[block] @ words.T)).toarray()
        alike += (ARTICLES * (articles[block] @ articles.T)).toarray()
        alike[np.arange(len(alike)), np.arange(block.start, block.stop)] = -1
        near = np.sort(np.argpartition(-alike, count - 1, axis=1)[:, :count], axis=1)
        weights.append(np.take_along_axis(alike, near, axis=1).ravel())
        columns.append(near.ravel())
        rows.append(np.repeat(np.arange(block.start, block.stop), count))
    values = np.maximum(np.concatenate(weights), 0.0) ** 2
    place = np.concatenate(rows), np.concatenate(columns)
    found = sparse.csr_matrix((values.astype(np.float64), place), shape=(size, size))
    return found.maximum(found.T).tocsr()


def _articles(one: Judgement) -> dict[str, float]:
    """What is found for a question: articles, translations as one, each by its best hit."""
    return {hit.origin: hit.score**FIRST for hit in reversed(one.found)}


def _blocks(size: int) -> Iterator[slice]:
    step = max(1, CELLS // max(size, 1))
    for start in range(0, size, step):
        yield slice(start, min(start + step, size))


def _weighted(bags: Sequence[dict[str, float]]) -> sparse.csr_matrix:
    """Rows of length 1 of weighted names, each by how few rows have it."""
    places: dict[str, int] = {}
    having: list[int] = []
    indices: list[int] = []
    values: list[float] = []
    ends = [0]
    for bag in bags:
        for name, value in bag.items():
            at = places.setdefault(name, len(places))
            if at == len(having):
                having.append(0)
            having[at] += 1
            indices.append(at)
            values.append(value)
        ends.append(len(indices))
    weight = np.array([log(len(bags) / count) + 1 for count in having], dtype=np.float32)
    matrix = sparse.csr_matrix(
        (np.array(values, dtype=np.float32), indices, ends), shape=(len(bags), len(places))
    )
    matrix = matrix @ sparse.diags(weight) if len(places) else matrix
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return (sparse.diags(1 / np.maximum(length, 1e-9)) @ matrix).tocsr()
