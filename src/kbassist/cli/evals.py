"""`kbassist eval`: run labelled questions, compare runs, explain failures, keep the questions."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from kbassist.cli import eval_render, options, render
from kbassist.cli.application import App
from kbassist.cli.eval_steps import (
    gates_for,
    needs_extra,
    open_assistant,
    read_all,
    split_named,
    write_files,
)
from kbassist.errors import GateFailed, UsageError

app = App(
    help="Measure retrieval and answers on labelled questions.",
    add_completion=False,
    rich_markup_mode=None,
    no_args_is_help=True,
)

Datasets = Annotated[
    list[Path], typer.Argument(help="Labelled questions: .jsonl, .csv or .tsv.", metavar="DATASET…")
]
DatasetArgument = Annotated[
    Path, typer.Argument(help="Labelled questions: .jsonl, .csv or .tsv.", metavar="DATASET")
]
SplitOption = Annotated[
    str, typer.Option("--split", help="Which part to ask.", metavar="all|dev|test")
]
WrittenDataset = Annotated[
    Path, typer.Argument(help="The .jsonl file to write.", metavar="DATASET")
]
ResultArgument = Annotated[
    Path, typer.Argument(help="Result file of `eval run --out`.", metavar="RESULT")
]


@app.command()
def run(
    datasets: Datasets,
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    mode: options.ModeOption = None,
    split: SplitOption = "all",
    fail_under: Annotated[
        str, typer.Option("--fail-under", help="Least figures: ndcg@10=0.8,abstention F1=0.5.")
    ] = "",
    gates: Annotated[
        Path | None, typer.Option("--gates", help="TOML file of least figures by dataset.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option("--out", help="Folder that result files are written to.")
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", help="HTML file that the report is written to.")
    ] = None,
    today: options.TodayOption = None,
    json: options.JsonOption = False,
) -> int:
    """Ask every question and print the figures by slice; exit with 6 below a gate."""
    needs_extra("jinja2", "matplotlib") if report else needs_extra()
    from kbassist.evals.gates import check, parse_gates
    from kbassist.evals.run import run as run_dataset
    from kbassist.evals.summary import summarise

    read, wanted = read_all(datasets), parse_gates(fail_under)
    by_name = {} if gates is None else gates_for(gates, [dataset.name for dataset in read])
    part, legs = split_named(split), options.as_mode(mode)
    for folder in filter(None, (out, report and report.parent)):
        folder.mkdir(parents=True, exist_ok=True)
    assistant = open_assistant(index, kb, today)
    results, summaries, shortfalls = [], [], []
    for dataset in read:
        with render.progress(enabled=not json) as show:
            step = None if show is None else partial(show, dataset.name)
            result = run_dataset(dataset, assistant, split=part, mode=legs, progress=step)
        summary = summarise(result)
        results.append(result)
        summaries.append(summary)
        found = check(summary, {**by_name.get(dataset.name, {}), **wanted})
        shortfalls += [f"{dataset.name}: {shortfall}" for shortfall in found]
    try:
        write_files(results, summaries, out, report, assistant)
    except OSError:
        if not json:  # the figures took a while; under --json the error is the one object
            eval_render.summaries(results, summaries, shortfalls, json)
        raise
    eval_render.summaries(results, summaries, shortfalls, json)
    if shortfalls and not json:
        raise GateFailed("; ".join(shortfalls), hint="See why: kbassist eval misses DATASET")
    return GateFailed.exit_code if shortfalls else 0


@app.command()
def compare(
    before: ResultArgument,
    after: ResultArgument,
    measure: Annotated[
        str, typer.Option("--measure", help="Decides which questions were won and lost.")
    ] = "rr@10",
    limit: Annotated[
        int, typer.Option("--limit", min=0, help="Questions listed on each side, for people.")
    ] = 10,
    json: options.JsonOption = False,
) -> int:
    """Say what differs between two results, and whether chance would give as much."""
    needs_extra()
    from kbassist.evals.compare import compare as compare_results
    from kbassist.evals.gates import parse_measure_name
    from kbassist.evals.result import read_result

    found = compare_results(
        read_result(before), read_result(after), measure=parse_measure_name(measure)
    )
    eval_render.comparison(found, limit, json)
    return 0


@app.command()
def misses(
    dataset: DatasetArgument,
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    mode: options.ModeOption = None,
    split: SplitOption = "all",
    today: options.TodayOption = None,
    json: options.JsonOption = False,
) -> int:
    """Explain every question that was not answered rightly."""
    needs_extra()
    from kbassist.evals.misses import misses as explain
    from kbassist.evals.read import read_dataset
    from kbassist.evals.run import run as run_dataset

    questions, assistant = read_dataset(dataset), open_assistant(index, kb, today)
    result = run_dataset(questions, assistant, split=split_named(split), mode=options.as_mode(mode))
    eval_render.misses(explain(result, questions, assistant), len(result.outcomes), json)
    return 0


@app.command()
def sweep(
    dataset: DatasetArgument,
    settings: Annotated[
        list[str], typer.Option("--set", help="Setting and its values: NAME=VALUE,VALUE.")
    ],
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    mode: options.ModeOption = None,
    split: SplitOption = "dev",
    today: options.TodayOption = None,
    json: options.JsonOption = False,
) -> int:
    """Try search settings on the dev split; the test split is refused."""
    needs_extra()
    from kbassist.evals.read import read_dataset
    from kbassist.evals.sweep import sweep as sweep_settings

    grid = {}
    for text in settings:
        name, sign, values = text.partition("=")
        if not sign:
            raise UsageError(f"not a setting: {text!r}", hint="Write vector_weight=0.3,0.5, say.")
        if name.strip() in grid:
            raise UsageError(f"{name.strip()} is named twice", hint="Name all values in one --set.")
        grid[name.strip()] = values.split(",")
    points = sweep_settings(
        read_dataset(dataset),
        open_assistant(index, kb, today),
        grid,
        split=split_named(split),
        mode=options.as_mode(mode),
    )
    eval_render.points(points, json)
    return 0


@app.command()
def export(
    result: ResultArgument,
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")],
    json: options.JsonOption = False,
) -> int:
    """Write a result as TREC run and qrels, for other tools."""
    needs_extra()
    from kbassist.evals.export import export as export_result
    from kbassist.evals.result import read_result

    eval_render.written(export_result(read_result(result), out), json)
    return 0


@app.command()
def init(
    dataset: WrittenDataset,
    index: options.IndexOption = options.DEFAULT_INDEX,
    json: options.JsonOption = False,
) -> int:
    """Draft a dataset from the questions that articles list, marked as easy."""
    needs_extra()
    from kbassist.evals.draft import draft, write_questions

    write_questions(draft(open_assistant(index, None, None)), dataset)
    eval_render.written((dataset,), json)
    return 0


@app.command()
def add(
    dataset: WrittenDataset,
    text: Annotated[str, typer.Argument(help="The question, as typed.")],
    relevant: Annotated[
        list[str] | None, typer.Option("--relevant", help="Article, article#anchor or path:a-b.")
    ] = None,
    expect: Annotated[
        str | None, typer.Option("--expect", metavar="answer|clarify|abstain|handoff")
    ] = None,
    id: Annotated[str | None, typer.Option("--id", help="By default the next number.")] = None,
    locale: Annotated[str, typer.Option("--locale", help="Of the question.")] = "und",
    slice: Annotated[str, typer.Option("--slice", help="Group that it is counted in.")] = "all",
    span: Annotated[
        str | None, typer.Option("--span", help="Text that a right quote contains.")
    ] = None,
    index: options.IndexOption = options.DEFAULT_INDEX,
    json: options.JsonOption = False,
) -> int:
    """Append a question to a dataset, after checking its labels."""
    needs_extra()
    from kbassist.evals.draft import add as append
    from kbassist.evals.draft import next_id
    from kbassist.evals.read import make_question

    if not relevant and expect is None:
        raise UsageError(
            "neither --relevant nor --expect: is it a question that nothing answers?",
            hint="Name the article (--relevant fees#withdrawal), or say --expect abstain.",
        )
    record = {
        "id": id or next_id(dataset),
        "text": text,
        "locale": locale,
        "slice": slice,
        "expect": expect or "answer",
        "relevant": relevant or [],
        **({"answer_span": span} if span else {}),
    }
    append(make_question(record, str(dataset)), dataset, open_assistant(index, None, None))
    eval_render.written((dataset,), json)
    return 0
