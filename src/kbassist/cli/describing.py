"""The commands that describe the others: `schema` and `version`."""

from __future__ import annotations

import platform
from typing import Annotated

import typer

from kbassist._version import __version__
from kbassist.cli import options, render
from kbassist.errors import UsageError
from kbassist.records import results, schemas


def schema(
    command: Annotated[
        list[str] | None,
        typer.Argument(
            help="A command (eval run) or definition (ask_brief); by default all.",
            metavar="COMMAND",
        ),
    ] = None,
    list_: Annotated[
        bool, typer.Option("--list", help="List the commands and their definitions instead.")
    ] = False,
    json: options.JsonOption = False,
) -> int:
    """Print the JSON Schema of what commands print under --json."""
    name = " ".join(command or ())
    if list_ and name:
        raise UsageError(f"--list lists all commands, {name!r} included", hint="Leave one out.")
    known = {**schemas.COMMANDS, **schemas.schema()["$defs"]}
    if name and name not in known:
        import difflib

        near = difflib.get_close_matches(name, known, n=1)
        guess = f"Did you mean {near[0]!r}? " if near else ""
        raise UsageError(
            f"no such command or definition: {name!r}",
            hint=f"{guess}See all: kbassist schema --list",
        )
    if not list_:
        render.print_json(schemas.schema_of(name) if name else schemas.schema())
    elif json:
        render.print_json(results.schema_list(schemas.COMMANDS))
    else:
        for one, names in schemas.COMMANDS.items():
            render.line(f"{one:<12}  {', '.join(names)}")
    return 0


def version(json: options.JsonOption = False) -> int:
    """Print the version."""
    if json:
        render.print_json(results.version(__version__, platform.python_version()))
    else:
        render.line(f"kbassist {__version__}")
    return 0
