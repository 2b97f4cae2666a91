"""Generations: complete or not there at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from kbassist.errors import IndexBroken, IndexMissing, UsageError
from kbassist.index import generation
from kbassist.index.generation import (
    CURRENT_NAME,
    KEEP,
    generations,
    live_folder,
    new_generation,
    rebuild_command,
    stamp,
    switch,
)


def names(index: Path) -> list[str]:
    return sorted(path.name for path in index.iterdir())


def make(index: Path, content: str, keep: int = KEEP) -> None:
    with new_generation(index, keep) as folder:
        (folder / "file").write_text(content)
        (folder / "manifest.json").write_text("{}")


def test_a_generation_becomes_live_and_two_are_kept(tmp_path: Path) -> None:
    index = tmp_path / "deep" / "index"
    for number in range(1, 5):
        make(index, str(number))
        assert live_folder(index).name == f"gen-{number:06d}"
        assert (live_folder(index) / "file").read_text() == str(number)
    assert names(index) == [CURRENT_NAME, "gen-000003", "gen-000004"]


def test_a_failed_build_leaves_the_live_one_and_no_litter(tmp_path: Path) -> None:
    make(tmp_path, "good")
    for failure in (ValueError, KeyboardInterrupt):
        with pytest.raises(failure), new_generation(tmp_path) as folder:
            (folder / "file").write_text("half")
            raise failure
    assert (live_folder(tmp_path) / "file").read_text() == "good"
    assert names(tmp_path) == [CURRENT_NAME, "gen-000001"]


@pytest.mark.parametrize("keep", [1, 3])
def test_the_last_ones_are_kept(tmp_path: Path, keep: int) -> None:
    for number in range(5):
        make(tmp_path, str(number), keep)
    kept = [f"gen-{number:06d}" for number in range(6 - keep, 6)]
    assert [path.name for path in generations(tmp_path)] == kept
    make(tmp_path, "5", keep=2)
    assert names(tmp_path) == [CURRENT_NAME, "gen-000005", "gen-000006"]


@pytest.mark.parametrize("keep", [0, -1, True, 1.5, "2"])
def test_how_many_are_kept_must_be_a_number(tmp_path: Path, keep: int) -> None:
    with pytest.raises(UsageError, match="keep must be"), new_generation(tmp_path / "new", keep):
        raise AssertionError
    assert names(tmp_path) == []


def test_the_one_that_was_live_stays_rather_than_the_one_gone_back_from(tmp_path: Path) -> None:
    for number in range(3):
        make(tmp_path, str(number), keep=3)
    switch(tmp_path, "gen-000001")
    make(tmp_path, "3", keep=2)
    assert names(tmp_path) == [CURRENT_NAME, "gen-000001", "gen-000004"]


def test_a_number_is_never_given_twice(tmp_path: Path) -> None:
    """Readers tell generations by their names, and numbers go on after six digits."""
    make(tmp_path, "0")
    live_folder(tmp_path).rename(tmp_path / "gen-999999")
    switch(tmp_path, "gen-999999")
    make(tmp_path, "1", keep=3)
    make(tmp_path, "2", keep=3)
    found = ["gen-999999", "gen-1000000", "gen-1000001"]
    assert [path.name for path in generations(tmp_path)] == found
    assert live_folder(tmp_path).name == "gen-1000001"


@pytest.mark.parametrize("step", ["rename", "replace"])
def test_a_switch_that_fails_leaves_the_live_one_and_no_litter(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    make(tmp_path, "good")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(Path if step == "rename" else os, step, refuse)
        with pytest.raises(OSError, match="No space"):
            make(tmp_path, "new")
    assert names(tmp_path) == [CURRENT_NAME, "gen-000001"]
    assert (live_folder(tmp_path) / "file").read_text() == "good"
    make(tmp_path, "next")
    assert live_folder(tmp_path).name == "gen-000002"


def test_what_interrupts_after_the_switch_does_not_undo_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make(tmp_path, "old")

    def replace_and_interrupt(old: Path, new: Path) -> None:
        shutil.move(old, new)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(os, "replace", replace_and_interrupt)
        with pytest.raises(KeyboardInterrupt):
            make(tmp_path, "new")
    assert (live_folder(tmp_path) / "file").read_text() == "new"
    assert names(tmp_path) == [CURRENT_NAME, "gen-000001", "gen-000002"]


def test_the_live_one_is_found_though_builds_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What CURRENT named may be collected before one looks for it."""
    make(tmp_path, "old")
    read, builds = generation.live_name, ["new"]

    def read_and_build(index: Path) -> str:
        found = read(index)
        if builds:
            make(tmp_path, builds.pop(), keep=1)
        return found

    with monkeypatch.context() as patch:
        patch.setattr(generation, "live_name", read_and_build)
        assert live_folder(tmp_path).name == "gen-000002"


def test_a_stamp_tells_a_file_from_its_successor(tmp_path: Path) -> None:
    file, other = tmp_path / "file", tmp_path / "other"
    assert stamp(file) is None
    for path in (file, other):
        path.write_text("same")
        os.utime(path, ns=(1, 1))
    before = stamp(file)
    assert before == stamp(file)
    other.replace(file)
    assert stamp(file) != before


def test_no_index(tmp_path: Path) -> None:
    with pytest.raises(IndexMissing, match="no index at") as error:
        live_folder(tmp_path / "nowhere")
    assert "kbassist build" in error.value.hint
    file = tmp_path / "file"
    file.write_text("")
    with pytest.raises(IndexMissing):
        live_folder(file)


@pytest.mark.parametrize("content", [b"", b"gen-1", b"gen-000009", b"../../etc", b"\xff\xfe"])
def test_current_must_name_a_generation(tmp_path: Path, content: bytes) -> None:
    make(tmp_path, "good")
    (tmp_path / CURRENT_NAME).write_bytes(content)
    with pytest.raises(IndexBroken, match="names no generation"):
        live_folder(tmp_path)


def test_what_cannot_be_read_is_broken_not_missing(tmp_path: Path) -> None:
    make(tmp_path, "good")
    (tmp_path / CURRENT_NAME).unlink()
    (tmp_path / CURRENT_NAME).mkdir()
    with pytest.raises(IndexBroken, match="cannot be read") as error:
        live_folder(tmp_path)
    assert "may read the file" in error.value.hint


def test_only_generations_are_collected(tmp_path: Path) -> None:
    mine = tmp_path / "gen-000001"
    mine.mkdir()
    (mine / "article.md").write_text("mine")
    for number in range(4):
        make(tmp_path, str(number))
    assert (mine / "article.md").read_text() == "mine"


def test_the_rebuild_command_fits_a_shell(tmp_path: Path) -> None:
    index = tmp_path / "my index"
    assert rebuild_command(index) == f"kbassist build KB --index '{index}' --full"
    with new_generation(index) as folder:
        (folder / "manifest.json").write_text('{"embedder": "my model"}')
        (folder / "local.json").write_text('{"kb": "../kb", "mtimes": {}}')
    expected = f"kbassist build {tmp_path / 'kb'} --index '{index}' --full --embedder 'my model'"
    assert rebuild_command(index) == expected
    assert rebuild_command(index, Path("help")).startswith("kbassist build help --index ")


@pytest.mark.parametrize(
    ("manifest", "option"),
    [
        ('{"embedder": null}', " --embedder none"),
        ('{"embedder": "bundled"}', ""),
        ('{"embedder": "BAAI/bge-m3"}', " --embedder BAAI/bge-m3"),
        ("{}", ""),
        ("[]", ""),
        ("not JSON", ""),
    ],
)
def test_the_rebuild_command_names_the_model(tmp_path: Path, manifest: str, option: str) -> None:
    """The bundled one goes without saying, and so does one that cannot be read."""
    with new_generation(tmp_path) as folder:
        (folder / "manifest.json").write_text(manifest)
    assert rebuild_command(tmp_path) == f"kbassist build KB --index {tmp_path} --full{option}"
