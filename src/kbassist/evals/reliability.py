"""Reliability over bins of equal mass, and how far it is off by chance alone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from kbassist.evals.metrics import check_confidences

TRIALS = 2000


class MassBin(NamedTuple):
    """One point of a reliability diagram."""

    size: int
    confidence: float
    """Mean of its questions."""
    right: int
    """How many of its questions are right."""
    low: float
    """Share of right ones that a perfect model falls below in one draw of forty."""
    high: float
    """The share that it exceeds as rarely."""


def equal_mass_bins(
    confidences: Sequence[float], correct: Sequence[bool], bins: int
) -> list[MassBin]:
    """Questions by rising confidence, in bins of equally many.

    Args:
        confidences: in [0, 1], at least one.
        correct: one for each.
        bins: how many, from 1 up, at most one for each question; equal confidences may be parted.

    Raises:
        ValueError: lengths differ, nothing given, or a confidence outside [0, 1].
    """
    check_confidences(confidences, correct)
    values, right = np.asarray(confidences, dtype=np.float64), np.asarray(correct, dtype=bool)
    drawn = _draw(values)
    found = []
    for part in _parts(values, bins):
        low, high = np.quantile(drawn[:, part].mean(axis=1), (0.025, 0.975)).tolist()
        found.append(
            MassBin(len(part), float(values[part].mean()), int(right[part].sum()), low, high)
        )
    return found


def equal_mass_error(confidences: Sequence[float], correct: Sequence[bool], bins: int) -> float:
    """Expected calibration error over bins that hold equally many questions (Nguyen and O'Connor
    2015): the mean over questions of the gap of confidence and accuracy in their bin.

    Takes and raises what `equal_mass_bins` does.
    """
    check_confidences(confidences, correct)
    right = np.asarray(correct, dtype=np.float64)
    return _error(np.asarray(confidences, dtype=np.float64), right[np.newaxis], bins)[0]


def perfect_band(confidences: Sequence[float], bins: int, share: float = 0.95) -> float:
    """Calibration error that outcomes drawn from the confidences themselves rarely exceed.

    Args:
        confidences: in [0, 1], at least one.
        bins: as for `equal_mass_bins`.
        share: of 2,000 seeded draws that stay below.

    Raises:
        ValueError: nothing given, or a confidence outside [0, 1].
    """
    check_confidences(confidences)
    values = np.asarray(confidences, dtype=np.float64)
    return float(np.quantile(_error(values, _draw(values), bins), share))


def _draw(values: np.ndarray) -> np.ndarray:
    """Outcomes of a model that is exactly right, one row a draw, the same every time."""
    drawn = np.random.default_rng(0).random((TRIALS, len(values))) < values
    return drawn.astype(np.float64)


def _parts(values: np.ndarray, bins: int) -> list[np.ndarray]:
    """Places of the questions of each bin."""
    return np.array_split(np.argsort(values, kind="stable"), min(bins, len(values)))


def _error(values: np.ndarray, right: np.ndarray, bins: int) -> list[float]:
    total = np.zeros(len(right))
    for part in _parts(values, bins):
        total += np.abs(right[:, part].mean(axis=1) - values[part].mean()) * len(part)
    found: list[float] = (total / len(values)).tolist()
    return found
