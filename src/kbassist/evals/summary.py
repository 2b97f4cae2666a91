"""The figures of a result, for all questions and for each slice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import get_args

from kbassist.evals.metrics import (
    Scores,
    auroc,
    confusion,
    expected_calibration_error,
    percentile,
    precision_recall,
)
from kbassist.evals.names import DECISIONS, MEASURES
from kbassist.evals.ranking import evaluate
from kbassist.evals.result import Outcome, Result
from kbassist.evals.statistics import bootstrap_interval
from kbassist.types import Action

ACTIONS: tuple[Action, ...] = get_args(Action)


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean over questions with its bootstrap interval."""

    value: float
    low: float
    high: float
    count: int


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one slice."""

    name: str
    questions: int
    figures: dict[str, Figure]
    """Measure → figure; a measure is absent where no question of the slice has it."""


@dataclass(frozen=True, slots=True)
class Summary:
    """The figures of a whole result."""

    total: Row
    slices: tuple[Row, ...]
    abstention: Scores
    """Of the decision not to answer: to abstain, clarify or hand off, whichever of them."""
    auroc: float | None
    """How well confidence tells right answers from wrong ones; None where all are alike."""
    ece: float | None
    """Expected calibration error of the answers given; None where none was."""
    confusion: dict[str, dict[str, int]]
    latency: dict[str, float]
    """p50 and p95 of search and ask, in milliseconds."""


def values_of(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Measure → question id → value, each question under the measures that it has.

    Ranking measures are of questions that expect an answer. Answer accuracy is whether such a
    question was answered rightly; citation precision, of those answered at all, whether the first
    quote is of a right passage, all are verbatim, and one holds the answer span; action accuracy,
    of every question, whether the action is the expected one.
    """
    answerable = [outcome for outcome in outcomes if outcome.expect == "answer"]
    qrels = {outcome.id: outcome.relevant for outcome in answerable}
    table = evaluate(qrels, {outcome.id: outcome.ranking for outcome in answerable})
    table["answer accuracy"] = {outcome.id: float(outcome.right) for outcome in answerable}
    table["citation precision"] = {
        outcome.id: float(outcome.right) for outcome in answerable if outcome.action == "answer"
    }
    table["action accuracy"] = {o.id: float(o.action == o.expect) for o in outcomes}
    return table


def summarise(result: Result) -> Summary:
    """All figures of a result."""
    outcomes = result.outcomes
    values = values_of(outcomes)
    names = sorted({outcome.slice for outcome in outcomes})
    given = [outcome for outcome in outcomes if outcome.action == "answer"]
    right = [outcome.right for outcome in given]
    confidences = [outcome.confidence for outcome in given]
    return Summary(
        total=_row("all", outcomes, values),
        slices=tuple(
            _row(name, [outcome for outcome in outcomes if outcome.slice == name], values)
            for name in names
        ),
        abstention=precision_recall(
            [outcome.action != "answer" for outcome in outcomes],
            [outcome.expect != "answer" for outcome in outcomes],
        ),
        auroc=auroc(confidences, right) if 0 < sum(right) < len(right) else None,
        ece=expected_calibration_error(confidences, right) if given else None,
        confusion=confusion(
            [outcome.expect for outcome in outcomes], [o.action for o in outcomes], ACTIONS
        ),
        latency=_latency(outcomes),
    )


def _row(name: str, outcomes: Sequence[Outcome], values: dict[str, dict[str, float]]) -> Row:
    figures = {}
    for measure in (*MEASURES, *DECISIONS):
        found = [values[measure][o.id] for o in outcomes if o.id in values[measure]]
        if found:
            low, high = bootstrap_interval(found)
            figures[measure] = Figure(sum(found) / len(found), low, high, len(found))
    return Row(name, len(outcomes), figures)


def _latency(outcomes: Sequence[Outcome]) -> dict[str, float]:
    parts: dict[str, Callable[[Outcome], float]] = {
        "search": lambda outcome: outcome.search_ms,
        "ask": lambda outcome: outcome.ask_ms,
    }
    return {
        f"{name} p{round(share * 100)}": percentile([read(o) for o in outcomes], share)
        for name, read in parts.items()
        for share in (0.5, 0.95)
    }
