from __future__ import annotations

from pathlib import Path

import pytest

from kbassist import Assistant
from kbassist.errors import UsageError
from kbassist.evals.sweep import sweep
from tests.conftest import WriteKb
from tests.evals.small import build, dataset


@pytest.fixture
def small(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    return build(write_kb, tmp_path)


def test_every_combination_is_run_on_dev(small: Assistant) -> None:
    points = sweep(dataset(), small, {"max_question_chars": ["100", "200"]})
    assert [point.changed for point in points] == [
        {"max_question_chars": 100},
        {"max_question_chars": 200},
    ]
    dev = len(dataset().split("dev"))
    assert {point.summary.total.questions for point in points} == {dev}


@pytest.mark.parametrize("split", ["test", "all"])
def test_the_test_split_is_refused(small: Assistant, split: str) -> None:
    with pytest.raises(UsageError, match=f"a sweep may not see the split '{split}'"):
        sweep(dataset(), small, {"max_question_chars": ["10"]}, split=split)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("grid", "message"),
    [
        ({}, "nothing to sweep over"),
        ({"colour": ["red"]}, "no such setting: 'colour'"),
        (
            {"max_question_chars": ["many"]},
            "max_question_chars must be a whole number, found 'many'",
        ),
        ({"max_question_chars": ["0"]}, "max_question_chars is 0"),
        (
            {"candidates": ["10"]},
            "candidates changes nothing in the mode 'lexical': only a hybrid search fuses",
        ),
        ({"max_question_chars": [str(n) for n in range(1, 502)]}, "501 combinations, at most 500"),
    ],
)
def test_grids_that_cannot_be_used(
    small: Assistant, grid: dict[str, list[str]], message: str
) -> None:
    with pytest.raises(UsageError) as caught:
        sweep(dataset(), small, grid)
    assert caught.value.message == message
