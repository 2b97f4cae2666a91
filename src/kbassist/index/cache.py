"""`cache.sqlite`: what earlier builds worked out, by the content that it was worked out from.

It lies in the index directory beside the generations and belongs to none: losing it costs time and
nothing else. A damaged or foreign file is made anew. Every entry is compressed together with its
key, so that one that was damaged, or stands in the wrong place, is found out and not used.
"""

from __future__ import annotations

import hashlib
import os
import sqlite3
import zlib
from collections.abc import Callable, Iterable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

from kbassist.index.cache_tables import (
    TABLES,
    about,
    drop_beyond,
    is_ours,
    readable,
    set_about,
    total,
    writable,
)

CACHE_NAME = "cache.sqlite"

DEFAULT_LIMIT = 512 << 20
"""Bytes; about half a million chunks."""

_LARGEST = 256 << 20
"""Bytes that an entry may unfold to."""
_FRESH = 16
"""Builds for which an entry counts as just used, so that a build need not write them all."""
_KEY = 16
_SHORT = 1 << 10
"""Bytes below which compression is not worth its time."""
_PLAIN = b"\x00"
"""How an entry begins that is not compressed; no compressed one does."""
_AT_ONCE = 100_000
"""Facts up to which all are read at once."""


def cache_key(*parts: str) -> bytes:
    """The key of what is worked out from these alone."""
    data = "".join([f"{len(part)}:{part}" for part in parts])
    return hashlib.blake2b(data.encode("utf-8", "surrogatepass"), digest_size=_KEY).digest()


def pack(key: bytes, data: bytes) -> bytes:
    """An entry as it is stored; `unpack` is the inverse."""
    if len(data) < _SHORT:
        return _PLAIN + zlib.crc32(key + data).to_bytes(4, "little") + data
    return zlib.compress(key + data, 1)


def unpack(key: bytes, entry: bytes) -> bytes:
    """Inverse of `pack`.

    Raises:
        ValueError: the entry is damaged, or another one.
    """
    if entry[:1] == _PLAIN:
        if zlib.crc32(key + entry[5:]).to_bytes(4, "little") != entry[1:5]:
            raise ValueError("another entry, or a damaged one")
        return entry[5:]
    unfold = zlib.decompressobj()
    try:
        data = unfold.decompress(entry, _LARGEST)
    except zlib.error as error:
        raise ValueError(str(error)) from None
    if not unfold.eof or data[:_KEY] != key:
        raise ValueError("another entry, or a part of one")
    return data[_KEY:]


@dataclass(frozen=True, slots=True)
class Kind:
    """The entries of one table."""

    name: str
    entries: int
    bytes: int
    """Of the entries, compressed."""


@dataclass(frozen=True, slots=True)
class CacheState:
    """What a cache holds."""

    path: str
    bytes: int
    """Size of the file; 0 where there is none."""
    limit: int
    """Bytes of entries up to which nothing is thrown away."""
    kinds: tuple[Kind, ...]


class Cache:
    """The cache of one index. Reading never fails; writing never leaves half of anything."""

    def __init__(self, index: Path, *, ignored: bool = False) -> None:
        """Open the cache of an index directory, which need not exist.

        Args:
            index: the directory.
            ignored: whether nothing is read from it.
        """
        self.path = index / CACHE_NAME
        self.damaged = False
        """Whether the file was found to be no cache of this version: it will be made anew."""
        self._connection: sqlite3.Connection | None = None
        self._used: dict[str, list[bytes]] = {name: [] for name in TABLES}
        self._builds = 0
        self._facts: dict[bytes, tuple[bytes, int]] | None = None
        self._all_facts = False
        if not ignored and self.path.is_file():
            self._open()

    def _open(self) -> None:
        try:
            mode = "rw" if os.access(self.path, os.W_OK) else "ro"  # to undo what was cut short
            uri = f"{self.path.resolve().as_uri()}?mode={mode}"
            self._connection = sqlite3.connect(
                uri, uri=True, isolation_level=None, check_same_thread=False
            )
            if not is_ours(self._connection):
                raise sqlite3.DatabaseError("another format")
            self._builds = about(self._connection, "builds", 0)
        except sqlite3.Error:
            self._give_up()

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def get(self, table: str, key: bytes) -> bytes | None:
        """An entry's data, or None."""
        found = self._find(table, key)
        return None if found is None else found[1]

    def packed(self, table: str, key: bytes) -> bytes | None:
        """An entry as it is stored and known to be sound, or None."""
        found = self._find(table, key)
        return None if found is None else found[0]

    def _find(self, table: str, key: bytes) -> tuple[bytes, bytes] | None:
        if self._connection is None:
            return None
        try:
            found = self._row(self._connection, table, key)
            if found is None:
                return None
            entry = bytes(found[0])
            data = unpack(key, entry)
            stale = found[1] + _FRESH <= self._builds
        except (sqlite3.Error, ValueError, TypeError):
            self._give_up()
            return None
        if stale:
            self._used[table].append(key)
        return entry, data

    def _row(
        self, connection: sqlite3.Connection, table: str, key: bytes
    ) -> tuple[bytes, int] | None:
        if table == "facts" and self._facts is None:  # every build asks for nearly all
            query = f"SELECT key, data, used FROM facts LIMIT {_AT_ONCE}"
            rows = connection.execute(query).fetchall()
            self._facts = {key: (data, used) for key, data, used in rows}
            self._all_facts = len(rows) < _AT_ONCE
        if table == "facts" and (self._all_facts or key in (self._facts or ())):
            return None if self._facts is None else self._facts.get(key)
        query = f"SELECT data, used FROM {table} WHERE key = ?"
        found: tuple[bytes, int] | None = connection.execute(query, [key]).fetchone()
        return found

    def save(
        self,
        entries: Callable[[], Iterable[tuple[str, bytes, bytes]]],
        *,
        limit: int | None = None,
    ) -> bool:
        """Add entries, note which were used, and drop the least recently used beyond the limit.

        One transaction, so that a crash loses nothing but what was to be added.

        Args:
            entries: gives the table, key and packed data of each.
            limit: bytes, kept for later builds; None for what the cache has.

        Returns:
            Whether that could be written; where not, the cache is as it was.
        """
        self.close()
        if self.damaged:
            clear(self.path.parent)
        try:
            self._write(entries(), limit)
        except sqlite3.OperationalError:  # a full disk, say, or another process that holds it
            return False
        except sqlite3.DatabaseError:
            clear(self.path.parent)
            with suppress(sqlite3.Error):
                self._write(entries(), limit)
        except OSError:
            return False
        return True

    def _write(self, entries: Iterable[tuple[str, bytes, bytes]], limit: int | None) -> None:
        with closing(writable(self.path)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            build = about(connection, "builds", 0) + 1
            set_about(connection, "builds", build)
            if limit is not None:
                set_about(connection, "limit", limit)
            for table, keys in self._used.items():
                connection.executemany(
                    f"UPDATE {table} SET used = ? WHERE key = ?", ((build, key) for key in keys)
                )
            for table, key, data in entries:
                connection.execute(
                    f"INSERT OR REPLACE INTO {table} VALUES (?, ?, ?)", (key, build, data)
                )
            drop_beyond(connection, about(connection, "limit", DEFAULT_LIMIT))
            connection.execute("COMMIT")
            connection.execute("PRAGMA incremental_vacuum").fetchall()

    @property
    def touched(self) -> bool:
        """Whether entries were used that have not been for long."""
        return any(self._used.values())

    def _give_up(self) -> None:
        self.damaged = True
        self.close()


def state(index: Path) -> CacheState:
    """What the cache of an index holds; nothing where it is missing or damaged."""
    path = index / CACHE_NAME
    size = path.stat().st_size if path.is_file() else 0
    kinds, limit = tuple(Kind(name, 0, 0) for name in TABLES), DEFAULT_LIMIT
    with suppress(sqlite3.Error), closing(readable(path)) as connection:
        if size and is_ours(connection):
            kinds = tuple(Kind(name, *total(connection, name)) for name in TABLES)
            limit = about(connection, "limit", DEFAULT_LIMIT)
    return CacheState(str(path), size, limit, kinds)


def prune(index: Path, limit: int | None) -> None:
    """Drop the least recently used entries beyond a limit, and give the space back.

    Args:
        index: the index directory.
        limit: bytes, kept for later builds; None for what the cache has.
    """
    cache = Cache(index)
    if not cache.path.is_file():
        return
    cache.save(tuple, limit=limit)
    with suppress(sqlite3.Error), closing(writable(cache.path)) as connection:
        connection.execute("VACUUM")


def clear(index: Path) -> None:
    """Delete the cache of an index."""
    for suffix in ("", "-journal"):
        (index / f"{CACHE_NAME}{suffix}").unlink(missing_ok=True)
