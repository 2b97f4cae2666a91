"""The JSON Schemas of everything that the command line prints under `--json`."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

Schema = dict[str, Any]

COMMANDS = {
    "build": ("build",),
    "watch": ("build",),
    "preview": ("build", "ask"),
    "search": ("search", "search_brief"),
    "ask": ("ask", "ask_brief"),
    "get": ("get",),
    "status": ("status",),
    "rollback": ("rollback", "generations"),
    "verify": ("verify",),
    "cache": ("cache",),
    "coverage": ("coverage",),
    "lint": ("lint", "lint_changes", "lint_rules"),
    "calibrate": ("calibrate",),
    "glossary": ("glossary",),
    "schema": ("schema", "schema_list"),
    "version": ("version",),
    "eval run": ("eval_run",),
    "eval compare": ("eval_compare",),
    "eval misses": ("eval_misses",),
    "eval sweep": ("eval_sweep",),
    "eval export": ("eval_written",),
    "eval init": ("eval_written",),
    "eval add": ("eval_written",),
}
"""Command → the definitions of what it prints; each may print `error` as well."""


@cache
def schema() -> Schema:
    """The schema of all objects, with one definition for each; not to be changed."""
    text = (files("kbassist.records") / "schema.json").read_text(encoding="utf-8")
    read: Schema = json.loads(text)
    return read


def schema_of(name: str) -> Schema:
    """The schema of what one command prints, with the definitions that it leads to.

    Args:
        name: one of `COMMANDS`; or a definition, for that object alone.
    """
    whole = schema()
    names = (*COMMANDS[name], "error") if name in COMMANDS else (name,)
    found: dict[str, Any] = {}
    waiting = list(names)
    while waiting:
        one = waiting.pop()
        if one not in found:
            found[one] = whole["$defs"][one]
            waiting += _referred(found[one])
    return {
        "$schema": whole["$schema"],
        "title": f"Output of kbassist {name} --json" if name in COMMANDS else name,
        "anyOf": [{"$ref": f"#/$defs/{one}"} for one in names],
        "$defs": {one: value for one, value in whole["$defs"].items() if one in found},
    }


def _referred(value: Any) -> list[str]:
    """Names of the definitions that a schema refers to."""
    if isinstance(value, list):
        return [name for item in value for name in _referred(item)]
    if not isinstance(value, dict):
        return []
    names = [name for item in value.values() for name in _referred(item)]
    target = value.get("$ref")
    return [*names, target.removeprefix("#/$defs/")] if isinstance(target, str) else names
