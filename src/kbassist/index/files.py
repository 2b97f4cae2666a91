"""Writing to an index so that whatever happens, a file is the old one or the new one.

And reading from it so that whatever lies there, reading comes to an end.
"""

from __future__ import annotations

import errno
import json
import os
import stat
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from kbassist.errors import IndexBroken

NEW = ".new-"
"""How the name of a file begins that is about to replace another."""

_TRIES = 1 if os.name == "posix" else 200
"""How often a file is replaced: on Windows that is refused while somebody reads it."""
_PAUSE = 0.005
MOST_TEXT = 256 << 20
"""Bytes of a text file that are read: the manifest of a million chunks has 50 MB."""


def unreadable(error: OSError, path: Path) -> IndexBroken:
    """The error for a file of an index that the system does not let us read."""
    return IndexBroken(
        f"{error.filename or path}: cannot be read: {error.strerror or error}",
        hint="Check that you may read the file and every folder above it, or rebuild the index.",
    )


def size_of(path: Path) -> int:
    """Size of a regular file in bytes.

    Raises:
        OSError: there is none, or what is there is a pipe or device, which may never end.
    """
    found = path.stat()
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "Not a regular file", str(path))
    return found.st_size


def read_text(path: Path) -> str:
    """A text file of an index.

    Raises:
        OSError: it cannot be read, or is no regular file, or larger than `MOST_TEXT`.
        UnicodeDecodeError: it is not UTF-8.
    """
    if size_of(path) > MOST_TEXT:
        raise OSError(errno.EFBIG, os.strerror(errno.EFBIG), str(path))
    return path.read_text(encoding="utf-8")


def parse_json(text: str) -> Any:
    """A JSON value.

    Raises:
        ValueError: it is none, or nested too deep.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


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
