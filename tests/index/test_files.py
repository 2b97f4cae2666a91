"""A file is the old one or the new one, whatever happens."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kbassist.index import files
from kbassist.index.files import NEW, make_folder, replace_text, write_synced


def test_a_text_is_replaced(tmp_path: Path) -> None:
    (tmp_path / "below").mkdir()
    file = tmp_path / "below" / "file"
    for text in ("one\n", "二\n"):
        replace_text(file, text, tmp_path)
        assert file.read_bytes() == text.encode()
    assert [path.name for path in tmp_path.iterdir()] == ["below"]


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), KeyboardInterrupt()])
def test_what_fails_leaves_the_old_one_and_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failure: BaseException
) -> None:
    file = tmp_path / "file"
    replace_text(file, "old", tmp_path)

    def half(path: Path, text: str) -> None:
        write_synced(path, text[:1])
        raise failure

    monkeypatch.setattr(files, "write_synced", half)
    with pytest.raises(type(failure)):
        replace_text(file, "new", tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
    assert file.read_text() == "old"


def test_a_reader_may_be_in_the_way(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As on Windows."""
    replace, refusals = os.replace, [1, 2]

    def refuse_first(old: Path, new: Path) -> None:
        if refusals:
            raise PermissionError(13, f"in use: {refusals.pop()}", str(new))
        replace(old, new)

    monkeypatch.setattr(os, "replace", refuse_first)
    with pytest.raises(PermissionError, match="in use: 2"):
        replace_text(tmp_path / "file", "text", tmp_path)
    assert not (tmp_path / f"{NEW}file").exists()
    monkeypatch.setattr(files, "_TRIES", 2)
    replace_text(tmp_path / "file", "text", tmp_path)
    assert (tmp_path / "file").read_text() == "text" and refusals == []


def test_folders_are_made_from_the_outermost(tmp_path: Path) -> None:
    folder = tmp_path / "one" / "two"
    assert make_folder(folder) == [folder, tmp_path / "one"]
    assert make_folder(folder) == []
