"""Parameters of tools: declared once, told as JSON Schema, and read from what a model sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from kbassist import checks
from kbassist.errors import UsageError

MAX_ITEMS = 20
"""Values in one list."""
MAX_VALUE_CHARS = 200
"""Characters of a value of a filter."""
_SHOWN = 60
"""Characters of a wrong value that an error repeats."""

Reader = Callable[[str, Any], Any]
"""The parameter's name and the value that was sent → the value; raises UsageError."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of a tool."""

    name: str
    schema: Mapping[str, Any]
    """JSON Schema of its value, with the description that a model reads."""
    read: Reader
    """Checks what the schema says, and makes the value of it."""
    required: bool = False


def text(name: str, help: str, *, most: int, required: bool = False) -> Parameter:
    """A text of at most so many characters."""
    schema = {"type": "string", "description": help, "maxLength": most}
    return Parameter(name, schema, lambda key, value: _text(key, value, most), required)


def whole(name: str, help: str, *, least: int, most: int, default: int) -> Parameter:
    """A whole number in a range, both ends included."""

    def read(key: str, value: Any) -> int:
        number = int(value) if isinstance(value, float) and value.is_integer() else value
        if not isinstance(number, int) or isinstance(number, bool):
            raise _wrong(key, "a whole number", value, f"Write {default}, say.")
        if not least <= number <= most:
            raise _wrong(key, f"{least} to {most}", value, f"Leave it out for {default}.")
        return number

    schema = {"type": "integer", "description": help, "minimum": least, "maximum": most}
    return Parameter(name, {**schema, "default": default}, read)


def texts(name: str, help: str, choices: Sequence[str] = ()) -> Parameter:
    """A list of texts."""
    item: dict[str, Any] = {"type": "string", **({"enum": list(choices)} if choices else {})}
    schema = {"type": "array", "items": item, "description": help, "maxItems": MAX_ITEMS}
    return Parameter(name, schema, _texts)


def conditions(name: str, help: str) -> Parameter:
    """A mapping of key to a list of accepted texts."""

    def read(key: str, value: Any) -> dict[str, tuple[str, ...]]:
        if not isinstance(value, dict) or len(value) > MAX_ITEMS:
            raise _wrong(key, _KEYS, value, 'Write {"region": ["hk"]}, say.')
        return {
            _text(f"a key of {key}", name, MAX_VALUE_CHARS): _texts(f"{key}.{shown(name)}", items)
            for name, items in value.items()
        }

    values = {"type": "array", "items": {"type": "string"}}
    schema = {"type": "object", "additionalProperties": values, "description": help}
    return Parameter(name, schema, read)


def objects(name: str, help: str, members: Sequence[Parameter], *, most: int) -> Parameter:
    """A list of objects, each with parameters of its own."""

    def read(key: str, value: Any) -> list[dict[str, Any]]:
        if not isinstance(value, list) or len(value) > most:
            raise _wrong(key, f"a list of at most {most} objects", value)
        return [read_all(members, item, f"{key}[{i}]") for i, item in enumerate(value)]

    items = input_schema(members)
    schema = {"type": "array", "items": items, "description": help, "maxItems": most}
    return Parameter(name, schema, read)


def choice(name: str, help: str, choices: Sequence[str]) -> Parameter:
    """One of a few texts."""

    def read(key: str, value: Any) -> str:
        if not isinstance(value, str) or value not in choices:
            raise _wrong(key, f"one of {', '.join(choices)}", value)
        return value

    schema = {"type": "string", "enum": list(choices), "description": help}
    return Parameter(name, schema, read)


def input_schema(parameters: Sequence[Parameter]) -> dict[str, Any]:
    """The JSON Schema of an object with these parameters and no others."""
    schema: dict[str, Any] = {
        "type": "object",
        "properties": {parameter.name: dict(parameter.schema) for parameter in parameters},
        "additionalProperties": False,
    }
    if required := [parameter.name for parameter in parameters if parameter.required]:
        schema["required"] = required
    return schema


def read_all(parameters: Sequence[Parameter], sent: Any, owner: str) -> dict[str, Any]:
    """The values of the parameters that were sent, by name.

    Args:
        parameters: all that there are.
        sent: what the client sent; null stands for a parameter that is left out, since some clients
            send every one.
        owner: what the parameters belong to, for messages.

    Raises:
        UsageError: no object, a parameter that is unknown or missing, or a value that cannot be
            used; the message says what was found, and the hint what is accepted.
    """
    if not isinstance(sent, dict):
        names = ", ".join(f'"{parameter.name}"' for parameter in parameters)
        raise _wrong(owner, "an object", sent, f"Its members are {names}.")
    known = {parameter.name: parameter for parameter in parameters}
    for name in sent:
        if name not in known:
            raise UsageError(
                f"{owner} has no parameter {shown(name)}",
                hint=f"{guess(str(name), known)}Its parameters are {', '.join(known)}.",
            )
    given = {name: value for name, value in sent.items() if value is not None}
    for parameter in parameters:
        if parameter.required and parameter.name not in given:
            raise UsageError(
                f"{owner} needs {parameter.name!r}", hint=str(parameter.schema["description"])
            )
    return {name: known[name].read(name, value) for name, value in given.items()}


def guess(name: str, known: Sequence[str] | Mapping[str, Any]) -> str:
    """`Did you mean …? ` where a name is like a known one, else nothing."""
    import difflib  # takes a while, and few names are wrong

    near = difflib.get_close_matches(name[:_SHOWN].casefold(), list(known), n=1)
    return f"Did you mean {near[0]!r}? " if near else ""


def shown(value: object) -> str:
    """A value as a message repeats it: short, on one line, what cannot be encoded escaped."""
    return checks.shown(value, _SHOWN)


_KEYS = "an object of keys, each with a list of texts"


def _text(name: str, value: Any, most: int) -> str:
    if not isinstance(value, str):
        raise _wrong(name, "a text", value)
    if len(value) > most:
        raise UsageError(
            f"{name} has {len(value)} characters, the limit is {most}", hint="Send fewer."
        )
    try:
        value.encode()
    except UnicodeEncodeError:
        raise _wrong(name, "a text of whole characters", value) from None
    return value


def _texts(name: str, value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        hint = f'Write ["{value}"].' if isinstance(value, str) and len(value) < _SHOWN else ""
        raise _wrong(name, "a list of texts", value, hint)
    if len(value) > MAX_ITEMS:
        raise UsageError(f"{name} has {len(value)} values, the limit is {MAX_ITEMS}")
    return tuple(_text(f"a value of {name}", item, MAX_VALUE_CHARS) for item in value)


def _wrong(name: str, wanted: str, value: object, hint: str = "") -> UsageError:
    return UsageError(f"{name} must be {wanted}, found {shown(value)}", hint=hint)
