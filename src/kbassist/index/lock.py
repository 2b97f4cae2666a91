"""One writer at a time, by a lock of the operating system on `<index>/LOCK`.

The system releases it when the process ends, however it ends. What the file holds (who has the lock
and since when) is for people; nothing is decided by it, and it may stay behind.
"""

from __future__ import annotations

import errno
import json
import os
import socket
import sys
import time
from contextlib import suppress
from datetime import datetime, timezone
from pathlib import Path

from kbassist.deadline import LONGEST
from kbassist.errors import IndexBusy, IndexUnwritable

LOCK_NAME = "LOCK"

POLL_SECONDS = 0.1
"""How often a writer that waits asks again."""

_BUSY = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)
_FAR = 1 << 30
"""Byte that is locked on Windows, where a locked one cannot be read: behind what the file holds."""

if sys.platform == "win32":  # pragma: no cover
    import msvcrt

    def _try_to_lock(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)

    def _unlock(descriptor: int) -> None:
        os.lseek(descriptor, _FAR, os.SEEK_SET)
        msvcrt.locking(descriptor, msvcrt.LK_UNLCK, 1)
else:
    import fcntl

    def _try_to_lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def _unlock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_UN)


_held: set[int] = set()
"""Descriptors of the locks that this process holds."""


def _let_go_in_child() -> None:
    """Close the locks that a forked process inherits: they would outlive the one that took them."""
    for descriptor in _held:
        with suppress(OSError):
            os.close(descriptor)
    _held.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_let_go_in_child)


class Lock:
    """The lock of an index directory, held from `acquire` to `release`."""

    def __init__(self, index: Path) -> None:
        self._index = index
        self._path = index / LOCK_NAME
        self._descriptor: int | None = None

    def acquire(self, task: str, wait: float = 0.0) -> None:
        """Take the lock.

        Args:
            task: what it is taken for, in a word: what others are told.
            wait: seconds to wait for a writer that holds it; 0 for not at all.

        Raises:
            IndexBusy: another writer holds it still.
            IndexUnwritable: the file cannot be opened, or the file system has no locks.
        """
        until = time.monotonic() + min(wait, LONGEST)
        while not self._taken():
            left = until - time.monotonic()
            if left <= 0:
                raise self._busy(wait)
            time.sleep(min(POLL_SECONDS, left))
        self._say(task)

    def release(self) -> None:
        """Give the lock back."""
        descriptor, self._descriptor = self._descriptor, None
        if descriptor not in _held:  # a forked process does not hold it
            return
        with suppress(OSError):
            os.ftruncate(descriptor, 0)
        _held.discard(descriptor)
        with suppress(OSError):
            _unlock(descriptor)
        os.close(descriptor)

    def _taken(self) -> bool:
        """Whether it could be taken now."""
        try:
            descriptor = self._open()
        except OSError as error:
            raise self._unusable(error) from None
        try:
            _try_to_lock(descriptor)
            if os.path.samestat(os.fstat(descriptor), os.stat(self._path)):
                self._descriptor = descriptor
                _held.add(descriptor)
                return True
        except FileNotFoundError:
            pass  # the one who held it took the file away; another has the next
        except OSError as error:
            if error.errno not in _BUSY:
                raise self._unusable(error) from None
        finally:
            if self._descriptor is None:
                os.close(descriptor)
        return False

    def _open(self) -> int:
        try:
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        except PermissionError:  # another user's; most systems lock what may only be read
            return os.open(self._path, os.O_RDONLY)
        except FileNotFoundError:  # the one who held it took an empty folder away
            self._index.mkdir(parents=True, exist_ok=True)
            return os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)

    def _say(self, task: str) -> None:
        """Write who holds it; not being able to is no reason not to go on."""
        holder = {
            "pid": os.getpid(),
            "host": socket.gethostname(),
            "command": task,
            "since": datetime.now(timezone.utc).isoformat(timespec="seconds"),
        }
        assert self._descriptor is not None
        with suppress(OSError):
            text = json.dumps(holder).encode() + b"\n"
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, text)
            os.ftruncate(self._descriptor, len(text))

    def _busy(self, waited: float) -> IndexBusy:
        who = "another process"
        try:
            found = json.loads(self._path.read_text(encoding="utf-8"))
            who = (
                f"{found['command']} in process {int(found['pid'])} on {found['host']}"
                f" since {found['since']}"
            )
        except (OSError, ValueError, KeyError, TypeError):
            pass  # it is between two writers
        in_vain = f"; waited {waited:g} seconds" if waited else ""
        return IndexBusy(
            f"{str(self._index)!r} is being written: {who}{in_vain}",
            hint="Wait for it (--wait SECONDS), or end that process; readers need not wait.",
        )

    def _unusable(self, error: OSError) -> IndexUnwritable:
        return IndexUnwritable(
            f"{self._path}: cannot be locked: {error.strerror or error}",
            hint="Check who may write there and that the file system knows locks, or use an index"
            " on a local disk.",
        )
