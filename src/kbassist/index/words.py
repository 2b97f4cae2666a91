"""The words of each chunk, and the units of the bundled model that each word is made of.

With these a question's words are compared with a chunk's without reading the chunk's text
(maxsim.py). For n rows, V terms, W words of rows and U units of terms:

    words.indptr.npy  int64 (n + 1)  words of row r are terms[indptr[r] : indptr[r + 1]]
    words.terms.npy   int32 (W)      numbers of terms, ascending within a row
    words.starts.npy  int64 (V + 1)  units of term t are units[starts[t] : starts[t + 1]]
    words.units.npy   uint32 (U)     rows of the model
    words.scales.npy  float32 (V)    what the sum of a term's units is multiplied by to have length
                                     1; 0 for a term that the model knows nothing of

A row's words are its terms of two characters and more, or all of them where it has none.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbassist.index.arrays import broken, open_array, save_array
from kbassist.index.bm25_files import INDPTR_NAME as POSTINGS_NAME
from kbassist.index.bm25_files import ROWS_NAME
from kbassist.index.merge import Merge
from kbassist.index.stretches import Stretches, places_of, pointers_of
from kbassist.index.vocabulary import OFFSETS_NAME, TERMS_NAME, decode_term

if TYPE_CHECKING:
    from kbassist.embed.static import StaticEmbedder

INDPTR_NAME = "words.indptr.npy"
WORDS_NAME = "words.terms.npy"
STARTS_NAME = "words.starts.npy"
UNITS_NAME = "words.units.npy"
SCALES_NAME = "words.scales.npy"

WORD_FILES = (INDPTR_NAME, WORDS_NAME, STARTS_NAME, UNITS_NAME, SCALES_NAME)

_BLOCK = 1 << 20
"""Rows that are counted at once."""

Ints = NDArray[np.int64]


class Words:
    """The files, memory-mapped; threads may share them."""

    def __init__(self, folder: Path) -> None:
        """Open them.

        Raises:
            IndexBroken: a file is missing or damaged, or does not fit another.
        """
        self._folder = folder
        self._indptr = open_array(folder / INDPTR_NAME, np.int64)
        self._terms = Stretches(folder / WORDS_NAME, np.int32)
        self._starts = open_array(folder / STARTS_NAME, np.int64)
        self._units = open_array(folder / UNITS_NAME, np.uint32)
        self._scales = open_array(folder / SCALES_NAME, np.float32)
        for name, pointers, values in (
            (INDPTR_NAME, self._indptr, self._terms),
            (STARTS_NAME, self._starts, self._units),
        ):
            if not len(pointers) or pointers[0] != 0 or pointers[-1] != len(values):
                raise broken(folder / name, f"does not fit {len(values)} values")
        if len(self._scales) != len(self._starts) - 1:
            raise broken(folder / SCALES_NAME, f"does not fit {STARTS_NAME}")

    def of(self, rows: NDArray[np.integer]) -> tuple[NDArray[np.int32], Ints]:
        """Numbers of the words of some rows, one row after the other, and how many each has.

        Raises:
            IndexBroken: a row is not there.
        """
        firsts, counts = self._ranges(INDPTR_NAME, self._indptr, len(self._terms), rows)
        return self._terms.take(firsts, counts), counts

    def units(self, terms: NDArray[np.integer]) -> tuple[NDArray[np.uint32], Ints]:
        """Rows of the model for the units of some terms, and how many each term has.

        Raises:
            IndexBroken: a term is not there.
        """
        firsts, counts = self._ranges(STARTS_NAME, self._starts, len(self._units), terms)
        return self._units.take(places_of(firsts, counts)), counts

    def scales(self, terms: NDArray[np.integer]) -> NDArray[np.float32]:
        """What each term's sum of units is multiplied by."""
        found: NDArray[np.float32] = self._scales.take(terms)
        return found

    def verify(self, rows: int, terms: int, units: int) -> None:
        """Read all of the files.

        Args:
            rows: of the index.
            terms: of its vocabulary.
            units: of the model.

        Raises:
            IndexBroken: one of them does not fit.
        """
        for name, pointers, count in (
            (INDPTR_NAME, self._indptr, rows),
            (STARTS_NAME, self._starts, terms),
        ):
            if len(pointers) != count + 1 or (pointers[1:] < pointers[:-1]).any():
                raise broken(self._folder / name, f"does not fit {count} entries")
        for name, values, most in (
            (WORDS_NAME, self._terms.array, terms),
            (UNITS_NAME, self._units, units),
        ):
            if len(values) and not 0 <= values.min() <= values.max() < most:
                raise broken(self._folder / name, f"names what is not there; there are {most}")

    def _ranges(
        self, name: str, pointers: Ints, most: int, numbers: NDArray[np.integer]
    ) -> tuple[Ints, Ints]:
        """Where the values of some numbers start, and how many each has."""
        if len(numbers) and not 0 <= numbers.min() <= numbers.max() < len(pointers) - 1:
            raise broken(self._folder / name, f"has no entry {numbers.max()}")
        firsts = pointers.take(numbers)
        counts = pointers.take(numbers + 1) - firsts
        if len(counts) and not (firsts.min() >= 0 <= counts.min() and counts.max() <= most):
            raise broken(self._folder / name, "its entries are not in order")
        return firsts, counts


class TermUnits(NamedTuple):
    """The units of some terms, one term after the other."""

    units: NDArray[np.uint32]
    counts: Ints
    """How many each term has."""
    scales: NDArray[np.float32]


def write_words(
    folder: Path,
    units: TermUnits,
    merge: Merge,
    live: Path | None = None,
    origin: Ints | None = None,
) -> None:
    """Write the files beside those of the BM25 leg, which they are made from.

    Args:
        folder: with the vocabulary and the postings.
        units: of all terms of the vocabulary.
        merge: where the rows of the live generation go.
        live: its folder, where rows are taken from it.
        origin: number of each term there; -1 for a new one.
    """
    df = np.diff(open_array(folder / POSTINGS_NAME, np.int64))
    rows = open_array(folder / ROWS_NAME, np.int32)
    numbers = np.repeat(np.arange(len(df), dtype=np.int32), df)
    long = _long(folder)
    if live is not None:
        is_new = np.zeros(merge.total, dtype=np.bool_)
        is_new[merge.added] = True
        rows, numbers = rows[new := is_new[rows]], numbers[new]
    kept = long[numbers]
    kept |= (_occurrences(rows[kept], merge.total) == 0)[rows]
    rows, numbers = rows[kept], numbers[kept]
    counts = _occurrences(rows, merge.total)
    keys = rows.astype(np.int64)
    keys <<= 32
    keys |= numbers
    del rows, numbers, kept
    keys.sort()  # faster than a stable argsort
    words = keys.astype(np.int32)  # the lower half
    del keys
    if live is not None and origin is not None:
        words, counts = _with_live(words, counts, merge, live, origin)
    save_array(folder / WORDS_NAME, words)
    save_array(folder / INDPTR_NAME, pointers_of(counts))
    save_array(folder / STARTS_NAME, pointers_of(units.counts))
    save_array(folder / UNITS_NAME, units.units)
    save_array(folder / SCALES_NAME, units.scales)


def _occurrences(rows: NDArray[np.int32], total: int) -> Ints:
    """How often each row occurs; `np.bincount` alone would make wide copies of them all."""
    counts = np.zeros(total, dtype=np.int64)
    for start in range(0, len(rows), _BLOCK):
        counts += np.bincount(rows[start : start + _BLOCK], minlength=total)
    return counts


def _with_live(
    words: NDArray[np.int32], counts: Ints, merge: Merge, live: Path, origin: Ints
) -> tuple[NDArray[np.int32], Ints]:
    """The words of the new rows with those of the rows that stay, and how many each row has."""
    old_counts = np.diff(open_array(live / INDPTR_NAME, np.int64))
    moved = np.full(len(open_array(live / SCALES_NAME, np.float32)), -1, dtype=np.int32)
    moved[origin[origin >= 0]] = np.flatnonzero(origin >= 0)
    stays = moved[open_array(live / WORDS_NAME, np.int32)[np.repeat(merge.kept, old_counts)]]
    counts[merge.moved[merge.kept]] = old_counts[merge.kept]
    is_old = np.ones(merge.total, dtype=np.bool_)
    is_old[merge.added] = False
    old_words = np.repeat(is_old, counts)
    joined = np.empty(len(old_words), dtype=np.int32)
    joined[old_words], joined[~old_words] = stays, words
    return joined, counts


def units_of(terms: Sequence[bytes], model: StaticEmbedder) -> TermUnits:
    """The units of terms.

    Args:
        terms: in UTF-8; some thousands at most.
        model: the bundled one.
    """
    rows, owners = model.units([decode_term(term) for term in terms])
    counts = np.bincount(owners, minlength=len(terms))
    lengths = np.sqrt(np.square(model.sums(rows, counts)).sum(axis=1))
    scales = np.where(lengths > 0, 1 / np.where(lengths > 0, lengths, 1), 0)
    return TermUnits(rows.astype(np.uint32), counts, scales.astype(np.float32))


def merged_units(live: Path | None, origin: Ints, new: Sequence[TermUnits]) -> TermUnits:
    """The units of a vocabulary, those of known terms from another generation.

    Args:
        live: its folder; None where nothing is known.
        origin: number of each term there; -1 for a new one.
        new: of the new terms, in their order.
    """
    known = TermUnits(np.empty(0, np.uint32), np.empty(0, np.int64), np.empty(0, np.float32))
    if live is not None:
        counts = np.diff(open_array(live / STARTS_NAME, np.int64))
        scales = open_array(live / SCALES_NAME, np.float32)
        known = TermUnits(open_array(live / UNITS_NAME, np.uint32), counts, scales)
    units, counts, scales = (np.concatenate(parts) for parts in zip(known, *new, strict=True))
    place = origin.copy()
    place[origin < 0] = len(known.counts) + np.arange(int((origin < 0).sum()))
    wanted = counts[place]
    at = places_of(pointers_of(counts)[place], wanted)
    return TermUnits(units[at], wanted, scales[place])


def _long(folder: Path) -> NDArray[np.bool_]:
    """Whether each term has two characters or more."""
    blob = open_array(folder / TERMS_NAME, np.uint8)
    offsets = open_array(folder / OFFSETS_NAME, np.int64)
    if len(offsets) < 2:
        return np.empty(0, dtype=np.bool_)
    first_bytes = (blob & 0xC0) != 0x80  # of a character in UTF-8
    long: NDArray[np.bool_] = np.add.reduceat(first_bytes, offsets[:-1], dtype=np.int64) > 1
    return long
