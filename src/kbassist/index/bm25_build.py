"""The BM25 leg from term lists in row order, without articles: for benchmarks and oracles.

A build of an index counts and weighs in the same way (analysed.py, postings.py), in batches that
other processes count.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kbassist.config import Bm25Settings
from kbassist.index.analysed import Counts, TermCounter, weighed
from kbassist.index.bm25_files import write_postings
from kbassist.index.postings import Ints, Lexicon, Numbered, weigh

_BLOCK = 1 << 20
"""Tokens that are counted at once: some tens of megabytes while building."""


class Bm25Builder:
    """Collects the terms of every row and writes the BM25 files.

    `write` may be called more than once, with other settings, on the same rows.
    """

    def __init__(self) -> None:
        self._batches: list[tuple[Counts, Ints]] = []
        self._pending = TermCounter()
        self._first_row = self._rows = 0

    def __len__(self) -> int:
        return self._rows

    def add(
        self, body: Sequence[str], *, title: Sequence[str] = (), questions: Sequence[str] = ()
    ) -> None:
        """Add the next row, with the terms of each field in any order, repetitions included."""
        self._pending.add(title, questions, body)
        self._rows += 1
        if len(self._pending) >= _BLOCK:
            self._count_pending()

    def write(self, folder: Path, settings: Bm25Settings | None = None) -> None:
        """Score every posting and write the files; equal input gives equal bytes.

        Args:
            folder: an existing folder.
            settings: the defaults where None.
        """
        settings = settings or Bm25Settings()
        self._count_pending()
        lexicon, batches = Lexicon(), []
        for counts, rows in self._batches:
            found = weighed(counts, settings)
            batches.append((Numbered(lexicon.numbers(found.vocabulary), found.postings), rows))
        write_postings(folder, weigh(lexicon, batches, self._rows), settings)

    def _count_pending(self) -> None:
        self._batches.append((self._pending.counted(), np.arange(self._first_row, self._rows)))
        self._pending, self._first_row = TermCounter(), self._rows
