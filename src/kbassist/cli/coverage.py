"""`kbassist coverage`: what customers ask and no article answers."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from kbassist.cli import options, render
from kbassist.errors import GateFailed, UsageError

Questions = Annotated[
    list[Path],
    typer.Argument(
        help="Files of questions: one a line, .csv/.tsv with a column `question`, .jsonl, or a"
        " dataset of `kbassist eval`; - reads lines from standard input.",
        metavar="QUESTIONS...",
    ),
]


def coverage(
    questions: Questions,
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    audience: options.AudienceOption = None,
    markdown: Annotated[
        Path | None, typer.Option("--markdown", help="Write the report as Markdown too.")
    ] = None,
    html: Annotated[
        Path | None,
        typer.Option("--html", help="Write the report as one HTML file that needs no network."),
    ] = None,
    previous: Annotated[
        Path | None,
        typer.Option(
            "--previous", help="An earlier report, as --json printed it, to show the trend against."
        ),
    ] = None,
    source: Annotated[
        str | None,
        typer.Option(
            "--source",
            help="Address of a line of an article for the links of the HTML, with {path} and"
            " {line}; by default the file in the kb folder.",
        ),
    ] = None,
    fail_under: Annotated[
        float | None,
        typer.Option(
            "--fail-under",
            min=0,
            max=1,
            help="Exit with 6 where less than this share of the askers is covered, 0.85 say.",
        ),
    ] = None,
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Suggestions shown, for people; 0 for all.")
    ] = 10,
    jobs: Annotated[
        int | None,
        typer.Option(
            "--jobs", "-j", min=1, help="Processes that judge; by default one for each core."
        ),
    ] = None,
    today: options.TodayOption = None,
    json: options.JsonOption = False,
) -> int:
    """Say which questions the articles answer, which topics are missing, and what to write."""
    from kbassist.cli import coverage_render
    from kbassist.cli.eval_steps import open_assistant
    from kbassist.coverage.clusters import require_extra
    from kbassist.coverage.cover import cover

    _check(html, markdown, source)
    require_extra()
    before = None
    if previous is not None:
        from kbassist.coverage.stored import previous_of, read_report

        before = previous_of(read_report(previous))
    assistant = open_assistant(index, kb, today)
    filters = options.filters(None, None, None, audience, None)
    with render.progress(enabled=not json) as show:
        report = cover(questions, assistant, filters=filters, jobs=jobs, progress=show)
    report = replace(report, previous=before)
    if html is not None:
        from kbassist.coverage.html import write_html

        write_html(report, html, source)
    if markdown is not None:
        from kbassist.coverage.markdown import markdown as as_markdown

        markdown.parent.mkdir(parents=True, exist_ok=True)
        markdown.write_text(as_markdown(report), encoding="utf-8")
    coverage_render.report(report, limit, json)
    found = report.overview.coverage
    if fail_under is None or found >= fail_under:
        return 0
    if not json:
        raise GateFailed(
            f"coverage is {found:.3f}, below {fail_under:g}",
            hint="What to write is listed above, greatest impact first.",
        )
    return GateFailed.exit_code


def _check(html: Path | None, markdown: Path | None, source: str | None) -> None:
    """What would fail only after all questions were judged, or make links that lead nowhere."""
    for name, path in (("--html", html), ("--markdown", markdown)):
        if path is not None and path.is_dir():
            kind = name.removeprefix("--")
            suffix = "md" if kind == "markdown" else kind
            raise UsageError(
                f"{name}: {str(path)!r} is a folder",
                hint=f"Name a file: {path / 'report'}.{suffix}",
            )
    if source is not None and "{path}" not in source:
        raise UsageError(
            f"--source has no {{path}}: {source!r}",
            hint="For example: https://git.example/help/blob/main/{path}#L{line}",
        )
