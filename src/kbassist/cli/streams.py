"""The standard streams: UTF-8 whatever the locale, and no traceback when one of them fails."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TextIO

from kbassist.errors import UsageError


class ReaderGone(Exception):
    """The reader of standard output has gone (`kbassist … | head`): nobody listens any more."""


class OutputFailed(Exception):
    """Standard output takes nothing more, as on a full disk; the text says why."""


def prepare() -> None:
    """Make every stream UTF-8; what cannot be encoded is escaped, a closed output is discarded."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        _reconfigure(getattr(sys, name), encoding="utf-8", errors="backslashreplace")
    _reconfigure(sys.stdin, encoding="utf-8-sig", errors="strict")


def _reconfigure(stream: TextIO | None, *, encoding: str, errors: str) -> None:
    reconfigure = getattr(stream, "reconfigure", None)
    if reconfigure is not None:
        reconfigure(encoding=encoding, errors=errors)


def read_input() -> str:
    """All of standard input.

    Raises:
        UsageError: it is closed, or not UTF-8.
    """
    if sys.stdin is None:
        raise UsageError(
            "standard input is closed, so no question can be read from it",
            hint="Give the question as an argument, or pipe it in.",
        )
    try:
        return sys.stdin.read()
    except UnicodeDecodeError as error:
        raise UsageError(
            f"standard input is not valid UTF-8: {error.object[error.start : error.start + 1]!r} at"
            f" byte {error.start}",
            hint="Convert it first, e.g. iconv -f GBK -t UTF-8.",
        ) from None


@contextmanager
def writing() -> Iterator[None]:
    """Tell failures of standard output from all others.

    Raises:
        ReaderGone: the reader has gone.
        OutputFailed: it takes nothing more.
    """
    try:
        yield
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        raise OutputFailed(error.strerror or str(error)) from None


def flush() -> None:
    """Write out what is still buffered, while a failure can be reported; raises as `writing`."""
    with writing():
        sys.stdout.flush()


def discard(stream: TextIO) -> None:
    """Drop all that is or will be written, so that nothing fails when the interpreter ends."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
