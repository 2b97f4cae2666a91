"""Running a command: errors become messages or JSON, results become exit codes."""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Sequence
from contextlib import suppress
from itertools import takewhile

from kbassist.cli import queries, quick, render, serving, streams
from kbassist.errors import KbassistError

EXIT_ERROR = 1
EXIT_INTERRUPTED = 130

DEBUG_VARIABLE = "KBASSIST_DEBUG"
"""Set to anything, it shows the traceback of an internal error."""

MAX_REASON = 300
"""Characters of an unexpected error's text that are shown."""

QUICK: dict[str, quick.Command] = {
    "search": queries.search,
    "ask": queries.ask,
    "get": queries.get,
    "status": queries.status,
    "mcp": serving.mcp,
}
"""Commands of agents, by name; an ordinary line of theirs needs no parser's library."""


def run(arguments: Sequence[str]) -> int:
    """Run one command line and return its exit status; never a traceback for a user's mistake."""
    streams.prepare()
    words = [_as_utf8(argument) for argument in arguments]
    status = 0
    try:
        status = _run(words, _wants_json(words))
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
    except KeyboardInterrupt:
        render.message("interrupted")
        return EXIT_INTERRUPTED
    return status


def _wants_json(words: list[str]) -> bool:
    """Whether an error is to be an object, as far as a line tells that may be wrong itself."""
    options = {word.partition("=")[0] for word in takewhile(lambda word: word != "--", words)}
    return not options.isdisjoint(("--json", "--jsonl", "--batch"))


def _run(arguments: list[str], as_json: bool) -> int:
    try:
        return _command(arguments)
    except (streams.ReaderGone, streams.OutputFailed):
        raise
    except KbassistError as error:
        return _report(error, as_json)
    except OSError as error:
        streams.flush()  # if it is the output that fails, nothing can be reported there
        return _report(_refused(error), as_json)
    except Exception as error:
        if os.environ.get(DEBUG_VARIABLE):
            render.message("".join(traceback.format_exception(error)).rstrip())
        return _report(_InternalError(error), as_json)


def _command(arguments: list[str]) -> int:
    command = QUICK.get(arguments[0]) if arguments else None
    values = None if command is None else quick.parse(command, arguments[1:])
    if command is not None and values is not None:
        return command(**values)
    from kbassist.cli import full

    return full.run(arguments)


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


def _report(error: KbassistError, as_json: bool) -> int:
    if as_json:
        render.json_error(error)
    else:
        render.error(error)
    return error.exit_code
