"""Typer applications whose commands declare their parameters as plain data."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import wraps
from typing import Annotated, Any, TypeVar, get_args, get_origin

import typer

from kbassist.cli.declared import Declared, hints_of

Function = TypeVar("Function", bound=Callable[..., Any])


class App(typer.Typer):
    """A Typer application whose commands may declare their parameters by `declared`."""

    def command(self, *args: Any, **kwargs: Any) -> Callable[[Function], Function]:
        register = super().command(*args, **kwargs)

        def decorate(function: Function) -> Function:
            register(_for_typer(function))
            return function

        return decorate


def _for_typer(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function as Typer reads it: with Typer's parameters in place of those declared."""
    hints = hints_of(function)
    signature = inspect.signature(function)

    @wraps(function)
    def command(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    del command.__wrapped__  # Typer would read the declarations through it
    command.__annotations__ = {name: _annotation(hint) for name, hint in hints.items()}
    parameters = [
        parameter.replace(annotation=command.__annotations__.get(name, parameter.annotation))
        for name, parameter in signature.parameters.items()
    ]
    command.__signature__ = signature.replace(parameters=parameters)  # type: ignore[attr-defined]
    return command


def _annotation(hint: Any) -> Any:
    if get_origin(hint) is not Annotated:
        return hint
    kind, *extras = get_args(hint)
    return Annotated[
        (kind, *(_parameter(extra) if isinstance(extra, Declared) else extra for extra in extras))
    ]


def _parameter(declared: Declared) -> Any:
    members: dict[str, Any] = {
        "help": declared.help,
        "envvar": declared.envvar,
        "metavar": declared.metavar,
        "parser": declared.parser,
    }
    if not declared.names:
        return typer.Argument(**members)
    check = declared.check
    return typer.Option(*declared.names, callback=check and _callback(check), **members)


def _callback(check: Callable[[str, bool], str | None]) -> Callable[..., Any]:
    def callback(
        context: typer.Context, parameter: typer.CallbackParam, value: str | None
    ) -> str | None:
        if value is None or parameter.name is None:
            return value
        source = context.get_parameter_source(parameter.name)
        return check(value, source is not None and source.name == "ENVIRONMENT")

    return callback
