"""Static embeddings: a text is the weighted sum of the vectors of its units, scaled to length 1.

Vectors are stored in 4 bits a value with one 8-bit weight a row, and the sum is taken in whole
numbers. Below 2^24 float32 holds those exactly, whatever the order of the additions, so that a
text's vector is the same alone and in a batch, and on every machine.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kbassist.embed.adding import PIECE, add_up, counted, pieces_of
from kbassist.embed.one_thread import by_rows, by_terms
from kbassist.embed.protocol import Matrix, Progress
from kbassist.embed.units import VERSION, Sounds, Vocabulary, units
from kbassist.errors import ModelError

FORMAT = 1
DESCRIPTION = "model.json"
KEYS, VECTORS, WEIGHTS, SOUNDS = "keys.npy", "vectors.npy", "weights.npy", "sounds.npy"

PASSAGE = 60
"""Tokens of a passage: a sum over a whole chunk hides its sentences (docs/decisions.md)."""

ZERO = 8
"""What is added to a value of -7 to 7 to be stored in 4 bits."""
_LARGEST_BITS = 26
"""Larger sums (texts of 100,000 characters) lose their last bits: 2^(2·26) · 256 < 2^63."""
_GROUP = 1 << 15
"""Characters whose units are found at once."""
_LAST = 16
"""Questions whose vectors are kept: the search needs one, and what is said to it needs it again."""
_HINT = "Install kbassist again: pip install --force-reinstall kbassist"

_ENTRIES = ("name", "buckets", "first", "syllables", "files")

_TYPES: dict[str, tuple[Any, int]] = {
    KEYS: (np.uint32, 1),
    VECTORS: (np.uint8, 2),
    WEIGHTS: (np.uint8, 1),
    SOUNDS: (np.uint16, 1),
}


class StaticEmbedder:
    """A static embedding model, memory-mapped from its folder; threads may share it."""

    def __init__(self, folder: Path) -> None:
        """Open the model.

        The large file is compared with its checksum when documents are first embedded, the others
        now.

        Raises:
            ModelError: a file is missing or damaged, or of another version.
        """
        self._folder = folder
        self._about, text = describe(folder)
        arrays = {name: open_file(folder, name, self._about, name != VECTORS) for name in _TYPES}
        self._vectors, self._weights = arrays[VECTORS], arrays[WEIGHTS]
        sounds = Sounds(self._about["first"], arrays[SOUNDS], self._about["syllables"])
        self._vocabulary = Vocabulary(arrays[KEYS], self._about["buckets"], sounds)
        if not len(self._vocabulary) == len(self._vectors) == len(self._weights):
            raise _damaged(folder / VECTORS, f"holds {len(self._vectors)} rows")
        self._verified = False
        self._question: Callable[[str], Matrix] = lru_cache(_LAST)(lambda text: self._embed([text]))
        digest = hashlib.sha256(text).hexdigest()[:32]
        self._fingerprint = f"{self._about['name']}:{VERSION}:{PASSAGE}:{digest}"

    @property
    def name(self) -> str:
        """Name with version, such as `zh-en-static-1`."""
        return str(self._about["name"])

    @property
    def fingerprint(self) -> str:
        return self._fingerprint

    @property
    def dimension(self) -> int:
        return 2 * int(self._vectors.shape[1])

    @property
    def passage(self) -> int:
        return PASSAGE

    def __len__(self) -> int:
        """Number of rows."""
        return len(self._weights)

    def embed_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        if not self._verified:
            _check(self._folder / VECTORS, self._about)
            self._verified = True
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for group in _groups(texts):
            vectors[group.start : group.stop] = self._embed(texts[group.start : group.stop])
            if progress is not None:
                progress(group.stop, len(texts))
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        if len(texts) == 1:
            return self._question(texts[0]).copy()
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for group in _groups(texts):
            vectors[group.start : group.stop] = self._embed(texts[group.start : group.stop])
        return vectors

    def units(self, texts: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The units of texts: rows of the model, and the text that each belongs to, ascending."""
        return units(texts, self._vocabulary)

    def products(self, rows: NDArray[np.integer], vectors: Matrix) -> Matrix:
        """Inner products of weighted units with vectors.

        Args:
            rows: of units, shape (m,).
            vectors: float32 (t, d).

        Returns:
            float32 (m, t): those of a text's units add up to the product with its unscaled sum.
        """
        packed = self._vectors[rows]
        low, high = (packed & 15).astype(np.float32), (packed >> 4).astype(np.float32)
        half = packed.shape[1]
        products = by_rows(low, vectors[:, :half].T) + by_rows(high, vectors[:, half:].T)
        products -= ZERO * vectors.sum(axis=1)
        products *= self._weights[rows].astype(np.float32)[:, None]
        return products

    def sums(self, rows: NDArray[np.integer], counts: NDArray[np.integer]) -> Matrix:
        """Sums of weighted units: a text's vector before it is scaled to length 1.

        Args:
            rows: of the units of one text after the other.
            counts: how many each text has.

        Returns:
            float32 (t, d), one for each text; zeros for one without units.
        """
        sums = np.zeros((len(counts), self.dimension), dtype=np.float32)
        if not len(rows):
            return sums
        ends = np.cumsum(counts)
        edges = np.searchsorted(ends, np.arange(0, len(rows) + 1, PIECE), side="left").tolist()
        for first, last in pairwise((*sorted(set(edges)), len(counts))):
            before = int(ends[first - 1]) if first else 0
            some = rows[before : int(ends[last - 1])]
            add_up(self._weighted(some), counts[first:last], sums[first:last])
        return sums

    def _weighted(self, rows: NDArray[np.integer]) -> Matrix:
        packed = self._vectors[rows]
        half = packed.shape[1]
        values = np.empty((len(rows), 2 * half), dtype=np.float32)
        values[:, :half], values[:, half:] = packed & 15, packed >> 4
        values -= ZERO
        values *= self._weights[rows].astype(np.float32)[:, None]
        return values

    def _embed(self, texts: Sequence[str]) -> Matrix:
        rows, owners = units(texts, self._vocabulary)
        ends = np.cumsum(np.bincount(owners, minlength=len(texts)))
        sums = np.zeros((len(texts), self.dimension), dtype=np.int64)
        for first, last, pieces in pieces_of(ends):
            some, counts = counted(rows[first:last], [end - start for _, start, end in pieces])
            scales = counts * self._weights[some].astype(np.float32)
            packed = self._vectors[some]
            low, high = (packed & 15).astype(np.float32), (packed >> 4).astype(np.float32)
            total = np.concatenate((by_terms(scales, low), by_terms(scales, high)), axis=1)
            total -= ZERO * scales.sum(axis=1, keepdims=True)
            for (text, _, _), one in zip(pieces, total.astype(np.int64), strict=True):
                sums[text] += one
        return _unit(sums)


def open_file(folder: Path, name: str, about: Mapping[str, Any], check: bool) -> NDArray[Any]:
    """Map a file of a model.

    Args:
        folder: of the model.
        name: of the file, one of `KEYS`, `VECTORS`, `WEIGHTS`, `SOUNDS`.
        about: as `describe` returned it.
        check: whether to compare it with its checksum.

    Raises:
        ModelError: it is missing or damaged.
    """
    if check:
        _check(folder / name, about)
    try:
        array = np.lib.format.open_memmap(folder / name, mode="r")
    except Exception as error:  # the header's parser fails in many ways on damaged bytes
        raise _damaged(folder / name, f"not a readable numpy file: {error}") from error
    expected, ndim = _TYPES[name]
    if array.dtype != expected or array.ndim != ndim or not array.flags.c_contiguous:
        raise _damaged(folder / name, f"holds {array.dtype} in {array.ndim} dimensions")
    return np.asarray(array)


def _check(path: Path, about: Mapping[str, Any]) -> None:
    try:
        found = hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise _damaged(path, f"cannot be read: {error.strerror}") from error
    if found != about["files"].get(path.name):
        raise _damaged(path, "its content is not what was released")


def _damaged(path: Path, fault: str) -> ModelError:
    return ModelError(f"{path}: {fault}", hint=_HINT)


def _unit(sums: NDArray[np.int64]) -> Matrix:
    """Rows of whole numbers scaled to length 1; squares are added up exactly."""
    largest = np.abs(sums).max(axis=1, keepdims=True, initial=0)
    shift = np.maximum(np.frexp(largest.astype(np.float64))[1] - _LARGEST_BITS, 0)
    sums = sums >> shift.astype(np.int64)
    squares = np.square(sums).sum(axis=1, keepdims=True)
    unit: Matrix = (sums / np.sqrt(np.maximum(squares, 1).astype(np.float64))).astype(np.float32)
    return unit


def describe(folder: Path) -> tuple[dict[str, Any], bytes]:
    """What a model says of itself, and the text that says it.

    Raises:
        ModelError: it is missing or damaged, or of another version.
    """
    path = folder / DESCRIPTION
    try:
        text = path.read_bytes()
        about = json.loads(text)
        found = (about["format"], about["units"])
        missing = [name for name in _ENTRIES if name not in about]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelError(f"{path}: not a description of a model: {error}", hint=_HINT) from error
    if found != (FORMAT, VERSION):
        raise ModelError(
            f"{path}: format {found[0]!r} with units {found[1]!r}, this version reads format"
            f" {FORMAT} with units {VERSION}",
            hint=_HINT,
        )
    if missing:
        raise ModelError(f"{path}: does not say {', '.join(missing)}", hint=_HINT)
    return about, text


def _groups(texts: Sequence[str]) -> Iterator[range]:
    """Ranges of texts of about `_GROUP` characters."""
    start = size = 0
    for place, text in enumerate(texts):
        size += len(text) + 1
        if size >= _GROUP:
            yield range(start, place + 1)
            start, size = place + 1, 0
    if start < len(texts):
        yield range(start, len(texts))
