"""Every byte of an index is read and compared, and what the files say of each other."""

from __future__ import annotations

import json
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from kbassist import build_index
from kbassist.errors import IndexBroken, IndexIncompatible, IndexMissing
from kbassist.index.generation import hash_files, live_folder
from kbassist.index.manifest import MANIFEST_NAME, read_manifest
from kbassist.index.verify import Verified, verify_generation, verify_index
from tests.conftest import WriteKb

ARTICLES = {
    "fees.md": "# Fees\n\nA withdrawal costs 1.5 USDT a day.\n\n## Deposits\n\nA deposit costs 0 USDT a day.\n",
    "staff.md": "---\naudience: staff\n---\n# Staff\n\nIt costs 9 USDT a day.\n",
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("verify")
    for name, text in ARTICLES.items():
        (folder / "kb").mkdir(exist_ok=True)
        (folder / "kb" / name).write_text(text)
    build_index(folder / "kb", folder / "index")
    return folder / "index"


@pytest.fixture
def live(built: Path, tmp_path: Path) -> Path:
    """The live generation of an index of the test's own."""
    return live_folder(shutil.copytree(built, tmp_path / "index"))


def test_what_was_built_is_sound(built: Path) -> None:
    (found,) = verify_index(built)
    files = read_manifest(live_folder(built), rebuild=str).files
    size = sum(entry.size for entry in files.values())
    assert found == Verified("gen-000001", True, len(files), size, None)
    assert found.sound and size > 10_000


def test_every_file_is_read_to_its_last_byte(live: Path) -> None:
    """Whatever its size: opening an index compares no more than the size of a large one."""
    names = list(read_manifest(live, rebuild=str).files)
    assert len(names) > 8
    for name in names:
        before = (live / name).read_bytes()
        (live / name).write_bytes(before[:-1] + bytes([before[-1] ^ 1]))
        (found,) = verify_index(live.parent)
        assert not found.sound and isinstance(found.fault, IndexBroken)
        assert f"{live / name}: its content is not what was built" == found.fault.message
        (live / name).write_bytes(before)
    assert verify_index(live.parent)[0].sound


def test_a_large_file_is_hashed(live: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kbassist.index.generation.check_files.__kwdefaults__", {"hashed_up_to": 0})
    file = live / "chunks.sqlite"
    content = file.read_bytes()
    file.write_bytes(content[:-1] + b"?")
    with pytest.raises(IndexBroken, match=r"chunks\.sqlite: its content"):
        verify_generation(live)


def test_one_fault_does_not_hide_another_generation(
    live: Path, write_kb: WriteKb, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = live.parent
    build_index(write_kb(ARTICLES), index, full=True)
    (live / MANIFEST_NAME).write_text("{}")
    first, second = verify_index(index, every=True)
    assert (first.generation, first.live, first.files, first.size) == ("gen-000001", False, 0, 0)
    assert isinstance(first.fault, IndexIncompatible)
    assert (second.generation, second.live, second.sound) == ("gen-000002", True, True)
    assert verify_index(index) == (second,)


def test_there_is_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing):
        verify_index(tmp_path)


Damage = Callable[[Path], None]


def array(name: str, change: Callable[[np.ndarray], None]) -> Damage:
    def damage(folder: Path) -> None:
        found = np.load(folder / name)
        change(found)
        np.save(folder / name, found)

    return damage


def at(place: int, value: float) -> Callable[[np.ndarray], None]:
    def change(found: np.ndarray) -> None:
        found.reshape(-1)[place] = value

    return change


def sql(*statements: str) -> Damage:
    def damage(folder: Path) -> None:
        with closing(sqlite3.connect(folder / "chunks.sqlite", isolation_level=None)) as connection:
            for statement in statements:
                connection.execute(statement)

    return damage


def count(name: str) -> Damage:
    def damage(folder: Path) -> None:
        table = json.loads((folder / MANIFEST_NAME).read_text())
        table["counts"][name] += 1
        (folder / MANIFEST_NAME).write_text(json.dumps(table))

    return damage


def reverse(found: np.ndarray) -> None:
    found[:] = found[::-1].copy()


FAULTS = {
    "a posting of no row": (array("bm25.rows.npy", at(-1, 99)), "bm25.rows.npy", "names a row"),
    "a negative row": (array("bm25.rows.npy", at(0, -1)), "bm25.rows.npy", "names a row"),
    "rows that fall": (array("bm25.rows.npy", reverse), "bm25.rows.npy", "not in order"),
    "a frequency that is not there": (array("bm25.tf.npy", at(0, 99)), "bm25.tf.npy", "a freq"),
    "a term without postings": (
        array("bm25.indptr.npy", at(1, 0)),
        "bm25.indptr.npy",
        "no postings",
    ),
    "an infinite idf": (array("bm25.idf.npy", at(0, np.inf)), "bm25.idf.npy", "holds no number"),
    "offsets that fall": (
        array("bm25.term_offsets.npy", at(1, 99)),
        "bm25.term_offsets.npy",
        "offsets are not in order",
    ),
    "terms that are not in order": (
        array("bm25.terms.npy", at(0, ord("z"))),
        "bm25.terms.npy",
        "stands after",
    ),
    "a term that is no text": (array("bm25.terms.npy", at(0, 0xFF)), "bm25.terms.npy", "UTF-8"),
    "an owner of no row": (array("vectors.owners.npy", at(-1, 9)), "vectors.owners.npy", "a chunk"),
    "a vector of zeros": (
        array("vectors.codes.npy", lambda v: v.fill(0)),
        "vectors.codes.npy",
        "without a direction",
    ),
    "no number in an idf": (array("bm25.idf.npy", at(1, np.nan)), "bm25.idf.npy", "no number"),
    "a word that is not there": (
        array("words.terms.npy", at(0, 10**6)),
        "words.terms.npy",
        "there are",
    ),
    "a unit that is not there": (
        array("words.units.npy", at(0, 10**7)),
        "words.units.npy",
        "there are",
    ),
    "units out of order": (
        array("words.starts.npy", at(1, 10**6)),
        "words.starts.npy",
        "does not fit",
    ),
    "a title of no article": (
        array("titles.article.npy", at(0, 9)),
        "titles.article.npy",
        "beyond",
    ),
    "a chunk of no article": (
        array("chunks.article.npy", at(0, 1)),
        "chunks.sqlite",
        "other articles",
    ),
    "an article too many": (count("articles"), "chunks.sqlite", "2 articles, but manifest.json"),
    "a vector too many": (count("vectors"), "vectors.owners.npy", "but manifest.json counts 4"),
    "a chunk too many": (count("chunks"), "chunks.article.npy", "3 chunks, but manifest.json"),
    "a gap in the rows": (
        sql("UPDATE chunks SET row = 9 WHERE row = 2"),
        "chunks.sqlite",
        "not numbered from 0",
    ),
    "chunks that are not sorted": (
        sql("UPDATE chunks SET id = 'zzz' WHERE row = 0"),
        "chunks.sqlite",
        "order of their ids",
    ),
    "an article without a text": (
        array("texts.starts.npy", at(0, 1)),
        "texts.starts.npy",
        "does not fit texts",
    ),
    "a text that ends too early": (
        array("texts.starts.npy", at(1, 0)),
        "chunks.sqlite",
        "is behind the text",
    ),
    "a facet of no article": (
        sql("INSERT INTO facets VALUES ('kind', 'faq', 7)"),
        "chunks.sqlite",
        "facets of articles",
    ),
    "a restriction of no article": (
        sql("INSERT INTO restricted VALUES (7, 'staff')"),
        "chunks.sqlite",
        "restrictions of articles",
    ),
    "no table": (sql("DROP TABLE restricted"), "chunks.sqlite", "other tables than a store"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_cannot_be_though_every_hash_fits(live: Path, fault: str) -> None:
    """As a fault of a builder would leave it, or somebody who means harm."""
    damage, name, message = FAULTS[fault]
    damage(live)
    table = json.loads((live / MANIFEST_NAME).read_text())
    table["files"] = {
        file: {"sha256": entry.sha256, "size": entry.size}
        for file, entry in hash_files(live).items()
    }
    (live / MANIFEST_NAME).write_text(json.dumps(table))
    with pytest.raises(IndexBroken, match=message) as error:
        verify_generation(live)
    assert str(live / name) in error.value.message


def test_a_torn_page_of_the_store(live: Path) -> None:
    file = live / "chunks.sqlite"
    content = bytearray(file.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    file.write_bytes(content)
    table = json.loads((live / MANIFEST_NAME).read_text())
    table["files"]["chunks.sqlite"]["sha256"] = hash_files(live)["chunks.sqlite"].sha256
    (live / MANIFEST_NAME).write_text(json.dumps(table))
    with pytest.raises(IndexBroken, match=r"chunks\.sqlite"):
        verify_generation(live)
