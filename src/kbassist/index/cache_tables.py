"""The tables of `cache.sqlite`."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from pathlib import Path

FORMAT = 2
"""Raised whenever the tables or an entry's form change."""

_APPLICATION = 0x6B626331
_SCHEMA = """
CREATE TABLE about (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE facts (key BLOB PRIMARY KEY, used INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE bodies (key BLOB PRIMARY KEY, used INTEGER NOT NULL, data BLOB NOT NULL);
CREATE TABLE vectors (key BLOB PRIMARY KEY, used INTEGER NOT NULL, data BLOB NOT NULL);
"""

TABLES = ("facts", "bodies", "vectors")
"""The kinds of entries."""


def readable(path: Path) -> sqlite3.Connection:
    """A cache to be read."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)


def writable(path: Path) -> sqlite3.Connection:
    """A cache to be written; made where there is none.

    Raises:
        sqlite3.DatabaseError: the file is damaged, or no cache of this version.
    """
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        if not connection.execute("PRAGMA schema_version").fetchone()[0]:
            connection.execute("PRAGMA auto_vacuum = INCREMENTAL")
            connection.execute(f"PRAGMA application_id = {_APPLICATION}")
            connection.execute(f"PRAGMA user_version = {FORMAT}")
            connection.executescript(f"BEGIN;{_SCHEMA}COMMIT;")
        elif not is_ours(connection):
            raise sqlite3.DatabaseError("no cache of this version")
    except BaseException:
        connection.close()
        raise
    return connection


def is_ours(connection: sqlite3.Connection) -> bool:
    """Whether a file is a cache of this version."""
    marks = (_one(connection, "PRAGMA application_id"), _one(connection, "PRAGMA user_version"))
    return marks == (_APPLICATION, FORMAT)


def _one(connection: sqlite3.Connection, query: str) -> int:
    return int(connection.execute(query).fetchone()[0])


def about(connection: sqlite3.Connection, name: str, default: int) -> int:
    """A number that the cache keeps about itself."""
    found = connection.execute("SELECT value FROM about WHERE name = ?", [name]).fetchone()
    return default if found is None else int(found[0])


def set_about(connection: sqlite3.Connection, name: str, value: int) -> None:
    """Keep such a number."""
    connection.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", (name, value))


def total(connection: sqlite3.Connection, table: str) -> Sequence[int]:
    """Entries of a table, and their bytes."""
    query = f"SELECT count(*), coalesce(sum(length(data)), 0) FROM {table}"
    return tuple(map(int, connection.execute(query).fetchone()))


def drop_beyond(connection: sqlite3.Connection, limit: int) -> None:
    """Delete what was used least recently until the rest fits; the small facts go last."""
    pages, size, free = (
        _one(connection, f"PRAGMA {name}") for name in ("page_count", "page_size", "freelist_count")
    )
    if (pages - free) * size <= limit:
        return
    over = sum(total(connection, table)[1] for table in TABLES) - limit
    for table, key, entry in _by_age(connection) if over > 0 else ():
        if over <= 0:
            return
        connection.execute(f"DELETE FROM {table} WHERE key = ?", [key])
        over -= entry


def _by_age(connection: sqlite3.Connection) -> Iterator[tuple[str, bytes, int]]:
    """Table, key and bytes of every entry, the one to go first before all others."""
    tables = " UNION ALL ".join(
        f"SELECT used, {place} AS place, '{name}', key, length(data) FROM {name}"
        for place, name in enumerate(reversed(TABLES))
    )
    yield from (
        (str(name), bytes(key), int(size))
        for _, _, name, key, size in connection.execute(f"{tables} ORDER BY 1, 2, 4").fetchall()
    )
