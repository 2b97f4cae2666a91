"""The BM25 leg: memory-mapped postings in, rows with a matched term out.

A search adds up, for each of its terms, the scores of the rows that have it; `scoring.py` says
which of them need not be looked at. "No evidence" means no matched term: such a row is never
returned, and a row with a matched term always counts, whatever its score. The files are described
in bm25_files.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kbassist.index.arrays import broken, open_array
from kbassist.index.bm25_files import (
    FREQUENCIES_NAME,
    IDF_NAME,
    INDPTR_NAME,
    LENGTHS_NAME,
    MOST_NAME,
    PARAMETERS_NAME,
    ROWS_NAME,
    TF_NAME,
    TF_TYPES,
)
from kbassist.index.scoring import DENSE_ROWS, Dense, Part, Pruned
from kbassist.index.vocabulary import Vocabulary

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
Terms = Sequence[tuple[str, float]]


class Bm25:
    """A BM25 index over rows 0 to n - 1, read-only; threads may share it."""

    def __init__(self, folder: Path) -> None:
        """Open the files that `write_postings` wrote, memory-mapped.

        Raises:
            IndexBroken: a file is missing or damaged, or does not fit the others.
        """
        self._folder = folder
        self.vocabulary = Vocabulary.open(folder)
        self._indptr = open_array(folder / INDPTR_NAME, np.int64)
        # unsigned, so that a negative one is beyond the last
        self._rows: NDArray[np.uint32] = open_array(folder / ROWS_NAME, np.int32).view(np.uint32)
        self._tf = open_array(folder / TF_NAME, TF_TYPES)
        self._frequencies = np.array(open_array(folder / FREQUENCIES_NAME, np.float32))
        self._idf = open_array(folder / IDF_NAME, np.float32)
        self._most = open_array(folder / MOST_NAME, np.float32)
        self._lengths = open_array(folder / LENGTHS_NAME, np.float32)
        parameters = open_array(folder / PARAMETERS_NAME, np.float64)
        self._check(parameters)
        k1, b, average = parameters.tolist()
        self._gain = np.float32(k1 + 1.0)
        self._norms = (k1 * (1.0 - b + b * self._lengths / average)).astype(np.float32)

    @classmethod
    def open(cls, folder: Path) -> Bm25:
        """Open the leg; see the constructor."""
        return cls(folder)

    def _check(self, parameters: NDArray[np.float64]) -> None:
        terms, postings = len(self.vocabulary), len(self._rows)
        indptr = self._indptr
        if len(indptr) != terms + 1 or indptr[0] != 0 or indptr[-1] != postings:
            raise broken(
                self._folder / INDPTR_NAME, f"does not fit {terms} terms and {postings} postings"
            )
        for name, found, expected in (
            (TF_NAME, len(self._tf), postings),
            (IDF_NAME, len(self._idf), terms),
            (MOST_NAME, len(self._most), terms),
            (PARAMETERS_NAME, len(parameters), 3),
        ):
            if found != expected:
                raise broken(self._folder / name, f"holds {found} values, expected {expected}")
        if not (np.isfinite(parameters).all() and parameters[2] > 0 <= parameters[0]):
            raise broken(self._folder / PARAMETERS_NAME, f"holds {parameters.tolist()}")

    def __len__(self) -> int:
        """Number of rows."""
        return len(self._lengths)

    def scored(self, terms: Terms) -> Dense | Pruned:
        """What the terms say about the rows.

        Args:
            terms: terms of the query with their weights (finite, >= 0); a term given twice counts
                twice, one with weight 0 is no evidence and counts nothing.

        Raises:
            ValueError: a weight is negative or not finite.
        """
        parts = self._parts(terms)
        ascending = all(part.most >= 0 for part in parts)
        if len(self) <= DENSE_ROWS or not ascending:
            return Dense(parts, len(self), self)
        return Pruned(parts, len(self), self)

    def scores(self, terms: Terms) -> tuple[Scores, Mask]:
        """Score every row.

        Args:
            terms: as for `scored`.

        Returns:
            Scores, float32 (n,), 0 without a match; and whether a row has a matched term, bool
            (n,).

        Raises:
            ValueError: a weight is negative or not finite.
            IndexBroken: a posting names a row that is not there.
        """
        dense = Dense(self._parts(terms), len(self), self)
        return dense.scores, dense.matched

    def top(self, terms: Terms, k: int, mask: Mask | None = None) -> tuple[Rows, Scores]:
        """The k best rows that have a matched term.

        Args:
            terms: as for `scored`.
            k: how many at most; fewer where fewer match.
            mask: bool (n,), the rows that may be returned; all where None. Rows outside it take no
                place among the k.

        Returns:
            Rows (int64) and their scores (float32), best first, equal scores by row.
        """
        if mask is not None and mask.shape != (len(self),):
            raise ValueError(f"mask has shape {mask.shape}, expected {(len(self),)}")
        return self.scored(terms).top(k, mask)

    def rows_of(self, part: Part) -> NDArray[np.uint32]:
        """Rows that have a term, ascending."""
        return self._rows[part.places]

    def impacts(
        self, part: Part, rows: NDArray[np.integer], places: slice | Rows
    ) -> NDArray[np.float32]:
        """Scores of a term in some of its rows at weight 1.

        Args:
            part: the term.
            rows: rows that have it.
            places: of their postings.

        Raises:
            IndexBroken: a row or a frequency is not there.
        """
        try:
            tf: NDArray[np.float32] = self._frequencies[self._tf[places]]
            norms = self._norms[rows]
        except IndexError:
            raise self._foreign() from None
        norms += tf
        tf *= part.idf * self._gain
        tf /= norms
        return tf

    def added(self, parts: Sequence[Part]) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Every posting of some terms, one term after the other: its row, and what it adds.

        Args:
            parts: the terms, one at least; their weights count.

        Raises:
            IndexBroken: a row or a frequency is not there.
        """
        sizes = [part.places.stop - part.places.start for part in parts]
        rows = np.concatenate([self.rows_of(part) for part in parts]).astype(np.int64)
        gains = np.array([part.idf * self._gain for part in parts], dtype=np.float32)
        weights = np.array([part.weight for part in parts], dtype=np.float64)
        try:
            tf = self._frequencies.take(np.concatenate([self._tf[part.places] for part in parts]))
            norms = self._norms.take(rows)
        except IndexError:
            raise self._foreign() from None
        norms += tf
        tf *= np.repeat(gains, sizes)
        tf /= norms
        return rows, tf * np.repeat(weights, sizes)

    def contributions(self, row: int, terms: Iterable[str]) -> dict[str, float]:
        """What each term that occurs in a row adds to its score at weight 1, in the order given."""
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        found: dict[str, float] = {}
        for part in self._parts([(term, 1.0) for term in dict.fromkeys(terms)]):
            rows = self.rows_of(part)
            place = int(np.searchsorted(rows, np.uint32(row)))
            if place < len(rows) and rows[place] == row:
                at = np.array([part.places.start + place])
                found[part.term] = float(self.impacts(part, np.array([row]), at)[0])
        return found

    def matched_terms(self, rows: Sequence[int], terms: Iterable[str]) -> list[list[str]]:
        """Which of the terms occur in each of the rows, in the order given, each once."""
        wanted = np.asarray(rows, dtype=np.uint32)
        found: list[list[str]] = [[] for _ in rows]
        for part in self._parts([(term, 1.0) for term in dict.fromkeys(terms)]):
            postings = self.rows_of(part)
            places = np.minimum(np.searchsorted(postings, wanted), len(postings) - 1)
            for i in np.flatnonzero(postings[places] == wanted):
                found[i].append(part.term)
        return found

    def rows_with(self, term: str) -> NDArray[np.uint32]:
        """Rows that have a term, ascending."""
        number = self.vocabulary.find(term)
        if number is None:
            return np.empty(0, dtype=np.uint32)
        return self._rows[self._postings(number)]

    def df(self, term: str) -> int:
        """Number of rows that have the term."""
        number = self.vocabulary.find(term)
        if number is None:
            return 0
        places = self._postings(number)
        return int(places.stop - places.start)

    def idf(self, term: str) -> float:
        """Inverse document frequency as used in the scores.

        A term that no row has gets the formula's value for df = 0 (Lucene's, whatever the variant),
        which is more than any term in the index has: what is missing is what tells most.
        """
        number = self.vocabulary.find(term)
        return math.log(2 * len(self) + 2) if number is None else float(self._idf[number])

    def full(self, terms: Iterable[tuple[str, float]]) -> float:
        """Score of a row of average length with every term once, those that no row has included."""
        return sum(weight * max(self.idf(term), 0.0) for term, weight in terms)

    def length(self, row: int) -> float:
        """Weighted number of terms in a row."""
        return float(self._lengths[row])

    def _parts(self, terms: Terms) -> list[Part]:
        """The terms that some row has, with their postings."""
        parts = []
        for term, weight in terms:
            if not 0 <= weight < math.inf:
                raise ValueError(f"weight of term {term!r} must be finite and >= 0, found {weight}")
            number = self.vocabulary.find(term) if weight else None
            if number is not None:
                idf, most = self._idf[number], float(self._most[number])
                parts.append(Part(term, weight, idf, weight * most, self._postings(number)))
        return parts

    def _postings(self, number: int) -> slice:
        start, stop = int(self._indptr[number]), int(self._indptr[number + 1])
        if not 0 <= start < stop <= len(self._rows):
            raise broken(self._folder / INDPTR_NAME, f"term {number} has postings {start}:{stop}")
        return slice(start, stop)

    def _foreign(self) -> Exception:
        return broken(self._folder / ROWS_NAME, f"names a row beyond {len(self)}")
