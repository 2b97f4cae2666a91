"""The cache: what goes in comes out, the oldest goes first, and nothing in it can do harm."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import zlib
from pathlib import Path

import pytest

from kbassist.index.cache import Cache, cache_key, clear, pack, prune, state, unpack

Entry = tuple[str, bytes, bytes]


def entry(table: str, name: str, size: int) -> Entry:
    key = cache_key(name)
    return table, key, pack(key, bytes(name.encode()) + bytes(size))


def put(index: Path, *entries: Entry, limit: int | None = None) -> None:
    cache = Cache(index)
    assert cache.save(lambda: entries, limit=limit)


def has(index: Path, table: str, *names: str) -> list[str]:
    cache = Cache(index)
    found = [name for name in names if cache.get(table, cache_key(name)) is not None]
    cache.save(tuple)
    return found


@pytest.mark.parametrize("size", [0, 10, 5000])
def test_entries_come_back(tmp_path: Path, size: int) -> None:
    for table in ("facts", "bodies", "vectors"):
        put(tmp_path, entry(table, "a", size))
        assert Cache(tmp_path).get(table, cache_key("a")) == b"a" + bytes(size)
        assert Cache(tmp_path).get(table, cache_key("b")) is None
        assert Cache(tmp_path, ignored=True).get(table, cache_key("a")) is None


def test_keys_depend_on_every_part() -> None:
    assert cache_key("ab", "c") != cache_key("a", "bc") != cache_key("a", "b", "c")
    assert len(cache_key("\ud800")) == 16


@pytest.mark.parametrize("size", [10, 5000])
def test_a_damaged_or_foreign_entry_is_none(size: int) -> None:
    packed = pack(cache_key("a"), bytes(size))
    with pytest.raises(ValueError, match="another entry"):
        unpack(cache_key("b"), packed)
    for damaged in (packed[:-1], b"", packed[:4] + b"!" + packed[5:], packed[::-1]):
        with pytest.raises(ValueError):
            unpack(cache_key("a"), damaged)


def test_an_entry_unfolds_to_no_more_than_memory_has() -> None:
    key = cache_key("a")
    bomb = zlib.compressobj(9)
    data = bomb.compress(key) + b"".join(bomb.compress(bytes(1 << 24)) for _ in range(20))
    with pytest.raises(ValueError, match="another entry"):
        unpack(key, data + bomb.flush())


def test_the_least_recently_used_go_first(tmp_path: Path) -> None:
    for name in "abcd":
        put(tmp_path, entry("bodies", name, 0), *(entry("facts", name, 0) for _ in range(1)))
    sizes = {kind.name: kind.bytes for kind in state(tmp_path).kinds}
    put(tmp_path, limit=sizes["facts"] + sizes["bodies"] // 2)
    prune(tmp_path, None)
    assert has(tmp_path, "bodies", *"abcd") == ["b", "c", "d"]
    prune(tmp_path, 0)
    assert has(tmp_path, "facts", *"abcd") == []


def test_what_is_used_stays(tmp_path: Path) -> None:
    put(tmp_path, entry("bodies", "old", 3000), entry("bodies", "used", 3000))
    for _ in range(20):
        put(tmp_path)
    assert has(tmp_path, "bodies", "used") == ["used"]
    connection = sqlite3.connect(tmp_path / "cache.sqlite")
    ages = dict(connection.execute("SELECT key, used FROM bodies").fetchall())
    assert ages[cache_key("used")] == 22 and ages[cache_key("old")] == 1


def test_a_limit_below_one_build_keeps_the_small_facts(tmp_path: Path) -> None:
    blob = bytes(range(256)) * 400
    entries = []
    for number in range(40):
        for table in ("facts", "bodies"):
            key = cache_key(f"{table}{number}")
            size = 100 if table == "facts" else 10_000
            entries.append((table, key, b"\x00" + zlib.crc32(key + blob[:size]).to_bytes(4, "little")
                            + blob[:size]))  # fmt: skip
    put(tmp_path, *entries, limit=100_000)
    kinds = {kind.name: kind.entries for kind in state(tmp_path).kinds}
    assert kinds["facts"] == 40 and 5 <= kinds["bodies"] < 12


def test_the_state_of_no_cache(tmp_path: Path) -> None:
    found = state(tmp_path)
    assert (found.bytes, [kind.entries for kind in found.kinds]) == (0, [0, 0, 0])
    clear(tmp_path)
    prune(tmp_path, 5)
    assert list(tmp_path.iterdir()) == []


def test_a_foreign_database_is_replaced_and_a_locked_one_left(tmp_path: Path) -> None:
    path = tmp_path / "cache.sqlite"
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE t (x)")
    connection.commit()
    connection.close()
    assert Cache(tmp_path).damaged
    assert state(tmp_path).kinds[0].entries == 0
    put(tmp_path, entry("facts", "a", 5))
    assert has(tmp_path, "facts", "a") == ["a"]
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    locked = Cache(tmp_path)
    assert locked.get("facts", cache_key("a")) is None
    holder.close()


CUT_SHORT = """
import os, sqlite3, sys
connection = sqlite3.connect(sys.argv[1], isolation_level=None)
connection.execute("PRAGMA cache_size = 1")
connection.execute("BEGIN IMMEDIATE")
connection.execute("DELETE FROM facts")
for number in range(200):
    connection.execute("INSERT INTO bodies VALUES (?, 1, ?)", (bytes([number]), bytes(5000)))
os._exit(9)
"""


def test_a_write_that_was_killed_is_undone(tmp_path: Path) -> None:
    put(tmp_path, *(entry("facts", name, 900) for name in "abcdefgh"))
    path = tmp_path / "cache.sqlite"
    subprocess.run([sys.executable, "-c", CUT_SHORT, str(path)], check=False)
    assert (tmp_path / "cache.sqlite-journal").stat().st_size > 0
    cache = Cache(tmp_path)
    assert cache.get("facts", cache_key("a")) == b"a" + bytes(900)
    assert not cache.damaged
    cache.close()
    assert [kind.entries for kind in state(tmp_path).kinds] == [8, 0, 0]
