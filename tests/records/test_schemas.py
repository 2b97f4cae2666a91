"""Every command has its schema, and the schema leaves nothing open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
import typer

from kbassist import errors
from kbassist.cli.app import app
from kbassist.records.schemas import COMMANDS, schema, schema_of
from tests.test_docs import every_command

WITHOUT_JSON = {"mcp"}
"""Commands that print no result: what they print is a protocol."""


def test_every_command_takes_json_and_has_a_definition() -> None:
    commands = {
        name: {option for parameter in command.params for option in parameter.opts}
        for name, command in every_command(typer.main.get_command(app))
        if not hasattr(command, "commands")
    }
    without = {name for name, options in commands.items() if "--json" not in options}
    assert without <= WITHOUT_JSON
    assert set(COMMANDS) == set(commands) - without
    for names in COMMANDS.values():
        assert set(names) <= set(schema()["$defs"])


def test_the_whole_schema_names_each_object_once() -> None:
    whole = schema()
    jsonschema.Draft202012Validator.check_schema(whole)
    told = [one["$ref"].removeprefix("#/$defs/") for one in whole["anyOf"]]
    assert len(told) == len(set(told))
    assert set(told) == {name for names in COMMANDS.values() for name in names} | {"error"}


@pytest.mark.parametrize("command", COMMANDS)
def test_the_schema_of_a_command_holds_what_it_refers_to(command: str) -> None:
    found = schema_of(command)
    jsonschema.Draft202012Validator.check_schema(found)
    referred = {ref.removeprefix("#/$defs/") for ref in _refs(found)}
    assert referred == set(found["$defs"])
    assert found["anyOf"][-1] == {"$ref": "#/$defs/error"}


def test_no_object_is_open() -> None:
    described_by_others = {"schema"}
    for name, definition in schema()["$defs"].items():
        for path, value in _objects(definition, name):
            keys = value.get("additionalProperties")
            assert keys is False or isinstance(keys, dict) or name in described_by_others, path


def test_every_error_has_its_code_in_the_schema() -> None:
    def below(kind: type[errors.KbassistError]) -> Iterator[str]:
        yield kind.code
        for other in kind.__subclasses__():
            yield from below(other)

    listed = schema()["$defs"]["error"]["properties"]["error"]["properties"]["code"]["enum"]
    assert set(below(errors.KbassistError)) | {"internal"} <= set(listed)


def _refs(value: Any) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from _refs(item)
    elif isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        for item in value.values():
            yield from _refs(item)


def _objects(value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(value, list):
        for item in value:
            yield from _objects(item, path)
    elif isinstance(value, dict):
        if "properties" in value and value.get("type") in ("object", ["object", "null"]):
            yield path, value
        for key, item in value.items():
            yield from _objects(item, f"{path}.{key}")
