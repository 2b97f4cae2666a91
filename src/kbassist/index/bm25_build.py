"""Building the BM25 leg: term lists in row order in, memory-mapped postings out.

Counting is done by whole-array operations; only the look-up of a term's number is a Python step per
token.
"""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kbassist.config import Bm25Settings
from kbassist.index.bm25_files import (
    Floats,
    Ints,
    Postings,
    check_settings,
    coded,
    write_postings,
)
from kbassist.index.vocabulary import encode_terms

_BLOCK = 1 << 20
"""Tokens that are counted at once: some tens of megabytes while building."""
_ROW_BITS = 32
_ROW_MASK = (1 << _ROW_BITS) - 1


class _Field:
    """Counts of one field, collected as sorted keys `term << 32 | row`."""

    def __init__(self) -> None:
        self._pending = array("i")
        self._first_row = 0
        self._lengths = array("q")
        self._keys: list[Ints] = []
        self._counts: list[Ints] = []

    def add(self, ids: dict[str, int], terms: Sequence[str]) -> None:
        self._pending.extend(map(ids.__getitem__, terms))
        self._lengths.append(len(terms))
        if len(self._pending) >= _BLOCK:
            self._count_pending()

    def _count_pending(self) -> None:
        terms = np.array(self._pending, dtype=np.int64)
        lengths = np.array(self._lengths[self._first_row :], dtype=np.int64)
        rows = np.repeat(np.arange(self._first_row, len(self._lengths)), lengths)
        keys = np.sort(terms << _ROW_BITS | rows)
        starts = np.flatnonzero(np.diff(keys, prepend=-1))
        self._keys.append(keys[starts])
        self._counts.append(np.diff(starts, append=len(keys)))
        self._pending = array("i")
        self._first_row = len(self._lengths)

    def postings(self) -> tuple[Ints, Ints]:
        """Distinct keys and how often each occurs."""
        self._count_pending()
        self._keys = [np.concatenate(self._keys)]
        self._counts = [np.concatenate(self._counts)]
        return self._keys[0], self._counts[0]

    def lengths(self) -> Floats:
        return np.array(self._lengths, dtype=np.float64)


class Bm25Builder:
    """Collects the terms of every row and writes the BM25 files.

    `write` may be called more than once, with other settings, on the same rows.
    """

    def __init__(self) -> None:
        self._ids: defaultdict[str, int] = defaultdict()
        self._ids.default_factory = self._ids.__len__
        self._title, self._questions, self._body = _Field(), _Field(), _Field()
        self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def add(
        self, body: Sequence[str], *, title: Sequence[str] = (), questions: Sequence[str] = ()
    ) -> None:
        """Add the next row, with the terms of each field in any order, repetitions included."""
        self._title.add(self._ids, title)
        self._questions.add(self._ids, questions)
        self._body.add(self._ids, body)
        self._rows += 1

    def write(self, folder: Path, settings: Bm25Settings | None = None) -> None:
        """Score every posting and write the files; equal input gives equal bytes.

        Args:
            folder: an existing folder.
            settings: the defaults where None.

        Raises:
            ConfigError: a setting is out of its range.
        """
        settings = settings or Bm25Settings()
        check_settings(settings)
        fields = (
            (self._title, settings.title_weight),
            (self._questions, settings.questions_weight),
            (self._body, settings.body_weight),
        )
        used = [(field, weight) for field, weight in fields if weight > 0]
        lengths = sum((weight * field.lengths() for field, weight in used), np.zeros(self._rows))
        keys, tf = _weighted_postings([(*field.postings(), weight) for field, weight in used])
        terms, keys, tf = self._in_term_order(keys, tf)
        df = np.bincount(keys >> _ROW_BITS, minlength=len(terms))
        rows, lengths32 = (keys & _ROW_MASK).astype(np.int32), lengths.astype(np.float32)
        postings = Postings(encode_terms(terms), df, rows, *coded(tf), lengths32)
        write_postings(folder, postings, settings)

    def _in_term_order(self, keys: Ints, tf: Floats) -> tuple[list[str], Ints, Floats]:
        """Renumber the terms that have postings in sorted order, and sort the postings by it."""
        names = list(self._ids)
        present = np.flatnonzero(np.bincount(keys >> _ROW_BITS, minlength=len(names)))
        order = sorted(present.tolist(), key=names.__getitem__)
        renumbered = np.zeros(len(names), dtype=np.int64)
        renumbered[order] = np.arange(len(order))
        keys = renumbered[keys >> _ROW_BITS] << _ROW_BITS | keys & _ROW_MASK
        by_key = np.argsort(keys)
        return [names[number] for number in order], keys[by_key], tf[by_key]


def _weighted_postings(fields: Sequence[tuple[Ints, Ints, float]]) -> tuple[Ints, Floats]:
    """Distinct keys over all fields, and the sum of weight times count of each."""
    filled = [field for field in fields if len(field[0])]
    if not filled:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64)
    if len(filled) == 1:
        keys, counts, weight = filled[0]
        return keys, (weight * counts).astype(np.float64, copy=False)
    keys = np.concatenate([field[0] for field in filled])
    tf = np.concatenate([weight * counts for _, counts, weight in filled])
    order = np.argsort(keys, kind="stable")
    keys, tf = keys[order], tf[order]
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    summed: Floats = np.add.reduceat(tf, starts)
    return keys[starts], summed
