"""The postings of an index as arrays: counted in batches, and merged with those of the live one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kbassist.config import Bm25Settings
from kbassist.index.analysed import ROW_BITS, ROW_MASK, Counts, FieldCounts
from kbassist.index.arrays import open_array
from kbassist.index.bm25_files import (
    FREQUENCIES_NAME,
    INDPTR_NAME,
    LENGTHS_NAME,
    ROWS_NAME,
    TF_NAME,
    TF_TYPES,
    Postings,
    coded,
)
from kbassist.index.merge import Merge
from kbassist.index.vocabulary import Terms, Vocabulary, encode_terms

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

_FEW = 20_000
"""New postings up to which the stretches between them are copied as they are."""


def weigh(batches: Iterable[tuple[Counts, Ints]], rows: int, settings: Bm25Settings) -> Postings:
    """The postings of batches of chunks.

    Args:
        batches: what was counted, and the row of each chunk: -1 for one that is not wanted.
        rows: of the index.
        settings: with the weights of the fields.
    """
    weights = (settings.title_weight, settings.questions_weight, settings.body_weight)
    ids: defaultdict[str, int] = defaultdict()
    ids.default_factory = ids.__len__
    lengths = np.zeros(rows, dtype=np.float64)
    keys: list[list[Ints]] = [[], [], []]
    counts: list[list[Floats]] = [[], [], []]
    for batch, place in batches:
        numbers = np.fromiter(
            map(ids.__getitem__, batch.vocabulary), np.int64, len(batch.vocabulary)
        )
        fields: Sequence[FieldCounts] = (batch.title, batch.questions, batch.body)
        for at, (field, weight) in enumerate(zip(fields, weights, strict=True)):
            if weight <= 0:
                continue
            wanted = place >= 0
            lengths[place[wanted]] += weight * field.lengths[wanted]
            row = place[field.keys & ROW_MASK]
            key = numbers[field.keys >> ROW_BITS] << ROW_BITS | row
            keys[at].append(key[row >= 0])
            counts[at].append(weight * field.counts[row >= 0].astype(np.float64))
    names = list(ids)
    order = sorted(range(len(names)), key=names.__getitem__)
    ranks = np.empty(len(names), dtype=np.int64)
    ranks[order] = np.arange(len(names))
    joined = [ranks[part >> ROW_BITS] << ROW_BITS | part & ROW_MASK for one in keys for part in one]
    found, tf = _summed(joined, [part for one in counts for part in one])
    terms = encode_terms(names[number] for number in order)
    lengths32 = lengths.astype(np.float32)
    df = np.bincount(found >> ROW_BITS, minlength=len(names))
    found_rows = (found & ROW_MASK).astype(np.int32)
    postings = Postings(terms, df, found_rows, *coded(tf), lengths32)
    return _without_empty(postings, np.arange(len(names)))[0]


def _summed(keys: Sequence[Ints], tf: Sequence[Floats]) -> tuple[Ints, Floats]:
    """Distinct keys, ascending, and the sum over the fields of each."""
    if not sum(map(len, keys)):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64)
    joined = np.concatenate(keys)
    order = np.argsort(joined, kind="stable")
    joined = joined[order]
    starts = np.flatnonzero(np.diff(joined, prepend=-1))
    summed: Floats = np.add.reduceat(np.concatenate(tf)[order], starts)
    return joined[starts], summed


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
