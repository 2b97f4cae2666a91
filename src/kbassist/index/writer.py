"""What every writer of an index does: take the lock, clear up after the dead, say what failed."""

from __future__ import annotations

import errno
import math
import os
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from kbassist.checks import shown
from kbassist.errors import IndexUnwritable, UsageError
from kbassist.index.files import make_folder
from kbassist.index.generation import CURRENT_NAME, is_litter
from kbassist.index.lock import LOCK_NAME, Lock

_UNTOUCHED = "The live index is untouched."
_WHILE_WRITING = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG)
"""Errors of an open file that come from the disk, not from a pipe or a terminal."""


@contextmanager
def writing(index: Path, task: str, wait: float = 0.0) -> Iterator[None]:
    """Hold an index's lock while the block runs.

    What writers that died left behind is removed first. An index that this user may not write is
    not locked: whatever the block would write there fails, and an index that needs nothing written
    is left as it is.

    Args:
        index: the index directory; made where it does not exist, and removed again where the
            block leaves nothing in it.
        task: what is done, in a word: what a second writer is told.
        wait: seconds to wait for another writer; 0 for not at all.

    Raises:
        IndexBusy: another writer holds the lock still.
        IndexUnwritable: the system refused to write.
        UsageError: `wait` is no number of seconds.
    """
    _check_wait(wait)
    try:
        made = make_folder(index)
    except OSError as error:
        raise _unwritable(error, index) from error
    with _failures_named(index):
        if _only_readable(index):
            yield
            return
        lock = Lock(index)
        lock.acquire(task, wait)
        try:
            _remove_litter(index)
            yield
        finally:
            _remove_if_empty(index, made)
            lock.release()


def _check_wait(wait: object) -> None:
    number = isinstance(wait, (int, float)) and not isinstance(wait, bool)
    if not number or not 0 <= wait < math.inf:  # type: ignore[operator]
        raise UsageError(
            f"wait must be a number of seconds from 0 up, found {shown(wait)}",
            hint="Write --wait 60 for a minute.",
        )


@contextmanager
def _failures_named(index: Path) -> Iterator[None]:
    """What the system says of the index becomes an error that names the file and what to do."""
    try:
        yield
    except OSError as error:
        if _concerns(error, index):
            raise _unwritable(error, index) from error
        raise
    except sqlite3.OperationalError as error:
        raise _unwritable(error, index) from error


def _concerns(error: OSError, index: Path) -> bool:
    if error.filename is None:  # a write to an open file; numpy names no reason either
        return error.errno is None or error.errno in _WHILE_WRITING
    if not isinstance(error.filename, (str, bytes)):
        return False  # a descriptor
    path, place = (Path(os.path.abspath(os.fsdecode(p))) for p in (error.filename, index))
    return path == place or place in path.parents


def _unwritable(error: OSError | sqlite3.Error, index: Path) -> IndexUnwritable:
    reason, place = str(error), os.fspath(index)
    hint = f"{_UNTOUCHED} Check that the disk has room, or build elsewhere (--index)."
    if isinstance(error, OSError):
        reason = error.strerror or reason
        place = os.fsdecode(error.filename) if error.filename else place
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            hint = (
                f"{_UNTOUCHED} Check who may write there (ls -ld) and who you are, or build"
                " elsewhere (--index)."
            )
        if error.errno in (errno.EEXIST, errno.ENOTDIR):
            hint = "An index is a folder: name another place (--index)."
    return IndexUnwritable(f"{place}: cannot be written: {reason}", hint=hint)


def _only_readable(index: Path) -> bool:
    return (index / CURRENT_NAME).exists() and not os.access(index, os.W_OK)


def _remove_litter(index: Path) -> None:
    for path in index.iterdir():
        if not is_litter(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            with suppress(OSError):
                path.unlink()


def _remove_if_empty(index: Path, made: Sequence[Path]) -> None:
    """Remove the lock where nothing came of the index, and the folders that were made for it."""
    with suppress(OSError):
        if os.listdir(index) == [LOCK_NAME]:
            (index / LOCK_NAME).unlink()
            for folder in made:
                folder.rmdir()
