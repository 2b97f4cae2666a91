"""Late interaction: how well a chunk's words cover a question's, by meaning.

For each term of the question the likeness of the nearest term of the chunk, averaged by
weight · idf: the MaxSim of ColBERT (Khattab and Zaharia 2020) over static vectors, weighted as in
BERTScore (Zhang et al. 2020). One vector of a whole passage hides which part of the question it
answers; this does not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kbassist.embed.protocol import Embedder, Matrix
from kbassist.index.kept import Kept
from kbassist.types import Chunk

KEPT = 512
"""Chunks whose terms are kept embedded: some 16 MB."""
KEPT_ROWS = 32768
"""Terms that are kept embedded, some 12 MB: most chunks share most of their words."""
_SCALE = 254.0
"""Values of unit vectors are kept as whole numbers of 1 / 254, those beyond ±0.5 cut off."""

Terms = Callable[[str], list[str]]
"""The analyzer's terms of a text."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's terms, embedded."""

    terms: tuple[str, ...]
    vectors: Matrix
    """float32 (t, d), each of length 1, or 0 for a term that the model knows nothing of."""
    weights: NDArray[np.float64]
    """weight · idf of each, shape (t,), >= 0."""


@dataclass(frozen=True, slots=True)
class _Held:
    """A chunk's distinct terms."""

    terms: frozenset[str]
    vectors: NDArray[np.int8]
    """Shape (n, d)."""


class MaxSim:
    """Soft coverage of questions by chunks; threads may share it.

    The embedded terms of the chunks last read are kept. Whether a chunk is among them changes no
    figure.
    """

    def __init__(self, terms: Terms, embedder: Embedder) -> None:
        """Keep nothing yet.

        Args:
            terms: of the index's analyzer.
            embedder: a static model; one that reads a text as a whole is too slow for single terms.
        """
        self._terms = terms
        self._embedder = embedder
        self._kept: Kept[_Held] = Kept(KEPT)
        self._rows: dict[str, NDArray[np.int8]] = {}

    def asked(self, weights: Mapping[str, float]) -> Asked | None:
        """A question's terms; None where none of them counts.

        Args:
            weights: term → weight · idf. Single characters count only where there is nothing else.
        """
        chosen = {term: weights[term] for term in _telling(weights)}
        if not sum(chosen.values()) > 0:
            return None
        vectors = self._embedder.embed_queries(list(chosen))
        return Asked(tuple(chosen), vectors, np.array(list(chosen.values())))

    def coverage(self, asked: Asked, chunk: Chunk) -> float:
        """Soft coverage of the question by one chunk, in [0, 1]; a term that it holds counts 1."""
        held = self._held(chunk)
        if not held.terms:
            return 0.0
        likeness = asked.vectors @ held.vectors.astype(np.float32).T
        nearest = np.clip(likeness.max(axis=1) / _SCALE, 0.0, 1.0)
        nearest[[term in held.terms for term in asked.terms]] = 1.0
        return float(nearest @ asked.weights / asked.weights.sum())

    def _held(self, chunk: Chunk) -> _Held:
        return self._kept.get((chunk.id, chunk.hash), lambda: self._read(chunk))

    def _read(self, chunk: Chunk) -> _Held:
        text = "\n".join((chunk.title, *chunk.heading_path, *chunk.questions, chunk.text))
        terms = _telling(dict.fromkeys(self._terms(text)))
        return _Held(frozenset(terms), self._embedded(terms))

    def _embedded(self, terms: list[str]) -> NDArray[np.int8]:
        """A row for each term."""
        rows = {term: self._rows.get(term) for term in terms}
        new = [term for term, row in rows.items() if row is None]
        if new:
            vectors = np.rint(self._embedder.embed_queries(new) * _SCALE)
            fresh = np.clip(vectors, -127, 127).astype(np.int8)
            if len(self._rows) + len(new) > KEPT_ROWS:
                self._rows = {}  # another thread may go on filling the old one
            # copies: a row of the batch would keep all of it
            self._rows.update(zip(new, map(np.copy, fresh), strict=True))
            rows.update(zip(new, fresh, strict=True))
        return np.array(list(rows.values()), dtype=np.int8).reshape(-1, self._embedder.dimension)


def _telling(terms: Mapping[str, object]) -> list[str]:
    """Terms of two characters and more, or all where there are none."""
    return [term for term in terms if len(term) > 1] or list(terms)
