"""A hostile index has the right hashes: whatever it holds, a reader names the file and goes on.

Each case was found by `python benchmarks/fuzz.py`, or stands for several that were.
"""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from kbassist import Assistant
from kbassist.errors import IndexBroken, KbassistError
from kbassist.index.diagnose import diagnosing
from kbassist.index.generation import hash_files
from kbassist.index.rollback import list_generations
from kbassist.index.verify import verify_generation

Damage = Callable[[Path], None]

QUESTION = "USDT-TRC20 提现没到账，钱去哪了？"


@pytest.fixture
def folder(harbor: Path, tmp_path: Path) -> Path:
    """The live generation of a copy of the example's index."""
    shutil.copytree(harbor, tmp_path / "index")
    return tmp_path / "index" / "gen-000001"


def repair(folder: Path) -> None:
    """Give every file the hash that it has now."""
    path = folder / "manifest.json"
    table = json.loads(path.read_text(encoding="utf-8"))
    table["files"] = {
        name: {"sha256": entry.sha256, "size": entry.size}
        for name, entry in hash_files(folder).items()
    }
    path.write_text(json.dumps(table), encoding="utf-8")


def filled(name: str, value: float) -> Damage:
    def damage(folder: Path) -> None:
        found = np.load(folder / name)
        found[:] = value
        np.save(folder / name, found)

    return damage


def rows(sql: str, *values: object) -> Damage:
    def damage(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "chunks.sqlite", isolation_level=None)) as store:
            store.execute("PRAGMA writable_schema = ON")
            store.execute(sql, values)

    return damage


def manifest(key: str, value: object) -> Damage:
    def damage(folder: Path) -> None:
        path = folder / "manifest.json"
        path.write_text(json.dumps({**json.loads(path.read_text("utf-8")), key: value}), "utf-8")

    return damage


HOSTILE = {
    "scores that are no numbers": (filled("bm25.idf.npy", np.nan), "bm25.idf.npy"),
    "units beyond the model": (filled("words.units.npy", 2**31), "words.units.npy"),
    "facets of no article": (rows("UPDATE OR IGNORE facets SET article = -5"), "chunks.sqlite"),
    "spans that are none": (rows("UPDATE chunks SET spans = '[1,2]'"), "chunks.sqlite"),
    "spans nested deep": (rows("UPDATE chunks SET spans = ?", "[" * 9_000), "chunks.sqlite"),
    "spans behind the text": (
        rows("UPDATE chunks SET spans = '[0,99999999,1,9]'"),
        "chunks.sqlite",
    ),
    "units of no kind": (rows("UPDATE chunks SET units = '[99,0,5,1,1]'"), "chunks.sqlite"),
    "units elsewhere": (rows("UPDATE chunks SET units = '[0,-7,5,1,1]'"), "chunks.sqlite"),
    "another text": (filled("texts.utf8.npy", ord("x")), "chunks.sqlite"),
    "a text that is no UTF-8": (filled("texts.utf8.npy", 0xFF), "chunks.sqlite"),
    "texts that overlap": (filled("texts.starts.npy", 0), "texts.starts.npy"),
    "a window behind the text": (rows("UPDATE chunks SET place = 1 << 62"), "chunks.sqlite"),
    "a window before the text": (rows("UPDATE chunks SET place = -9"), "chunks.sqlite"),
    "a window without end": (rows("UPDATE chunks SET size = 1 << 62"), "chunks.sqlite"),
    "a window that overflows": (
        rows("UPDATE chunks SET place = (1 << 62) * 2 - 1, size = 5"),
        "chunks.sqlite",
    ),
    "a window that is none": (rows("UPDATE chunks SET place = 'x'"), "chunks.sqlite"),
    "a window of fractions": (rows("UPDATE chunks SET place = 0.5"), "chunks.sqlite"),
    "another hash": (rows("UPDATE chunks SET hash = ''"), "chunks.sqlite"),
    "bytes for a text": (rows("UPDATE chunks SET text = ?", b"\xff\xfe"), "chunks.sqlite"),
    "a title that is a number": (
        rows("UPDATE articles SET meta = json_set(meta, '$.title', 7)"),
        "chunks.sqlite",
    ),
    "a list for an article": (rows("UPDATE articles SET meta = '[1]'"), "chunks.sqlite"),
    "a view that never ends": (
        rows(
            "UPDATE sqlite_schema SET type = 'view', rootpage = 0, sql = 'CREATE VIEW facets AS WITH"
            " RECURSIVE n(x) AS (SELECT 1 UNION ALL SELECT x FROM n) SELECT x AS key, x AS value,"
            " x AS article FROM n' WHERE name = 'facets'"
        ),
        "chunks.sqlite",
    ),
    "a schema that is no text": (
        rows(
            "UPDATE sqlite_schema SET sql = CAST(? AS TEXT) WHERE name = 'articles'",
            b"CREATE TABLE \xff\xfe(",
        ),
        "chunks.sqlite",
    ),
    "labels that are lists": (manifest("restricted_audiences", [["staff"]]), "manifest.json"),
    "sizes that are texts": (
        manifest("sources", {"x.md": {"sha256": "", "size": "1"}}),
        "manifest.json",
    ),
    "counts below nothing": (
        manifest("counts", {"articles": -1, "unpublished": 0, "chunks": 1, "vectors": 1}),
        "manifest.json",
    ),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_a_hostile_index_is_refused_by_the_name_of_a_file_or_does_no_harm(
    folder: Path, case: str
) -> None:
    damage, name = HOSTILE[case]
    damage(folder)
    repair(folder)
    with pytest.raises(IndexBroken) as refused:
        verify_generation(folder)
    assert str(folder / name) in refused.value.message
    try:
        answer = Assistant.open(folder.parent).ask(QUESTION)
    except IndexBroken as error:
        assert str(folder / name) in error.message
    else:
        assert case in ("facets of no article", "spans behind the text"), answer


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def endless(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


def unreadable(path: Path) -> None:
    path.unlink()
    path.symlink_to("/proc/self/mem")


def huge(path: Path) -> None:
    path.unlink()
    with path.open("wb") as stream:
        os.truncate(stream.fileno(), 1 << 42)  # sparse: takes no room


def deep(path: Path) -> None:
    path.write_bytes(b"[" * 100_000)


def directory(path: Path) -> None:
    path.unlink()
    path.mkdir()


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux")
@pytest.mark.parametrize("damage", [pipe, endless, unreadable, huge, deep, directory])
@pytest.mark.parametrize(
    "name", ["../CURRENT", "manifest.json", "bm25.idf.npy", "chunks.sqlite", "synonyms.json"]
)
def test_what_is_no_file_of_an_index_is_not_read_for_ever(
    folder: Path, name: str, damage: Callable[[Path], None]
) -> None:
    path = (folder / name).resolve()
    damage(path)
    with pytest.raises(IndexBroken) as refused:
        Assistant.open(folder.parent)
    assert str(path) in refused.value.message


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux")
@pytest.mark.parametrize("damage", [pipe, endless, unreadable, huge, deep, directory])
def test_local_hints_are_no_more_than_that(folder: Path, damage: Callable[[Path], None]) -> None:
    damage(folder / "local.json")
    answer = Assistant.open(folder.parent).ask(QUESTION)
    assert {citation.source for citation in answer.citations} == {"missing"}


@pytest.mark.skipif(not Path("/proc/self/mem").exists(), reason="needs Linux")
def test_a_manifest_that_cannot_be_read_spoils_no_list(folder: Path) -> None:
    unreadable(folder / "manifest.json")
    try:
        assert isinstance(list_generations(folder.parent), tuple)
    except KbassistError as error:
        assert str(folder.parent) in error.message


def test_what_fails_in_a_sound_index_is_no_fault_of_the_index(folder: Path) -> None:
    with pytest.raises(ZeroDivisionError), diagnosing(folder):
        raise ZeroDivisionError


def test_nothing_can_be_said_of_a_generation_that_is_gone(folder: Path) -> None:
    shutil.rmtree(folder)
    with pytest.raises(ZeroDivisionError), diagnosing(folder):
        raise ZeroDivisionError
