"""Refusing values of another type than a public call takes, before anything is done with them."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import TypeVar

from kbassist.errors import UsageError

T = TypeVar("T")

MAX_SHOWN = 80
"""Characters of a value that an error repeats."""


def shown(value: object, most: int = MAX_SHOWN) -> str:
    """A value as an error repeats it: its `repr`, cut where that has more characters."""
    try:
        text = repr(value)
    except (RecursionError, ValueError):  # nested too deep, an integer of too many digits
        text = f"a {type(value).__name__}"
    return text if len(text) <= most else text[:most] + "…"


def instance(name: str, value: object, kind: type[T], hint: str = "") -> T:
    """A value that is of a type.

    Raises:
        UsageError: it is not; the message names `name`, the argument.
    """
    if isinstance(value, kind):
        return value
    raise UsageError(f"{name} must be {_named(kind)}, found {shown(value)}", hint=hint)


def optional(name: str, value: object, kind: type[T]) -> T | None:
    """A value that is of a type, or None.

    Raises:
        UsageError: anything else; the message names `name`, the argument.
    """
    return None if value is None else instance(name, value, kind)


def path(name: str, value: object) -> Path:
    """A path that the system can express.

    Raises:
        UsageError: it is no text and no path, or holds what no path can hold.
    """
    if not isinstance(value, (str, os.PathLike)) or not isinstance(os.fspath(value), str):
        raise UsageError(f"{name} must be a path, found {shown(value)}")
    try:
        possible = b"\0" not in os.fsencode(value)
    except ValueError:
        possible = False
    if not possible:
        raise UsageError(f"{name} is a path that cannot be: {shown(value)}")
    return Path(value)


def whole(name: str, value: object, least: int, hint: str = "") -> int:
    """A whole number from `least` up.

    Raises:
        UsageError: anything else.
    """
    if isinstance(value, int) and not isinstance(value, bool) and value >= least:
        return value
    raise UsageError(
        f"{name} must be a whole number from {least} up, found {shown(value)}", hint=hint
    )


def seconds(name: str, value: object) -> float:
    """A number of seconds above 0.

    Raises:
        UsageError: anything else.
    """
    if isinstance(value, (int, float)) and not isinstance(value, bool) and 0 < value < math.inf:
        return value
    raise UsageError(
        f"{name} must be a number of seconds above 0, found {shown(value)}",
        hint="Leave it out to wait for as long as it takes.",
    )


def _named(kind: type) -> str:
    return {str: "text", bool: "True or False"}.get(kind, kind.__name__)
