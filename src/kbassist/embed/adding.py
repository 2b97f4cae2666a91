"""Adding up the vectors of units, many texts at once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from kbassist.embed.protocol import Matrix

PIECE = 2048
"""Most units in one sum: 2,048 · 15 · 255 < 2^24."""
_MANY = 64
"""Texts from which adding up their units place by place is faster than text by text."""


def add_up(values: Matrix, counts: NDArray[np.integer], sums: Matrix) -> None:
    """Add rows up, text by text: their first ones at once, their second ones, and so on.

    A sum is exact in any order. With few texts it costs less to take one after the other.

    Args:
        values: of the units of one text after the other.
        counts: how many each text has.
        sums: zeros, to add to; a row for each text.
    """
    starts = np.cumsum(counts) - counts
    if len(counts) < _MANY:
        some = counts > 0
        if some.any():
            sums[some] = np.add.reduceat(values, starts[some], axis=0)
        return
    longest_first = np.argsort(-counts, kind="stable")
    starts, counts = starts[longest_first], counts[longest_first]
    added = np.zeros_like(sums)
    for place in range(int(counts[0])):
        longer = int(np.searchsorted(-counts, -place, side="left"))
        added[:longer] += values[starts[:longer] + place]
    sums[longest_first] = added


def counted(rows: NDArray[np.int64], sizes: Sequence[int]) -> tuple[NDArray[np.int64], Matrix]:
    """Distinct units, and how often each occurs in each text: float32 (texts, units).

    Neighbouring texts share most of theirs: a chunk and its parts, say.
    """
    if len(sizes) == 1:  # a question, which has few twice
        return rows, np.ones((1, len(rows)), dtype=np.float32)
    ordered = np.sort(rows)  # `np.unique` would import numpy.ma, 10 ms
    some = ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))[: len(rows)]]
    place = some.searchsorted(rows)
    cells = np.repeat(np.arange(len(sizes)) * len(some), sizes) + place
    counts = np.bincount(cells, minlength=len(sizes) * len(some))
    return some, counts.reshape(len(sizes), len(some)).astype(np.float32)


def pieces_of(ends: NDArray[np.int64]) -> Iterator[tuple[int, int, list[tuple[int, int, int]]]]:
    """Stretches of units of one text each, in blocks of `PIECE` units at most.

    Yields:
        Where a block starts and ends, and its pieces: text, start, end.
    """
    block: list[tuple[int, int, int]] = []
    first = start = 0
    for owner, end in enumerate(ends.tolist()):
        while start < end:
            if end - first <= PIECE:
                block.append((owner, start, end))
                start = end
            elif block:
                yield first, start, block
                first, block = start, []
            else:
                yield first, first + PIECE, [(owner, first, first + PIECE)]
                first = start = first + PIECE
    if block:
        yield first, start, block
