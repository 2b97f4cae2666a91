"""Fitting the confidence to labelled questions."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kbassist import Assistant
from kbassist.answer.confidence import bundled
from kbassist.answer.evidence import NONE
from kbassist.errors import UsageError
from kbassist.evals.calibrate import Sample, calibrate_index, trust
from kbassist.evals.model import make_dataset
from kbassist.evals.read import read_dataset

QUESTIONS = Path(__file__).parent.parent.parent / "evals" / "harbor-en.jsonl"


def sample(slice: str, right: bool, confidence: float) -> Sample:
    return Sample(slice, slice == "plain", right, NONE, confidence)


def test_trust_by_hand() -> None:
    samples = [
        sample("plain", True, 0.9),
        sample("plain", True, 0.8),
        sample("plain", False, 0.5),
        sample("far", False, 0.1),
        sample("near", False, 0.6),
    ]
    found = trust(samples)
    assert (found.questions, found.answerable) == (5, 3)
    assert found.far == 1.0
    assert found.near == pytest.approx(2 / 3)
    assert found.brier == pytest.approx((0.01 + 0.04 + 0.25 + 0.01 + 0.36) / 5)
    assert found.coverage == pytest.approx(2 / 3)


def test_no_unanswerable_questions_no_separation() -> None:
    found = trust([sample("plain", True, 0.9)])
    assert (found.far, found.near, found.coverage) == (None, None, 1.0)


def test_an_index_keeps_its_own(harbor: Path, tmp_path: Path) -> None:
    index = shutil.copytree(harbor, tmp_path / "index")
    assistant = Assistant.open(index)
    path, before, after = calibrate_index([read_dataset(QUESTIONS)], assistant)
    assert after.brier < before.brier
    own = Assistant.open(index)
    assert own.calibration != bundled()
    question = "withdrawal fee"
    assert own.ask(question).confidence != assistant.ask(question).confidence
    path.unlink()
    assert Assistant.open(index).calibration == bundled()


def test_too_few_questions_write_nothing(harbor: Path, tmp_path: Path) -> None:
    index = shutil.copytree(harbor, tmp_path / "index")
    few = make_dataset("few", read_dataset(QUESTIONS).questions[:10])
    with pytest.raises(UsageError, match="too little to fit"):
        calibrate_index([few], Assistant.open(index))
    assert not (index / "calibration.json").exists()
