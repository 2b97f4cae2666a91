"""Where rows go when new ones are merged into those that stay."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from kbassist.index.merge import all_new, merge_rows, runs


def test_by_hand() -> None:
    # old a c e g, of which c goes; new: b, d, h
    merge = merge_rows(np.array([True, False, True, True]), np.array([1, 2, 4]))
    assert merge.total == 6
    assert merge.moved.tolist() == [0, -1, 3, 4]  # a b d e g h
    assert merge.added.tolist() == [1, 2, 5]
    assert merge.origin.tolist() == [0, -1, -1, 2, 3, -1]
    assert runs(merge.origin) == [(0, 1, 0), (1, 3, -1), (3, 5, 2), (5, 6, -1)]
    assert not merge.is_identity


def test_nothing_old_and_nothing_new() -> None:
    assert all_new(2).origin.tolist() == [-1, -1]
    assert runs(all_new(0).origin) == []
    same = merge_rows(np.ones(3, dtype=np.bool_), np.empty(0, dtype=np.int64))
    assert same.is_identity and runs(same.origin) == [(0, 3, 0)]


@given(st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)), st.sets(st.integers(0, 40)))
def test_it_is_the_sorted_union(old: set[int], gone: set[int], new: set[int]) -> None:
    before = sorted(old)
    kept = np.array([item not in gone for item in before], dtype=np.bool_)
    fresh = sorted(new - (old - gone))
    places = np.searchsorted(np.array(before, dtype=np.int64), np.array(fresh, dtype=np.int64))
    merge = merge_rows(kept, places)
    result: list[int] = [-1] * merge.total
    for row, item in zip(merge.moved.tolist(), before, strict=True):
        if row >= 0:
            result[row] = item
    for row, item in zip(merge.added.tolist(), fresh, strict=True):
        result[row] = item
    assert result == sorted((old - gone) | set(fresh))
    joined = [item for start, stop, _ in runs(merge.origin) for item in range(start, stop)]
    assert joined == list(range(merge.total))
