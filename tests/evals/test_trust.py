"""What a confidence is worth, worked out by hand."""

from __future__ import annotations

import pytest

from kbassist.answer.evidence import NONE
from kbassist.evals.trust import Point, Sample, coverage_curve, trust


def sample(slice: str, right: bool, confidence: float) -> Sample:
    action = "answer" if confidence >= 0.4 else "abstain"
    return Sample(slice, slice == "plain", right, NONE, confidence, action)  # type: ignore[arg-type]


FIVE = [
    sample("plain", True, 0.9),
    sample("plain", True, 0.8),
    sample("plain", False, 0.5),
    sample("far", False, 0.1),
    sample("near", False, 0.6),
]


def test_trust_by_hand() -> None:
    found = trust(FIVE)
    assert (found.questions, found.answerable) == (5, 3)
    assert found.far == 1.0
    assert found.near == pytest.approx(2 / 3)
    assert found.brier == pytest.approx((0.01 + 0.04 + 0.25 + 0.01 + 0.36) / 5)
    assert found.coverage == pytest.approx(2 / 3)


def test_another_confidence_for_the_same_questions() -> None:
    found = trust(FIVE, [0.1, 0.2, 0.3, 0.9, 0.8])
    assert (found.far, found.near, found.coverage) == (0.0, 0.0, 0.0)


def test_the_curve_by_hand() -> None:
    assert coverage_curve(FIVE) == [
        Point(0.9, 1, 1, 1 / 3),
        Point(0.8, 2, 2, 2 / 3),
        Point(0.6, 3, 2, 2 / 3),
        Point(0.5, 4, 2, 1.0),
        Point(0.1, 5, 2, 1.0),
    ]


def test_equal_confidences_are_one_point() -> None:
    """No threshold parts them, so that the order of the questions cannot matter."""
    tied = [sample("plain", right, 0.5) for right in (True, True, False)]
    assert coverage_curve(tied) == coverage_curve(tied[::-1]) == [Point(0.5, 3, 2, 1.0)]
    assert trust(tied).coverage == 0.0


def test_no_unanswerable_questions_no_separation() -> None:
    found = trust([sample("plain", True, 0.9)])
    assert (found.far, found.near, found.coverage) == (None, None, 1.0)


def test_unanswerable_questions_alone() -> None:
    found = trust([sample("far", False, 0.9)])
    assert (found.answerable, found.far, found.coverage) == (0, None, 0.0)


def test_no_questions() -> None:
    with pytest.raises(ValueError, match="at least one"):
        trust([])
