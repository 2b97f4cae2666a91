"""The commands. Each parses, makes one library call and hands the result to `render`."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kbassist._version import __version__
from kbassist.cli import evals, generations, options, render
from kbassist.cli.explain import of_search
from kbassist.cli.streams import read_input
from kbassist.config import DEFAULT_TOP_K, parse_day

if TYPE_CHECKING:
    from kbassist.assistant import Assistant

EXIT_NO_ANSWER = 3

app = typer.Typer(
    help="Cited answers from a folder of Markdown support articles.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


app.add_typer(evals.app, name="eval")


def _version(wanted: bool) -> None:
    if wanted:
        render.line(f"kbassist {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    pass


@app.command()
def build(
    kb: options.KbArgument = options.DEFAULT_KB,
    index: options.IndexOption = options.DEFAULT_INDEX,
    embedder: options.EmbedderOption = options.DEFAULT_EMBEDDER,
    full: Annotated[bool, typer.Option("--full", help="Ignore every cache.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="A duplicate id is an error.")] = False,
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Build without the files that are bad.")
    ] = False,
    keep: generations.KeepOption = 2,
    wait: generations.WaitOption = 0.0,
    json: options.JsonOption = False,
) -> int:
    """Build the index from a folder of articles."""
    from kbassist.index.build import build_index

    with render.progress(enabled=not json) as progress:
        report = build_index(
            kb,
            index,
            embedder=embedder,
            full=full,
            strict=strict,
            skip_bad=skip_bad,
            keep=keep,
            wait=wait,
            progress=progress,
        )
    render.build(report, json)
    return 0


@app.command()
def search(
    question: options.Question,
    top_k: options.TopKOption = DEFAULT_TOP_K,
    mode: options.ModeOption = None,
    locale: options.LocaleOption = None,
    kind: options.KindOption = None,
    product: options.ProductOption = None,
    audience: options.AudienceOption = None,
    filter: options.FilterOption = None,
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    require_fresh: options.FreshOption = False,
    today: options.TodayOption = None,
    explain: options.ExplainOption = False,
    json: options.JsonOption = False,
) -> int:
    """List the passages that match a question, best first."""
    assistant = _open(index, kb, today, require_fresh)
    question = _question(question)
    legs = options.as_mode(mode)
    filters = options.filters(locale, kind, product, audience, filter)
    hits = assistant.search(question, top_k=top_k, mode=legs, filters=filters)
    why = of_search(assistant, question, hits, legs, filters) if explain else None
    render.hits(question, hits, assistant.index.analyzer, json, why)
    return 0 if hits else EXIT_NO_ANSWER


@app.command()
def ask(
    question: options.Question,
    top_k: options.TopKOption = DEFAULT_TOP_K,
    mode: options.ModeOption = None,
    locale: options.LocaleOption = None,
    kind: options.KindOption = None,
    product: options.ProductOption = None,
    audience: options.AudienceOption = None,
    filter: options.FilterOption = None,
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    require_fresh: options.FreshOption = False,
    today: options.TodayOption = None,
    explain: options.ExplainOption = False,
    form: options.FormOption = "text",
    mark: options.MarkOption = False,
    json: options.JsonOption = False,
) -> int:
    """Answer a question with cited quotes, or say that there is no answer."""
    options.check_form(form, mark, json)
    assistant = _open(index, kb, today, require_fresh)
    answer = assistant.ask(
        _question(question),
        top_k=top_k,
        mode=options.as_mode(mode),
        filters=options.filters(locale, kind, product, audience, filter),
    )
    render.answer(
        answer,
        assistant.index.analyzer,
        json,
        form,
        mark,
        answer.explain() if explain else None,
    )
    return 0 if answer.action in ("answer", "clarify") else EXIT_NO_ANSWER


@app.command()
def get(
    ref: Annotated[str, typer.Argument(help="Article id, chunk id, or path:start-end.")],
    audience: options.AudienceOption = None,
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    require_fresh: options.FreshOption = False,
    json: options.JsonOption = False,
) -> int:
    """Print an article, a chunk or lines of an article, with line numbers."""
    assistant = _open(index, kb, None, require_fresh)
    render.passage(assistant.get(ref, audience=audience or ()), json)
    return 0


@app.command()
def status(
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    require_fresh: options.FreshOption = False,
    today: options.TodayOption = None,
    json: options.JsonOption = False,
) -> int:
    """Say what the index holds and which articles changed since it was built."""
    assistant = _open(index, kb, today, require_fresh)
    render.status(assistant.status(), json)
    return 0


app.command()(generations.rollback)
app.command()(generations.verify)


@app.command()
def calibrate(
    datasets: evals.Datasets,
    index: options.IndexOption = options.DEFAULT_INDEX,
    json: options.JsonOption = False,
) -> int:
    """Fit the confidence to your own labelled questions, and keep it beside the index."""
    from kbassist.cli.eval_steps import calibrate_index

    calibrate_index(datasets, index, json)
    return 0


@app.command()
def glossary(
    kb: options.KbArgument = options.DEFAULT_KB,
    json: options.JsonOption = False,
) -> int:
    """List the terms of the glossary articles with their other names and misspellings."""
    from kbassist.articles.load import load_terms

    terms = load_terms(kb)
    render.terms(terms, json)
    return 0 if terms else EXIT_NO_ANSWER


def _open(index: Path, kb: Path | None, today: str | None, require_fresh: bool) -> Assistant:
    from kbassist.assistant import Assistant

    day: date | None = None if today is None else parse_day(today, "--today")
    assistant = Assistant.open(index, kb=kb, today=day)
    if require_fresh:
        assistant.require_fresh()
    return assistant


def _question(argument: str) -> str:
    return read_input() if argument == "-" else argument
