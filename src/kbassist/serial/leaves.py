"""Values without parts, each with what writes it as JSON and what reads it; and what is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

MAX_SHOWN = 40
"""Characters of a value that an error repeats."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Bad(Exception):
    """A value that does not fit, with the place that is put together on the way out."""

    def __init__(self, expected: str, found: object) -> None:
        text = repr(found)
        shown = text if len(text) <= MAX_SHOWN else text[:MAX_SHOWN] + "…"
        super().__init__(expected)
        self.reason = f"must be {expected}, found {shown}"
        self.places: list[str] = []

    @classmethod
    def because(cls, place: str, reason: str) -> Bad:
        """One with a reason of its own."""
        found = cls("", None)
        found.reason = reason
        found.places = [place] if place else []
        return found

    @property
    def place(self) -> str:
        """Where in the whole value, such as `.citations[0].span`."""
        return "".join(reversed(self.places))


@dataclass(frozen=True, slots=True)
class Coder:
    """Writes and reads values of one type."""

    name: str
    """Of the type, for an error."""
    write: Callable[[Any], Any]
    """Value → JSON; raises `Bad`."""
    read: Callable[[Any], Any]
    """JSON → value; raises `Bad`."""

    def written(self, value: Any, place: str) -> Any:
        """A part of a value, written."""
        try:
            return self.write(value)
        except Bad as bad:
            bad.places.append(place)
            raise

    def was(self, value: Any, place: str) -> Any:
        """A part of a value, read."""
        try:
            return self.read(value)
        except Bad as bad:
            bad.places.append(place)
            raise


def _checked(name: str, good: Callable[[Any], bool]) -> Coder:
    """Values that JSON has as they are."""

    def same(value: Any) -> Any:
        if not good(value):
            raise Bad(name, value)
        return value

    return Coder(name, same, same)


def _is_number(value: object) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    return isinstance(value, int) or math.isfinite(value)


def _written_day(value: Any) -> str:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise Bad("a date", value)
    return value.isoformat()


def _read_day(value: Any) -> date:
    try:
        if isinstance(value, str) and _DAY.fullmatch(value):
            return date.fromisoformat(value)
    except ValueError:
        pass
    raise Bad("a date, YYYY-MM-DD", value)


SCALARS: dict[Any, Coder] = {
    str: _checked("text", lambda value: isinstance(value, str)),
    bool: _checked("true or false", lambda value: isinstance(value, bool)),
    int: _checked(
        "a whole number", lambda value: isinstance(value, int) and not isinstance(value, bool)
    ),
    float: _checked("a number", _is_number),
    type(None): _checked("null", lambda value: value is None),
    date: Coder("a date", _written_day, _read_day),
}
"""By type hint."""


def literal(accepted: Sequence[Any]) -> Coder:
    """One of a few values."""
    name = " or ".join(map(repr, accepted))
    return _checked(name, lambda value: isinstance(value, str) and value in accepted)


def anything() -> Coder:
    """Whatever JSON can hold."""
    return _checked("what JSON can hold (text, number, list, object…)", _is_json)


def _is_json(value: object) -> bool:
    if value is None or isinstance(value, (str, bool)):
        return True
    if isinstance(value, list):
        return all(map(_is_json, value))
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_json(one) for key, one in value.items())
    return _is_number(value)
