"""Ordinary command lines read straight from the declarations, without importing Typer.

Importing a parser's library and building every command takes longer than answering a question.
What is read here means the same to Typer (a test compares them); whatever is not certain to, such
as a mistake, a request for help or a rare way of writing, is left to it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from types import NoneType, UnionType
from typing import Any, get_args, get_origin

from kbassist.cli.declared import Declared, hints_of
from kbassist.errors import UsageError

Command = Callable[..., int]

_MAX_DIGITS = 18
"""Of a number that is read here; Python reads none of some thousands."""


class _Unsure(Exception):
    """The line is not an ordinary one."""


def parse(command: Command, words: Sequence[str]) -> dict[str, Any] | None:
    """The keyword arguments that a command line gives a command; None where Typer must judge.

    Args:
        command: its parameters are declared by `declared`.
        words: what follows the command's name.
    """
    hints = hints_of(command)
    parameters = {
        name: (hint.__origin__, hint.__metadata__[0])
        for name, hint in hints.items()
        if name != "return"
    }
    try:
        given = _given(parameters, words)
        values = {name: _value(*parameters[name], texts) for name, texts in given.items()}
        values |= _from_environment(parameters, given)
    except (_Unsure, UsageError):
        return None
    required = len(parameters) - len(command.__defaults__ or ())
    return values if all(name in values for name in list(parameters)[:required]) else None


_Parameters = Mapping[str, tuple[Any, Declared]]
"""Name → type and declaration."""


def _given(parameters: _Parameters, words: Sequence[str]) -> dict[str, list[str]]:
    """What stands on the line under each parameter, in order; flags have no texts."""
    options = {n: name for name, (_, declared) in parameters.items() for n in declared.names}
    places = [name for name, (_, declared) in parameters.items() if not declared.names]
    given: dict[str, list[str]] = {}
    rest = iter(words)
    for word in rest:
        if word == "-" or not word.startswith("-"):
            if not places:
                raise _Unsure
            given[places.pop(0)] = [word]
            continue
        spelt, joined, text = word.partition("=")
        name = options.get(spelt)
        if name is None or (joined and not spelt.startswith("--")):
            raise _Unsure
        texts = given.setdefault(name, [])
        if parameters[name][0] is bool:
            if joined:
                raise _Unsure
            continue
        value = text if joined else next(rest, None)
        if value is None or (not joined and value.startswith("-")):
            raise _Unsure
        texts.append(value)
    return given


def _value(kind: Any, declared: Declared, texts: list[str], from_variable: bool = False) -> Any:
    """The value of a parameter; the last text counts where there can be one only."""
    if get_origin(kind) is UnionType:
        [kind] = (item for item in get_args(kind) if item is not NoneType)
    if kind is bool:
        return True
    if kind == list[str]:
        return texts
    text = texts[-1]
    if declared.check is not None:
        return declared.check(text, from_variable)
    if declared.parser is not None:
        return declared.parser(text)
    if kind is str:
        return text
    if kind is int and text.isascii() and text.isdigit() and len(text) <= _MAX_DIGITS:
        return int(text)
    raise _Unsure


def _from_environment(parameters: _Parameters, given: Mapping[str, object]) -> dict[str, Any]:
    return {
        name: _value(kind, declared, [text], from_variable=True)
        for name, (kind, declared) in parameters.items()
        if name not in given and declared.envvar and (text := os.environ.get(declared.envvar))
    }
