"""An open index goes on working whatever happens to its files, and says what it cannot read."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from kbassist import Assistant, Filters, build_index
from kbassist.embed import registry
from kbassist.embed.protocol import Matrix, Progress, unit_rows
from kbassist.errors import IndexBroken
from kbassist.index import entries
from kbassist.index.generation import live_folder
from kbassist.index.reader import Index
from tests.conftest import WriteKb

TEXT = "# Withdrawals\n\nA withdrawal takes {} minutes.\n"


class Lengths:
    """Vectors from the length of a text: enough to have some."""

    fingerprint = "lengths"
    dimension = 8
    passage = None

    def __init__(self, _: str) -> None:
        pass

    def embed_documents(self, texts: list[str], progress: Progress | None = None) -> Matrix:
        rows = [[1.0, len(text) % 7, *range(6)] for text in texts]
        return unit_rows(np.asarray(rows, dtype=np.float64), self.dimension)

    def embed_queries(self, texts: list[str]) -> Matrix:
        return self.embed_documents(texts)


def in_a_new_thread(work: Callable[[], str]) -> str:
    found: list[str] = []
    thread = threading.Thread(target=lambda: found.append(work()))
    thread.start()
    thread.join()
    return found[0]


@pytest.mark.parametrize("embedder", ["none", "lengths:", "lengths: in codes"])
def test_an_open_assistant_outlives_its_generation(
    write_kb: WriteKb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, embedder: str
) -> None:
    monkeypatch.setattr(registry, "LOADERS", {**registry.LOADERS, "lengths": Lengths})
    if embedder.endswith("codes"):
        monkeypatch.setattr(entries.write_entries, "__kwdefaults__", {"exact_limit": 0})
    kb = write_kb({"a.md": TEXT.format(1), "b.md": "---\naudience: staff\n---\nOnly staff.\n"})
    monkeypatch.chdir(tmp_path)
    build_index("kb", "index", embedder=embedder)
    assistant = Assistant.open("index", kb="kb")
    for minutes in (2, 3, 4):
        write_kb({"a.md": TEXT.format(minutes)})
        assert build_index(kb, tmp_path / "index", embedder=embedder).changed
    assert not assistant.index.folder.exists()
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")

    def ask() -> str:
        answer = assistant.ask("How long is a withdrawal?", filters=Filters(locale=("en",)))
        assert answer.citations[0].source == "changed"
        return answer.text

    assert ask() == in_a_new_thread(ask) == "A withdrawal takes 1 minutes. [1]"
    assert assistant.search("only staff", filters=Filters(audience=("staff",)))
    assert assistant.get("a.md:3").lines == ("A withdrawal takes 1 minutes.",)
    assert assistant.status().fresh is False


def test_a_change_of_directory_does_not_lose_the_index(
    write_kb: WriteKb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_kb({"a.md": TEXT.format(1)})
    monkeypatch.chdir(tmp_path)
    build_index("kb", "index")
    assistant = Assistant.open("index")
    monkeypatch.chdir("/")
    assert assistant.ask("withdrawal").citations[0].source == "unchanged"
    assert assistant.index.folder.is_absolute() and assistant.kb == tmp_path / "kb"


def test_a_folder_of_the_models_name_is_not_taken_for_it(
    write_kb: WriteKb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_index(write_kb({"a.md": TEXT.format(1)}), tmp_path / "index")
    (tmp_path / "bundled").mkdir()
    monkeypatch.chdir(tmp_path)
    assert Assistant.open("index").search("withdrawal", mode="vector")


@pytest.mark.parametrize("name", ["CURRENT", "manifest.json", "chunks.sqlite", "bm25.idf.npy"])
def test_a_file_that_cannot_be_read_is_a_broken_index(
    write_kb: WriteKb, tmp_path: Path, name: str
) -> None:
    index = tmp_path / "index"
    build_index(write_kb({"a.md": TEXT.format(1)}), index)
    file = index / name if name == "CURRENT" else live_folder(index) / name
    if os.geteuid():
        file.chmod(0)
    else:  # nothing is unreadable to root but what is no file
        file.unlink()
        file.mkdir()
    with pytest.raises(IndexBroken, match=name) as error:
        Index(index)
    assert error.value.hint


def test_texts_that_are_not_utf8_match_nothing(write_kb: WriteKb, tmp_path: Path) -> None:
    build_index(write_kb({"a.md": TEXT.format(1)}), tmp_path / "index")
    store = Index(tmp_path / "index").store
    assert store.chunk_row("\udcff") is None
    assert store.article(id="\udcff") is store.article(path="\udcff") is None
    assert store.with_facet("\udcff", ["a"]) == []
    assert store.with_facet("path", ["\udcff", "a.md"]) == [0]
    assert store.has_facet(("\udcff",), "path", "a.md")
    assert not store.has_facet((), "path", "\udcff")
