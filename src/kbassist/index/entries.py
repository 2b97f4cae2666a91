"""The entries of the vector leg: encoded in batches, and merged with those of the live one."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbassist.errors import ModelError
from kbassist.index.arrays import open_array, save_array, writing_array
from kbassist.index.merge import Ints, Merge, all_new
from kbassist.index.vector_files import (
    CODES_NAME,
    EXACT_LIMIT,
    SIGNS_NAME,
    Matrix,
    encode,
    signs_of,
)
from kbassist.index.vectors import OWNERS_NAME, UNIT_TOLERANCE

_BLOCK = 1 << 16
"""Entries that are moved at once."""


class EncodedEntries(NamedTuple):
    """Entries of the chunks of a batch."""

    codes: NDArray[np.int8]
    """Shape (m, d)."""
    owners: NDArray[np.int32]
    """Chunk of each, ascending."""


def encode_entries(vectors: Matrix, owners: NDArray[np.integer]) -> EncodedEntries:
    """The codes of vectors, but for those of texts that say nothing.

    Args:
        vectors: float32 (m, d), d > 0, each of length 1, or all zeros.
        owners: chunk of each, shape (m,), >= 0, in any order.

    Raises:
        ModelError: a vector is not finite, not float32, or of another length.
        ValueError: the owners do not fit the vectors.
    """
    if vectors.ndim != 2 or vectors.shape[1] == 0 or vectors.dtype != np.float32:
        raise ModelError(f"vectors are {vectors.dtype} {vectors.shape}, expected float32 (m, d)")
    if owners.shape != (len(vectors),) or (len(owners) and owners.min() < 0):
        raise ValueError(f"owners of shape {owners.shape} for {len(vectors)} vectors, or negative")
    lengths = np.linalg.norm(vectors, axis=1)
    good = (np.abs(lengths - 1.0) <= UNIT_TOLERANCE) | (lengths == 0)
    if not good.all():
        entry = int(np.flatnonzero(~good)[0])
        raise ModelError(
            f"vector {entry} (of chunk {owners[entry]}) has length {lengths[entry]}, expected 1"
        )
    kept = np.flatnonzero(lengths > 0)
    order = kept[np.argsort(owners[kept], kind="stable")]
    return EncodedEntries(encode(vectors[order]), owners[order].astype(np.int32))


def write_entries(
    folder: Path,
    dimension: int,
    batches: Sequence[tuple[EncodedEntries, Ints]],
    merge: Merge,
    live: Path | None = None,
    *,
    exact_limit: int = EXACT_LIMIT,
) -> int:
    """Write the vector leg; the same entries give the same bytes, wherever they come from.

    Args:
        folder: an existing folder.
        dimension: of the vectors.
        batches: new entries, and the row of each chunk of the batch: -1 for one that is not wanted.
        merge: where the rows of the live generation go.
        live: its folder, where entries are taken from it.
        exact_limit: entries up to which no signs are written.

    Returns:
        The number of entries.
    """
    sources = [(batch.codes, places[batch.owners]) for batch, places in batches]
    if live is not None:
        kept = merge.moved[open_array(live / OWNERS_NAME, np.int32)]
        sources.append((open_array(live / CODES_NAME, np.int8, ndim=2), kept))
    rows = np.concatenate([row for _, row in sources] or [np.empty(0, dtype=np.int64)])
    wanted = np.flatnonzero(rows >= 0)
    order = wanted[np.argsort(rows[wanted], kind="stable")]
    save_array(folder / OWNERS_NAME, rows[order].astype(np.int32))
    places = np.full(len(rows), -1, dtype=np.int64)
    places[order] = np.arange(len(order))
    with writing_array(folder / CODES_NAME, np.int8, (len(order), dimension)) as codes:
        first = 0
        for source, row in sources:
            _scatter(codes, source, places[first : first + len(row)])
            first += len(row)
    if len(order) > exact_limit:
        shape = (len(order), -(-dimension // 8))
        written = open_array(folder / CODES_NAME, np.int8, ndim=2)
        with writing_array(folder / SIGNS_NAME, np.uint8, shape) as signs:
            for start in range(0, len(order), _BLOCK):
                signs[start : start + _BLOCK] = signs_of(written[start : start + _BLOCK])
    return len(order)


def _scatter(target: NDArray[np.int8], source: NDArray[np.int8], places: Ints) -> None:
    """Copy rows to their places; those without a place are left out."""
    for start in range(0, len(source), _BLOCK):
        place = places[start : start + _BLOCK]
        wanted = place >= 0
        block = source[start : start + _BLOCK]
        target[place[wanted]] = block if wanted.all() else block[wanted]


def write_vectors(
    folder: Path,
    vectors: Matrix,
    owners: NDArray[np.integer],
    *,
    exact_limit: int = EXACT_LIMIT,
) -> None:
    """Write the vector leg of vectors that are all at hand; equal input gives equal bytes.

    Args:
        folder: an existing folder.
        vectors: float32 (m, d), d > 0, each of length 1, or all zeros for a text that says nothing:
            such an entry is left out.
        owners: chunk row of each vector, shape (m,), >= 0, in any order.
        exact_limit: entries up to which no signs are written.

    Raises:
        ModelError: a vector is not finite, not float32, or of another length.
        ValueError: the owners do not fit the vectors.
    """
    entries = encode_entries(vectors, owners)
    rows = int(owners.max()) + 1 if len(owners) else 0
    merge = all_new(rows)
    write_entries(
        folder, vectors.shape[1], [(entries, merge.added)], merge, exact_limit=exact_limit
    )
