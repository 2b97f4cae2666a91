"""The BM25 leg: memory-mapped postings in, rows with a matched term out.

What is precomputed is the whole score of a term in a row, so a search adds up the postings of its
terms and nothing else. "No evidence" means no matched term: such a row is never returned, and a row
with a matched term always counts, whatever its score. The files are described in bm25_build.py.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kbassist.index.arrays import broken, open_array
from kbassist.index.bm25_build import (
    IDF_NAME,
    IMPACTS_NAME,
    INDPTR_NAME,
    LENGTHS_NAME,
    ROWS_NAME,
    Bm25Builder,
)
from kbassist.index.topk import top_rows
from kbassist.index.vocabulary import Vocabulary

__all__ = ["Bm25", "Bm25Builder"]


class Bm25:
    """A BM25 index over rows 0 to n - 1, read-only; threads may share it."""

    __slots__ = ("_folder", "_idf", "_impacts", "_indptr", "_lengths", "_rows", "vocabulary")

    def __init__(
        self,
        folder: Path,
        vocabulary: Vocabulary,
        indptr: NDArray[np.int64],
        rows: NDArray[np.int32],
        impacts: NDArray[np.float32],
        idf: NDArray[np.float32],
        lengths: NDArray[np.float32],
    ) -> None:
        self._folder = folder
        self.vocabulary = vocabulary
        self._indptr = indptr
        self._rows = rows
        self._impacts = impacts
        self._idf = idf
        self._lengths = lengths

    @classmethod
    def open(cls, folder: Path) -> Bm25:
        """Open the files that `Bm25Builder.write` wrote, memory-mapped.

        Raises:
            IndexBroken: a file is missing or damaged, or does not fit the others.
        """
        vocabulary = Vocabulary.open(folder)
        indptr = open_array(folder / INDPTR_NAME, np.int64)
        rows = open_array(folder / ROWS_NAME, np.int32)
        impacts = open_array(folder / IMPACTS_NAME, np.float32)
        idf = open_array(folder / IDF_NAME, np.float32)
        lengths = open_array(folder / LENGTHS_NAME, np.float32)
        terms = len(vocabulary)
        if len(indptr) != terms + 1 or indptr[0] != 0 or indptr[-1] != len(rows):
            raise broken(
                folder / INDPTR_NAME, f"does not fit {terms} terms and {len(rows)} postings"
            )
        if len(impacts) != len(rows):
            raise broken(
                folder / IMPACTS_NAME, f"holds {len(impacts)} values for {len(rows)} postings"
            )
        if len(idf) != terms:
            raise broken(folder / IDF_NAME, f"holds {len(idf)} values for {terms} terms")
        return cls(folder, vocabulary, indptr, rows, impacts, idf, lengths)

    def __len__(self) -> int:
        """Number of rows."""
        return len(self._lengths)

    def scores(
        self, terms: Sequence[tuple[str, float]]
    ) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """Score every row.

        Args:
            terms: terms of the query with their weights (finite, >= 0); a term given twice counts
                twice, one with weight 0 is no evidence and counts nothing.

        Returns:
            Scores, float32 (n,), 0 without a match; and whether a row has a matched term, bool
            (n,).

        Raises:
            ValueError: a weight is negative or not finite.
            IndexBroken: a posting names a row that is not there.
        """
        total = np.zeros(len(self), dtype=np.float64)
        matched = np.zeros(len(self), dtype=np.bool_)
        for term, weight in terms:
            if not 0 <= weight < math.inf:
                raise ValueError(f"weight of term {term!r} must be finite and >= 0, found {weight}")
            number = self.vocabulary.find(term) if weight else None
            if number is None:
                continue
            places = self._postings(number)
            rows = self._rows[places]
            try:
                total[rows] += self._impacts[places] * np.float64(weight)
                matched[rows] = True
            except IndexError:
                raise broken(self._folder / ROWS_NAME, f"names a row beyond {len(self)}") from None
        return total.astype(np.float32), matched

    def top(
        self,
        terms: Sequence[tuple[str, float]],
        k: int,
        mask: NDArray[np.bool_] | None = None,
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The k best rows that have a matched term.

        Args:
            terms: as for `scores`.
            k: how many at most; fewer where fewer match.
            mask: bool (n,), the rows that may be returned; all where None. Rows outside it take no
                place among the k.

        Returns:
            Rows (int64) and their scores (float32), best first, equal scores by row.
        """
        scores, matched = self.scores(terms)
        if mask is not None:
            if mask.shape != matched.shape:
                raise ValueError(f"mask has shape {mask.shape}, expected {matched.shape}")
            matched &= mask
        rows = top_rows(scores, matched, k)
        return rows, scores[rows]

    def contributions(self, row: int, terms: Iterable[str]) -> dict[str, float]:
        """What each term that occurs in a row adds to its score at weight 1, in the order given."""
        if not 0 <= row < len(self):
            raise IndexError(f"row {row} of {len(self)}")
        found: dict[str, float] = {}
        for term in terms:
            number = None if term in found else self.vocabulary.find(term)
            if number is None:
                continue
            places = self._postings(number)
            rows = self._rows[places]
            place = int(np.searchsorted(rows, np.int32(row)))
            if place < len(rows) and rows[place] == row:
                found[term] = float(self._impacts[places][place])
        return found

    def matched_terms(self, rows: Sequence[int], terms: Iterable[str]) -> list[list[str]]:
        """Which of the terms occur in each of the rows, in the order given, each once."""
        wanted = np.asarray(rows, dtype=np.int32)
        found: list[list[str]] = [[] for _ in rows]
        for term in dict.fromkeys(terms):
            number = self.vocabulary.find(term)
            if number is None:
                continue
            postings = self._rows[self._postings(number)]
            places = np.minimum(np.searchsorted(postings, wanted), len(postings) - 1)
            for i in np.flatnonzero(postings[places] == wanted):
                found[i].append(term)
        return found

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

    def _postings(self, number: int) -> slice:
        start, stop = int(self._indptr[number]), int(self._indptr[number + 1])
        if not 0 <= start <= stop <= len(self._rows):
            raise broken(self._folder / INDPTR_NAME, f"term {number} has postings {start}:{stop}")
        return slice(start, stop)
