"""What is left out of a sum changes nothing of what comes out."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kbassist.config import Bm25Settings
from kbassist.index import bm25 as leg
from kbassist.index.bm25 import Bm25
from kbassist.index.bm25_build import Bm25Builder
from kbassist.index.scoring import Dense, Part, Pruned

TERMS = "abcdefgh"


def build(folder: Path, rows: list[str], settings: Bm25Settings | None = None) -> Bm25:
    builder = Bm25Builder()
    for row in rows:
        builder.add(list(row))
    builder.write(folder, settings)
    return Bm25.open(folder)


def skewed(count: int, seed: int) -> list[str]:
    """Rows in which `a` is nearly everywhere and `h` is rare."""
    chances = 0.95 * 0.5 ** np.arange(len(TERMS))
    drawn = np.random.default_rng(seed).random((count, len(TERMS)))
    return [
        "".join(np.array(list(TERMS))[row < chances]) * (1 + at % 3) for at, row in enumerate(drawn)
    ]


@given(
    rows=st.lists(st.text(TERMS, max_size=12), min_size=1, max_size=40),
    terms=st.lists(
        st.tuples(st.sampled_from(TERMS + "z"), st.sampled_from([0.0, 0.2, 1.0, 2.5])), max_size=9
    ),
    k=st.integers(0, 50),
    hidden=st.sets(st.integers(0, 39)),
)
def test_the_best_are_the_same_as_of_all(
    rows: list[str], terms: list[tuple[str, float]], k: int, hidden: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        bm25 = build(Path(folder), rows)
        parts = bm25._parts(terms)
        dense, pruned = Dense(parts, len(bm25), bm25), Pruned(parts, len(bm25), bm25)
        mask = np.array([row not in hidden for row in range(len(bm25))])
        for shown in (None, mask):
            for one, other in zip(dense.top(k, shown), pruned.top(k, shown), strict=True):
                np.testing.assert_array_equal(one, other)
        some = np.array(sorted({0, len(bm25) - 1}, reverse=True), dtype=np.int64)
        for one, other in zip(dense.top(k, mask), pruned.top(k, mask, some), strict=True):
            np.testing.assert_array_equal(one, other)
        for one, other in zip(dense.at(some), pruned.at(some), strict=True):
            np.testing.assert_array_equal(one, other)


@pytest.mark.parametrize("k", [1, 10, 200])
def test_common_terms_are_looked_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, k: int
) -> None:
    bm25 = build(tmp_path, skewed(5000, 1))
    terms = [(term, 1.0) for term in TERMS]
    expected = bm25.top(terms, k)
    monkeypatch.setattr(leg, "DENSE_ROWS", 0)
    added: list[str] = []
    add = Pruned._add

    def recording(self: Pruned, parts: Sequence[Part], total: NDArray[np.float64]) -> None:
        added.extend(part.term for part in parts)
        add(self, parts, total)

    monkeypatch.setattr(Pruned, "_add", recording)
    for one, other in zip(expected, bm25.top(terms, k), strict=True):
        np.testing.assert_array_equal(one, other)
    assert added[0] == "h" and "a" not in added


def test_terms_that_lower_a_score_are_all_added_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leg, "DENSE_ROWS", 0)
    bm25 = build(tmp_path, ["a", "a", "ab"], Bm25Settings(variant="okapi"))
    assert isinstance(bm25.scored([("a", 1.0)]), Dense)
    assert isinstance(bm25.scored([("b", 1.0)]), Pruned)
