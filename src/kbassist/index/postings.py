"""The postings of an index as arrays: counted in batches, and merged with those of the live one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbassist.index.analysed import BatchPostings
from kbassist.index.arrays import open_array
from kbassist.index.bm25_files import (
    FREQUENCIES_NAME,
    INDPTR_NAME,
    LENGTHS_NAME,
    ROWS_NAME,
    TF_NAME,
    TF_TYPES,
    Postings,
)
from kbassist.index.merge import Merge
from kbassist.index.vocabulary import Terms, Vocabulary, encode_terms

Ints = NDArray[np.int64]

_ROW_BITS = 31
_AT_ONCE = 1 << 22
"""Postings that are sorted at once: some 100 MB."""
_FEW = 20_000
"""New postings up to which the stretches between them are copied as they are."""


class Lexicon:
    """The terms of all batches, numbered as they come: a batch keeps numbers and no texts."""

    def __init__(self) -> None:
        self._numbers: defaultdict[str, int] = defaultdict()
        self._numbers.default_factory = self._numbers.__len__

    def numbers(self, vocabulary: Sequence[str]) -> NDArray[np.int32]:
        """The number of each term."""
        found = map(self._numbers.__getitem__, vocabulary)
        return np.fromiter(found, np.int32, len(vocabulary))

    def ranked(self) -> tuple[Terms, NDArray[np.int32]]:
        """The terms in their order, and the place of each number in it."""
        names = list(self._numbers)
        order = sorted(range(len(names)), key=names.__getitem__)
        ranks = np.empty(len(names), dtype=np.int32)
        ranks[order] = np.arange(len(names), dtype=np.int32)
        return encode_terms(names[number] for number in order), ranks


class Numbered(NamedTuple):
    """The postings of a batch whose terms are numbered by a lexicon."""

    numbers: NDArray[np.int32]
    """Of its terms, in their sorted order."""
    postings: BatchPostings


def weigh(lexicon: Lexicon, batches: Sequence[tuple[Numbered, Ints]], rows: int) -> Postings:
    """The postings of batches of chunks.

    A batch has its terms in their order, so what some neighbouring terms have in it is a stretch.
    The terms are taken in turn, as many as have `_AT_ONCE` postings together.

    Args:
        lexicon: that numbered their terms.
        batches: with the row of each chunk: -1 for one that is not wanted.
        rows: of the index.
    """
    terms, ranks = lexicon.ranked()
    frequencies = _union([batch.postings.frequencies for batch, _ in batches])
    lengths = np.zeros(rows, dtype=np.float32)
    df = np.zeros(len(ranks), dtype=np.int64)
    sources = []
    for (numbers, batch), place in batches:
        wanted = place >= 0
        lengths[place[wanted]] = batch.lengths[wanted]
        sources.append(_Source(ranks[numbers], batch, place, frequencies))
        sources[-1].count(df)
    found = np.empty(int(df.sum()), dtype=np.int32)
    codes = np.empty(len(found), dtype=np.min_scalar_type(len(frequencies)))
    code_bits = max(len(frequencies) - 1, 0).bit_length()
    ends = np.cumsum(df)
    most = 1 << (63 - _ROW_BITS - code_bits)
    for first, last in _stretches(ends, most):
        keys = np.concatenate([source.keys(first, last, code_bits) for source in sources])
        keys.sort()
        part = slice(int(ends[first - 1]) if first else 0, int(ends[last - 1]))
        found[part] = (keys >> code_bits) & ((1 << _ROW_BITS) - 1)
        codes[part] = keys & ((1 << code_bits) - 1)
    postings = Postings(terms, df, found, codes, frequencies, lengths)
    return _without_empty(postings, np.arange(len(df)))[0]


class _Source:
    """One batch while postings are put together."""

    def __init__(
        self,
        ranks: NDArray[np.int32],
        postings: BatchPostings,
        places: Ints,
        frequencies: NDArray[np.float32],
    ) -> None:
        self._ranks, self._postings, self._places = ranks, postings, places
        self._codes = np.searchsorted(frequencies, postings.frequencies)
        self._ends = np.cumsum(postings.df, dtype=np.int64)
        self._all = bool((places >= 0).all())

    def count(self, df: Ints) -> None:
        """Add the postings of wanted rows to those of each term."""
        if self._all:
            df[self._ranks] += self._postings.df
        else:
            terms = np.repeat(self._ranks, self._postings.df)
            df += np.bincount(terms[self._places[self._postings.rows] >= 0], minlength=len(df))

    def keys(self, first: int, last: int, code_bits: int) -> Ints:
        """Term, row and code of each posting of some terms in one number."""
        low, high = np.searchsorted(self._ranks, (first, last)).tolist()
        if low == high:
            return np.empty(0, dtype=np.int64)
        part = slice(int(self._ends[low - 1]) if low else 0, int(self._ends[high - 1]))
        heads = (self._ranks[low:high].astype(np.int64) - first) << _ROW_BITS
        keys: Ints = np.repeat(heads, self._postings.df[low:high])
        rows = self._places[self._postings.rows[part]]
        keys |= rows
        keys <<= code_bits
        keys |= self._codes[self._postings.codes[part]]
        return keys if self._all else keys[rows >= 0]


def _stretches(ends: Ints, most: int) -> Iterator[tuple[int, int]]:
    """Stretches of terms with about `_AT_ONCE` postings, and no more than `most` terms."""
    first = 0
    while first < len(ends):
        before = int(ends[first - 1]) if first else 0
        last = int(np.searchsorted(ends, before + _AT_ONCE, side="right"))
        last = min(max(last, first + 1), first + most)
        yield first, last
        first = last


def _union(values: Sequence[NDArray[np.float32]]) -> NDArray[np.float32]:
    distinct = [
        np.unique(np.concatenate(values[at : at + 256])) for at in range(0, len(values), 256)
    ]
    return np.unique(np.concatenate(distinct)) if distinct else np.empty(0, dtype=np.float32)


def splice(live: Path, new: Postings, merge: Merge) -> tuple[Postings, Ints]:
    """The postings of the rows that stay, with new ones.

    Args:
        live: folder of the generation to take them from.
        new: numbered as in the result.
        merge: where the rows go.

    Returns:
        The postings, and the number of each term in the live generation: -1 for a new one.
    """
    terms, old_terms, new_terms = _merged(Vocabulary.open(live), new.terms)
    indptr = open_array(live / INDPTR_NAME, np.int64)
    rows = merge.moved.astype(np.int32)[open_array(live / ROWS_NAME, np.int32)]
    stays = rows >= 0
    gone = np.searchsorted(indptr, np.flatnonzero(~stays), side="right") - 1
    df = np.zeros(len(terms.offsets) - 1, dtype=np.int64)
    df[old_terms] = np.diff(indptr) - np.bincount(gone, minlength=len(indptr) - 1)
    frequencies, old_codes, new_codes = _merged_frequencies(live, new.frequencies)
    rows, codes = rows[stays], old_codes[open_array(live / TF_NAME, TF_TYPES)[stays]]
    numbers = np.repeat(new_terms, new.df)
    at = _places(rows, df, numbers, new.rows)
    df += np.bincount(numbers, minlength=len(df))
    lengths = new.lengths.copy()
    kept = merge.kept
    lengths[merge.moved[kept]] = open_array(live / LENGTHS_NAME, np.float32)[kept]
    origin = np.full(len(df), -1, dtype=np.int64)
    origin[old_terms] = np.arange(len(old_terms))
    both = (_inserted(rows, at, new.rows), _inserted(codes, at, new_codes[new.codes]))
    return _without_empty(Postings(terms, df, *both, frequencies, lengths), origin)


def _places(rows: NDArray[np.int32], df: Ints, numbers: Ints, new: NDArray[np.int32]) -> Ints:
    """Where new postings belong among those of their terms: a binary search for all at once.

    Args:
        rows: of the postings that stay.
        df: how many of them each term has.
        numbers: terms of the new postings.
        new: their rows.
    """
    ends = np.cumsum(df)
    low, high = (ends - df)[numbers], ends[numbers]
    while (open_ := low < high).any():
        middle = (low + high) >> 1
        right = rows[np.where(open_, middle, 0)] < new
        low, high = np.where(open_ & right, middle + 1, low), np.where(open_ & ~right, middle, high)
    return low


def _inserted(array: NDArray[Any], places: Ints, values: NDArray[Any]) -> NDArray[Any]:
    """`np.insert`, which moves every element by itself, for few values."""
    if len(places) > _FEW:
        return np.insert(array, places, values)
    joined = np.empty(len(array) + len(places), dtype=array.dtype)
    edges = [0, *places.tolist(), len(array)]
    for number, (start, stop) in enumerate(pairwise(edges)):
        joined[start + number : stop + number] = array[start:stop]
    joined[places + np.arange(len(places))] = values
    return joined


def _merged_frequencies(
    live: Path, new: NDArray[np.float32]
) -> tuple[NDArray[np.float32], NDArray[Any], NDArray[Any]]:
    """The frequencies of both, and the place of each old and of each new one among them."""
    old = open_array(live / FREQUENCIES_NAME, np.float32)
    both = np.union1d(old, new)
    small = np.min_scalar_type(len(both))
    return both, np.searchsorted(both, old).astype(small), np.searchsorted(both, new).astype(small)


def _merged(old: Vocabulary, new: Terms) -> tuple[Terms, Ints, Ints]:
    """The terms of both, and the number of each old and of each new one among them."""
    names = new.names()
    at = np.array([old.first_at_least(name) for name in names], dtype=np.int64)
    fresh = np.array(
        [
            place == len(old) or old.name(place) != name
            for place, name in zip(at, names, strict=True)
        ],
        dtype=np.bool_,
    )
    places = at[fresh]
    moved = np.arange(len(old)) + np.searchsorted(places, np.arange(len(old)), side="right")
    numbers = np.empty(len(names), dtype=np.int64)
    numbers[fresh] = places + np.arange(len(places))
    numbers[~fresh] = moved[at[~fresh]]
    terms = old.terms
    sizes = np.diff(new.offsets)
    blob = np.insert(
        terms.blob,
        np.repeat(terms.offsets[places], sizes[fresh]),
        new.blob[np.repeat(fresh, sizes)],
    )
    lengths = np.insert(np.diff(terms.offsets), places, sizes[fresh])
    return Terms.of(blob, lengths), moved, numbers


def _without_empty(postings: Postings, origin: Ints) -> tuple[Postings, Ints]:
    """Without the terms that no row has any more, and their origins."""
    terms, present = postings.terms, postings.df > 0
    if present.all():
        return postings, origin
    sizes = np.diff(terms.offsets)
    kept = Terms.of(terms.blob[np.repeat(present, sizes)], sizes[present])
    return postings._replace(terms=kept, df=postings.df[present]), origin[present]
