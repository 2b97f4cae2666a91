"""The vector leg: memory-mapped entries in, the chunks nearest to a query out.

An entry is one vector of one chunk: of its text, of a part of it, or of one of the questions that
it answers. A chunk's score is the greatest cosine of its entries. A file (vector_files.py) finds
candidates in its own fast way; what is returned is scored again in float64 from the query and the
stored vector alone, so that a score does not depend on the place of a row, on a filter or on the
number of threads, and equal vectors have equal scores.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kbassist.errors import ModelError
from kbassist.index.arrays import broken, open_array
from kbassist.index.stretches import counts_of, places_of, starts_of
from kbassist.index.topk import top_k
from kbassist.index.vector_files import (
    Entries,
    Mask,
    Matrix,
    Nearest,
    VectorFile,
    decoded,
    open_vector_file,
)

OWNERS_NAME = "vectors.owners.npy"

UNIT_TOLERANCE = 1e-3
"""How far the length of a vector to be written may be from 1."""

_SPARE = 64
"""Entries fetched beyond two for each chunk, so that a second round is seldom needed."""


class Vectors:
    """The vector leg of an index, read-only; threads may share it."""

    def __init__(self, file: VectorFile, owners: NDArray[np.int32]) -> None:
        self._file = file
        self._owners = owners

    @classmethod
    def open(cls, folder: Path) -> Vectors:
        """Open the files that `entries.write_entries` wrote, memory-mapped.

        Raises:
            IndexBroken: a file is missing or damaged, or they do not belong together.
        """
        file = open_vector_file(folder)
        owners = open_array(folder / OWNERS_NAME, np.int32)
        if len(owners) != file.shape[0]:
            raise broken(
                folder / OWNERS_NAME, f"holds {len(owners)} owners for {file.shape[0]} entries"
            )
        if len(owners) and (owners[0] < 0 or (np.diff(owners) < 0).any()):
            raise broken(folder / OWNERS_NAME, "owners are not in order")
        return cls(file, owners)

    def __len__(self) -> int:
        """Number of entries."""
        return self._file.shape[0]

    @property
    def dimension(self) -> int:
        return self._file.shape[1]

    def search(
        self, query: Matrix, k: int, mask: Mask | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The k chunks nearest to a query.

        Args:
            query: float32 (d,), of length 1; one of zeros says nothing and finds nothing.
            k: how many chunks at most.
            mask: bool (n,), the chunk rows that may be returned; all where None. Others take no
                place among the k.

        Returns:
            Chunk rows (int64) and cosines in [-1, 1] (float32), best first, equal ones by row.

        Raises:
            ModelError: the query has a wrong dimension or is not of length 1.
            IndexBroken: a stored vector is damaged.
            ValueError: the mask is too short.
        """
        query = self._checked(query)
        if not query.any() or not len(self) or k <= 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        allowed = None if mask is None else self._allowed(mask)
        wanted = 2 * k + _SPARE
        while True:
            found = self._file.nearest(query, allowed, min(wanted, len(self)))
            rows, cosines = self._best_per_owner(found, query, k)
            order = top_k(cosines, k)
            complete = len(found.entries) < min(wanted, len(self)) or wanted >= len(self)
            if complete or (
                len(order) == k and cosines[order[-1]] > found.scores.min() + self._rounding()
            ):
                return rows[order], cosines[order]
            wanted *= 4

    def score(self, query: Matrix, rows: NDArray[np.integer]) -> NDArray[np.float32]:
        """The cosines of given chunks: for each its best entry's, 0 where it has none.

        Args:
            query: float32 (d,), of length 1 or all zeros.
            rows: chunk rows in any order, shape (c,).

        Returns:
            float32 (c,); for a chunk that `search` returns exactly the same value.

        Raises:
            ModelError: the query has a wrong dimension or is not of length 1.
            IndexBroken: a stored vector is damaged.
        """
        query = self._checked(query)
        wanted = np.asarray(rows).astype(np.int32)
        first = np.searchsorted(self._owners, wanted, side="left")
        counts = np.searchsorted(self._owners, wanted, side="right") - first
        cosines = np.zeros(len(wanted), dtype=np.float32)
        filled = counts > 0
        if filled.any():
            first, counts = first[filled], counts[filled]
            vectors = self._file.decode(places_of(first, counts))
            rough = np.einsum("ij,j->i", vectors, query)
            starts = counts.cumsum() - counts
            near = self._may_be_best(rough, starts, np.maximum.reduceat(rough, starts))
            first = starts_of(np.repeat(np.arange(len(counts)), counts)[near])
            cosines[filled] = np.maximum.reduceat(_cosines(vectors[near], query), first)
        return cosines

    def verify(self) -> None:
        """Read every entry.

        Raises:
            IndexBroken: one has no direction, or a file does not fit another.
        """
        self._file.verify()

    def _allowed(self, mask: Mask) -> Mask:
        if mask.ndim != 1 or len(mask) <= self._owners[-1]:
            raise ValueError(f"mask has shape {mask.shape}, chunk rows go to {self._owners[-1]}")
        allowed: Mask = mask[self._owners]
        return allowed

    def _best_per_owner(
        self, found: Nearest, query: Matrix, k: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Exact cosines of the chunks that may be among the k best."""
        if not len(found.entries):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        owners = self._owners[found.entries]
        starts = starts_of(owners)
        best = np.maximum.reduceat(found.scores, starts)
        least = -2.0
        if len(best) > k:
            least = np.partition(best, len(best) - k)[len(best) - k] - 2 * self._rounding()
        near = self._may_be_best(found.scores, starts, np.maximum(best, least))
        first = starts_of(owners[near])
        codes = found.codes
        vectors = self._file.decode(found.entries[near]) if codes is None else decoded(codes[near])
        rows = owners[near[first]].astype(np.int64)
        return rows, np.maximum.reduceat(_cosines(vectors, query), first)

    def _may_be_best(self, rough: Matrix, starts: NDArray[np.int64], best: Matrix) -> Entries:
        """Which entries may have their chunk's greatest cosine.

        Args:
            rough: of each entry.
            starts: where the entries of each chunk start.
            best: of each chunk; one above all of its entries' leaves the chunk out.
        """
        least = np.repeat(best - self._rounding(), counts_of(starts, len(rough)))
        return (rough >= least).nonzero()[0]

    def _rounding(self) -> float:
        """Bound on the error of a float32 inner product of unit vectors, on both sides."""
        return 2 * self.dimension * 2.0**-24

    def _checked(self, query: Matrix) -> Matrix:
        if query.shape != (self.dimension,):
            raise ModelError(
                f"the query's vector has shape {query.shape}, the index has {self.dimension}"
                " dimensions",
                hint="Search with the model that built the index, or rebuild the index.",
            )
        query = np.ascontiguousarray(query, dtype=np.float32)
        length = float(np.linalg.norm(query))
        if query.any() and not abs(length - 1.0) <= UNIT_TOLERANCE:
            raise ModelError(f"the query's vector has length {length}, expected 1")
        return query


def _cosines(vectors: Matrix, query: Matrix) -> NDArray[np.float32]:
    """Each from its own vector alone, whatever stands beside it."""
    products = vectors.astype(np.float64) * query.astype(np.float64)
    cosines: NDArray[np.float32] = np.clip(products.sum(axis=1), -1, 1).astype(np.float32)
    return cosines
