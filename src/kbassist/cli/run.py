"""Running a command: errors become messages or JSON, results become exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress

import typer

from kbassist.cli import render, streams
from kbassist.cli.app import app
from kbassist.errors import KbassistError, UsageError

EXIT_ERROR = 1
EXIT_INTERRUPTED = 130

DEBUG_VARIABLE = "KBASSIST_DEBUG"
"""Set to anything, it shows the traceback of an internal error."""

MAX_REASON = 300
"""Characters of an unexpected error's text that are shown."""

_ParserError: type[Exception] = typer.BadParameter.__mro__[2]
"""The parser's own base class of errors, of which `BadParameter` is the public one."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; never a traceback for a user's mistake."""
    streams.prepare()
    words = [_as_utf8(argument) for argument in arguments]
    status = 0
    try:
        status = _run(words, "--json" in words)
        streams.flush()
    except streams.ReaderGone:  # nothing is wrong
        streams.discard(sys.stdout)
    except streams.OutputFailed as error:
        streams.discard(sys.stdout)
        render.error(
            KbassistError(
                f"cannot write to standard output: {error}",
                hint="Check the place that the output is sent to.",
            )
        )
        return EXIT_ERROR
    except (KeyboardInterrupt, typer.Abort):
        render.message("interrupted")
        return EXIT_INTERRUPTED
    return status


def _run(arguments: list[str], as_json: bool) -> int:
    try:
        status = typer.main.get_command(app).main(
            arguments or ["--help"], prog_name="kbassist", standalone_mode=False
        )
        return int(status or 0)
    except (streams.ReaderGone, streams.OutputFailed, typer.Abort):
        raise
    except KbassistError as error:
        return _report(error, as_json)
    except _ParserError as error:
        return _report(_translated(error), as_json)
    except OSError as error:
        streams.flush()  # if it is the output that fails, nothing can be reported there
        return _report(_refused(error), as_json)
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE):
            render.message("".join(traceback.format_exception(error)).rstrip())
        return _report(_InternalError(error), as_json)


class _InternalError(KbassistError):
    """A fault of kbassist itself."""

    code = "internal"

    def __init__(self, error: Exception) -> None:
        text = " ".join(str(error).split())
        super().__init__(
            f"internal error: {type(error).__name__}: {text[:MAX_REASON]}",
            hint="This is a fault of kbassist: please report it, with what the same command prints"
            f" under {DEBUG_VARIABLE}=1.",
        )


def _as_utf8(argument: str) -> str:
    """The argument as UTF-8 where the locale could not decode it; else as it is."""
    try:
        argument.encode("utf-8")
        return argument
    except UnicodeEncodeError:
        with suppress(UnicodeError):
            return os.fsencode(argument).decode("utf-8")
        return argument


def _refused(error: OSError) -> KbassistError:
    place = f"{error.filename}: " if error.filename else ""
    hint = ""
    if isinstance(error, PermissionError):
        hint = "Check who may read and write it and the folders above it (ls -ld), and who you are."
    return KbassistError(f"{place}{error.strerror or error}", hint=hint)


def _translated(error: Exception) -> UsageError:
    describe = getattr(error, "format_message", None)
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "kbassist"
    return UsageError(
        str(describe()) if describe is not None else str(error), hint=f"Try: {command} --help"
    )


def _report(error: KbassistError, as_json: bool) -> int:
    if as_json:
        render.json_error(error)
    else:
        render.error(error)
    return error.exit_code
