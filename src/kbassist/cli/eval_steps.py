"""What the commands of `kbassist eval` share: what they need, read, open and write."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from kbassist.cli import eval_render, render
from kbassist.config import parse_day
from kbassist.errors import MissingDependency, UsageError

if TYPE_CHECKING:
    from kbassist.assistant import Assistant
    from kbassist.evals.model import Dataset, Split
    from kbassist.evals.result import Result
    from kbassist.evals.summary import Summary


def read_all(paths: list[Path]) -> list[Dataset]:
    """The datasets, each of a name of its own."""
    from kbassist.evals.read import read_dataset

    read = [read_dataset(path) for path in paths]
    names = [dataset.name for dataset in read]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice is not None:
        raise UsageError(
            f"two datasets are named {twice!r}: their results and gates would be one",
            hint="Rename one of the files.",
        )
    return read


def gates_for(path: Path, names: list[str]) -> dict[str, dict[str, float]]:
    """The gates of a file, which must have some for each dataset."""
    from kbassist.evals.gates import read_gates

    gates = read_gates(path)
    missing = [name for name in names if name not in gates]
    if missing:
        raise UsageError(
            f"{path} has no gates for {missing[0]!r}",
            hint=f"It has {', '.join(gates) or 'none'}; add a table [{missing[0]}].",
        )
    return gates


def write_files(
    results: list[Result],
    summaries: list[Summary],
    out: Path | None,
    report: Path | None,
    assistant: Assistant,
) -> None:
    """Result files and report, before anything is printed: a reader may go away early."""
    if out is not None:
        from kbassist.evals.result import file_name, write_result

        for result in results:
            write_result(result, out / f"{file_name(result)}.json")
    if report is not None:
        from kbassist.evals.report import write_report

        write_report(results, summaries, report, assistant)


def needs_extra(*more: str) -> None:
    """Say what to install where the packages for evaluations are not there."""
    for name in ("ir_measures", "pydantic", *more):
        try:
            import_module(name)
        except ImportError as error:
            raise MissingDependency(
                f"this needs {error.name or name}, which is not installed",
                hint="Install it: pip install 'kbassist[evals]'",
            ) from None


def split_named(value: str) -> Split:
    """The option's text as a split."""
    from kbassist.evals.model import SPLITS

    if value not in SPLITS:
        raise UsageError(f"no such split: {value!r}", hint=f"Splits are {', '.join(SPLITS)}.")
    return value


def open_assistant(index: Path, kb: Path | None, today: str | None) -> Assistant:
    """The index under test."""
    from kbassist.assistant import Assistant

    day = None if today is None else parse_day(today, "--today")
    return Assistant.open(index, kb=kb, today=day)


def calibrate_index(paths: list[Path], index: Path, as_json: bool) -> None:
    """Fit the confidence of an index to labelled questions, and say what became of it."""
    needs_extra()
    from kbassist.evals.calibrate import calibrate_index as fit

    assistant = open_assistant(index, None, None)
    with render.progress(enabled=not as_json) as show:
        fitted = fit(read_all(paths), assistant, show)
    eval_render.calibration(fitted, as_json)
