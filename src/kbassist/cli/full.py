"""The whole command line by Typer, help and errors included; imported where `quick` stands back."""

from __future__ import annotations

from collections.abc import Sequence

import typer

from kbassist.cli.app import app
from kbassist.errors import UsageError

_ParserError: type[Exception] = typer.BadParameter.__mro__[2]
"""The parser's own base class of errors, of which `BadParameter` is the public one."""


def run(arguments: Sequence[str]) -> int:
    """Parse and run one command line, and return its exit status.

    Raises:
        KbassistError: what the command raises; UsageError for a line that cannot be parsed.
        KeyboardInterrupt: the user stopped it.
    """
    try:
        status = typer.main.get_command(app).main(
            list(arguments) or ["--help"], prog_name="kbassist", standalone_mode=False
        )
    except typer.Abort:
        raise KeyboardInterrupt from None
    except _ParserError as error:
        raise _translated(error) from None
    return int(status or 0)


def _translated(error: Exception) -> UsageError:
    describe = getattr(error, "format_message", None)
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else "kbassist"
    hint = f"Try: {command} --help"
    message = str(describe()) if describe is not None else str(error)
    name = getattr(context, "info_name", None)
    if message.startswith("No such option: --json"):  # groups and the server alone have none
        told = "It speaks MCP" if name == "mcp" else "Write --json after the command's name"
        hint = f"{told}. {hint}"
    if message.startswith("Got unexpected extra argument") and name in ("ask", "search"):
        hint = f'Put the question in quotes: {command} "QUESTION"'
    return UsageError(message, hint=hint)
