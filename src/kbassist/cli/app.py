"""All commands. Each parses, makes one library call and hands the result to `render`.

The commands that only read an index are in `queries`, which does without Typer.
"""

from __future__ import annotations

from typing import Annotated

import typer

from kbassist._version import __version__
from kbassist.cli import (
    building,
    coverage,
    describing,
    evals,
    generations,
    linting,
    options,
    queries,
    render,
)
from kbassist.cli.application import App
from kbassist.cli.queries import EXIT_NO_ANSWER
from kbassist.cli.serving import mcp

app = App(
    help="Cited answers from a folder of Markdown support articles.",
    epilog="Every command but mcp takes --json after its name; programs begin with: kbassist ask"
    " QUESTION --json --brief. Exit codes: 0 answered or found, 3 no answer, 2 usage, 4 stale, 5 no"
    " usable index, 1 other errors.",
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


app.command()(building.build)
app.command()(building.watch)
app.command()(building.preview)
app.command()(queries.search)
app.command()(queries.ask)
app.command()(queries.get)
app.command()(queries.status)
app.command()(mcp)


app.command()(coverage.coverage)
app.command()(generations.rollback)
app.command()(generations.verify)
app.command()(building.cache)
app.command()(linting.lint)
app.command()(describing.schema)
app.command()(describing.version)


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
