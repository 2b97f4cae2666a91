"""The tables of `chunks.sqlite`, and how the file is opened."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from kbassist.index.arrays import broken
from kbassist.index.files import size_of

SCHEMA = """
CREATE TABLE articles (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, path TEXT NOT NULL UNIQUE,
                       meta TEXT NOT NULL);
CREATE TABLE chunks (row INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, article INTEGER NOT NULL,
                     anchor TEXT NOT NULL, heading_path TEXT NOT NULL, ordinal INTEGER NOT NULL,
                     spans TEXT NOT NULL, units TEXT NOT NULL, questions TEXT NOT NULL,
                     hash TEXT NOT NULL, place INTEGER NOT NULL, size INTEGER NOT NULL,
                     text TEXT);
CREATE TABLE facets (key TEXT NOT NULL, value TEXT NOT NULL, article INTEGER NOT NULL,
                     PRIMARY KEY (key, value, article)) WITHOUT ROWID;
CREATE TABLE restricted (article INTEGER NOT NULL, label TEXT NOT NULL,
                         PRIMARY KEY (article, label)) WITHOUT ROWID;
"""

_TABLES = set(SCHEMA.strip().rstrip(";").split(";\n"))


def connect(path: Path) -> sqlite3.Connection:
    """Open a store read-only; it need not be one, nor come from a friend.

    Raises:
        IndexBroken: it is not there, or cannot be opened.
        OSError: it cannot be read.
    """
    try:
        size_of(path)
        uri = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        connection = sqlite3.connect(uri, uri=True, check_same_thread=False)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA cell_size_check = ON")
        found = connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL").fetchall()
    except FileNotFoundError:
        raise broken(path, "missing") from None
    except (sqlite3.Error, UnicodeDecodeError) as error:  # the latter of its own message
        raise broken(path, str(error)) from None
    if {sql for (sql,) in found} != _TABLES:  # a view could go on for ever
        raise broken(path, "has other tables than a store")
    return connection
