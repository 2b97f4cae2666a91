"""Adding up the postings of a question's terms: all of them, or those that can matter.

In a large index most postings belong to terms that nearly every row has and that say little. A row
that has none of the rarer terms cannot be among the best then, so the postings of the common ones
are looked up for the rows that are left instead of being added up (MaxScore: Turtle and Flood
1995), with whole arrays in place of single postings. Scores are the same to the last bit.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kbassist.index.stretches import starts_of
from kbassist.index.topk import top_k, top_rows

DENSE_ROWS = 1 << 15
"""Rows up to which every posting is added up: looking for what to leave out takes longer."""
_SLACK = 1e-6
"""Relative room for the rounding of sums."""
_CHECKED = 1.5
"""Whether the rest can be left out is looked at before a term with this many times as many postings
as were added up since it was looked at last."""
_LOOKED_UP = 8
"""Rows are looked up in a posting list that is this many times as long as they are many."""

Rows = NDArray[np.int64]
Mask = NDArray[np.bool_]


class Part(NamedTuple):
    """A term of a question that some row has."""

    term: str
    weight: float
    idf: np.float32
    most: float
    """The greatest that it adds to any row's score, weight included."""
    places: slice
    """Of its postings."""


class _Known(NamedTuple):
    """What was looked up last."""

    rows: Rows
    """Ascending."""
    scores: NDArray[np.float32]
    matched: Mask

    @classmethod
    def none(cls) -> _Known:
        return cls(np.empty(0, np.int64), np.empty(0, np.float32), np.empty(0, np.bool_))

    def at(self, rows: Rows) -> tuple[NDArray[np.float32], Mask] | None:
        """Scores of some rows, and whether each has a matched term; None where one is not known."""
        if not len(self.rows):
            return None
        places = np.minimum(self.rows.searchsorted(rows), len(self.rows) - 1)
        if not np.array_equal(self.rows.take(places), rows):
            return None
        return self.scores.take(places), self.matched.take(places)


class Postings(Protocol):
    """Where the postings are read from."""

    def rows_of(self, part: Part) -> NDArray[np.uint32]: ...

    def impacts(
        self, part: Part, rows: NDArray[np.integer], places: slice | Rows
    ) -> NDArray[np.float32]: ...

    def added(self, parts: Sequence[Part]) -> tuple[NDArray[np.int64], NDArray[np.float64]]: ...


class Dense:
    """The scores of every row."""

    def __init__(self, parts: Sequence[Part], count: int, postings: Postings) -> None:
        """Add up every posting.

        Args:
            parts: the terms, in the order that they are added up in.
            count: rows of the index.
            postings: of the index.

        Raises:
            IndexBroken: a posting names a row that is not there.
        """
        self.matched: Mask = np.zeros(count, dtype=np.bool_)
        self.scores = np.zeros(count, dtype=np.float32)
        if parts:
            rows, added = postings.added(parts)  # says where a row is not there
            self.matched[rows] = True
            self.scores = np.bincount(rows, added, count).astype(np.float32)

    def top(
        self, k: int, mask: Mask | None, beside: Rows | None = None
    ) -> tuple[Rows, NDArray[np.float32]]:
        """The k best rows with a matched term that the mask lets through, and their scores.

        Args:
            k: how many.
            mask: the rows that may be returned; all where None.
            beside: distinct rows that `at` will be asked for along with the best, in any order.
        """
        rows = top_rows(self.scores, self.matched if mask is None else self.matched & mask, k)
        return rows, self.scores[rows]

    def at(self, rows: Rows) -> tuple[NDArray[np.float32], Mask]:
        """Scores of some distinct rows, and whether each has a matched term."""
        return self.scores[rows], self.matched[rows]


class Pruned:
    """The scores of the rows that are asked for, and of those that may be among the best."""

    def __init__(self, parts: Sequence[Part], count: int, postings: Postings) -> None:
        """Add up nothing yet.

        Args:
            parts: the terms, none of which lowers a score.
            count: rows of the index.
            postings: of the index.
        """
        self._parts = parts
        self._count = count
        self._postings = postings
        self._known = _Known.none()

    def top(
        self, k: int, mask: Mask | None, beside: Rows | None = None
    ) -> tuple[Rows, NDArray[np.float32]]:
        """As `Dense.top`."""
        if k <= 0 or not self._parts:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        rows = wanted = self._candidates(k, mask)
        if beside is not None:
            wanted = np.concatenate((rows, beside))
            wanted.sort()
            wanted = wanted[starts_of(wanted)]
        self._known = _Known(wanted, *self._at(wanted))
        scores, _ = self.at(rows)
        best = top_k(scores, k)
        return rows[best], scores[best]

    def at(self, rows: Rows) -> tuple[NDArray[np.float32], Mask]:
        """As `Dense.at`; distinct rows in any order."""
        return self._known.at(rows) or self._at(rows)

    def _at(self, rows: Rows) -> tuple[NDArray[np.float32], Mask]:
        order = rows.argsort()
        wanted = rows[order].astype(np.uint32)
        total = np.zeros(len(rows), dtype=np.float64)
        matched: Mask = np.zeros(len(rows), dtype=np.bool_)
        for part in self._parts:
            at, impacts = self._looked_up(part, wanted)
            total[order[at]] += impacts * np.float64(part.weight)
            matched[order[at]] = True
        return total.astype(np.float32), matched

    def _candidates(self, k: int, mask: Mask | None) -> Rows:
        """Every row that may be among the k best, ascending, and some that are not."""
        parts = sorted(self._parts, key=lambda part: -part.most)
        # what the terms from a place on can add to a row at most
        rest = [*accumulate((part.most for part in reversed(parts)), initial=0.0)][::-1]
        total = np.zeros(self._count, dtype=np.float64)
        added, least, place, first = 0, 0.0, 0, 0
        for place, part in enumerate(parts):
            size = part.places.stop - part.places.start
            if added and size > _CHECKED * added:
                self._add(parts[first:place], total)
                first, added = place, 0
                least = self._least(total, k, mask, least)
                if rest[place] < least:
                    break
            added += size
        else:
            self._add(parts[first:], total)
            place = len(parts)
            least = self._least(total, k, mask, least)
        # the least partial sum that can still become one of the k best; above 0: something matched
        needed = least * (1 - _SLACK) - rest[place] * (1 + _SLACK)
        rows = np.flatnonzero(total >= needed if needed > 0 else total > 0)
        if mask is not None:
            rows = rows[mask[rows]]
        few = rows.astype(np.uint32)
        return self._narrowed(few, total[rows], parts[place:], rest[place:], k).astype(np.int64)

    def _narrowed(
        self,
        rows: NDArray[np.uint32],
        sums: NDArray[np.float64],
        parts: Sequence[Part],
        rest: Sequence[float],
        k: int,
    ) -> NDArray[np.uint32]:
        """The rows that still may be among the k best when more terms are known."""
        for place, part in enumerate(parts, 1):
            if len(rows) <= 2 * k:
                break
            at, impacts = self._looked_up(part, rows)
            sums[at] += impacts * np.float64(part.weight)
            least = np.partition(sums, len(sums) - k)[len(sums) - k]
            kept = sums + rest[place] * (1 + _SLACK) >= least * (1 - _SLACK)
            rows, sums = rows[kept], sums[kept]
        return rows

    def _add(self, parts: Sequence[Part], total: NDArray[np.float64]) -> None:
        rows, added = self._postings.added(parts)  # says where a row is not there
        end = 0
        for part in parts:  # a row has each term once
            start, end = end, end + part.places.stop - part.places.start
            total[rows[start:end]] += added[start:end]

    def _least(self, total: NDArray[np.float64], k: int, mask: Mask | None, before: float) -> float:
        """A score that k rows have reached; 0 where fewer have any.

        Args:
            total: what was added up so far.
            k: how many.
            mask: the rows that count.
            before: a score that k rows had reached before.
        """
        high = total >= before if before else total > 0
        some = total[high if mask is None else high & mask]
        return float(np.partition(some, len(some) - k)[len(some) - k]) if len(some) >= k else 0.0

    def _looked_up(self, part: Part, rows: NDArray[np.uint32]) -> tuple[Rows, NDArray[np.float32]]:
        """Which of the rows (ascending) have a term: their places among the rows, its scores."""
        postings = self._postings.rows_of(part)
        if not len(rows):
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32)
        if len(postings) > _LOOKED_UP * len(rows):
            found = np.minimum(np.searchsorted(postings, rows), len(postings) - 1)
            at = np.flatnonzero(postings[found] == rows)
            found = found[at]
        else:
            at = np.minimum(np.searchsorted(rows, postings), len(rows) - 1)
            found = np.flatnonzero(rows[at] == postings)
            at = at[found]
        places = found + part.places.start
        return at, self._postings.impacts(part, rows[at], places)
