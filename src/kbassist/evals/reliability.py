"""Calibration error over bins of equal mass, and how large it is by chance alone."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

TRIALS = 2000


def equal_mass_error(confidences: Sequence[float], correct: Sequence[bool], bins: int) -> float:
    """Expected calibration error over bins that hold equally many questions (Nguyen and O'Connor
    2015): the mean over questions of the gap of confidence and accuracy in their bin.

    Args:
        confidences: in [0, 1], at least one.
        correct: one for each.
        bins: how many, from 1 up; equal confidences may be parted.

    Raises:
        ValueError: lengths differ, nothing given, or a confidence outside [0, 1].
    """
    values = np.asarray(confidences, dtype=np.float64)
    right = np.asarray(correct, dtype=np.float64)
    if len(values) != len(right) or not len(values):
        raise ValueError(f"{len(values)} confidences for {len(right)} outcomes")
    if not ((values >= 0) & (values <= 1)).all():
        raise ValueError("confidences must lie in [0, 1]")
    return _error(values, right[np.newaxis], bins)[0]


def perfect_band(confidences: Sequence[float], bins: int, share: float = 0.95) -> float:
    """Calibration error that outcomes drawn from the confidences themselves rarely exceed.

    Args:
        confidences: in [0, 1], at least one.
        bins: as for `equal_mass_error`.
        share: of 2,000 seeded draws that stay below.
    """
    values = np.asarray(confidences, dtype=np.float64)
    drawn = np.random.default_rng(0).random((TRIALS, len(values))) < values
    return float(np.quantile(_error(values, drawn.astype(np.float64), bins), share))


def _error(values: np.ndarray, right: np.ndarray, bins: int) -> list[float]:
    order = np.argsort(values, kind="stable")
    total = np.zeros(len(right))
    for part in np.array_split(order, min(bins, len(order))):
        total += np.abs(right[:, part].mean(axis=1) - values[part].mean()) * len(part)
    found: list[float] = (total / len(values)).tolist()
    return found
