"""Stretches of a large array, mapped or read."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kbassist.errors import IndexBroken
from kbassist.index import stretches
from kbassist.index.stretches import Stretches, stretches_of

ROWS = np.arange(60, dtype=np.int16).reshape(20, 3)


@pytest.fixture(params=[0, 1 << 20])
def opened(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Stretches:
    monkeypatch.setattr(stretches, "MAPPED", request.param)
    np.save(tmp_path / "a.npy", ROWS)
    return Stretches(tmp_path / "a.npy", np.int16, ndim=2)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(firsts=st.lists(st.integers(0, 15), max_size=8), count=st.integers(0, 5))
def test_one_after_the_other(opened: Stretches, firsts: list[int], count: int) -> None:
    at = np.array(firsts, dtype=np.int64)
    counts = np.array([(count + place) % 5 for place in range(len(firsts))], dtype=np.int64)
    expected = [ROWS[first : first + count] for first, count in zip(firsts, counts, strict=True)]
    found = opened.take(at, counts)
    np.testing.assert_array_equal(found, np.concatenate([ROWS[:0], *expected]))
    assert found.dtype == np.int16


@pytest.mark.parametrize(("first", "count"), [(19, 2), (-1, 1), (3, -1), (2**40, 1)])
def test_what_is_not_there(opened: Stretches, first: int, count: int) -> None:
    with pytest.raises(IndexBroken, match=r"a\.npy: holds 20 rows"):
        opened.take(np.array([first]), np.array([count]))


def test_a_file_that_is_cut_off_while_it_is_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stretches, "MAPPED", 0)
    np.save(tmp_path / "a.npy", ROWS)
    opened = Stretches(tmp_path / "a.npy", np.int16, ndim=2)
    with (tmp_path / "a.npy").open("r+b") as stream:
        stream.truncate(200)
    with pytest.raises(IndexBroken, match="cut off"):
        opened.take(np.array([18]), np.array([2]))


def test_neighbours_are_one_stretch() -> None:
    firsts, counts = stretches_of(np.array([3, 4, 5, 9, 11, 12]))
    assert (firsts.tolist(), counts.tolist()) == ([3, 9, 11], [3, 1, 2])
    assert stretches_of(np.array([], dtype=np.int64))[0].tolist() == []
