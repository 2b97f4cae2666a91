"""What `build`, `watch` and `cache` did, as lines for people and objects for programs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from kbassist.cli.render import line, message, print_json
from kbassist.cli.terminal import counted, megabytes, one_line, styled
from kbassist.records.results import SCHEMA_VERSION, problem, warning

if TYPE_CHECKING:
    from kbassist.index.cache import CacheState
    from kbassist.index.report import BuildChanges, BuildReport

LISTED = 20
"""Paths of each kind that are named."""
_SHOWN = 3
"""Paths of each kind that a line has room for."""


def build(report: BuildReport, as_json: bool) -> None:
    """What a build did."""
    if as_json:
        return print_json(build_record(report))
    for one in report.warnings:
        message(f"warning: {one}")
    for bad in report.skipped:
        message(f"skipped: {bad.message}")
        if bad.hint:
            message(f"  {bad.hint}")
    verb = "Built" if report.changed else "Up to date:"
    listed = ", ".join(
        counted(number, noun)
        for number, noun in (
            (report.articles, "article"),
            (report.chunks, "chunk"),
            (len(report.warnings), "warning"),
        )
    )
    line(f"{verb} {one_line(report.index)} ({report.generation}): {listed}, {report.seconds:.2f} s")
    if report.changes is not None and report.changes.any:
        line(one_line(f"Changes: {_changes(report.changes)}"))
    if report.embedder is None:
        line("Search is lexical (BM25): --embedder none leaves the vectors out.")
    return None


def build_record(report: BuildReport) -> dict[str, Any]:
    """Object of `kbassist build --json`."""
    changes = report.changes
    return {
        "schema_version": SCHEMA_VERSION,
        "index": report.index,
        "generation": report.generation,
        "changed": report.changed,
        "articles": report.articles,
        "chunks": report.chunks,
        "unpublished": report.unpublished,
        "embedder": report.embedder,
        "reused": report.reused,
        "changes": None if changes is None else _changes_record(changes),
        "warnings": [warning(one) for one in report.warnings],
        "skipped": [problem(one) for one in report.skipped],
        "seconds": round(report.seconds, 3),
    }


def _changes_record(changes: BuildChanges) -> dict[str, Any]:
    kinds: dict[str, list[Any]] = {
        "added": list(changes.added),
        "changed": list(changes.changed),
        "deleted": list(changes.deleted),
        "renamed": [list(pair) for pair in changes.renamed],
    }
    return {
        **{name: {"count": len(paths), "paths": paths[:LISTED]} for name, paths in kinds.items()},
        "settings": changes.settings,
    }


def _changes(changes: BuildChanges) -> str:
    renamed = [f"{old} → {new}" for old, new in changes.renamed]
    kinds: tuple[tuple[Sequence[str], str], ...] = (
        (changes.added, "added"),
        (changes.changed, "changed"),
        (changes.deleted, "deleted"),
        (renamed, "renamed"),
    )
    parts = [
        f"{len(paths)} {kind} ({', '.join(paths[:_SHOWN])}{', …' if len(paths) > _SHOWN else ''})"
        for paths, kind in kinds
        if paths
    ]
    return "; ".join([*parts, "settings"] if changes.settings else parts)


def cache(value: CacheState, as_json: bool) -> None:
    """What a cache holds."""
    if as_json:
        return print_json(
            {
                "schema_version": SCHEMA_VERSION,
                "path": value.path,
                "bytes": value.bytes,
                "limit": value.limit,
                "kinds": {
                    kind.name: {"entries": kind.entries, "bytes": kind.bytes}
                    for kind in value.kinds
                },
            }
        )
    line(f"{one_line(value.path)}: {megabytes(value.bytes)}, limit {megabytes(value.limit)}")
    for kind in value.kinds:
        name = styled(f"{kind.name:<8}", bold=True)
        line(f"  {name} {kind.entries:>8}  {megabytes(kind.bytes)}")
    return None
