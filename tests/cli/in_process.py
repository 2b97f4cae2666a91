"""Command lines run in this process, for tests that run very many."""

from __future__ import annotations

import io
import json
import sys
import tempfile
from collections.abc import Mapping
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import jsonschema

from kbassist.cli.run import run
from kbassist.records.schemas import schema


@dataclass(frozen=True)
class Ran:
    """What a command line printed, and its exit status."""

    status: int
    out: str
    err: str

    @property
    def objects(self) -> list[dict[str, Any]]:
        """One for each line of standard output."""
        return [json.loads(line) for line in self.out.splitlines()]

    def one(self, definition: str) -> dict[str, Any]:
        """The one object, checked against its definition; nothing else was printed."""
        assert self.out.count("\n") == 1 and self.err == "", (self.out, self.err)
        (found,) = self.objects
        validate(found, definition)
        return found


def ran(*words: str, text: str = "") -> Ran:
    """Run a command line, with a text on standard input."""
    out, err = (io.TextIOWrapper(io.BytesIO(), encoding="ascii") for _ in range(2))
    with tempfile.TemporaryFile() as file:
        file.write(text.encode("utf-8"))
        file.seek(0)
        stdin = io.TextIOWrapper(file, encoding="ascii")
        with patch.object(sys, "stdin", stdin), redirect_stdout(out), redirect_stderr(err):
            status = run(words)
    shown = []
    for stream in (out, err):
        stream.flush()
        stream.seek(0)
        shown.append(stream.buffer.read().decode("utf-8"))
    return Ran(status, *shown)


def validate(value: Mapping[str, Any], definition: str) -> None:
    """Check an object against a definition of the schema."""
    if definition not in _validators:
        whole = {"$ref": f"#/$defs/{definition}", "$defs": schema()["$defs"]}
        _validators[definition] = jsonschema.Draft202012Validator(whole)
    _validators[definition].validate(value)


_validators: dict[str, Any] = {}
