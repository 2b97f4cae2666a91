"""How sure a figure is: bootstrap intervals, and a test of the difference between two runs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

RESAMPLES = 2000
PERMUTATIONS = 10_000
LEVEL = 0.95
MAX_EXACT = 12
"""Up to this many questions that differ, every sign pattern is tried."""

_BLOCK = 500
"""Resamples drawn at once, so that memory stays small for many questions."""


def bootstrap_interval(
    values: Sequence[float], level: float = LEVEL, resamples: int = RESAMPLES, seed: int = 0
) -> tuple[float, float]:
    """Percentile bootstrap interval of the mean over questions (Efron 1979).

    Args:
        values: one for each question.
        level: of confidence, in (0, 1).
        resamples: how many.
        seed: equal seeds give equal intervals.

    Raises:
        ValueError: no values, or a level outside (0, 1).
    """
    if not 0 < level < 1:
        raise ValueError(f"the level must be in (0, 1), found {level!r}")
    means = _means(np.asarray(values, dtype=np.float64), resamples, seed)
    low, high = np.quantile(means, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def wilson_interval(successes: int, count: int, level: float = LEVEL) -> tuple[float, float]:
    """Interval of a share, by its score (Wilson 1927): it stays in [0, 1] and holds for few.

    Args:
        successes: 0 to `count`.
        count: from 1 up.
        level: of confidence, in (0, 1).

    Raises:
        ValueError: a count below 1, successes beyond it, or a level outside (0, 1).
    """
    if not 0 < level < 1:
        raise ValueError(f"the level must be in (0, 1), found {level!r}")
    if not (count > 0 and 0 <= successes <= count):
        raise ValueError(f"no share: {successes!r} of {count!r}")
    share, z = successes / count, NormalDist().inv_cdf((1 + level) / 2)
    middle = share + z * z / (2 * count)
    reach = z * math.sqrt(share * (1 - share) / count + (z / (2 * count)) ** 2)
    low, high = ((middle + side * reach) / (1 + z * z / count) for side in (-1, 1))
    return (low if successes else 0.0), (high if successes < count else 1.0)


def bootstrap_difference(
    before: Sequence[float],
    after: Sequence[float],
    level: float = LEVEL,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[float, float]:
    """Interval of the mean of `after - before`, questions resampled in pairs.

    Raises:
        ValueError: lengths differ, or as `bootstrap_interval`.
    """
    return bootstrap_interval(_differences(before, after).tolist(), level, resamples, seed)


def randomisation_test(
    before: Sequence[float],
    after: Sequence[float],
    permutations: int = PERMUTATIONS,
    seed: int = 0,
) -> float:
    """Two-sided p of the paired randomisation test (Smucker, Allan & Carterette 2007).

    Under the null hypothesis the two runs are interchangeable, so the sign of each question's
    difference is a coin toss. Where few questions differ all patterns are counted, else some are
    sampled and 1 is added to both counts, so that p is never 0.

    Raises:
        ValueError: lengths differ or no values.
    """
    differences = _differences(before, after)
    if not len(differences):
        raise ValueError("needs at least one question")
    moved = differences[differences != 0]
    if not len(moved):
        return 1.0
    observed = abs(moved.sum()) - 1e-12 * abs(moved).sum()  # equal sums may differ by rounding
    if len(moved) <= MAX_EXACT:
        patterns = np.arange(1 << len(moved))[:, None] >> np.arange(len(moved)) & 1
        sums = (1.0 - 2.0 * patterns) @ moved
        return float((abs(sums) >= observed).mean())
    generator = np.random.default_rng(seed)
    extreme = 0
    for start in range(0, permutations, _BLOCK):
        size = (min(_BLOCK, permutations - start), len(moved))
        signs = generator.integers(0, 2, size=size) * 2.0 - 1.0
        extreme += int((abs(signs @ moved) >= observed).sum())
    return (extreme + 1) / (permutations + 1)


def _means(values: NDArray[np.float64], resamples: int, seed: int) -> NDArray[np.float64]:
    if not len(values):
        raise ValueError("needs at least one question")
    generator = np.random.default_rng(seed)
    means = []
    for start in range(0, resamples, _BLOCK):
        size = (min(_BLOCK, resamples - start), len(values))
        means.append(values[generator.integers(0, len(values), size=size)].mean(axis=1))
    return np.concatenate(means)


def _differences(before: Sequence[float], after: Sequence[float]) -> NDArray[np.float64]:
    if len(before) != len(after):
        raise ValueError(f"lengths differ: {len(before)} and {len(after)}")
    return np.asarray(after, dtype=np.float64) - np.asarray(before, dtype=np.float64)
