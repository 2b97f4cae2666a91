from __future__ import annotations

import math
from dataclasses import replace

import pytest

from kbassist.evals.names import DECISIONS, MEASURES
from kbassist.evals.result import Outcome, Result
from kbassist.evals.statistics import bootstrap_interval
from kbassist.evals.summary import summarise, values_of
from kbassist.types import Action

GOOD = Outcome(
    id="good", text="x", slice="wallet", locale="en", expect="answer", relevant={"a": 1},
    labels={"a": 1}, ranking=["a", "b"], action="answer", reason="evidence", confidence=0.9,
    citations=[], article_right=True, section_right=True, lines_right=True, span_right=True,
    search_ms=1.0, ask_ms=10.0,
)  # fmt: skip
WRONG = replace(
    GOOD, id="wrong", slice="fees", ranking=["b", "a"], section_right=False, confidence=0.6,
    search_ms=2.0, ask_ms=20.0,
)  # fmt: skip
SILENT = replace(
    GOOD, id="silent", ranking=[], action="abstain", section_right=False, confidence=0.0,
    search_ms=3.0, ask_ms=30.0,
)  # fmt: skip
QUIET = replace(
    SILENT, id="quiet", slice="off-topic", expect="abstain", relevant={}, labels={},
    search_ms=4.0, ask_ms=40.0,
)  # fmt: skip
BOLD = replace(
    QUIET, id="bold", ranking=["b"], action="answer", confidence=0.7, search_ms=5.0, ask_ms=50.0
)
OUTCOMES = (GOOD, WRONG, SILENT, QUIET, BOLD)


def result(*outcomes: Outcome) -> Result:
    return Result("set", "00", "all", "lexical", {}, "2026-11-21", {}, "0.1.0", outcomes)


def test_each_question_has_the_measures_that_apply_to_it() -> None:
    values = values_of(OUTCOMES)
    assert values.keys() == {*MEASURES, *DECISIONS}
    assert values["RR@10"] == {"good": 1.0, "wrong": 0.5, "silent": 0.0}
    assert values["answer accuracy"] == {"good": 1.0, "wrong": 0.0, "silent": 0.0}
    assert values["citation precision"] == {"good": 1.0, "wrong": 0.0}
    assert values["action accuracy"] == {
        "good": 1.0, "wrong": 1.0, "silent": 0.0, "quiet": 1.0, "bold": 0.0,
    }  # fmt: skip


@pytest.mark.parametrize(
    "change",
    [{"section_right": False}, {"lines_right": False}, {"span_right": False}],
)
def test_a_citation_that_is_wrong_in_one_way_is_wrong(change: dict[str, bool]) -> None:
    values = values_of([replace(GOOD, **change)])  # type: ignore[arg-type]
    assert values["citation precision"] == values["answer accuracy"] == {"good": 0.0}


def test_figures_worked_out_by_hand() -> None:
    """Ranking over good (rank 1), wrong (rank 2) and silent (none).

    RR = (1 + 1/2 + 0) / 3; nDCG = (1 + 1/log2(3) + 0) / 3; Success@1 = 1/3, Success@5 = 2/3.
    Answered rightly 1 of 3; cited rightly 1 of 2; right action 3 of 5.
    """
    figures = summarise(result(*OUTCOMES)).total.figures
    assert {name: (figure.value, figure.count) for name, figure in figures.items()} == {
        "nDCG@10": (pytest.approx((1 + 1 / math.log2(3)) / 3), 3),
        "Success@1": (pytest.approx(1 / 3), 3),
        "Success@5": (pytest.approx(2 / 3), 3),
        "Success@10": (pytest.approx(2 / 3), 3),
        "R@10": (pytest.approx(2 / 3), 3),
        "RR@10": (0.5, 3),
        "answer accuracy": (pytest.approx(1 / 3), 3),
        "citation precision": (0.5, 2),
        "action accuracy": (0.6, 5),
    }
    rank = figures["RR@10"]
    assert (rank.low, rank.high) == bootstrap_interval([1.0, 0.5, 0.0])


def test_slices_are_counted_apart() -> None:
    summary = summarise(result(*OUTCOMES))
    assert (summary.total.name, summary.total.questions) == ("all", 5)
    assert [(row.name, row.questions) for row in summary.slices] == [
        ("fees", 1), ("off-topic", 2), ("wallet", 2),
    ]  # fmt: skip
    fees, off_topic, wallet = summary.slices
    assert (fees.figures["RR@10"].value, fees.figures["RR@10"].count) == (0.5, 1)
    assert wallet.figures["answer accuracy"].value == 0.5
    assert set(off_topic.figures) == {"action accuracy"}
    assert off_topic.figures["action accuracy"].value == 0.5


def test_decisions_and_confidence_worked_out_by_hand() -> None:
    """Abstained: silent, quiet; should have: quiet, bold. P = R = F1 = 1/2.

    Answered: good 0.9 (right), bold 0.7, wrong 0.6: AUROC 1. ECE in bins of one answer each:
    (0.1 + 0.7 + 0.6) / 3.
    """
    summary = summarise(result(*OUTCOMES))
    assert summary.abstention == (0.5, 0.5, 0.5)
    assert summary.auroc == 1.0
    assert summary.ece == pytest.approx(1.4 / 3)
    assert summary.confusion["answer"] == {"answer": 2, "clarify": 0, "abstain": 1, "handoff": 0}
    assert summary.confusion["abstain"] == {"answer": 1, "clarify": 0, "abstain": 1, "handoff": 0}
    assert sum(sum(row.values()) for row in summary.confusion.values()) == 5
    assert set(summary.confusion) == {"answer", "clarify", "abstain", "handoff"}


def test_confidence_of_a_wrong_answer_above_the_right_one() -> None:
    """0.9 right against 0.95 and 0.5 wrong: 1 of 2 pairs."""
    bold = replace(BOLD, confidence=0.95)
    assert summarise(result(GOOD, bold, replace(WRONG, confidence=0.5))).auroc == 0.5


def test_latency_worked_out_by_hand() -> None:
    """Median of 1 to 5 is 3; place 0.95 * 4 = 3.8 is 4 + 0.8."""
    assert summarise(result(*OUTCOMES)).latency == pytest.approx(
        {"search p50": 3.0, "search p95": 4.8, "ask p50": 30.0, "ask p95": 48.0}
    )


def test_figures_that_have_no_value() -> None:
    quiet = summarise(result(QUIET))
    assert (quiet.auroc, quiet.ece) == (None, None)
    assert quiet.abstention == (1.0, 1.0, 1.0)
    assert set(quiet.total.figures) == {"action accuracy"}
    good = summarise(result(GOOD))
    assert good.auroc is None
    assert good.ece == pytest.approx(0.1)
    assert good.abstention == (None, None, None)
    assert "citation precision" not in summarise(result(SILENT)).total.figures


@pytest.mark.parametrize("expect", ["abstain", "clarify", "handoff"])
@pytest.mark.parametrize("action", ["abstain", "clarify", "handoff"])
def test_abstention_is_the_decision_not_to_answer(expect: Action, action: Action) -> None:
    summary = summarise(result(GOOD, replace(QUIET, expect=expect, action=action)))
    assert summary.abstention == (1.0, 1.0, 1.0)
    assert summary.confusion[expect][action] == 1
    assert summary.total.figures["action accuracy"].value == (1.0 if expect == action else 0.5)
