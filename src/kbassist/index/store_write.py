"""Writing `chunks.sqlite` and the texts beside it: rows that stay and new ones, in one order.

Each table is filled in the order of its rows, wherever a row comes from, so that the same content
gives the same bytes: SQLite lays pages out by the order of insertion.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kbassist.index import codec
from kbassist.index.filters import facets, restricting
from kbassist.index.merge import Merge, runs
from kbassist.index.record import Body
from kbassist.index.store import STORE_NAME
from kbassist.index.store_file import SCHEMA
from kbassist.index.texts import TextsWriter

_KEPT_ARTICLES = (
    "INSERT INTO articles SELECT row + ?, id, path, meta FROM live.articles"
    " WHERE row BETWEEN ? AND ? ORDER BY row"
)
_KEPT_CHUNKS = (
    "INSERT INTO chunks SELECT c.row + ?, c.id, m.new, c.anchor, c.heading_path, c.ordinal,"
    " c.spans, c.units, c.questions, c.hash, c.place, c.size, c.text FROM live.chunks c"
    " CROSS JOIN moved m ON m.old = c.article WHERE c.row BETWEEN ? AND ? ORDER BY c.row"
)
_FACETS = (
    "INSERT INTO facets SELECT f.key, f.value, m.new FROM live.facets f JOIN moved m"
    " ON m.old = f.article UNION ALL SELECT key, value, article FROM fresh_facets ORDER BY 1, 2, 3"
)
_RESTRICTED = (
    "INSERT INTO restricted SELECT m.new, r.label FROM live.restricted r JOIN moved m"
    " ON m.old = r.article UNION ALL SELECT article, label FROM fresh_restricted ORDER BY 1, 2"
)


class NewArticle(NamedTuple):
    """An article that the live generation does not have."""

    id: str
    key: bytes
    """Of its body."""


class NewChunk(NamedTuple):
    """A chunk of a new article."""

    id: str
    article: int
    """Place among the new articles."""
    place: int
    """Place among the article's chunks."""


class Content(NamedTuple):
    """What an index holds, by where it comes from."""

    articles: Merge
    chunks: Merge
    new_articles: Sequence[NewArticle]
    """By id."""
    new_chunks: Sequence[NewChunk]
    """By id."""


def write_store(
    folder: Path,
    content: Content,
    body: Callable[[bytes], Body],
    restricted: Sequence[str],
    live: Path | None = None,
) -> None:
    """Write `chunks.sqlite` and the texts; the same content gives the same bytes.

    Args:
        folder: of the generation that is being built.
        content: its rows.
        body: gives the body of a new article by its key.
        restricted: audience labels that hide an article.
        live: folder of the generation that the rows which stay are taken from.
    """
    uri = f"{(folder / STORE_NAME).resolve().as_uri()}?mode=rwc"
    with closing(sqlite3.connect(uri, uri=True, isolation_level=None)) as connection:
        connection.execute("PRAGMA page_size = 4096")
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")  # the generation is synced before it is live
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.executescript(SCHEMA)
        _attach(connection, live)
        connection.execute("BEGIN")
        _moved(connection, content.articles)
        with TextsWriter(folder, live) as texts:
            _write_articles(connection, content, body, restricted, texts)
        _fill(
            connection,
            content.chunks,
            _KEPT_CHUNKS,
            "INSERT INTO chunks VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            _chunk_rows(content, body),
        )
        connection.execute("COMMIT")


def _attach(connection: sqlite3.Connection, live: Path | None) -> None:
    """Open the live store beside the new one; an empty one where there is none."""
    if live is None:
        connection.execute("ATTACH ':memory:' AS live")
        for statement in SCHEMA.replace("CREATE TABLE ", "CREATE TABLE live.").split(";"):
            connection.execute(statement)
    else:
        uri = f"{(live / STORE_NAME).resolve().as_uri()}?mode=ro&immutable=1"
        connection.execute("ATTACH ? AS live", [uri])


def _moved(connection: sqlite3.Connection, merge: Merge) -> None:
    """Where each article that stays goes, as a table to join with."""
    connection.execute("CREATE TEMP TABLE moved (old INTEGER PRIMARY KEY, new INTEGER NOT NULL)")
    kept = np.flatnonzero(merge.kept)
    pairs = zip(kept.tolist(), merge.moved[kept].tolist(), strict=True)
    connection.executemany("INSERT INTO moved VALUES (?, ?)", pairs)


def _write_articles(
    connection: sqlite3.Connection,
    content: Content,
    body: Callable[[bytes], Body],
    restricted: Sequence[str],
    texts: TextsWriter,
) -> None:
    connection.execute("CREATE TEMP TABLE fresh_facets (key TEXT, value TEXT, article INTEGER)")
    connection.execute("CREATE TEMP TABLE fresh_restricted (article INTEGER, label TEXT)")

    pairs: list[tuple[object, ...]] = []
    labels: list[tuple[object, ...]] = []

    def rows() -> Iterator[tuple[object, ...]]:
        new = zip(content.articles.added.tolist(), content.new_articles, strict=True)
        for row, article in new:
            found = body(article.key)
            texts.add(found.text)
            stored = found.meta
            meta = codec.load_meta(stored)
            if meta.id != article.id:  # another article asked for it too
                meta = replace(meta, id=article.id)
                stored = codec.dump_meta(meta)
            pairs.extend([(*pair, row) for pair in facets(meta)])
            labels.extend([(row, label) for label in set(restricting(meta, restricted))])
            yield row, meta.id, meta.path, stored

    new_row = "INSERT INTO articles VALUES (?, ?, ?, ?)"
    _fill(connection, content.articles, _KEPT_ARTICLES, new_row, rows(), texts.keep)
    connection.executemany("INSERT INTO fresh_facets VALUES (?, ?, ?)", pairs)
    connection.executemany("INSERT INTO fresh_restricted VALUES (?, ?)", labels)
    connection.execute(_FACETS)
    connection.execute(_RESTRICTED)


def _fill(
    connection: sqlite3.Connection,
    merge: Merge,
    keep: str,
    insert: str,
    new: Iterator[tuple[object, ...]],
    kept: Callable[[int, int], None] = lambda first, end: None,
) -> None:
    """Fill a table in the order of its rows, a stretch of old or of new ones at a time.

    Args:
        connection: with the live store attached.
        merge: of the table's rows.
        keep: takes a stretch of old rows over.
        insert: adds a new one.
        new: the new rows, in their order.
        kept: told the first of a stretch of old rows and one past its last.
    """
    for start, stop, old in runs(merge.origin):
        if old < 0:
            connection.executemany(insert, islice(new, stop - start))
        else:
            connection.execute(keep, (start - old, old, old + stop - start - 1))
            kept(old, old + stop - start)


def _chunk_rows(content: Content, body: Callable[[bytes], Body]) -> Iterator[tuple[object, ...]]:
    owners = content.articles.added.tolist()
    for row, chunk in zip(content.chunks.added.tolist(), content.new_chunks, strict=True):
        article = content.new_articles[chunk.article]
        columns = body(article.key).chunks[chunk.place]
        yield row, chunk.id, owners[chunk.article], *columns[1:]
