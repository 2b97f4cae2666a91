"""Chunks and article metadata in SQLite: written once, then opened read-only and immutable.

Rows of `chunks` are numbered from 0 in the order of chunk ids, which is the order of rows in both
legs; rows of `articles` follow article ids.
"""

from __future__ import annotations

import sqlite3
import threading
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

from kbassist.index import codec
from kbassist.index.arrays import broken
from kbassist.index.filters import VALID_FROM, VALID_UNTIL
from kbassist.index.store_file import connect
from kbassist.index.texts import Texts
from kbassist.kept import Kept
from kbassist.types import ArticleMeta, Chunk, Span

STORE_NAME = "chunks.sqlite"
CHUNK_ARTICLES_NAME = "chunks.article.npy"
"""int32 array: row of the article that each chunk belongs to."""

_KEPT = 1024
"""Chunks last read that are kept, some 8 MB, and articles of chunks."""
_BATCH = 500
"""Chunks that are read at once when all are."""

_FOREIGN = (
    ValueError, TypeError, KeyError, IndexError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip
"""What reading a value raises that no build wrote."""

_CHUNK_COLUMNS = (
    "c.row, c.id, c.article, c.anchor, c.heading_path, c.ordinal, c.spans, c.units, c.questions,"
    " c.hash, c.place, c.size, c.text"
)


class Store:
    """The read side, safe to share between threads.

    One connection serves them all, one query at a time, and is opened at once: the file may be
    collected by a later build while it is in use.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / STORE_NAME
        self._lock = threading.Lock()
        self.texts = Texts(folder)
        self._kept: Kept[tuple[Chunk, ArticleMeta]] = Kept(_KEPT)
        self._metas: Kept[ArticleMeta] = Kept(_KEPT)
        self._connection = connect(self._path)
        weakref.finalize(self, self._connection.close)  # it refers to itself
        self._count: int = self._query("SELECT count(*) FROM chunks")[0][0]

    def chunks(self, rows: Sequence[int]) -> dict[int, tuple[Chunk, ArticleMeta]]:
        """Chunks with their articles, by row; those last read are kept."""
        result: dict[int, tuple[Chunk, ArticleMeta]] = {}
        missing = []
        for row in rows:
            if (kept := self._kept.peek(row)) is None:
                missing.append(int(row))
            else:
                result[row] = kept
        if missing:
            for row, found in self._read(missing).items():
                self._kept.keep(row, found)
                result[row] = found
        return result

    def _read(self, rows: Sequence[int]) -> dict[int, tuple[Chunk, ArticleMeta]]:
        marks = ",".join("?" * len(rows))
        found = self._query(
            f"SELECT {_CHUNK_COLUMNS}, a.meta FROM chunks c JOIN articles a ON a.row = c.article"
            f" WHERE c.row IN ({marks})",
            rows,
        )
        result = {}
        with self._decoding():
            for record in found:
                article, (place, size), stored = record[2], record[-4:-2], record[-1]
                meta = self._metas.get(article, partial(codec.load_meta, stored))
                chunk = _chunk(record, meta, self.texts.window(article, place, size))
                result[record[0]] = (chunk, meta)
        return result

    def all_chunks(self) -> Iterator[tuple[Chunk, ArticleMeta]]:
        """Every chunk with its article, by chunk id."""
        for start in range(0, self._count, _BATCH):
            found = self._read(range(start, min(start + _BATCH, self._count)))
            yield from (found[row] for row in sorted(found))

    def chunk_row(self, chunk_id: str) -> int | None:
        """Row of a chunk by its id."""
        found = self._query("SELECT row FROM chunks WHERE id = ?", [chunk_id])
        return found[0][0] if found else None

    def article(self, *, id: str | None = None, path: str | None = None) -> ArticleMeta | None:
        """An article by id or by path."""
        column, value = ("id", id) if id is not None else ("path", path)
        found = self._query(f"SELECT meta FROM articles WHERE {column} = ?", [value])
        with self._decoding():
            return codec.load_meta(found[0][0]) if found else None

    def articles(self) -> list[ArticleMeta]:
        """All articles, by id."""
        found = self._query("SELECT meta FROM articles ORDER BY row")
        with self._decoding():
            return [codec.load_meta(record[0]) for record in found]

    def article_text(self, article_id: str) -> str:
        """The decoded text of an article as it was built."""
        found = self._query("SELECT row FROM articles WHERE id = ?", [article_id])
        if not found:
            raise broken(self._path, f"no text for the article {article_id!r}")
        with self._decoding():
            return self.texts.whole(found[0][0])

    def anchors(self, article_id: str) -> list[str]:
        """Anchors of an article's chunks, sorted."""
        found = self._query(
            "SELECT DISTINCT anchor FROM chunks JOIN articles ON articles.row = article"
            " WHERE articles.id = ? AND anchor != '' ORDER BY anchor",
            [article_id],
        )
        return [str(record[0]) for record in found]

    def facet_keys(self, audience: Sequence[str]) -> list[str]:
        """Every key that an article has which a caller with these labels may see."""
        hidden, labels = _hidden(audience)
        found = self._query(
            f"SELECT DISTINCT key FROM facets WHERE article NOT IN ({hidden}) ORDER BY key", labels
        )
        return [str(record[0]) for record in found]

    def has_facet(self, audience: Sequence[str], key: str, value: str | None = None) -> bool:
        """Whether an article that the caller may see has the key, or the value under it."""
        hidden, labels = _hidden(audience)
        condition, values = ("", [key]) if value is None else (" AND value = ?", [key, value])
        found = self._query(
            f"SELECT 1 FROM facets WHERE key = ?{condition} AND article NOT IN ({hidden}) LIMIT 1",
            [*values, *labels],
        )
        return bool(found)

    def with_facet(self, key: str, values: Iterable[str]) -> list[int]:
        """Rows of the articles that have one of the values under the key."""
        wanted = sorted({value.casefold() for value in values if codec.is_utf8(value)})
        marks = ",".join("?" * len(wanted))
        found = self._query(
            f"SELECT DISTINCT article FROM facets WHERE key = ? AND value IN ({marks})",
            [key, *wanted],
        )
        return [int(record[0]) for record in found]

    def restrictions(self) -> Mapping[int, frozenset[str]]:
        """Restricted articles by row, each with its restricting labels."""
        labels: dict[int, set[str]] = {}
        for article, label in self._query("SELECT article, label FROM restricted"):
            labels.setdefault(int(article), set()).add(str(label))
        return {article: frozenset(found) for article, found in labels.items()}

    def out_of_validity(self, day: date) -> list[int]:
        """Rows of the articles that are not valid yet, or no longer, on a day."""
        found = self._query(
            "SELECT DISTINCT article FROM facets"
            " WHERE (key = ? AND value > ?) OR (key = ? AND value < ?)",
            [VALID_FROM, day.isoformat(), VALID_UNTIL, day.isoformat()],
        )
        return [int(record[0]) for record in found]

    def _query(self, sql: str, values: Sequence[object] = ()) -> list[Any]:
        if not all(codec.is_utf8(value) for value in values if isinstance(value, str)):
            return []  # every text is compared with one that was stored, and none of those is such
        try:
            with self._lock:
                return self._connection.execute(sql, values).fetchall()
        except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter of its own message
            raise broken(self._path, str(error)) from None

    @contextmanager
    def _decoding(self) -> Iterator[None]:
        try:
            yield
        except _FOREIGN as error:
            raise broken(self._path, f"holds what no build wrote: {error!r}") from None


def _hidden(audience: Sequence[str]) -> tuple[str, list[str]]:
    """Query for the rows of the articles that these labels do not open, and its values."""
    labels = sorted({label for label in audience if codec.is_utf8(label)})
    marks = ",".join("?" * len(labels))
    query = (
        "SELECT article FROM restricted EXCEPT"
        f" SELECT article FROM restricted WHERE label IN ({marks})"
    )
    return query, labels


def _chunk(record: Sequence[Any], meta: ArticleMeta, window: str) -> Chunk:
    """A chunk.

    Args:
        record: its columns.
        meta: of its article.
        window: the stretch of the article's text from its first span to its last.
    """
    _, id, _, anchor, heading_path, ordinal, spans, units, questions, hash, _, _, text = record[:13]
    places = codec.load_spans(spans)
    source = window if len(places) == 1 else _source(window, places)
    codec.check_texts(id, anchor, hash, source if text is None else text)
    return Chunk(
        id=id,
        article_id=meta.id,
        path=meta.path,
        title=meta.title,
        heading_path=codec.load_texts(heading_path),
        anchor=anchor,
        ordinal=ordinal,
        spans=places,
        units=codec.load_units(units),
        source=source,
        text=source if text is None else text,
        questions=codec.load_texts(questions),
        hash=hash,
    )


def _source(window: str, spans: Sequence[Span]) -> str:
    first = min(span.start for span in spans)
    return "\n".join(window[span.start - first : span.end - first] for span in spans)
