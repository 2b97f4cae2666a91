"""Calibration error over bins of equal mass."""

from __future__ import annotations

import pytest

from kbassist.evals.reliability import equal_mass_error, perfect_band


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
    ("confidences", "right"), [([], []), ([0.5], []), ([1.5], [True]), ([float("nan")], [True])]
)
def test_bad_input(confidences: list[float], right: list[bool]) -> None:
    with pytest.raises(ValueError, match="confidences"):
        equal_mass_error(confidences, right, 5)


def test_the_band_narrows_with_questions_and_is_the_same_every_time() -> None:
    few, many = [perfect_band([0.3, 0.7] * count, 5) for count in (20, 500)]
    assert 0.0 < many < few < 0.5
    assert perfect_band([0.3, 0.7] * 20, 5) == few
