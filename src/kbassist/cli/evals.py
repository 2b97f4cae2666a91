"""`kbassist eval`: run labelled questions, compare runs, explain failures, keep the questions."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kbassist.cli import eval_render, options, render
from kbassist.config import parse_day
from kbassist.errors import GateFailed, MissingDependency, UsageError

if TYPE_CHECKING:
    from kbassist.assistant import Assistant
    from kbassist.evals.model import Split

app = typer.Typer(
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
    _needs_extra()
    from kbassist.evals.gates import check, parse_gates, read_gates
    from kbassist.evals.read import read_dataset
    from kbassist.evals.result import write_result
    from kbassist.evals.run import run as run_dataset
    from kbassist.evals.summary import summarise

    wanted, by_name = parse_gates(fail_under), {} if gates is None else read_gates(gates)
    part, legs = _split(split), options.as_mode(mode)
    read = [read_dataset(path) for path in datasets]
    assistant = _open(index, kb, today)
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
        if out is not None:
            write_result(result, out / f"{dataset.name}-{part}-{result.mode}.json")
    if report is not None:
        from kbassist.evals.report import write_report

        write_report(results, summaries, report, assistant)
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
    limit: Annotated[int, typer.Option("--limit", help="Questions listed on each side.")] = 10,
    json: options.JsonOption = False,
) -> int:
    """Say what differs between two results, and whether chance would give as much."""
    _needs_extra()
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
    _needs_extra()
    from kbassist.evals.misses import misses as explain
    from kbassist.evals.read import read_dataset
    from kbassist.evals.run import run as run_dataset

    questions, assistant = read_dataset(dataset), _open(index, kb, today)
    result = run_dataset(questions, assistant, split=_split(split), mode=options.as_mode(mode))
    eval_render.misses(explain(result, questions, assistant), len(result.outcomes), json)
    return 0


@app.command()
def sweep(
    dataset: DatasetArgument,
    settings: Annotated[
        list[str], typer.Option("--set", help="Setting and its values: NAME=VALUE,VALUE.")
    ],
    index: options.IndexOption = options.DEFAULT_INDEX,
    mode: options.ModeOption = None,
    split: SplitOption = "dev",
    json: options.JsonOption = False,
) -> int:
    """Try search settings on the dev split; the test split is refused."""
    _needs_extra()
    from kbassist.evals.read import read_dataset
    from kbassist.evals.sweep import sweep as sweep_settings

    grid = {}
    for text in settings:
        name, sign, values = text.partition("=")
        if not sign:
            raise UsageError(f"not a setting: {text!r}", hint="Write vector_weight=0.3,0.5, say.")
        grid[name.strip()] = values.split(",")
    points = sweep_settings(
        read_dataset(dataset),
        _open(index, None, None),
        grid,
        split=_split(split),
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
    _needs_extra()
    from kbassist.evals.export import export as export_result
    from kbassist.evals.result import read_result

    eval_render.written(export_result(read_result(result), out), json)
    return 0


@app.command()
def init(
    dataset: DatasetArgument,
    index: options.IndexOption = options.DEFAULT_INDEX,
    json: options.JsonOption = False,
) -> int:
    """Draft a dataset from the questions that articles list, marked as easy."""
    _needs_extra()
    from kbassist.evals.draft import draft, write_questions

    write_questions(draft(_open(index, None, None)), dataset)
    eval_render.written((dataset,), json)
    return 0


@app.command()
def add(
    dataset: DatasetArgument,
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
    _needs_extra()
    from kbassist.evals.draft import add as append
    from kbassist.evals.draft import next_id
    from kbassist.evals.read import make_question

    record = {
        "id": id or next_id(dataset),
        "text": text,
        "locale": locale,
        "slice": slice,
        "expect": expect or ("answer" if relevant else "abstain"),
        "relevant": relevant or [],
        **({"answer_span": span} if span else {}),
    }
    append(make_question(record, str(dataset)), dataset, _open(index, None, None))
    eval_render.written((dataset,), json)
    return 0


def _needs_extra() -> None:
    """Say what to install where the packages for evaluations are not there."""
    try:
        import ir_measures  # noqa: F401
        import pydantic  # noqa: F401
    except ImportError as error:
        raise MissingDependency(
            f"evaluations need {error.name}, which is not installed",
            hint="Install it: pip install 'kbassist[evals]'",
        ) from None


def _split(value: str) -> Split:
    from kbassist.evals.model import SPLITS

    if value not in SPLITS:
        raise UsageError(f"no such split: {value!r}", hint=f"Splits are {', '.join(SPLITS)}.")
    return value


def _open(index: Path, kb: Path | None, today: str | None) -> Assistant:
    from kbassist.assistant import Assistant

    day = None if today is None else parse_day(today, "--today")
    return Assistant.open(index, kb=kb, today=day)
