"""Texts as code points in one array, with a hash of every stretch of them in constant time.

A batch of folded texts is laid end to end, so that numpy finds the words, runs and n-grams of all
of them at once: a Python loop over characters would be a hundred times slower.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbassist.text.chars import CJK, UNSPACED
from kbassist.text.fold import fold

OTHER, RUN, LETTER, DIGIT = range(4)
"""Classes of a character: between units; in a CJK run; in a word; in a number."""

Places = NDArray[np.int64]
Hashes = NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_BASE_INVERSE = pow(_BASE, -1, 1 << 64)
_PLANE = 1 << 16
_MASK = (1 << 64) - 1
_FEW = 2_000
"""Characters up to which each is looked up by itself."""


class Codes(NamedTuple):
    """A batch of folded texts, each followed by a space; arrays of one length but `prefix`."""

    codes: NDArray[np.uint32]
    """Code points."""
    owners: NDArray[np.int32]
    """Which text a character belongs to."""
    classes: NDArray[np.uint8]
    prefix: Hashes
    """Sum of (code + 1) · base^i over the characters before each place, modulo 2^64."""

    def hashes(self, starts: Places, ends: Places) -> Hashes:
        """Hash of each stretch: equal text has an equal hash, wherever it stands."""
        shift = _powers(len(self.prefix))[1]
        hashes: Hashes = (self.prefix[ends] - self.prefix[starts]) * shift[starts]
        return hashes

    def text(self, start: int, end: int) -> str:
        return "".join(map(chr, self.codes[start:end].tolist()))


def encode(texts: Sequence[str]) -> Codes:
    """Fold texts and lay them out.

    Args:
        texts: any strings, lone surrogates included.
    """
    folded = [fold(text) for text in texts]
    lengths = np.fromiter((len(text) + 1 for text in folded), np.int64, len(folded))
    joined = "".join(f"{text} " for text in folded)
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    prefix = np.zeros(len(codes) + 1, dtype=np.uint64)
    powers = _powers(len(prefix))[0]
    np.cumsum((codes.astype(np.uint64) + np.uint64(1)) * powers[: len(codes)], out=prefix[1:])
    owners = np.repeat(np.arange(len(folded), dtype=np.int32), lengths)
    return Codes(codes, owners, _classes(codes, joined), prefix)


def hash_text(text: str) -> int:
    """The hash that `Codes.hashes` gives to a stretch with this text."""
    total = 0
    for place, char in enumerate(text):
        total += (ord(char) + 1) * pow(_BASE, place, 1 << 64)
    return total & _MASK


def power(length: int) -> int:
    """What the hash of a text is multiplied by to stand behind another of this length."""
    return pow(_BASE, length, 1 << 64)


@cache
def _table(size: int) -> tuple[Hashes, Hashes]:
    ahead, back = np.full((2, size), 1, dtype=np.uint64)
    ahead[1:], back[1:] = _BASE, _BASE_INVERSE
    return np.cumprod(ahead, dtype=np.uint64), np.cumprod(back, dtype=np.uint64)


def _powers(size: int) -> tuple[Hashes, Hashes]:
    """Powers of the base and of its inverse, modulo 2^64; at least `size` of each."""
    return _table(1 << max(12, (size - 1).bit_length()))


def _classes(codes: NDArray[np.uint32], text: str) -> NDArray[np.uint8]:
    if len(text) <= _FEW:
        return _classes_of(text)
    low = codes < _PLANE
    classes: NDArray[np.uint8] = _plane()[np.where(low, codes, 0)]
    if not low.all():
        classes[~low] = _classes_of("".join(map(chr, codes[~low].tolist())))
    return classes


@cache
def _plane() -> NDArray[np.uint8]:
    """Classes of the basic plane: takes 8 ms, so it is made for large batches and once."""
    return _classes_of("".join(map(chr, range(_PLANE))))


def _classes_of(text: str) -> NDArray[np.uint8]:
    classes = np.zeros(len(text), dtype=np.uint8)
    for pattern, value in _PATTERNS:
        for match in pattern.finditer(text):
            classes[match.start() : match.end()] = value
    return classes


_PATTERNS = (
    (re.compile(r"[^\W_]+"), LETTER),
    (re.compile(r"[0-9]+"), DIGIT),
    (re.compile(f"[{CJK}{UNSPACED}]+"), RUN),
)
