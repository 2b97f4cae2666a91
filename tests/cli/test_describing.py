from __future__ import annotations

import platform

from kbassist import __version__
from kbassist.records.schemas import COMMANDS, schema, schema_of
from tests.cli.in_process import ran


def test_the_schema_of_everything_and_of_one_command() -> None:
    assert ran("schema").objects == [schema()]
    assert ran("schema", "--json").one("schema") == schema()
    assert ran("schema", "ask").objects == [schema_of("ask")]
    assert ran("schema", "eval", "run").objects == [schema_of("eval run")]
    assert list(schema_of("version")["$defs"]) == ["error", "version"]
    assert set(ran("schema", "get", "--json").one("schema")["$defs"]) == {
        "error",
        "get",
        "truncated",
    }
    brief = ran("schema", "search_brief").one("schema")
    assert set(brief["$defs"]) == {
        *("search_brief", "hit_brief", "near_brief", "choice_brief", "truncated")
    }


def test_the_list_of_definitions() -> None:
    listed = ran("schema", "--list", "--json").one("schema_list")
    assert listed["commands"] == {name: list(found) for name, found in COMMANDS.items()}
    people = ran("schema", "--list").out.splitlines()
    assert "search        search, search_brief" in people
    assert len(people) == len(COMMANDS)


def test_a_command_that_there_is_not() -> None:
    found = ran("schema", "serach", "--json")
    error = found.one("error")["error"]
    assert (found.status, error["message"]) == (2, "no such command or definition: 'serach'")
    assert error["hint"] == "Did you mean 'search'? See all: kbassist schema --list"


def test_version() -> None:
    assert ran("version").out == f"kbassist {__version__}\n" == ran("--version").out
    assert ran("version", "--json").one("version") == {
        "schema_version": 1,
        "version": __version__,
        "python": platform.python_version(),
    }
