"""Sums of units: whole numbers, so the same however many are added up at once."""

from __future__ import annotations

import numpy as np
import pytest

from kbassist.embed.adding import add_up


@pytest.mark.parametrize("texts", [0, 1, 5, 63, 64, 300])
def test_rows_are_added_up_text_by_text(texts: int) -> None:
    draw = np.random.default_rng(texts)
    counts = draw.integers(0, 9, texts)
    values = draw.integers(-1785, 1786, (int(counts.sum()), 6)).astype(np.float32)
    sums = np.zeros((texts, 6), dtype=np.float32)
    add_up(values, counts, sums)
    ends = np.cumsum(counts)
    for text in range(texts):
        one = values[ends[text] - counts[text] : ends[text]]
        np.testing.assert_array_equal(sums[text], one.sum(axis=0))


def test_texts_without_units_stay_zeros() -> None:
    sums = np.zeros((80, 4), dtype=np.float32)
    add_up(np.empty((0, 4), dtype=np.float32), np.zeros(80, dtype=np.int64), sums)
    assert not sums.any()
