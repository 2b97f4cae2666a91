"""What `rollback` and `verify` found, as lines for people and objects for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kbassist.cli.render import error, line, print_json
from kbassist.cli.terminal import counted, megabytes, one_line, styled
from kbassist.records.results import SCHEMA_VERSION

if TYPE_CHECKING:
    from kbassist.index.rollback import Generation, Rollback
    from kbassist.index.verify import Verified


def rollback(done: Rollback, as_json: bool) -> None:
    """What a rollback did."""
    if as_json:
        return print_json(
            {
                "schema_version": SCHEMA_VERSION,
                "index": done.index,
                "generation": done.generation,
                "before": done.before,
                "changed": done.changed,
            }
        )
    verb = "Back to" if done.changed else "Live already:"
    before = f" (was {done.before})" if done.changed else ""
    line(one_line(f"{verb} {done.generation}{before} in {done.index}, verified"))
    return None


def generations(index: str, found: Sequence[Generation], as_json: bool) -> None:
    """The generations of an index, oldest first."""
    if as_json:
        records = [
            {
                "generation": one.name,
                "live": one.live,
                "articles": one.articles,
                "chunks": one.chunks,
                "embedder": one.embedder,
            }
            for one in found
        ]
        return print_json(
            {"schema_version": SCHEMA_VERSION, "index": index, "generations": records}
        )
    for one in found:
        facts = "cannot be read by this version"
        if one.articles is not None:
            model = "lexical" if one.embedder is None else one.embedder
            facts = (
                f"{counted(one.articles, 'article')}, {counted(one.chunks or 0, 'chunk')}, {model}"
            )
        line(f"{_name(one.name, one.live)} {one_line(facts)}")
    return None


def verified(index: str, found: Sequence[Verified], as_json: bool) -> None:
    """Which generations are sound; a fault goes to standard error."""
    if as_json:
        return print_json(
            {
                "schema_version": SCHEMA_VERSION,
                "index": index,
                "sound": all(one.sound for one in found),
                "generations": [_record(one) for one in found],
            }
        )
    for one in found:
        files = f"{one.files} files, {megabytes(one.size)}"
        if one.fault is None:
            line(f"{_name(one.generation, one.live)} sound: {files}")
        else:
            error(one.fault)
    return None


def _record(one: Verified) -> dict[str, Any]:
    fault = one.fault
    return {
        "generation": one.generation,
        "live": one.live,
        "sound": one.sound,
        "files": one.files,
        "bytes": one.size,
        "fault": None
        if fault is None
        else {"code": fault.code, "message": fault.message, "hint": fault.hint},
    }


def _name(name: str, live: bool) -> str:
    return styled(f"{name} {'live' if live else '    '}", bold=live)
