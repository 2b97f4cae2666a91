"""How the entries of the vector leg lie on disk, and how the nearest ones are found.

    vectors.codes.npy  int8 (m, d)        each entry, scaled so that its greatest value is ±127
    vectors.signs.npy  uint8 (m, d / 8)   the signs of its values, in large indexes only

An entry's codes depend on its vector alone, so that they stay the same whatever is built around
them; a decoded entry has length 1. Few entries are multiplied as they are. Of many, the
signs are compared first: faiss sums the question's values with the signs of every entry (a product
quantiser whose 16 centroids of four dimensions are the corners of a cube, its tables in the
processor's registers: André, Kermarrec and Le Scouarnec 2015), and the best of them are decoded.
faiss is imported only then.
"""

from __future__ import annotations

import importlib
from functools import cached_property
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kbassist.errors import IndexBroken, MissingDependency
from kbassist.index.arrays import broken, open_array, release
from kbassist.index.stretches import Stretches, stretches_of

CODES_NAME = "vectors.codes.npy"
SIGNS_NAME = "vectors.signs.npy"

EXACT_LIMIT = 16_384
"""Entries up to which all are multiplied; above, their signs are compared first.

Measured by benchmarks/vector_search.py; faiss adds 50 ms to a first answer."""

Matrix = NDArray[np.float32]
Mask = NDArray[np.bool_]
Entries = NDArray[np.int64]

_GREATEST = 127
_LEAST = 256
"""Least number of entries that are decoded: recall@10 is above .99 then (docs/decisions.md)."""
_VERIFY_BLOCK = 8192
_BITS = 4
"""Signs that faiss looks up at once."""


class Nearest(NamedTuple):
    """Entries near to a query."""

    entries: Entries
    """Ascending."""
    scores: Matrix
    """Their inner products with the query, as exact as float32 arithmetic."""
    codes: NDArray[np.int8] | None
    """Their codes, where those were read for it."""


class VectorFile(Protocol):
    """Entries 0 to m - 1, opened read-only."""

    path: Path

    @property
    def shape(self) -> tuple[int, int]:
        """Number of entries and dimensions."""

    def nearest(self, query: Matrix, allowed: Mask | None, k: int) -> Nearest:
        """About the k nearest entries; fewer than k only where fewer are allowed.

        Raises:
            IndexBroken: an entry has no direction.
        """

    def decode(self, entries: Entries) -> Matrix:
        """The vectors of some entries, float32 (c, d), each of length 1.

        Raises:
            IndexBroken: an entry is not there, or has no direction.
        """

    def verify(self) -> None:
        """Read every entry.

        Raises:
            IndexBroken: one has no direction, or its signs are not its own.
        """


class Codes:
    """The file of codes."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._codes = Stretches(path, np.int8, ndim=2)
        self.shape: tuple[int, int] = self._codes.array.shape

    def rows(self, entries: Entries) -> NDArray[np.int8]:
        """The codes of some entries.

        Raises:
            IndexBroken: an entry is not there.
        """
        return self._codes.take(*stretches_of(entries))

    def decode(self, entries: Entries) -> Matrix:
        """Float32 rows of length 1.

        Raises:
            IndexBroken: an entry is not there, or has no direction.
        """
        codes = self.rows(entries)
        if not codes.any(axis=1).all():
            raise _without_direction(self.path)
        return decoded(codes)


class ExactFile:
    """Few entries, decoded once and multiplied as a whole."""

    def __init__(self, codes: Codes) -> None:
        self.path = codes.path
        self.shape = codes.shape
        self._codes = codes

    @cached_property
    def _matrix(self) -> Matrix:
        return self._codes.decode(np.arange(self.shape[0]))

    def nearest(self, query: Matrix, allowed: Mask | None, k: int) -> Nearest:
        scores = np.einsum("ij,j->i", self._matrix, query)  # in one thread, whatever the BLAS
        entries = np.arange(len(scores))
        if allowed is not None:
            entries = np.flatnonzero(allowed)
            scores = scores[entries]
        return Nearest(*_best(entries, scores, k), None)

    def decode(self, entries: Entries) -> Matrix:
        rows: Matrix = self._matrix[entries]
        return rows

    def verify(self) -> None:
        self._codes.decode(np.arange(self.shape[0]))


class SignedFile:
    """Many entries: their signs are compared, the best decoded."""

    def __init__(self, codes: Codes, signs: NDArray[np.uint8]) -> None:
        self.path = codes.path
        self.shape = codes.shape
        self._codes = codes
        self._signs = signs
        self._width = 8 * signs.shape[1]

    @cached_property
    def _scan(self) -> Any:
        scan = _scan(self._signs)
        release(self._signs)  # it has a copy of its own
        return scan

    def nearest(self, query: Matrix, allowed: Mask | None, k: int) -> Nearest:
        entries = self._nearly(query, allowed, k)
        codes = self._codes.rows(entries)
        values = codes.astype(np.float32)
        lengths = np.sqrt(np.einsum("ij,ij->i", values, values))
        if not lengths.all():
            raise _without_direction(self.path)
        return Nearest(entries, np.einsum("ij,j->i", values, query) / lengths, codes)

    def _nearly(self, query: Matrix, allowed: Mask | None, k: int) -> Entries:
        """About the k nearest by signs, ascending; never fewer than `_LEAST`."""
        count, left, k = self.shape[0], self.shape[0], max(k, _LEAST)
        if allowed is not None:
            left = int(np.count_nonzero(allowed))
            if left <= max(k, EXACT_LIMIT):
                return np.flatnonzero(allowed)
        padded = np.zeros((1, self._width), dtype=np.float32)
        padded[0, : len(query)] = query
        wanted = k * count // left + k // 2 * (left < count)
        while wanted < count:
            found: Entries = self._scan.search(padded, wanted)[1][0]
            found = np.sort(found[found >= 0])
            if allowed is not None:
                found = found[allowed[found]]
            if len(found) >= k:
                return found
            wanted *= 2
        return np.arange(count) if allowed is None else np.flatnonzero(allowed)

    def decode(self, entries: Entries) -> Matrix:
        return self._codes.decode(entries)

    def verify(self) -> None:
        for first in range(0, self.shape[0], _VERIFY_BLOCK):
            block = np.arange(first, min(first + _VERIFY_BLOCK, self.shape[0]))
            self._codes.decode(block)
            if not np.array_equal(signs_of(self._codes.rows(block)), self._signs[block]):
                raise broken(self.path.with_name(SIGNS_NAME), "does not fit the codes")


def open_vector_file(folder: Path) -> VectorFile:
    """Open what `entries.write_entries` wrote.

    Raises:
        IndexBroken: a file is missing or damaged, or they do not belong together.
        MissingDependency: there are so many entries that faiss is needed, which is not installed.
    """
    codes = Codes(folder / CODES_NAME)
    if not (folder / SIGNS_NAME).exists():
        if codes.shape[0] > EXACT_LIMIT:
            raise broken(folder / SIGNS_NAME, "missing")
        return ExactFile(codes)
    signs = open_array(folder / SIGNS_NAME, np.uint8, ndim=2)
    expected = (codes.shape[0], -(-codes.shape[1] // 8))
    if signs.shape != expected:
        raise broken(folder / SIGNS_NAME, f"has the shape {signs.shape}, expected {expected}")
    return SignedFile(codes, signs)


def encode(vectors: Matrix) -> NDArray[np.int8]:
    """Codes of vectors that are not all zeros: shape (m, d)."""
    greatest = np.abs(vectors).max(axis=1, keepdims=True, initial=0)
    scaled = vectors * (_GREATEST / np.where(greatest > 0, greatest, 1))
    return np.rint(scaled).astype(np.int8)


def decoded(codes: NDArray[np.int8]) -> Matrix:
    """Vectors of length 1, float32 (m, d); codes that are all zeros stay so."""
    vectors = codes.astype(np.float32)
    vectors /= np.sqrt(np.maximum(np.einsum("ij,ij->i", vectors, vectors), 1))[:, None]
    return vectors


def signs_of(codes: NDArray[np.int8]) -> NDArray[np.uint8]:
    """One bit for each value, 1 where it is above 0: shape (m, d / 8), rounded up."""
    return np.packbits(codes > 0, axis=1, bitorder="little")


def _without_direction(path: Path) -> IndexBroken:
    """What is raised where an entry is all zeros."""
    return broken(path, "holds a vector without a direction")


def _best(entries: Entries, scores: Matrix, k: int) -> tuple[Entries, Matrix]:
    if k < len(entries):
        best = np.sort(np.argpartition(scores, len(entries) - k)[len(entries) - k :])
        entries, scores = entries[best], scores[best]
    return entries, scores


def _scan(signs: NDArray[np.uint8]) -> Any:
    """A faiss index that sums a question's values with the signs of each entry."""
    faiss = _faiss()
    width = 8 * signs.shape[1]
    plain = faiss.IndexPQ(width, width // _BITS, _BITS, faiss.METRIC_INNER_PRODUCT)
    corners = 2.0 * (np.arange(1 << _BITS)[:, None] >> np.arange(_BITS) & 1) - 1.0
    every = np.tile(corners.astype(np.float32), (width // _BITS, 1))
    faiss.copy_array_to_vector(every.ravel(), plain.pq.centroids)
    faiss.copy_array_to_vector(signs.ravel(), plain.codes)
    plain.ntotal, plain.is_trained = len(signs), True
    return faiss.IndexPQFastScan(plain)


def _faiss() -> Any:
    try:
        return importlib.import_module("faiss")
    except ImportError as error:
        raise MissingDependency(
            f"an index of this size needs faiss: {error}", hint="pip install faiss-cpu"
        ) from error
