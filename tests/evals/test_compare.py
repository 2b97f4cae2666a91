from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kbassist.errors import UsageError
from kbassist.evals.compare import compare
from kbassist.evals.result import Result
from kbassist.evals.run import run
from tests.conftest import WriteKb
from tests.evals.small import build, dataset


@pytest.fixture
def before(write_kb: WriteKb, tmp_path: Path) -> Result:
    return run(dataset(), build(write_kb, tmp_path))


def with_ranking(result: Result, question: str, ranking: list[str]) -> Result:
    outcomes = tuple(
        replace(outcome, ranking=ranking) if outcome.id == question else outcome
        for outcome in result.outcomes
    )
    return replace(result, outcomes=outcomes)


def test_a_result_does_not_differ_from_itself(before: Result) -> None:
    found = compare(before, before)
    assert (found.won, found.lost) == ((), ())
    assert {item.p for item in found.differences} == {1.0}
    assert {item.after - item.before for item in found.differences} == {0.0}


def test_questions_won_and_lost_with_both_rankings(before: Result) -> None:
    worse = with_ranking(before, "q1", ["hours", "fees"])  # reciprocal rank 1 → 1/2
    found = compare(before, worse)
    (lost,) = found.lost
    assert (lost.before.id, lost.difference) == ("q1", -0.5)
    assert (lost.before.ranking[0], lost.after.ranking) == ("fees", ["hours", "fees"])
    assert compare(worse, before).won[0].difference == 0.5
    difference = next(item for item in found.differences if item.measure == "RR@10")
    assert difference.count == 4  # the questions that expect an answer
    assert difference.after - difference.before == pytest.approx(-0.5 / 4)
    assert difference.p == 1.0  # one question that moved: both sign patterns are as extreme
    assert not difference.significant


def test_many_questions_that_all_move_one_way_are_significant(before: Result) -> None:
    many = tuple(
        replace(outcome, id=f"{outcome.id}-{copy}")
        for copy in range(6)
        for outcome in before.outcomes
        if outcome.id == "q1"
    )
    old = replace(before, outcomes=many)
    new = replace(old, outcomes=tuple(replace(o, ranking=["hours", "fees"]) for o in many))
    difference = next(d for d in compare(old, new).differences if d.measure == "RR@10")
    assert difference.p == pytest.approx(2 / 2**6)  # all signs alike: two patterns of 64
    assert difference.significant


def test_other_questions_or_splits_are_refused(before: Result) -> None:
    for other in (replace(before, dataset_digest="0"), replace(before, split="dev")):
        with pytest.raises(UsageError, match="of other questions"):
            compare(before, other)


def test_an_unknown_measure_is_refused(before: Result) -> None:
    with pytest.raises(UsageError, match="no such measure: 'BLEU'"):
        compare(before, before, measure="BLEU")
