from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from kbassist.errors import ModelError
from kbassist.index import stretches, vector_files
from kbassist.index.entries import write_vectors
from kbassist.index.vector_files import CODES_NAME, encode
from kbassist.index.vectors import Vectors

Matrix = NDArray[np.float32]
KINDS = {"all": 10**9, "signs": 0}
"""How the nearest entries are found → the limit that leads to it."""


def unit(rows: object) -> Matrix:
    matrix = np.asarray(rows, dtype=np.float64)
    scaled: Matrix = (matrix / np.linalg.norm(matrix, axis=-1, keepdims=True)).astype(np.float32)
    return scaled


def random_rows(count: int, dimension: int, seed: int = 5) -> Matrix:
    return unit(np.random.default_rng(seed).standard_normal((count, dimension)))


@pytest.fixture(params=KINDS)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[..., Vectors]:
    def build(vectors: Matrix, owners: object = None) -> Vectors:
        owned = np.arange(len(vectors)) if owners is None else np.asarray(owners)
        write_vectors(tmp_path, vectors, owned, exact_limit=KINDS[request.param])
        return Vectors.open(tmp_path)

    return build


def test_nearest_first_by_hand(store: Callable[..., Vectors]) -> None:
    vectors = store(unit([[1, 0], [3, 4], [0, 1], [-1, 0]]))
    rows, cosines = vectors.search(unit([1, 0]), 10)
    assert rows.tolist() == [0, 1, 2, 3]
    assert cosines.tolist() == pytest.approx([1.0, 0.6, 0.0, -1.0], abs=0.01)
    assert vectors.dimension == 2


def test_a_chunk_scores_by_its_best_entry(store: Callable[..., Vectors]) -> None:
    vectors = store(unit([[0, 1], [1, 0], [3, 4], [-1, 0]]), owners=[4, 4, 2, 2])
    rows, cosines = vectors.search(unit([1, 0]), 10)
    assert rows.tolist() == [4, 2]
    assert cosines.tolist() == pytest.approx([1.0, 0.6], abs=0.01)
    scores = vectors.score(unit([1, 0]), np.array([2, 0, 4, 9, 2]))
    assert scores.tolist() == pytest.approx([0.6, 0.0, 1.0, 0.0, 0.6], abs=0.01)


def test_equal_vectors_score_equally_and_come_by_row(store: Callable[..., Vectors]) -> None:
    rows = random_rows(40, 24)
    rows[::3] = rows[0]
    found, cosines = store(rows).search(rows[0], 10)
    assert found.tolist() == list(range(0, 30, 3))
    assert len(set(cosines.tolist())) == 1


def test_many_equal_vectors_are_all_looked_at(tmp_path: Path) -> None:
    same = np.repeat(unit([[1, 2, 3, 4]]), 3000, axis=0)
    write_vectors(tmp_path, same, np.random.default_rng(2).permutation(3000))
    found, _ = Vectors.open(tmp_path).search(unit([1, 2, 3, 4]), 5)
    assert found.tolist() == [0, 1, 2, 3, 4]


def test_one_chunk_with_most_of_the_entries(store: Callable[..., Vectors]) -> None:
    rows = np.concatenate(
        (np.repeat(unit([[1, 0, 0]]), 2000, axis=0), unit([[1, 1, 0], [0, 0, 1]]))
    )
    found, _ = store(rows, [0] * 2000 + [1, 2]).search(unit([1, 0, 0]), 2)
    assert found.tolist() == [0, 1]


def test_filters_apply_before_ranking(store: Callable[..., Vectors]) -> None:
    rows = random_rows(500, 16)
    vectors = store(rows)
    everything = vectors.search(rows[7], 500)[0].tolist()
    for share in (0.01, 0.3, 0.9):
        mask = np.random.default_rng(1).random(500) < share
        found, _ = vectors.search(rows[7], 5, mask)
        assert found.tolist() == [row for row in everything if mask[row]][:5]
    assert vectors.search(rows[7], 5, np.zeros(500, dtype=np.bool_))[0].tolist() == []
    with pytest.raises(ValueError, match="mask"):
        vectors.search(rows[7], 5, np.ones(499, dtype=np.bool_))


def test_score_gives_exactly_what_search_gives(store: Callable[..., Vectors]) -> None:
    rows = random_rows(300, 40)
    vectors = store(rows, np.arange(300) // 3)
    found, cosines = vectors.search(rows[5], 30)
    np.testing.assert_array_equal(vectors.score(rows[5], found), cosines)
    shuffled = found[::-1]
    np.testing.assert_array_equal(vectors.score(rows[5], shuffled), cosines[::-1])
    assert vectors.score(rows[5], np.array([], dtype=np.int64)).tolist() == []


def test_a_text_that_says_nothing(store: Callable[..., Vectors]) -> None:
    vectors = store(np.concatenate((np.zeros((2, 2), dtype=np.float32), unit([[1, 0], [0, 1]]))))
    assert len(vectors) == 2
    assert vectors.search(unit([1, 0]), 5)[0].tolist() == [2, 3]
    nothing = np.zeros(2, dtype=np.float32)
    assert vectors.search(nothing, 5)[0].tolist() == []
    assert vectors.score(nothing, np.array([0, 2])).tolist() == [0.0, 0.0]


def test_no_entries(store: Callable[..., Vectors]) -> None:
    vectors = store(np.empty((0, 3), dtype=np.float32))
    assert vectors.search(unit([1, 0, 0]), 5)[0].tolist() == []
    assert vectors.search(unit([1, 0, 0]), 5, np.ones(4, dtype=np.bool_))[0].tolist() == []
    assert vectors.score(unit([1, 0, 0]), np.array([0])).tolist() == [0.0]


def test_no_results_wanted(store: Callable[..., Vectors]) -> None:
    assert store(unit([[1, 0]])).search(unit([1, 0]), 0)[0].tolist() == []


def test_a_query_that_does_not_fit(store: Callable[..., Vectors]) -> None:
    vectors = store(unit([[1, 0]]))
    for wrong, words in (
        (unit([1, 0, 0]), "2 dimensions"),
        (unit([[1, 0]]), "2 dimensions"),
        (np.array([2, 0], dtype=np.float32), "length 2"),
        (np.array([np.nan, 0], dtype=np.float32), "length nan"),
    ):
        for ask in (
            lambda query: vectors.search(query, 1),
            lambda query: vectors.score(query, np.array([0])),
        ):
            with pytest.raises(ModelError, match=words):
                ask(wrong)


@given(
    seed=st.integers(0, 10**6),
    count=st.integers(1, 80),
    dimension=st.integers(1, 20),
    chunks=st.integers(1, 40),
    k=st.integers(1, 50),
    share=st.floats(0, 1),
)
def test_exact_search_equals_a_full_sort(
    seed: int, count: int, dimension: int, chunks: int, k: int, share: float
) -> None:
    draw = np.random.default_rng(seed)
    rows = unit(draw.integers(-2, 3, (count, dimension)) + 0.125)
    owners = draw.integers(0, chunks, count)
    mask = draw.random(chunks) < share
    query = unit(draw.integers(-2, 3, dimension) + 0.125)
    codes = encode(rows).astype(np.float32)
    stored = codes / np.sqrt(np.square(codes).sum(axis=1, keepdims=True))
    exact = (stored.astype(np.float64) * query.astype(np.float64)).sum(axis=1).astype(np.float32)
    best: dict[int, float] = {}
    for owner, cosine in zip(owners.tolist(), np.clip(exact, -1, 1).tolist(), strict=True):
        if mask[owner]:
            best[owner] = max(cosine, best.get(owner, -2.0))
    expected = sorted(best.items(), key=lambda item: (-item[1], item[0]))[:k]
    with tempfile.TemporaryDirectory() as place:
        write_vectors(Path(place), rows, owners)
        found, cosines = Vectors.open(Path(place)).search(query, k, mask)
    assert list(zip(found.tolist(), cosines.tolist(), strict=True)) == expected


def test_codes_are_near_their_vectors() -> None:
    rows = random_rows(200, 256)
    codes = encode(rows)
    assert np.abs(codes).max(axis=1).tolist() == [127] * 200
    assert (unit(codes) * rows).sum(axis=1).min() > 0.9999


def test_signs_find_nearly_the_same(tmp_path: Path) -> None:
    centres = random_rows(300, 256)
    rows = unit(np.repeat(centres, 30, axis=0) + 0.7 * random_rows(9000, 256, seed=6))
    write_vectors(tmp_path, rows, np.arange(9000), exact_limit=0)
    vectors = Vectors.open(tmp_path)
    queries = unit(rows[::180] + 0.5 * random_rows(50, 256, seed=7))
    hits = 0
    for query in queries:
        truth = np.argsort(-(rows @ query), kind="stable")[:10]
        hits += len(set(truth.tolist()) & set(vectors.search(query, 10)[0].tolist()))
    assert hits / 500 > 0.98


@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
def test_a_filter_costs_no_places_where_signs_are_compared(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, share: float
) -> None:
    monkeypatch.setattr(vector_files, "EXACT_LIMIT", 100)
    rows = random_rows(4000, 64)
    write_vectors(tmp_path, rows, np.arange(4000), exact_limit=0)
    mask = np.random.default_rng(3).random(4000) < share
    found, _ = Vectors.open(tmp_path).search(rows[11], 50, mask)
    assert len(found) == 50 and mask[found].all()
    truth = [row for row in np.argsort(-(rows @ rows[11])).tolist() if mask[row]][:10]
    assert len(set(truth) & set(found[:15].tolist())) >= 9


def test_a_large_file_is_read_instead_of_mapped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = random_rows(3000, 64)
    write_vectors(tmp_path, rows, np.arange(3000) // 3, exact_limit=0)
    mapped = Vectors.open(tmp_path).search(rows[5], 40)
    monkeypatch.setattr(stretches, "MAPPED", 0)
    vectors = Vectors.open(tmp_path)
    for one, other in zip(mapped, vectors.search(rows[5], 40), strict=True):
        np.testing.assert_array_equal(one, other)
    (tmp_path / CODES_NAME).unlink()  # by a later build
    np.testing.assert_array_equal(vectors.score(rows[5], mapped[0]), mapped[1])
