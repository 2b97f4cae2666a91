from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.embed.protocol import unit_rows
from kbassist.errors import ModelError


def test_rows_of_length_1_by_hand() -> None:
    rows = unit_rows(np.array([[3.0, 4.0], [0.0, 0.0], [-2.0, 0.0]]), 2)
    assert rows.dtype == np.float32
    np.testing.assert_allclose(rows, np.array([[0.6, 0.8], [0.0, 0.0], [-1.0, 0.0]]), rtol=1e-6)


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64, np.int8])
def test_always_float32(kind: type) -> None:
    assert unit_rows(np.ones((2, 3), dtype=kind), 3).dtype == np.float32
    assert unit_rows(np.ones((0, 3), dtype=kind), 3).shape == (0, 3)


@given(
    st.lists(
        st.lists(st.floats(-(2.0**100), 2.0**100, width=32), min_size=3, max_size=3), max_size=8
    )
)
def test_length_is_1_or_0(rows: list[list[float]]) -> None:
    lengths = np.linalg.norm(unit_rows(np.reshape(rows, (-1, 3)), 3).astype(np.float64), axis=1)
    assert all(length == 0 or abs(length - 1) < 1e-6 for length in lengths)


def test_what_a_model_must_not_return() -> None:
    with pytest.raises(ModelError, match="shape"):
        unit_rows(np.ones((2, 4)), 3)
    with pytest.raises(ModelError, match="shape"):
        unit_rows(np.empty(0), 3)
    for value in (np.nan, np.inf):
        with pytest.raises(ModelError, match="text 1"):
            unit_rows(np.array([[1.0, 2.0], [0.0, value]]), 2)
