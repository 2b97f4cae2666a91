"""The postings of an index as arrays: counted in batches, and merged with those of the live one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

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
    postings = Postings(terms, found, *coded(tf), lengths32)
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
    old = np.repeat(old_terms << ROW_BITS, np.diff(indptr))
    old |= merge.moved[open_array(live / ROWS_NAME, np.int32)]  # negative where the row is gone
    stays = old >= 0
    old = old[stays]
    frequencies, old_codes, new_codes = _merged_frequencies(live, new.frequencies)
    codes = old_codes[open_array(live / TF_NAME, TF_TYPES)[stays]]
    added = new_terms[new.keys >> ROW_BITS] << ROW_BITS | new.keys & ROW_MASK
    at = np.searchsorted(old, added)
    keys, codes = np.insert(old, at, added), np.insert(codes, at, new_codes[new.codes])
    lengths = new.lengths.copy()
    kept = merge.kept
    lengths[merge.moved[kept]] = open_array(live / LENGTHS_NAME, np.float32)[kept]
    origin = np.full(len(terms.offsets) - 1, -1, dtype=np.int64)
    origin[old_terms] = np.arange(len(old_terms))
    return _without_empty(Postings(terms, keys, codes, frequencies, lengths), origin)


def _merged_frequencies(
    live: Path, new: NDArray[np.float32]
) -> tuple[NDArray[np.float32], Ints, Ints]:
    """The frequencies of both, and the place of each old and of each new one among them."""
    old = open_array(live / FREQUENCIES_NAME, np.float32)
    both = np.union1d(old, new)
    return both, np.searchsorted(both, old), np.searchsorted(both, new)


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
    terms, keys = postings.terms, postings.keys
    present = np.bincount(keys >> ROW_BITS, minlength=len(terms.offsets) - 1) > 0
    if present.all():
        return postings, origin
    sizes = np.diff(terms.offsets)
    kept = Terms.of(terms.blob[np.repeat(present, sizes)], sizes[present])
    numbers = np.cumsum(present) - 1
    keys = numbers[keys >> ROW_BITS] << ROW_BITS | keys & ROW_MASK
    return postings._replace(terms=kept, keys=keys), origin[present]
