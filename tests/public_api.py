"""What programs may rely on, as text: names, signatures, members, values, error codes.

    python -m tests.public_api    writes tests/public_api.txt anew

Where that file changes, docs/versioning.md says which number of the version goes up, and
CHANGELOG.md says what changed.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass
from pathlib import Path
from typing import Any, get_args

import kbassist
from kbassist import errors, types
from kbassist.answer import calls, decide, rendering, verify
from kbassist.answer.context import Context
from kbassist.answer.followup import Resolution
from kbassist.config import Bm25Settings, ChunkSettings
from kbassist.index.manifest import FileEntry, Manifest
from kbassist.index.report import BuildChanges
from kbassist.index.status import Changes
from kbassist.records import results
from kbassist.serial import codec

SNAPSHOT = Path(__file__).with_suffix(".txt")

REACHED = (
    *(types.Choice, types.LegScore, types.Span, types.Unit, types.BuildWarning),
    *(Resolution, Context, verify.Verification, verify.Finding),
    *(Bm25Settings, ChunkSettings, BuildChanges, Changes, Manifest, FileEntry),
    *(types.HitExplanation, types.AnswerExplanation, types.SearchExplanation),
    *(types.DecisionExplanation, types.ConfidenceExplanation, types.Figure),
)
"""Classes that have no name in `kbassist`, but whose values public calls return or take."""

LITERALS = {
    "Action": get_args(types.Action),
    "Reason": decide.REASONS,
    "Kind": types.KINDS,
    "Status": types.STATUSES,
    "HandoffRule": types.HANDOFF_RULES,
    "Mode": types.MODES,
    "SourceState": get_args(types.SourceState),
    "Verified": get_args(types.Verified),
    "UnitKind": get_args(types.UnitKind),
    "Form": get_args(rendering.Form),
    "FindingStatus": get_args(verify.FindingStatus),
    "legs": ("bm25", "vector", "words", "title"),
}
"""Texts that a program may compare with."""


def rendered() -> str:
    """All of it."""
    blocks = [
        "# Written by python -m tests.public_api; see docs/versioning.md before you change it.",
        *(_block(name, getattr(kbassist, name)) for name in kbassist.__all__),
        *(_block(kind.__name__, kind) for kind in REACHED),
        *(_options(kind) for kind in (calls.SearchOptions, calls.TurnOptions, calls.AskOptions)),
        "\n".join(f"{name}: {' '.join(map(str, found))}" for name, found in LITERALS.items()),
        "\n".join(_errors(errors.KbassistError)),
        f"schema_version {results.SCHEMA_VERSION}\njson version {codec.VERSION}",
    ]
    return "\n\n".join(blocks) + "\n"


def _block(name: str, found: Any) -> str:
    if inspect.isfunction(found):
        return f"def {name}{_signature(found)}"
    if not isinstance(found, type):
        return f"{name}: {type(found).__name__}"
    bases = ", ".join(base.__name__ for base in found.__bases__ if base is not object)
    return "\n".join([f"class {name}({bases})", *sorted(_members(found))])


def _members(kind: type) -> Iterator[str]:
    if is_dataclass(kind):
        for number, item in enumerate(fields(kind)):
            if item.compare:
                yield f"  {number:02} {item.name}: {item.type}{_default(item)}"
    elif "__init__" in vars(kind) and not getattr(kind, "_is_protocol", False):
        yield f"  __init__{_signature(vars(kind)['__init__'])}"
    for name in dir(kind):
        if name.startswith("_"):
            continue
        found = inspect.getattr_static(kind, name)
        if isinstance(found, property):
            settable = ", may be set" if found.fset else ""
            yield f"  .{name}: {found.fget.__annotations__.get('return')}{settable}"
        elif isinstance(found, (classmethod, staticmethod)):
            yield f"  {type(found).__name__} {name}{_signature(found.__func__)}"
        elif inspect.isfunction(found):
            way = "async " if inspect.iscoroutinefunction(found) else ""
            yield f"  {way}def {name}{_signature(found)}"


def _default(item: Any) -> str:
    if item.default is not MISSING:
        return f" = {item.default!r}"
    return "" if item.default_factory is MISSING else f" = {item.default_factory.__name__}()"


def _signature(call: Any) -> str:
    return str(inspect.signature(call)).replace("'", "")


def _options(kind: Any) -> str:
    members = (
        f"  {name}: {hint.__forward_arg__}" for name, hint in sorted(kind.__annotations__.items())
    )
    return "\n".join([f"options {kind.__name__}", *members])


def _errors(kind: type[errors.KbassistError], depth: int = 0) -> Iterator[str]:
    yield f"{'  ' * depth}{kind.__name__}: {kind.code}, exit {kind.exit_code}"
    for below in sorted(kind.__subclasses__(), key=lambda one: one.__name__):
        if below.__module__ == errors.__name__:
            yield from _errors(below, depth + 1)


if __name__ == "__main__":
    SNAPSHOT.write_text(rendered(), encoding="utf-8")
