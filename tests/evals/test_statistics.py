from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats import binomtest

from kbassist.evals.statistics import (
    MAX_EXACT,
    PERMUTATIONS,
    bootstrap_difference,
    bootstrap_interval,
    randomisation_test,
    wilson_interval,
)

scores = st.one_of(st.sampled_from([0.0, 0.5, 1.0]), st.floats(0, 1))
paired = st.lists(st.tuples(scores, scores), min_size=1, max_size=20)


def exact(differences: list[float]) -> float:
    """Every pattern of signs, one by one."""
    observed = abs(sum(differences)) - 1e-9
    patterns = list(itertools.product((1, -1), repeat=len(differences)))
    sums = np.asarray(patterns) @ np.asarray(differences)
    return float(np.mean(abs(sums) >= observed))


@pytest.mark.parametrize(
    ("before", "after", "p"),
    [
        # +1 +1 +1: 3 or more in size for 2 of the 8 patterns
        ([0, 0, 0], [1, 1, 1], 0.25),
        # +2 +1: sums are 3, 1, -1, -3, and 2 of the 4 are as large
        ([0, 0], [2, 1], 0.5),
        # +1 +1 -1: every pattern has a sum of 1 or more in size
        ([0, 0, 1], [1, 1, 0], 1.0),
        # +1 +1 +1 +1 -1 is 3: ±5 in 2 patterns, ±3 in 10, of 32
        ([0, 0, 0, 0, 1], [1, 1, 1, 1, 0], 0.375),
        # questions without a difference count for nothing: +1 alone
        ([0, 0.5, 1], [1, 0.5, 1], 1.0),
        ([0.3], [0.3], 1.0),
    ],
)
def test_randomisation_worked_out_by_hand(
    before: list[float], after: list[float], p: float
) -> None:
    assert randomisation_test(before, after) == p


def test_sums_that_differ_by_rounding_alone_are_equal() -> None:
    """+0.1 +0.2 -0.3 is 0 but for rounding, so no pattern is smaller."""
    assert randomisation_test([0, 0, 0.3], [0.1, 0.2, 0]) == 1.0


@settings(max_examples=50)
@given(st.lists(st.floats(-1, 1).map(lambda value: round(value, 3)), min_size=1, max_size=10))
def test_few_differences_are_counted_exactly(differences: list[float]) -> None:
    p = randomisation_test([0.0] * len(differences), differences)
    assert p == pytest.approx(exact(differences))


def test_many_differences_are_sampled_near_the_exact_value() -> None:
    differences = [0.5, 0.5, -0.25, 1.0, -1.0, 0.75, 0.5, -0.5, 0.25, 0.25, 0.1, -0.3, 0.2]
    assert len(differences) > MAX_EXACT
    p = randomisation_test([0.0] * len(differences), differences)
    assert p == pytest.approx(exact(differences), abs=0.015)
    assert p == randomisation_test([0.0] * len(differences), differences)
    assert p != randomisation_test([0.0] * len(differences), differences, seed=1)


def test_a_sampled_p_is_never_0() -> None:
    """60 differences of one sign: 2 patterns of 2**60, of which no sample holds one."""
    assert randomisation_test([0.0] * 60, [1.0] * 60) == 1 / (PERMUTATIONS + 1)
    assert randomisation_test([0.0] * 60, [1.0] * 60, permutations=99) == 0.01


@settings(max_examples=50)
@given(paired)
def test_p_is_symmetric_and_in_0_to_1(pairs: list[tuple[float, float]]) -> None:
    before, after = [left for left, _ in pairs], [right for _, right in pairs]
    p = randomisation_test(before, after, permutations=700)
    assert 0.0 < p <= 1.0
    assert randomisation_test(after, before, permutations=700) == p
    assert randomisation_test(before, before) == 1.0


def test_an_interval_worked_out_by_hand() -> None:
    """Means of 2 draws from {0, 1} are 0 (1/4), 0.5 (1/2) and 1 (1/4)."""
    assert bootstrap_interval([0, 1]) == (0.0, 1.0)
    assert bootstrap_interval([0, 1], level=0.4) == (0.5, 0.5)
    assert bootstrap_interval([0.5]) == (0.5, 0.5)


def test_an_interval_narrows_as_the_normal_one_does() -> None:
    """Deviation of the mean sqrt(0.25 / 400) = 0.025, times 1.96 on each side."""
    assert bootstrap_interval([0.0, 1.0] * 200) == pytest.approx((0.451, 0.549), abs=0.006)


def test_equal_seeds_give_equal_intervals() -> None:
    found = np.random.default_rng(3).random(50).tolist()
    assert bootstrap_interval(found) == bootstrap_interval(found)
    assert bootstrap_interval(found, seed=1) != bootstrap_interval(found, seed=2)
    assert bootstrap_interval(found, resamples=501) != bootstrap_interval(found, resamples=500)


@settings(max_examples=50)
@given(st.lists(scores, min_size=1, max_size=30))
def test_an_interval_lies_among_the_values_and_grows_with_the_level(found: list[float]) -> None:
    low, high = bootstrap_interval(found, resamples=300)
    narrow = bootstrap_interval(found, level=0.5, resamples=300)
    assert min(found) - 1e-12 <= low <= narrow[0] <= narrow[1] <= high <= max(found) + 1e-12


def test_differences_are_taken_in_pairs() -> None:
    """Each question gains 1, whichever are drawn; unpaired means would spread by 2."""
    assert bootstrap_difference([0, 1, 2], [1, 2, 3]) == (1.0, 1.0)
    assert bootstrap_difference([0, 0], [0, 1]) == (0.0, 1.0)
    assert bootstrap_difference([0, 1], [0, 0]) == (-1.0, 0.0)


@pytest.mark.parametrize("level", [0.0, 1.0, -1.0, 95, float("nan")])
def test_the_level_has_a_range(level: float) -> None:
    with pytest.raises(ValueError, match=r"level must be in \(0, 1\)"):
        bootstrap_interval([1.0], level=level)


def test_values_that_cannot_be_compared() -> None:
    for call in (bootstrap_difference, randomisation_test):
        with pytest.raises(ValueError, match="lengths differ: 1 and 2"):
            call([1.0], [1.0, 2.0])
        with pytest.raises(ValueError, match="at least one question"):
            call([], [])
    with pytest.raises(ValueError, match="at least one question"):
        bootstrap_interval([])


def test_wilson_worked_out_elsewhere() -> None:
    """The formula of Brown, Cai & DasGupta 2001 with 1.96 standard errors of the score."""
    assert wilson_interval(8, 10) == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert wilson_interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert wilson_interval(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)


@given(st.integers(1, 500), st.data())
def test_wilson_agrees_with_scipy(count: int, data: st.DataObject) -> None:
    successes = data.draw(st.integers(0, count))
    oracle = binomtest(successes, count).proportion_ci(method="wilson")
    assert wilson_interval(successes, count) == pytest.approx(tuple(oracle), abs=1e-9)


@pytest.mark.parametrize(
    ("successes", "count", "level"), [(0, 0, 0.95), (3, 2, 0.95), (-1, 2, 0.95), (1, 2, 1.0)]
)
def test_wilson_of_no_share(successes: int, count: int, level: float) -> None:
    with pytest.raises(ValueError, match=r"no share|level"):
        wilson_interval(successes, count, level)
