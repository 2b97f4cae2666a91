"""The sorted terms of an index: one UTF-8 blob and offsets into it, memory-mapped.

Nothing is read at opening but the two headers; a look-up touches about log2(n) places of the file.
Terms are sorted by their UTF-8 bytes, which is the order of their code points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kbassist.index.arrays import broken, open_array, save_array

TERMS_NAME = "bm25.terms.npy"
OFFSETS_NAME = "bm25.term_offsets.npy"

_KEPT = 1 << 14
"""Terms last looked up that are kept: a question asks for each of its own several times."""
_SURROGATES = "surrogatepass"
"""A lone surrogate can come from a broken question; it must find nothing, not fail."""


class Vocabulary:
    """Terms in sorted order; the place of a term is its number, from 0."""

    def __init__(self, blob: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None:
        self._blob = np.ascontiguousarray(blob).data
        self._offsets = np.ascontiguousarray(offsets).data
        self.find: Callable[[str], int | None] = lru_cache(_KEPT)(self._find)
        """Number of a term, or None where no document has it."""

    @classmethod
    def open(cls, folder: Path) -> Vocabulary:
        """Open the two files that `write_terms` wrote.

        Raises:
            IndexBroken: a file is missing or damaged, or they do not belong together.
        """
        blob = open_array(folder / TERMS_NAME, np.uint8)
        offsets = open_array(folder / OFFSETS_NAME, np.int64)
        if not len(offsets) or offsets[0] != 0 or offsets[-1] != len(blob):
            raise broken(folder / OFFSETS_NAME, f"does not fit {TERMS_NAME}")
        return cls(blob, offsets)

    def __len__(self) -> int:
        return len(self._offsets) - 1

    def __getitem__(self, number: int) -> str:
        if not 0 <= number < len(self):
            raise IndexError(f"term {number} of {len(self)}")
        return self._bytes(number).decode("utf-8", _SURROGATES)

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def _find(self, term: str) -> int | None:
        wanted = term.encode("utf-8", _SURROGATES)
        number = self._first_at_least(wanted)
        found = number < len(self) and self._bytes(number) == wanted
        return number if found else None

    def with_prefix(self, prefix: str) -> range:
        """Numbers of the terms that start with a prefix; every term for an empty one."""
        wanted = prefix.encode("utf-8", _SURROGATES)
        # No byte of UTF-8 is 0xff, so this lies behind every term with the prefix.
        return range(self._first_at_least(wanted), self._first_at_least(wanted + b"\xff"))

    def _bytes(self, number: int) -> bytes:
        return bytes(self._blob[self._offsets[number] : self._offsets[number + 1]])

    def _first_at_least(self, wanted: bytes) -> int:
        blob, offsets = self._blob, self._offsets
        low, high = 0, len(offsets) - 1
        while low < high:
            middle = (low + high) >> 1
            if bytes(blob[offsets[middle] : offsets[middle + 1]]) < wanted:
                low = middle + 1
            else:
                high = middle
        return low


def write_terms(folder: Path, terms: Iterable[str]) -> None:
    """Write the vocabulary's two files.

    Args:
        folder: where to write.
        terms: without repetition, in sorted order.

    Raises:
        ValueError: not sorted, or a term twice.
    """
    encoded = [term.encode("utf-8", _SURROGATES) for term in terms]
    if any(left >= right for left, right in pairwise(encoded)):
        raise ValueError("terms must be sorted and distinct")
    offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
    np.cumsum([len(term) for term in encoded], out=offsets[1:])
    save_array(folder / TERMS_NAME, np.frombuffer(b"".join(encoded), dtype=np.uint8))
    save_array(folder / OFFSETS_NAME, offsets)
