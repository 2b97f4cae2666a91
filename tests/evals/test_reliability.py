"""Calibration error over bins of equal mass."""

from __future__ import annotations

import pytest

from kbassist.evals.reliability import equal_mass_bins, equal_mass_error, perfect_band


def test_by_hand() -> None:
    confidences = [0.1, 0.3, 0.6, 0.8]
    right = [False, True, True, True]
    # Lower half: 0.2 said, 0.5 right; upper half: 0.7 said, 1.0 right.
    assert equal_mass_error(confidences, right, 2) == pytest.approx(0.3)
    assert equal_mass_error(confidences, right, 1) == pytest.approx(0.3)
    assert equal_mass_error([1.0, 0.0], [True, False], 2) == 0.0


def test_more_bins_than_questions() -> None:
    assert equal_mass_error([0.25], [True], 5) == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("confidences", "right", "message"),
    [
        ([], [], "at least one"),
        ([0.5], [], "lengths differ"),
        ([1.5], [True], "confidences must be in"),
        ([float("nan")], [True], "confidences must be in"),
    ],
)
def test_bad_input(confidences: list[float], right: list[bool], message: str) -> None:
    for call in (equal_mass_error, equal_mass_bins):
        with pytest.raises(ValueError, match=message):
            call(confidences, right, 5)


def test_bad_input_of_the_band() -> None:
    for confidences in ([], [1.5]):
        with pytest.raises(ValueError, match=r"confidences|at least one"):
            perfect_band(confidences, 5)


def test_bins_by_hand() -> None:
    lower, upper = equal_mass_bins([0.8, 0.1, 0.6, 0.3], [True, False, True, True], 2)
    assert (lower.size, lower.right, upper.size, upper.right) == (2, 1, 2, 2)
    assert (lower.confidence, upper.confidence) == pytest.approx((0.2, 0.7))
    certain = equal_mass_bins([0.0, 0.0, 1.0, 1.0], [True] * 4, 2)
    assert [(found.low, found.high) for found in certain] == [(0.0, 0.0), (1.0, 1.0)]
    assert [found.size for found in equal_mass_bins([0.5] * 7, [True] * 7, 5)] == [2, 2, 1, 1, 1]


def test_the_error_is_that_of_the_bins() -> None:
    confidences = [number / 40 for number in range(40)]
    right = [number % 3 == 0 for number in range(40)]
    found = equal_mass_bins(confidences, right, 5)
    gaps = (b.size * abs(b.right / b.size - b.confidence) for b in found)
    assert equal_mass_error(confidences, right, 5) == pytest.approx(sum(gaps) / 40)


def test_a_perfect_model_lies_within_its_band() -> None:
    """Of 100 questions at 0.5, 40 to 60 are right in 95 draws of 100 (binomial quantiles)."""
    (found,) = equal_mass_bins([0.5] * 100, [True] * 50 + [False] * 50, 1)
    assert (found.low, found.high) == pytest.approx((0.4, 0.6), abs=0.011)


def test_the_band_narrows_with_questions_and_is_the_same_every_time() -> None:
    few, many = [perfect_band([0.3, 0.7] * count, 5) for count in (20, 500)]
    assert 0.0 < many < few < 0.5
    assert perfect_band([0.3, 0.7] * 20, 5) == few
