"""Writing to an index so that whatever happens, a file is the old one or the new one."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

NEW = ".new-"
"""How the name of a file begins that is about to replace another."""

_TRIES = 1 if os.name == "posix" else 200
"""How often a file is replaced: on Windows that is refused while somebody reads it."""
_PAUSE = 0.005


def sync(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    if os.name != "posix":
        return  # on Windows neither can be opened read-only for syncing
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_synced(path: Path, text: str) -> None:
    """Write a text file, UTF-8, and sync it to the disk."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())


def replace_text(path: Path, text: str, index: Path) -> None:
    """Replace a text file by one rename.

    Args:
        path: the file, somewhere in an index directory; it may be missing.
        text: what it is to hold.
        index: the index directory, where it is written first: a writer that dies leaves it there.
    """
    beside = index / f"{NEW}{path.name}"
    try:
        write_synced(beside, text)
        _replace(beside, path)
    except BaseException:
        with suppress(OSError):
            beside.unlink()
        raise
    sync(path.parent)


def _replace(beside: Path, path: Path) -> None:
    for left in reversed(range(_TRIES)):
        try:
            return os.replace(beside, path)
        except PermissionError:
            if not left:
                raise
            time.sleep(_PAUSE)
    return None


def make_folder(path: Path) -> list[Path]:
    """Make a folder with those above it, so that they are still there after a power cut.

    Returns:
        Those that were made, the innermost first.
    """
    missing = [folder for folder in (path, *path.parents) if not folder.exists()]
    path.mkdir(parents=True, exist_ok=True)
    for folder in missing:
        sync(folder.parent)
    return missing
