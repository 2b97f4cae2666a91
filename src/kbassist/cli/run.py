"""Running a command: errors become messages or JSON, results become exit codes."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

import typer

from kbassist.cli import render
from kbassist.cli.app import app
from kbassist.errors import KbassistError, UsageError

EXIT_ERROR = 1
EXIT_INTERRUPTED = 130

_ParserError: type[Exception] = typer.BadParameter.__mro__[2]
"""The parser's own base class of errors, of which `BadParameter` is the public one."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; never a traceback for a user's mistake."""
    render.prepare_streams()
    as_json = "--json" in arguments
    try:
        status = typer.main.get_command(app).main(
            list(arguments), prog_name="kbassist", standalone_mode=False
        )
        sys.stdout.flush()
        return int(status or 0)
    except KbassistError as error:
        return _report(error, as_json)
    except _ParserError as error:
        return _report(_translated(error), as_json)
    except (BrokenPipeError, render.ReaderGone):
        # Nothing is wrong; what is still buffered must not fail when the interpreter ends.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        return _report(KbassistError(f"{place}{error.strerror or error}"), as_json)
    except (KeyboardInterrupt, typer.Abort):
        render.message("interrupted")
        return EXIT_INTERRUPTED


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
