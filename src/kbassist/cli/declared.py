"""Options and arguments as plain data, so that a command can be read without the parser's library.

`quick` reads ordinary command lines from these declarations; `full` makes Typer's own parameters of
them, for help, for errors and for every line that `quick` leaves alone.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, get_args, get_type_hints


@dataclass(frozen=True, slots=True)
class Declared:
    """One parameter of a command, as `Annotated[type, Declared(...)]`."""

    names: tuple[str, ...]
    """`--name` and `-n`; empty for an argument, which is told by its place."""
    help: str
    envvar: str | None = None
    """Variable that holds the value where the command line has none."""
    metavar: str | None = None
    """What stands for the value in the help."""
    parser: Callable[[str], Any] | None = None
    """Makes the value of its text, and never fails."""
    check: Callable[[str, bool], str | None] | None = None
    """Makes the value of its text, told whether that comes from the variable; raises UsageError."""


def hints_of(function: Callable[..., Any]) -> dict[str, Any]:
    """The annotations of a function's parameters and of what it returns, evaluated.

    Python 3.10 takes a parameter that is None by default for an optional one, and puts that around
    the annotation; it is taken off again.
    """
    found = get_type_hints(function, include_extras=True)
    return {name: _as_written(hint) for name, hint in found.items()}


def _as_written(hint: Any) -> Any:
    if hasattr(hint, "__metadata__"):
        return hint
    return next((item for item in get_args(hint) if hasattr(item, "__metadata__")), hint)


def option(
    *names: str,
    help: str,
    envvar: str | None = None,
    metavar: str | None = None,
    parser: Callable[[str], Any] | None = None,
    check: Callable[[str, bool], str | None] | None = None,
) -> Declared:
    """Declare an option; the parameters are the fields of `Declared`."""
    return Declared(names, help, envvar, metavar, parser, check)


def argument(
    *,
    help: str,
    envvar: str | None = None,
    metavar: str | None = None,
    parser: Callable[[str], Any] | None = None,
) -> Declared:
    """Declare an argument; the parameters are the fields of `Declared`."""
    return Declared((), help, envvar, metavar, parser)
