"""Generations: complete or not there at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from kbassist.errors import IndexBroken, IndexMissing
from kbassist.index.generation import (
    CURRENT_NAME,
    live_folder,
    new_generation,
    rebuild_command,
)


def generations(index: Path) -> list[str]:
    return sorted(path.name for path in index.iterdir())


def make(index: Path, content: str) -> None:
    with new_generation(index) as folder:
        (folder / "file").write_text(content)
        (folder / "manifest.json").write_text("{}")


def test_a_generation_becomes_live_and_two_are_kept(tmp_path: Path) -> None:
    index = tmp_path / "deep" / "index"
    for number in range(1, 5):
        make(index, str(number))
        assert live_folder(index).name == f"gen-{number:06d}"
        assert (live_folder(index) / "file").read_text() == str(number)
    assert generations(index) == [CURRENT_NAME, "gen-000003", "gen-000004"]


def test_a_failed_build_leaves_the_live_one_and_no_litter(tmp_path: Path) -> None:
    make(tmp_path, "good")
    for failure in (ValueError, KeyboardInterrupt):
        with pytest.raises(failure), new_generation(tmp_path) as folder:
            (folder / "file").write_text("half")
            raise failure
    assert (live_folder(tmp_path) / "file").read_text() == "good"
    assert generations(tmp_path) == [CURRENT_NAME, "gen-000001"]


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
