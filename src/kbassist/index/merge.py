"""Where the rows of a table go that is made of what stays of another and of what is new.

Both are in the order of their ids, and so is the result: what stays keeps its order, and the arrays
of the live generation move as a whole.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Merge(NamedTuple):
    """The new numbers of rows."""

    total: int
    """Rows of the result."""
    moved: Ints
    """New row of each old one; -1 for one that is gone. Those that stay are ascending."""
    added: Ints
    """Row of each new one, ascending."""

    @property
    def kept(self) -> NDArray[np.bool_]:
        """Which old rows stay."""
        return self.moved >= 0

    @property
    def is_identity(self) -> bool:
        """Whether nothing comes, goes or moves."""
        return not len(self.added) and self.total == len(self.moved)

    @property
    def origin(self) -> Ints:
        """Old row of each row; -1 for a new one."""
        origin = np.full(self.total, -1, dtype=np.int64)
        kept = self.kept
        origin[self.moved[kept]] = np.flatnonzero(kept)
        return origin


def merge_rows(kept: NDArray[np.bool_], places: Ints) -> Merge:
    """Merge new rows into old ones.

    Args:
        kept: which old rows stay.
        places: for each new row, in their order, how many old rows (gone ones included) stand
            before it; ascending.
    """
    before = np.concatenate(([0], np.cumsum(kept)))
    added = before[places] + np.arange(len(places))
    shift = np.searchsorted(places, np.arange(len(kept)), side="right")
    moved = np.where(kept, before[:-1] + shift, -1)
    return Merge(int(before[-1]) + len(places), moved, added)


def all_new(rows: int) -> Merge:
    """The merge of a table that takes nothing from another."""
    return Merge(rows, np.empty(0, dtype=np.int64), np.arange(rows))


def runs(origin: Ints) -> list[tuple[int, int, int]]:
    """Stretches of rows that come from neighbouring old rows, or are all new.

    Args:
        origin: old row of each row; -1 for a new one.

    Returns:
        First row, one past the last, and the old row of the first: -1 where they are new.
    """
    if not len(origin):
        return []
    before, here = origin[:-1], origin[1:]
    joined = ((before >= 0) & (here == before + 1)) | ((before < 0) & (here < 0))
    edges = np.concatenate(([0], np.flatnonzero(~joined) + 1, [len(origin)])).tolist()
    return [(start, stop, int(origin[start])) for start, stop in pairwise(edges)]
