"""JSON by the type hints of dataclasses, strict both ways: what is read is what was written.

An object says what it is: `{"kbassist": "Answer", "version": 1, "value": {…}}`. A member that comes
later is declared with `metadata={"since": VERSION}` and a default, which it has where an earlier
version wrote the text; so a kbassist reads all versions up to its own.
"""

from __future__ import annotations

import json
import types
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, Literal, NoReturn, TypeVar, Union, get_args, get_origin, get_type_hints

from kbassist.errors import ArticleError, KbassistError, UsageError
from kbassist.serial.leaves import SCALARS, Bad, Coder, anything, literal

VERSION = 1
"""Format of the JSON; raised when a member is added."""

TAG = "kbassist"
"""Member that names the kind of value."""

T = TypeVar("T")


def dump(value: object) -> str:
    """A dataclass value as one line of JSON.

    Raises:
        UsageError: a member has a value of another type than its hint.
    """
    kind: Any = type(value)
    name = kind.__name__
    try:
        record = {TAG: name, "version": VERSION, "value": _coder(kind).write(value)}
        text = json.dumps(record, ensure_ascii=False)
    except Bad as bad:
        raise _unwritten(name, f"{name}{bad.place}: {bad.reason}") from None
    except RecursionError:
        raise _unwritten(name, "nested too deep") from None
    except ValueError as error:  # a number of thousands of digits
        raise _unwritten(name, str(error)) from None
    try:
        text.encode()
    except UnicodeEncodeError:  # half a character: no file could hold it but as an escape
        return json.dumps(record)
    return text


def _unwritten(name: str, reason: str) -> UsageError:
    return UsageError(
        f"the {name} cannot be written: {reason}",
        hint="Make it of values of the types that its class declares.",
    )


def load(kind: type[T], text: str | bytes) -> T:
    """The value that `dump` wrote.

    Args:
        kind: class of the value.
        text: JSON.

    Raises:
        UsageError: it is no such JSON.
    """
    record = _parsed(kind, text)
    hint: Any = kind
    version = record["version"]
    if type(version) is not int or not 1 <= version <= VERSION:
        _refuse(kind, f"version {version!r}, and this kbassist reads 1 to {VERSION}")
    try:
        found: T = _coder(hint, version).read(record["value"])
    except Bad as bad:
        _refuse(kind, f"{kind.__name__}{bad.place}: {bad.reason}")
    except RecursionError:
        _refuse(kind, "nested too deep")
    return found


def _parsed(kind: type, text: object) -> dict[str, Any]:
    if not isinstance(text, (str, bytes)):
        _refuse(kind, f"it must be text, found {type(text).__name__}")
    try:
        record = json.loads(text, object_pairs_hook=_distinct, parse_constant=_no_constant)
    except RecursionError:
        _refuse(kind, "nested too deep")
    except ValueError as error:
        _refuse(kind, f"no JSON: {error}")
    if not isinstance(record, dict) or record.keys() != {TAG, "version", "value"}:
        _refuse(kind, f"no object of {TAG}, version and value")
    if record[TAG] != kind.__name__:
        _refuse(kind, f"it is of the kind {str(record[TAG])[:40]!r}")
    return record


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) != len(pairs):
        raise ValueError("an object has a member twice")
    return table


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _refuse(kind: type, reason: str) -> NoReturn:
    raise UsageError(
        f"the {kind.__name__} cannot be read: {reason}",
        hint=f"Pass what to_json() of a {kind.__name__} returned.",
    )


@cache
def _coder(hint: Hashable, version: int = VERSION) -> Coder:
    """What writes and reads values of a type hint."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in SCALARS:
        return SCALARS[hint]
    if hint is Any:
        return anything()
    if origin is Literal:
        return literal(inner)
    if origin in (Union, types.UnionType):
        return _either([_coder(one, version) for one in inner])
    if origin is tuple and inner[-1] is not Ellipsis:
        return _pair([_coder(one, version) for one in inner])
    if origin in (tuple, Sequence):
        return _sequence(_coder(inner[0], version))
    if origin is Mapping:
        return _mapping(_coder(inner[1], version))
    if hint is ArticleError:
        return _article_error()
    assert is_dataclass(hint), f"no JSON for {hint!r}"
    return _object(hint, version)


def _either(choices: Sequence[Coder]) -> Coder:
    """The first of several that takes a value."""

    def way(name: Literal["write", "read"]) -> Any:
        calls = [getattr(choice, name) for choice in choices]

        def convert(value: Any) -> Any:
            faults = []
            for call in calls:
                try:
                    return call(value)
                except Bad as bad:
                    faults.append(bad)
            deepest = max(faults, key=lambda bad: len(bad.places))
            if deepest.places:
                raise deepest
            raise Bad(" or ".join(choice.name for choice in choices), value)

        return convert

    return Coder(" or ".join(choice.name for choice in choices), way("write"), way("read"))


def _sequence(inner: Coder) -> Coder:
    name = "a list"

    def write(value: Any) -> list[Any]:
        if not isinstance(value, (list, tuple)):
            raise Bad(name, value)
        return [inner.written(one, f"[{place}]") for place, one in enumerate(value)]

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise Bad(name, value)
        return tuple(inner.was(one, f"[{place}]") for place, one in enumerate(value))

    return Coder(name, write, read)


def _pair(inner: Sequence[Coder]) -> Coder:
    name = f"a list of {len(inner)}"

    def write(value: Any) -> list[Any]:
        if not isinstance(value, tuple) or len(value) != len(inner):
            raise Bad(name, value)
        parts = enumerate(zip(inner, value, strict=True))
        return [coder.written(one, f"[{place}]") for place, (coder, one) in parts]

    def read(value: Any) -> tuple[Any, ...]:
        if not isinstance(value, list) or len(value) != len(inner):
            raise Bad(name, value)
        parts = enumerate(zip(inner, value, strict=True))
        return tuple(coder.was(one, f"[{place}]") for place, (coder, one) in parts)

    return Coder(name, write, read)


def _mapping(inner: Coder) -> Coder:
    name = "an object"

    def write(value: Any) -> dict[str, Any]:
        if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
            raise Bad(name, value)
        return {key: inner.written(one, f"[{key!r}]") for key, one in value.items()}

    def read(value: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise Bad(name, value)
        return {key: inner.was(one, f"[{key!r}]") for key, one in value.items()}

    return Coder(name, write, read)


def _object(kind: Any, version: int) -> Coder:
    """A dataclass by its members; those that no comparison looks at are not kept."""
    name = f"a {kind.__name__}"

    @cache
    def members() -> tuple[dict[str, Coder], frozenset[str]]:
        """What writes and reads each, and which must be there; an answer has answers as parts."""
        hints = get_type_hints(kind)
        kept = [item for item in fields(kind) if item.compare]
        coders = {item.name: _coder(hints[item.name], version) for item in kept}
        return coders, frozenset(item.name for item in kept if _since(item) <= version)

    def write(value: Any) -> dict[str, Any]:
        if type(value) is not kind:
            raise Bad(name, value)
        coders, _ = members()
        return {key: c.written(getattr(value, key), f".{key}") for key, c in coders.items()}

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise Bad(name, value)
        coders, needed = members()
        for key in sorted(value.keys() ^ needed):
            raise Bad.because(f".{key}", "missing" if key in needed else "no such member")
        found = {key: coders[key].was(one, f".{key}") for key, one in value.items()}
        try:
            return kind(**found)
        except KbassistError as error:
            raise Bad.because("", error.message) from None

    return Coder(name, write, read)


def _since(item: Field[Any]) -> int:
    since: int = item.metadata.get("since", 1)
    assert since == 1 or (item.default, item.default_factory) != (MISSING, MISSING), item.name
    return since


def _article_error() -> Coder:
    """An error about a file: its parts, from which it is made anew."""
    inner = {"message": str, "path": str, "line": int | None, "hint": str}
    coders = {key: _coder(hint) for key, hint in inner.items()}

    def write(error: Any) -> dict[str, Any]:
        if type(error) is not ArticleError:
            raise Bad("an ArticleError", error)
        place = error.path if error.line is None else f"{error.path}:{error.line}"
        parts = {**vars(error), "message": error.message.removeprefix(f"{place}: ")}
        return {key: coder.written(parts[key], f".{key}") for key, coder in coders.items()}

    def read(value: Any) -> ArticleError:
        if not isinstance(value, dict) or value.keys() != coders.keys():
            raise Bad(f"an object of {', '.join(coders)}", value)
        return ArticleError(**{key: c.was(value[key], f".{key}") for key, c in coders.items()})

    return Coder("an ArticleError", write, read)
