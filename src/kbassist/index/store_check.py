"""Whether `chunks.sqlite` is sound: its pages, its rows, and what they name."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kbassist.index.arrays import broken
from kbassist.index.store_file import connect

_FAULTS = {
    "articles that are not numbered from 0": (
        "SELECT count(*) != coalesce(max(row) + 1, 0) OR coalesce(min(row), 0) < 0 FROM articles"
    ),
    "chunks that are not numbered from 0": (
        "SELECT count(*) != coalesce(max(row) + 1, 0) OR coalesce(min(row), 0) < 0 FROM chunks"
    ),
    "chunks that are not in the order of their ids": (
        "SELECT EXISTS (SELECT 1 FROM chunks a JOIN chunks b ON b.row = a.row + 1"
        " WHERE b.id <= a.id)"
    ),
    "facets of articles that are not there": (
        "SELECT EXISTS (SELECT 1 FROM facets WHERE article NOT IN (SELECT row FROM articles))"
    ),
    "restrictions of articles that are not there": (
        "SELECT EXISTS (SELECT 1 FROM restricted WHERE article NOT IN (SELECT row FROM articles))"
    ),
}
"""What can be wrong, each with a query that is 1 where it is."""


def check_store(path: Path, chunk_articles: NDArray[np.int32]) -> None:
    """Read all of the file.

    Args:
        path: of the file.
        chunk_articles: row of each chunk's article, as it stands beside the file.

    Raises:
        IndexBroken: it is damaged, or its rows do not fit each other or the array.
    """
    try:
        with closing(connect(path)) as connection:
            (found,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if found != "ok":
                raise broken(path, f"damaged: {found}")
            for fault, query in _FAULTS.items():
                if connection.execute(query).fetchone()[0]:
                    raise broken(path, f"holds {fault}")
            owners = connection.execute("SELECT article FROM chunks ORDER BY row")
            articles = np.fromiter((row[0] for row in owners), dtype=np.int64)
    except (sqlite3.Error, TypeError, ValueError, OverflowError) as error:
        raise broken(path, f"not a readable store: {error}") from None
    if not np.array_equal(articles, chunk_articles):
        raise broken(path, "its chunks belong to other articles than the array beside it says")
