"""`kbassist lint`: what is wrong with the articles, and what mends itself."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from kbassist.cli import options, render
from kbassist.errors import GateFailed, UsageError

if TYPE_CHECKING:
    from kbassist.lint.fix import Change
    from kbassist.lint.model import Severity
    from kbassist.lint.run import LintReport

FORMATS = ("text", "github")
FAIL_ON = ("error", "warning", "info", "never")

SelectOption = Annotated[
    list[str] | None,
    typer.Option(
        "--select",
        help="Only these rules: KB202, broken-anchor, or a family, KB2; several with commas.",
    ),
]
IgnoreOption = Annotated[list[str] | None, typer.Option("--ignore", help="All rules but these.")]
FailOption = Annotated[
    str,
    typer.Option(
        "--fail-on", help="Exit with 6 where a finding is as grave.", metavar="|".join(FAIL_ON)
    ),
]
FormatOption = Annotated[
    str,
    typer.Option(
        "--format",
        help="text for people, github for annotations on a pull request.",
        metavar="|".join(FORMATS),
    ),
]


def lint(
    kb: options.KbArgument = options.DEFAULT_KB,
    select: SelectOption = None,
    ignore: IgnoreOption = None,
    fix: Annotated[
        bool, typer.Option("--fix", help="Mend what is mechanical, then say what is left.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="With --fix: show the changes, write nothing.")
    ] = False,
    fail_on: FailOption = "error",
    form: FormatOption = "text",
    rules: Annotated[
        bool, typer.Option("--rules", help="List the rules, or explain those of --select.")
    ] = False,
    jobs: Annotated[
        int | None,
        typer.Option("--jobs", "-j", help="Processes that read; by default the cores.", min=1),
    ] = None,
    today: options.TodayOption = None,
    json: options.JsonOption = False,
) -> int:
    """Check the articles themselves: links, images, headings, terms, dates, secrets."""
    from kbassist.cli import lint_render
    from kbassist.lint.fix import changes
    from kbassist.lint.run import wanted_rules

    _check(fail_on, form, json, fix, dry_run)
    select, ignore = _names(select), _names(ignore)
    if rules:
        lint_render.rules(wanted_rules(select, ignore), bool(select), json)
        return 0
    report = _run(kb, select, ignore, today, jobs, quiet=json)
    found = list(changes(report)) if fix else []
    if dry_run:
        lint_render.diffs(found, report, json)
        return 0
    written = _written(report, found)
    if written:
        report = _run(kb, select, ignore, today, jobs, quiet=json)
    level = None if fail_on == "never" else cast("Severity", fail_on)
    failed = level if level is not None and report.grave(level) else None
    lint_render.report(report, written, failed, form, json)
    return GateFailed.exit_code if failed else 0


def _check(fail_on: str, form: str, as_json: bool, fix: bool, dry_run: bool) -> None:
    for name, value, accepted in (("--fail-on", fail_on, FAIL_ON), ("--format", form, FORMATS)):
        if value not in accepted:
            hint = f"Accepted: {', '.join(accepted)}."
            if value == "json":
                hint = "For JSON, write --json in its place."
            raise UsageError(f"{name} is {value!r}", hint=hint)
    if as_json and form != FORMATS[0]:
        raise UsageError("--format says nothing about --json", hint="Leave one of them out.")
    if dry_run and not fix:
        raise UsageError("--dry-run goes with --fix", hint="Write: --fix --dry-run")


def _names(values: list[str] | None) -> list[str]:
    """Names of rules, however they were listed: in options of their own or with commas."""
    parts = (part.strip() for value in values or () for part in value.split(","))
    return [part for part in parts if part]


def _run(
    kb: Path,
    select: list[str],
    ignore: list[str],
    today: str | None,
    jobs: int | None,
    quiet: bool,
) -> LintReport:
    from kbassist.config import parse_day
    from kbassist.index.pool import default_jobs
    from kbassist.lint.run import lint as run

    day = None if today is None else parse_day(today, "--today")
    with render.progress(enabled=not quiet) as progress:
        return run(
            kb,
            select=select,
            ignore=ignore,
            today=day,
            jobs=default_jobs() if jobs is None else jobs,
            progress=progress,
        )


def _written(report: LintReport, found: list[Change]) -> list[Change]:
    from kbassist.lint.fix import write

    return [change for change in found if write(report.folder, change)]
