"""Which rows of the live generation stay in the next one, and which are new."""

from __future__ import annotations

import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kbassist.errors import BuildError
from kbassist.index.arrays import open_array
from kbassist.index.merge import merge_rows
from kbassist.index.record import Body
from kbassist.index.store import CHUNK_ARTICLES_NAME, STORE_NAME
from kbassist.index.store_write import Content, NewArticle, NewChunk


class LiveRows:
    """The rows of the live generation."""

    def __init__(self, folder: Path | None) -> None:
        """Open the store of a generation; None stands for one without rows."""
        self.ids: list[str] = []
        self.paths: list[str] = []
        self.owners: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._connection: sqlite3.Connection | None = None
        if folder is not None:
            uri = f"{(folder / STORE_NAME).resolve().as_uri()}?mode=ro&immutable=1"
            self._connection = sqlite3.connect(uri, uri=True)
            rows = self._connection.execute("SELECT id, path FROM articles ORDER BY row").fetchall()
            self.ids, self.paths = [row[0] for row in rows], [row[1] for row in rows]
            self.owners = open_array(folder / CHUNK_ARTICLES_NAME, np.int32)

    def place(self, chunk_id: str) -> tuple[int, str | None]:
        """How many chunks stand before an id, and the id of the next one."""
        found = None
        if self._connection is not None:
            query = "SELECT row, id FROM chunks WHERE id >= ? ORDER BY id LIMIT 1"
            found = self._connection.execute(query, [chunk_id]).fetchone()
        return (len(self.owners), None) if found is None else (found[0], found[1])

    def close(self) -> None:
        """Close the store."""
        if self._connection is not None:
            self._connection.close()


class RowFinder:
    """The row of each chunk of an article in a planned index."""

    def __init__(
        self,
        content: Content,
        paths: Sequence[str],
        live: LiveRows,
        suffixes: Callable[[str], Sequence[str]],
    ) -> None:
        """Prepare to find rows.

        Args:
            content: the rows.
            paths: of the new articles, in their order.
            live: rows of the live generation, of which some stay.
            suffixes: gives the chunk ids of the article at a path, apart from the article's id.
        """
        self._content = content
        self._live = live
        self._suffixes = suffixes
        self._new: dict[str, list[int]] = {path: [] for path in paths}
        found: list[list[tuple[int, int]]] = [[] for _ in paths]
        for row, chunk in zip(content.chunks.added.tolist(), content.new_chunks, strict=True):
            found[chunk.article].append((chunk.place, row))
        for path, pairs in zip(paths, found, strict=True):
            self._new[path] = [row for _, row in sorted(pairs)]
        self._ids = dict(zip(live.paths, live.ids, strict=True))

    def kept_rows(self) -> dict[str, int]:
        """Path of each article that stays → its row in the live generation."""
        kept = np.flatnonzero(self._content.articles.kept).tolist()
        return {self._live.paths[row]: row for row in kept}

    def of(self, path: str) -> list[int]:
        """Rows of the article's chunks, in their order."""
        if path in self._new:
            return self._new[path]
        ids = (self._ids[path] + suffix for suffix in self._suffixes(path))
        return [int(self._content.chunks.moved[self._live.place(id)[0]]) for id in ids]


def plan_content(
    ids: Mapping[str, str],
    keys: Mapping[str, bytes],
    same: Callable[[str], bool],
    body: Callable[[bytes], Body],
    rows: LiveRows,
) -> tuple[Content, list[str]]:
    """Plan an index.

    Args:
        ids: path of each article that enters it → its id.
        keys: path → key of its body.
        same: whether the file at a path is the one that the live generation was built from.
        body: gives the body of an article by its key.
        rows: of the live generation, which may stay.

    Returns:
        The rows, and the paths of the new articles in their order.

    Raises:
        BuildError: two chunks have one id.
    """
    stay = {
        path
        for path, id in zip(rows.paths, rows.ids, strict=True)
        if ids.get(path) == id and same(path)
    }
    kept = np.array([path in stay for path in rows.paths], dtype=np.bool_)
    new = sorted((id, path) for path, id in ids.items() if path not in stay)
    articles = [NewArticle(id, keys[path]) for id, path in new]
    places = np.array([bisect_left(rows.ids, id) for id, _ in new], dtype=np.int64)
    kept_chunks = kept[rows.owners] if len(kept) else np.empty(0, dtype=np.bool_)
    chunks = sorted(
        NewChunk(article.id + row.suffix, number, place)
        for number, article in enumerate(articles)
        for place, row in enumerate(body(article.key).chunks)
    )
    before = _places(chunks, rows, kept_chunks, articles, body)
    content = Content(merge_rows(kept, places), merge_rows(kept_chunks, before), articles, chunks)
    return content, [path for _, path in new]


def _places(
    chunks: Sequence[NewChunk],
    rows: LiveRows,
    kept: NDArray[np.bool_],
    articles: Sequence[NewArticle],
    body: Callable[[bytes], Body],
) -> NDArray[np.int64]:
    """How many live chunks stand before each new one; no two may have one id."""
    for one, other in pairwise(chunks):
        if one.id == other.id:
            first, second = (_ref(chunk, articles, body) for chunk in (one, other))
            raise _twice(one.id, first, second)
    places = np.empty(len(chunks), dtype=np.int64)
    for number, chunk in enumerate(chunks):
        places[number], following = rows.place(chunk.id)
        if following == chunk.id and kept[places[number]]:
            owner = rows.paths[rows.owners[places[number]]]
            raise _twice(chunk.id, owner, _ref(chunk, articles, body))
    return places


def _ref(chunk: NewChunk, articles: Sequence[NewArticle], body: Callable[[bytes], Body]) -> str:
    return body(articles[chunk.article].key).ref(chunk.place)


def _twice(id: str, one: str, other: str) -> BuildError:
    return BuildError(
        f"two chunks have the id {id!r}: {one} and {other}",
        hint="Give one of the two headings an id of its own: ## Heading {#other-id}",
    )
