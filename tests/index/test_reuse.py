"""Another embedding model: the texts and BM25 files stay as they are, only the vectors are new."""

from __future__ import annotations

import errno
import os
from collections.abc import Sequence
from pathlib import Path

import pytest

from kbassist import Assistant, BuildSettings, build_index
from kbassist.config import Bm25Settings
from kbassist.embed import registry
from kbassist.embed.protocol import Matrix, Progress
from kbassist.index.generation import HASHED_AT_OPEN, live_folder
from kbassist.index.manifest import LOCAL_NAME, MANIFEST_NAME
from kbassist.index.reuse import TEXT_FILES, Live, reuse_files, sound_live
from tests.conftest import WriteKb
from tests.index.test_hybrid import HashedTerms

ARTICLES = {
    "a.md": "---\nquestions: [提币要多久, 为什么没到账]\n---\n# 提现\n\n提现一般十分钟到账。\n",
    "b.md": "# Fees\n\nThe fee is 1 USDT.\n\n## Refunds\n\nA refund takes three days.\n",
    "c.md": "---\naudience: staff\n---\n# 内部\n\n被盗时先冻结账户。\n",
    "kbassist.toml": 'restricted_audiences = ["staff"]\n',
}
CHANGES = [
    ("none", "hashed:1"),
    ("hashed:1", "none"),
    ("hashed:1", "hashed:2"),
    ("none", "bundled"),
    ("bundled", "hashed:1"),
]


class Failing(HashedTerms):
    def embed_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        raise RuntimeError("out of memory")


@pytest.fixture(autouse=True)
def _models(monkeypatch: pytest.MonkeyPatch) -> None:
    loaders = {**registry.LOADERS, "hashed": HashedTerms, "failing": Failing}
    monkeypatch.setattr(registry, "LOADERS", loaders)


@pytest.fixture
def kb(write_kb: WriteKb) -> Path:
    return write_kb(ARTICLES)


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def without_local(index: Path) -> dict[str, bytes]:
    files = contents(live_folder(index))
    del files[LOCAL_NAME]
    return files


def inodes(folder: Path) -> dict[str, int]:
    return {name: (folder / name).stat().st_ino for name in TEXT_FILES}


def stages(kb: Path, index: Path, embedder: str, *, full: bool = False) -> set[str]:
    """Build, and say which stages of the work took place."""
    found: set[str] = set()
    build_index(
        kb, index, embedder=embedder, full=full, progress=lambda stage, *_: found.add(stage)
    )
    return found


def sound(index: Path) -> Live:
    live = sound_live(index)
    assert live is not None
    return live


def test_the_list_names_every_file_of_a_lexical_index(kb: Path, tmp_path: Path) -> None:
    build_index(kb, tmp_path / "index", embedder="none")
    assert sorted((*TEXT_FILES, MANIFEST_NAME)) == sorted(without_local(tmp_path / "index"))


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_the_result_is_that_of_a_full_build(
    kb: Path, tmp_path: Path, before: str, after: str
) -> None:
    index, fresh = tmp_path / "index", tmp_path / "fresh"
    build_index(kb, index, embedder=before)
    old = live_folder(index)
    found, shared = contents(old), inodes(old)

    report = build_index(kb, index, embedder=after)

    expected = build_index(kb, fresh, embedder=after, full=True)
    assert (report.changed, report.generation) == (True, "gen-000002")
    assert (report.articles, report.chunks) == (expected.articles, expected.chunks) == (3, 4)
    assert report.embedder == (None if after == "none" else after)
    assert without_local(index) == without_local(fresh)
    assert inodes(live_folder(index)) == shared
    assert contents(old) == found
    assert not build_index(kb, index, embedder=after).changed


@pytest.mark.parametrize(("before", "after"), CHANGES)
def test_nothing_is_analysed(kb: Path, tmp_path: Path, before: str, after: str) -> None:
    index = tmp_path / "index"
    assert "words" in stages(kb, index, before)
    assert "words" not in stages(kb, index, after)
    assert "words" in stages(kb, index, after, full=True)


def test_an_index_without_a_model_gets_the_bundled_one(kb: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(kb, index, embedder="none")
    before = Assistant.open(index)
    shared = inodes(live_folder(index))
    report = build_index(kb, index)
    assert (report.changed, report.embedder, report.chunks) == (True, "bundled", 4)
    assert inodes(live_folder(index)) == shared
    after = Assistant.open(index)
    assert (before.index.mode(None), after.index.mode(None)) == ("lexical", "hybrid")
    assert after.search("refund fee", mode="lexical") == before.search("refund fee")


def test_both_legs_search_what_was_kept(kb: Path, tmp_path: Path) -> None:
    index, fresh = tmp_path / "index", tmp_path / "fresh"
    build_index(kb, index, embedder="none")
    build_index(kb, index, embedder="hashed:1")
    build_index(kb, fresh, embedder="hashed:1")
    mine, other = Assistant.open(index), Assistant.open(fresh)
    for question in ("提现没到账", "refund fee"):
        hits = mine.search(question, mode="hybrid")
        assert set(hits[0].legs) == {"bm25", "vector", "words", "title"}
        assert hits == other.search(question, mode="hybrid")


def test_generations_that_shared_their_files_are_collected(kb: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    for embedder in ("none", "hashed:1", "hashed:2", "none"):
        build_index(kb, index, embedder=embedder)
    names = ["CURRENT", "LOCK", "cache.sqlite", "gen-000003", "gen-000004"]
    assert sorted(path.name for path in index.iterdir()) == names
    assert {(live_folder(index) / name).stat().st_nlink for name in TEXT_FILES} == {2}
    assert Assistant.open(index).ask("提现").action == "answer"


@pytest.mark.parametrize("change", ["full", "text", "settings"])
def test_anything_else_builds_all_anew(
    kb: Path, write_kb: WriteKb, tmp_path: Path, change: str
) -> None:
    index, fresh = tmp_path / "index", tmp_path / "fresh"
    build_index(kb, index)
    shared = inodes(live_folder(index))
    settings = BuildSettings(bm25=Bm25Settings(k1=1.5)) if change == "settings" else None
    if change == "text":
        write_kb({"b.md": "# Fees\n\nThe fee is 2 USDT.\n"})
    build_index(kb, index, embedder="hashed:1", settings=settings, full=change == "full")
    build_index(kb, fresh, embedder="hashed:1", settings=settings)
    assert without_local(index) == without_local(fresh)
    now = inodes(live_folder(index))
    same = [name for name in TEXT_FILES if now[name] == shared[name]]
    assert same == (
        list(TEXT_FILES[:4]) if change == "settings" else []
    )  # k1 is none of the texts'


@pytest.mark.parametrize("number", [errno.EPERM, errno.EXDEV, errno.EMLINK])
def test_without_hard_links_the_files_are_copied(
    kb: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(source: Path, target: Path) -> None:
        raise OSError(number, os.strerror(number))

    index, fresh = tmp_path / "index", tmp_path / "fresh"
    build_index(kb, index)
    monkeypatch.setattr(os, "link", refuse)
    assert "words" not in stages(kb, index, "hashed:1")
    build_index(kb, fresh, embedder="hashed:1")
    assert without_local(index) == without_local(fresh)
    assert {(live_folder(index) / name).stat().st_nlink for name in TEXT_FILES} == {1}


@pytest.mark.parametrize("name", TEXT_FILES)
def test_a_damaged_live_file_is_not_kept(kb: Path, tmp_path: Path, name: str) -> None:
    index, fresh = tmp_path / "index", tmp_path / "fresh"
    build_index(kb, index)
    damaged = live_folder(index) / name
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"!")
    found = contents(damaged.parent)
    assert "words" in stages(kb, index, "hashed:1")
    build_index(kb, fresh, embedder="hashed:1")
    assert without_local(index) == without_local(fresh)
    assert contents(damaged.parent) == found


def test_large_files_are_compared_in_full(
    write_kb: WriteKb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index, fresh = tmp_path / "index", tmp_path / "fresh"
    comment = f"<!-- {'x' * HASHED_AT_OPEN} -->"  # is stored, but is no word to analyse
    kb = write_kb({"a.md": f"# T\n\nfee\n\n{comment}\n"})
    build_index(kb, index)
    store = live_folder(index) / "texts.utf8.npy"
    raw = bytearray(store.read_bytes())
    raw[-1] ^= 1
    store.write_bytes(raw)
    assert store.stat().st_size > HASHED_AT_OPEN
    assert sound_live(index) is not None  # what opening an index checks says nothing
    assert "words" in stages(kb, index, "hashed:1")
    build_index(kb, fresh, embedder="hashed:1")
    assert without_local(index) == without_local(fresh)
    assert store.read_bytes() == raw


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder to build in."""
    (tmp_path / "building").mkdir()
    return tmp_path / "building"


@pytest.mark.parametrize("name", [TEXT_FILES[0], TEXT_FILES[-1]])
def test_a_live_generation_that_vanishes_leaves_nothing_behind(
    kb: Path, tmp_path: Path, folder: Path, name: str
) -> None:
    build_index(kb, tmp_path / "index")
    live = sound(tmp_path / "index")
    (live.folder / name).unlink()
    assert not reuse_files(live, folder, TEXT_FILES)
    assert list(folder.iterdir()) == []


def test_a_model_that_fails_leaves_the_live_generation(kb: Path, tmp_path: Path) -> None:
    index = tmp_path / "index"
    build_index(kb, index)
    live = live_folder(index)
    found = contents(live)
    with pytest.raises(RuntimeError, match="out of memory"):
        build_index(kb, index, embedder="failing:1")
    assert sorted(path.name for path in index.iterdir()) == [
        "CURRENT",
        "LOCK",
        "cache.sqlite",
        "gen-000001",
    ]
    assert contents(live) == found
    assert {(live / name).stat().st_nlink for name in TEXT_FILES} == {1}
