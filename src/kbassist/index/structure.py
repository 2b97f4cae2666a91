"""What the files of a generation say of each other: rows that exist, offsets that go up, counts."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from kbassist.index.arrays import broken, open_array
from kbassist.index.bm25_files import (
    FREQUENCIES_NAME,
    INDPTR_NAME,
    ROWS_NAME,
    TF_NAME,
    TF_TYPES,
)
from kbassist.index.manifest import MANIFEST_NAME
from kbassist.index.reader import Index
from kbassist.index.row_check import check_rows
from kbassist.index.store import CHUNK_ARTICLES_NAME, STORE_NAME
from kbassist.index.store_check import check_store
from kbassist.index.texts import TEXTS_NAME
from kbassist.index.titles import NUMBERS_NAME
from kbassist.index.vectors import OWNERS_NAME
from kbassist.index.vocabulary import OFFSETS_NAME, TERMS_NAME

_BLOCK = 1 << 20
"""Values that are read at once: some megabytes."""


def check_structure(index: Index) -> None:
    """Read all of an open index.

    Args:
        index: opening it has checked the types and the lengths of its arrays.

    Raises:
        IndexBroken: something cannot be as it stands there; the message names the file.
    """
    check_store(index.folder / STORE_NAME, index.chunk_articles)
    check_rows(index.folder / STORE_NAME, index.store)
    chunks, articles = len(index.bm25), index.manifest.counts["articles"]
    _check_counts(index)
    _check_finite(index.folder, list(index.manifest.files))
    _check_terms(index)
    _check_postings(index.folder, chunks)
    _check_within(index.folder / CHUNK_ARTICLES_NAME, index.chunk_articles, articles, "article")
    index.words.verify(chunks, len(index.bm25.vocabulary), len(index.static))
    if len(index.titles) != articles:
        raise broken(
            index.folder / NUMBERS_NAME, f"holds {len(index.titles)} titles for {articles} articles"
        )
    if index.vectors is not None:
        owners = open_array(index.folder / OWNERS_NAME, np.int32)
        _check_within(index.folder / OWNERS_NAME, owners, chunks, "chunk")
        index.vectors.verify()


def _check_counts(index: Index) -> None:
    """Compare what each file holds with what the manifest counts."""
    counts = index.manifest.counts
    found = (
        (STORE_NAME, len(index.store.articles()), "articles"),
        (CHUNK_ARTICLES_NAME, len(index.chunk_articles), "chunks"),
        (TEXTS_NAME, len(index.store.texts), "articles"),
        (ROWS_NAME, len(index.bm25), "chunks"),
        (OWNERS_NAME, 0 if index.vectors is None else len(index.vectors), "vectors"),
    )
    for name, number, what in found:
        if number != counts[what]:
            raise broken(
                index.folder / name,
                f"holds {number} {what}, but {MANIFEST_NAME} counts {counts[what]}",
            )


def _check_finite(folder: Path, names: list[str]) -> None:
    for name in names:
        if not name.endswith(".npy"):
            continue
        array = np.lib.format.open_memmap(folder / name, mode="r")
        if array.dtype.kind == "f":
            for start, block in _blocks(array.reshape(-1)):
                if not np.isfinite(block).all():
                    raise broken(folder / name, f"holds no number among values {start} and after")


def _check_terms(index: Index) -> None:
    """The vocabulary: offsets that never go down, terms in order, each once."""
    offsets = open_array(index.folder / OFFSETS_NAME, np.int64)
    if (offsets[1:] < offsets[:-1]).any():
        raise broken(index.folder / OFFSETS_NAME, "offsets are not in order")
    before = None
    for term in _terms(index, index.folder / TERMS_NAME):
        if before is not None and term <= before:
            raise broken(index.folder / TERMS_NAME, f"{term!r} stands after {before!r}")
        before = term


def _terms(index: Index, path: Path) -> Iterator[str]:
    try:
        yield from index.bm25.vocabulary
    except UnicodeDecodeError as error:
        raise broken(path, f"holds a term that is not UTF-8: {error}") from None


def _check_postings(folder: Path, chunks: int) -> None:
    """Postings: every term has its own, and their rows exist and go up."""
    indptr = open_array(folder / INDPTR_NAME, np.int64)
    rows = open_array(folder / ROWS_NAME, np.int32)
    if (indptr[1:] <= indptr[:-1]).any():
        raise broken(folder / INDPTR_NAME, "a term has no postings")
    _check_within(folder / ROWS_NAME, rows, chunks, "row")
    tf, frequencies = open_array(folder / TF_NAME, TF_TYPES), folder / FREQUENCIES_NAME
    _check_within(folder / TF_NAME, tf, len(open_array(frequencies, np.float32)), "frequency")
    starts = np.zeros(len(rows) + 1, dtype=np.bool_)
    starts[indptr] = True
    for start, block in _blocks(rows):
        before = rows[start - 1] if start else np.int32(-1)
        falls = np.diff(block, prepend=before) <= 0
        if (falls & ~starts[start : start + len(block)]).any():
            raise broken(folder / ROWS_NAME, "rows of a term are not in order")


def _check_within(path: Path, array: NDArray[Any], count: int, what: str) -> None:
    for _, block in _blocks(array):
        if block.min() < 0 or block.max() >= count:
            raise broken(path, f"names a {what} that is not there; there are {count}")


def _blocks(array: NDArray[Any]) -> Iterator[tuple[int, NDArray[Any]]]:
    for start in range(0, len(array), _BLOCK):
        yield start, array[start : start + _BLOCK]
