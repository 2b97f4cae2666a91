"""How the entries of the vector leg lie on disk: float32 rows, or a faiss index of 8-bit codes.

Both find the entries nearest to a query roughly and give their vectors back, so that vectors.py can
score them in one and the same way. faiss is imported only where such a file is written or opened.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kbassist.errors import MissingDependency
from kbassist.index.arrays import broken, open_array, save_array

EXACT_NAME = "vectors.npy"
QUANTISED_NAME = "vectors.faiss"

Matrix = NDArray[np.float32]
Mask = NDArray[np.bool_]
Entries = NDArray[np.int64]

_GATHER = 8
"""Where a filter leaves less than this fraction of the entries, only those are multiplied."""


class VectorFile(Protocol):
    """Entries 0 to m - 1, opened read-only."""

    path: Path
    tolerance: float
    """How far the length of a stored vector may be from 1."""

    @property
    def shape(self) -> tuple[int, int]:
        """Number of entries and dimensions."""

    def nearest(self, query: Matrix, allowed: Mask | None, k: int) -> tuple[Entries, Matrix]:
        """About the k nearest entries in any order, with scores as exact as float32 arithmetic.

        Fewer than k only where fewer are allowed. No entry left out has a higher score than the
        lowest one returned.
        """

    def decode(self, entries: Entries) -> Matrix:
        """The vectors of some entries, float32 (c, d)."""


class ExactFile:
    """Float32 rows, memory-mapped, multiplied as a whole (BLAS)."""

    tolerance = 1e-3

    def __init__(self, path: Path) -> None:
        self.path = path
        self._matrix: Matrix = open_array(path, np.float32, ndim=2)

    @property
    def shape(self) -> tuple[int, int]:
        return self._matrix.shape[0], self._matrix.shape[1]

    def nearest(self, query: Matrix, allowed: Mask | None, k: int) -> tuple[Entries, Matrix]:
        count = len(self._matrix)
        entries = np.arange(count) if allowed is None else np.flatnonzero(allowed)
        few = len(entries) * _GATHER < count
        with np.errstate(all="ignore"):  # a damaged value is reported below
            scores = (self._matrix[entries] if few else self._matrix) @ query
        if not few and allowed is not None:
            scores = scores[entries]
        if not np.isfinite(scores).all():
            raise broken(self.path, "holds values that are not finite")
        if k < len(entries):
            best = np.argpartition(scores, len(entries) - k)[len(entries) - k :]
            entries, scores = entries[best], scores[best]
        return entries, scores

    def decode(self, entries: Entries) -> Matrix:
        rows: Matrix = self._matrix[entries]
        return rows


class QuantisedFile:
    """A faiss scalar quantiser of 8 bits a value, memory-mapped and scanned as a whole."""

    tolerance = 0.1

    def __init__(self, path: Path) -> None:
        faiss = _faiss()
        self.path = path
        try:
            self._index = faiss.read_index(str(path), getattr(faiss, "IO_FLAG_MMAP_IFC", 0))
        except RuntimeError as error:
            raise broken(path, f"not a readable faiss index: {error}") from error
        if not isinstance(self._index, faiss.IndexScalarQuantizer):
            raise broken(path, f"holds a {type(self._index).__name__}, not a scalar quantiser")

    @property
    def shape(self) -> tuple[int, int]:
        return self._index.ntotal, self._index.d

    def nearest(self, query: Matrix, allowed: Mask | None, k: int) -> tuple[Entries, Matrix]:
        faiss = _faiss()
        parameters = None
        if allowed is not None:
            k = min(k, int(np.count_nonzero(allowed)))
            selector = faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))
            parameters = faiss.SearchParameters(sel=selector)
        if k == 0:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        scores, entries = self._index.search(query[None, :], k, params=parameters)
        found = entries[0] >= 0
        return entries[0][found], scores[0][found]

    def decode(self, entries: Entries) -> Matrix:
        if not len(entries):
            return np.empty((0, self._index.d), dtype=np.float32)
        rows: Matrix = self._index.reconstruct_batch(entries)
        return rows


def open_vector_file(folder: Path) -> VectorFile:
    """Open whichever of the two files is there.

    Raises:
        IndexBroken: neither is, or it is damaged.
        MissingDependency: the file needs faiss, which is not installed.
    """
    if (folder / EXACT_NAME).exists():
        return ExactFile(folder / EXACT_NAME)
    if (folder / QUANTISED_NAME).exists():
        return QuantisedFile(folder / QUANTISED_NAME)
    raise broken(folder / EXACT_NAME, f"missing, and no {QUANTISED_NAME} either")


def write_exact(folder: Path, vectors: Matrix) -> None:
    """Write float32 rows (m, d)."""
    save_array(folder / EXACT_NAME, vectors)


def write_quantised(folder: Path, vectors: Matrix) -> None:
    """Write rows (m, d), m > 0, as 8-bit codes between each dimension's minimum and maximum."""
    faiss = _faiss()
    kind = faiss.ScalarQuantizer.QT_8bit
    index = faiss.IndexScalarQuantizer(vectors.shape[1], kind, faiss.METRIC_INNER_PRODUCT)
    index.train(vectors)
    index.add(vectors)
    faiss.write_index(index, str(folder / QUANTISED_NAME))


def _faiss() -> Any:
    try:
        return importlib.import_module("faiss")
    except ImportError as error:
        raise MissingDependency(
            f"an index of this size needs faiss: {error}", hint="pip install faiss-cpu"
        ) from error
