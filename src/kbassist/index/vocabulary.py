"""The sorted terms of an index: one UTF-8 blob and offsets into it, memory-mapped.

Nothing is read at opening but the two headers; a look-up touches about log2(n) places of the file.
Terms are sorted by their UTF-8 bytes, which is the order of their code points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple
from weakref import proxy

import numpy as np
from numpy.typing import NDArray

from kbassist.index.arrays import broken, open_array, save_array
from kbassist.index.stretches import pointers_of

TERMS_NAME = "bm25.terms.npy"
OFFSETS_NAME = "bm25.term_offsets.npy"

_KEPT = 1 << 14
"""Terms last looked up that are kept: a question asks for each of its own several times."""
_SURROGATES = "surrogatepass"
"""A lone surrogate can come from a broken question; it must find nothing, not fail."""


class Terms(NamedTuple):
    """Sorted, distinct terms as they are stored."""

    blob: NDArray[np.uint8]
    """Their UTF-8, end to end."""
    offsets: NDArray[np.int64]
    """Where each begins, and where the last ends."""

    @classmethod
    def of(cls, blob: NDArray[np.uint8], sizes: NDArray[np.int64]) -> Terms:
        """Terms of known sizes in bytes."""
        return cls(blob, pointers_of(sizes))

    def names(self) -> list[bytes]:
        """Each one's UTF-8."""
        data, offsets = self.blob.tobytes(), self.offsets.tolist()
        return [data[start:end] for start, end in pairwise(offsets)]


class Vocabulary:
    """Terms in sorted order; the place of a term is its number, from 0."""

    def __init__(self, blob: NDArray[np.uint8], offsets: NDArray[np.int64]) -> None:
        self._blob = np.ascontiguousarray(blob).data
        self._offsets = np.ascontiguousarray(offsets).data
        here = proxy(self)  # a reference would keep the files open until the garbage collector runs
        self.find: Callable[[str], int | None] = lru_cache(_KEPT)(lambda term: here._find(term))
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
        return self.name(number).decode("utf-8", _SURROGATES)

    def __iter__(self) -> Iterator[str]:
        return (self[number] for number in range(len(self)))

    def _find(self, term: str) -> int | None:
        wanted = term.encode("utf-8", _SURROGATES)
        number = self.first_at_least(wanted)
        found = number < len(self) and self.name(number) == wanted
        return number if found else None

    def with_prefix(self, prefix: str) -> range:
        """Numbers of the terms that start with a prefix; every term for an empty one."""
        wanted = prefix.encode("utf-8", _SURROGATES)
        # No byte of UTF-8 is 0xff, so this lies behind every term with the prefix.
        return range(self.first_at_least(wanted), self.first_at_least(wanted + b"\xff"))

    @property
    def terms(self) -> Terms:
        """All of them, memory-mapped."""
        return Terms(np.asarray(self._blob), np.asarray(self._offsets))

    def name(self, number: int) -> bytes:
        """A term's UTF-8."""
        return bytes(self._blob[self._offsets[number] : self._offsets[number + 1]])

    def first_at_least(self, wanted: bytes) -> int:
        """Number of the first term that does not stand before this one."""
        blob, offsets = self._blob, self._offsets
        low, high = 0, len(offsets) - 1
        while low < high:
            middle = (low + high) >> 1
            if bytes(blob[offsets[middle] : offsets[middle + 1]]) < wanted:
                low = middle + 1
            else:
                high = middle
        return low


def decode_term(name: bytes) -> str:
    """A term from its UTF-8."""
    return name.decode("utf-8", _SURROGATES)


def encode_terms(terms: Iterable[str]) -> Terms:
    """Terms as they are stored.

    Args:
        terms: without repetition, in sorted order.

    Raises:
        ValueError: not sorted, or a term twice.
    """
    encoded = [term.encode("utf-8", _SURROGATES) for term in terms]
    if any(left >= right for left, right in pairwise(encoded)):
        raise ValueError("terms must be sorted and distinct")
    blob = np.frombuffer(b"".join(encoded), dtype=np.uint8)
    return Terms.of(blob, np.array([len(term) for term in encoded], dtype=np.int64))


def write_terms(folder: Path, terms: Terms | Iterable[str]) -> None:
    """Write the vocabulary's two files.

    Args:
        folder: where to write.
        terms: without repetition, in sorted order.

    Raises:
        ValueError: not sorted, or a term twice.
    """
    stored = terms if isinstance(terms, Terms) else encode_terms(terms)
    save_array(folder / TERMS_NAME, stored.blob)
    save_array(folder / OFFSETS_NAME, stored.offsets)
