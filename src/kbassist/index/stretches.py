"""Large arrays of which a question needs short stretches.

A page of a mapped file that was read once counts as memory of the process, and the system maps its
neighbours along with it: after a few hundred questions all of the file is there. So a large file is
read stretch by stretch instead; the system keeps what is read often, but may drop it.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import DTypeLike, NDArray

from kbassist.index.arrays import broken, open_array

MAPPED = 24 << 20
"""Bytes up to which a file is mapped."""

Ints = NDArray[np.int64]


class Stretches:
    """An array of one or two dimensions, opened read-only; threads may share it."""

    def __init__(self, path: Path, dtype: DTypeLike, ndim: int = 1) -> None:
        """Open the file.

        Raises:
            IndexBroken: as `open_array`.
        """
        self.path = path
        self.array = open_array(path, dtype, ndim)
        """The whole, mapped: what is read of it stays in memory."""
        self._file = None
        if self.array.nbytes > MAPPED and hasattr(os, "preadv"):
            self._file = path.open("rb", buffering=0)  # closed with this object
            self._offset = path.stat().st_size - self.array.nbytes

    def __len__(self) -> int:
        return len(self.array)

    def take(self, firsts: Ints, counts: Ints) -> NDArray[Any]:
        """Some stretches, one after the other.

        Args:
            firsts: where each starts.
            counts: how many rows each has, 0 up.

        Raises:
            IndexBroken: one of them is not in the file.
        """
        inside = not len(firsts) or (
            firsts.min() >= 0 and counts.min() >= 0 and (firsts + counts).max() <= len(self.array)
        )
        if not inside:
            raise broken(self.path, f"holds {len(self.array)} rows, and more are asked for")
        if self._file is None:
            found: NDArray[Any] = self.array.take(places_of(firsts, counts), axis=0)
            return found
        taken = np.empty((int(counts.sum()), *self.array.shape[1:]), dtype=self.array.dtype)
        width = taken.itemsize * int(np.prod(taken.shape[1:], dtype=np.int64))
        buffer, place, end = taken.reshape(-1).data.cast("B"), self._file.fileno(), 0
        for first, count in zip(firsts.tolist(), counts.tolist(), strict=True):
            start, end = end, end + count * width
            read = os.preadv(place, [buffer[start:end]], self._offset + first * width)
            if read != end - start:
                raise broken(self.path, "was cut off while it was in use")
        return taken


def places_of(firsts: Ints, counts: Ints) -> Ints:
    """The places in stretches, one after the other; `stretches_of` is the inverse."""
    ends = counts.cumsum()
    places: Ints = np.arange(int(ends[-1]) if len(ends) else 0)
    places += np.repeat(firsts - ends + counts, counts)
    return places


def stretches_of(places: Ints) -> tuple[Ints, Ints]:
    """Ascending places as stretches: where each starts, and how many it has."""
    if not len(places):
        return places, places
    starts = starts_of(places - np.arange(len(places)))
    return places[starts], counts_of(starts, len(places))


def starts_of(values: NDArray[np.integer]) -> Ints:
    """Where each run of equal values starts; `np.diff` takes three times as long."""
    first = np.ones(len(values), dtype=np.bool_)
    np.not_equal(values[1:], values[:-1], out=first[1:])
    return first.nonzero()[0]


def counts_of(starts: Ints, end: int) -> Ints:
    """How many values each run has; the last one ends at `end`."""
    counts = np.empty(len(starts), dtype=np.int64)
    np.subtract(starts[1:], starts[:-1], out=counts[:-1])
    counts[-1:] = end - starts[-1:]
    return counts


def pointers_of(counts: NDArray[np.integer]) -> Ints:
    """Where the values of each entry start, and the end."""
    pointers = np.zeros(len(counts) + 1, dtype=np.int64)
    np.cumsum(counts, out=pointers[1:])
    return pointers
