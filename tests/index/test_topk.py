from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.index.topk import top_k, top_rows

few_values = st.lists(st.sampled_from([-1.5, -0.0, 0.0, 0.25, 2.0, np.inf, -np.inf]), max_size=40)
any_values = st.lists(st.floats(width=32, allow_nan=False), max_size=60)


def full_sort(scores: np.ndarray, k: int) -> list[int]:
    return sorted(range(len(scores)), key=lambda row: (-scores[row], row))[:k]


@given(st.one_of(few_values, any_values), st.integers(0, 70))
def test_equals_a_full_sort_under_the_total_order(values: list[float], k: int) -> None:
    scores = np.array(values, dtype=np.float32)
    assert top_k(scores, k).tolist() == full_sort(scores, k)


@given(st.lists(st.tuples(st.integers(-2, 2), st.booleans()), max_size=40), st.integers(0, 45))
def test_what_is_not_eligible_takes_no_place(rows: list[tuple[int, bool]], k: int) -> None:
    scores = np.array([score for score, _ in rows], dtype=np.float64)
    eligible = np.array([allowed for _, allowed in rows], dtype=np.bool_)
    expected = [row for row in full_sort(scores, len(rows)) if eligible[row]][:k]
    assert top_rows(scores, eligible, k).tolist() == expected


def test_ties_on_the_boundary_go_to_the_lowest_rows() -> None:
    scores = np.array([1, 3, 1, 1, 2, 1], dtype=np.float32)
    assert top_k(scores, 4).tolist() == [1, 4, 0, 2]


def test_a_longer_list_starts_with_the_shorter_one() -> None:
    scores = np.random.default_rng(7).integers(0, 5, 200).astype(np.float32)
    longest = top_k(scores, 200).tolist()
    assert all(top_k(scores, k).tolist() == longest[:k] for k in range(200))


def test_scores_of_rows_that_are_not_eligible_may_be_nan() -> None:
    scores = np.array([np.nan, 1.0, 2.0])
    assert top_rows(scores, np.array([False, True, True]), 5).tolist() == [2, 1]


def test_nan_and_negative_k_are_refused() -> None:
    with pytest.raises(ValueError, match="NaN"):
        top_k(np.array([1.0, np.nan]), 1)
    with pytest.raises(ValueError, match="negative"):
        top_k(np.array([1.0]), -1)
