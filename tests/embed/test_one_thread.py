"""Products of matrices, piece by piece."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.embed import one_thread


@pytest.mark.parametrize("most", [1, 7, 100, 10**9])
@given(shape=st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(1, 9)))
def test_the_same_as_at_once(most: int, shape: tuple[int, int, int]) -> None:
    rows, terms, columns = shape
    draw = np.random.default_rng(rows * 100 + terms)
    left = draw.integers(-9, 9, (rows, terms)).astype(np.float32)
    right = draw.integers(-9, 9, (terms, columns)).astype(np.float32)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(one_thread, "MOST", most)
        cut = [left[block] @ right for block in one_thread.blocks(rows, right.size)]
        np.testing.assert_array_equal(np.concatenate((left[:0] @ right, *cut)), left @ right)
        np.testing.assert_array_equal(one_thread.by_terms(left, right), left @ right)
