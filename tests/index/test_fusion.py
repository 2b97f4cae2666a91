from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.config import SearchSettings
from kbassist.index.fusion import Leg, convex, fuse, make_leg, normalise_bm25, normalise_cosine, rrf
from kbassist.index.topk import top_k

SETTINGS = SearchSettings()


def test_normalise_worked_out_by_hand() -> None:
    assert normalise_bm25([8.0, 2.0, 0.0]).tolist() == [1.0, 0.25, 0.0]
    assert normalise_bm25([0.0, 0.0]).tolist() == [0.0, 0.0]
    assert normalise_bm25([-1.0, -2.0]).tolist() == [0.0, 0.0]
    assert normalise_bm25([]).tolist() == []
    assert normalise_cosine([-0.3, 0.5, 1.0000001]).tolist() == [0.0, 0.5, 1.0]


def test_normalise_by_a_full_match() -> None:
    """sqrt(4 * 16) = 8: the best shares little of the question. sqrt(8 * 2) = 4 is below 8."""
    assert normalise_bm25([4.0, 2.0, 0.0], 16.0).tolist() == [0.5, 0.25, 0.0]
    assert normalise_bm25([8.0, 2.0], 2.0).tolist() == [1.0, 0.25]
    assert normalise_bm25([0.0], 0.0).tolist() == [0.0]
    assert convex([4.0], [1.0], 0.5, 16.0).tolist() == [0.75]


@given(
    st.lists(st.floats(0, 1e6), max_size=8),
    st.one_of(st.none(), st.floats(0, 1e6)),
)
def test_normalised_scores_keep_their_order(scores: list[float], full: float | None) -> None:
    values = normalise_bm25(scores, full)
    assert ((values >= 0) & (values <= 1)).all()
    assert (np.diff(values[np.argsort(scores, kind="stable")]) >= 0).all()


def test_convex_worked_out_by_hand() -> None:
    """0.75 * 8/8 + 0.25 * 0.5 = 0.875; 0.75 * 2/8 + 0.25 * 1 = 0.4375; a cosine below 0 adds 0."""
    fused = convex([8.0, 2.0, 4.0], [0.5, 1.0, -0.9], 0.25)
    assert fused.tolist() == [0.875, 0.4375, 0.375]


def test_rrf_worked_out_by_hand() -> None:
    fused = rrf([[1, 2, 0], [3, 0, 0]], k=60)
    assert fused.tolist() == pytest.approx([1 / 61 + 1 / 63, 1 / 62, 0.0])
    weighted = rrf([[1, 2, 0], [3, 0, 0]], k=1, weights=(0.5, 2.0))
    assert weighted.tolist() == pytest.approx([0.5 / 2 + 2 / 4, 0.5 / 3, 0.0])
    assert rrf([1, 2], k=0).tolist() == [1.0, 0.5]


def test_values_out_of_range() -> None:
    with pytest.raises(ValueError, match="weight"):
        convex([1.0], [1.0], 1.5)
    with pytest.raises(ValueError, match="weight"):
        convex([1.0], [1.0], float("nan"))
    with pytest.raises(ValueError, match="shape"):
        convex([1.0], [1.0, 2.0], 0.5)
    with pytest.raises(ValueError, match="negative"):
        rrf([[1]], k=-1)
    with pytest.raises(ValueError, match="negative"):
        rrf([[-1]])
    with pytest.raises(ValueError, match="2 weights"):
        rrf([[1]], weights=(1, 1))


def legs(scores: dict[int, float], cosines: dict[int, float]) -> tuple[np.ndarray, Leg, Leg]:
    """Both legs as a search has them: rows with a matched term, rows near the query."""
    candidates = np.array(sorted({*scores, *cosines}), dtype=np.int64)
    made = []
    for values, evident in (
        (scores, scores.keys()),
        (cosines, {r for r in cosines if cosines[r] > 0}),
    ):
        raw = np.array([values.get(row, 0.0) for row in candidates.tolist()], dtype=np.float32)
        returned = sorted(values, key=lambda row: (-np.float32(values[row]), row))
        evidence = np.array([row in evident for row in candidates.tolist()], dtype=np.bool_)
        made.append(make_leg(candidates, raw, evidence, np.array(returned, dtype=np.int64)))
    return candidates, made[0], made[1]


def test_evidence_is_kept_for_each_leg() -> None:
    fused = fuse(*legs({3: 8.0, 5: 2.0}, {5: 0.9, 9: 0.8}), 0.5, SETTINGS)
    assert fused.rows.tolist() == [5, 3, 9]
    assert fused.scores.tolist() == pytest.approx([0.5 * 0.25 + 0.5 * 0.9, 0.5, 0.4])
    first = fused.legs(0)
    assert (first["bm25"].raw, first["bm25"].normalised, first["bm25"].rank) == (2.0, 0.25, 2)
    assert (first["vector"].weight, first["vector"].rank) == (0.5, 1)
    assert first["vector"].normalised == pytest.approx(0.9)
    assert fused.legs(1)["vector"].rank is None
    assert fused.legs(1)["vector"].normalised == 0.0
    assert fused.legs(2)["bm25"].rank is None


def test_rrf_gives_no_credit_without_evidence() -> None:
    settings = replace(SETTINGS, fusion="rrf")
    fused = fuse(*legs({3: 8.0}, {5: 0.4, 3: -0.1}), 0.5, settings)
    assert fused.rows.tolist() == [3, 5]
    assert fused.scores.tolist() == pytest.approx([0.5 / 61, 0.5 / 61])
    assert fused.legs(0)["vector"].rank is None
    assert fused.legs(1)["vector"].normalised == pytest.approx(1 / 61)


def test_rrf_weights_count() -> None:
    made = legs({3: 8.0}, {5: 0.4})
    orders = [
        fuse(*made, weight, replace(SETTINGS, fusion="rrf")).rows.tolist()
        for weight in (0.0, 0.2, 0.8, 1.0)
    ]
    assert orders == [[3], [3, 5], [5, 3], [5]]


def test_equal_scores_come_by_row() -> None:
    fused = fuse(*legs({7: 4.0, 2: 4.0}, {5: 1.0}), 0.5, SETTINGS)
    assert fused.rows.tolist() == [2, 5, 7]


def test_no_candidates() -> None:
    for fusion in ("convex", "rrf"):
        fused = fuse(*legs({}, {}), 0.5, replace(SETTINGS, fusion=fusion))
        assert fused.rows.tolist() == []


score_table = st.dictionaries(
    st.integers(0, 30), st.floats(2.0**-10, 2.0**10, width=32), max_size=12
)
cosine_table = st.dictionaries(st.integers(0, 30), st.floats(-1, 1, width=32), max_size=12)
fusions = st.sampled_from(["convex", "rrf"])


def order(values: dict[int, float]) -> list[int]:
    rows = sorted(values)
    raw = np.array([values[row] for row in rows], dtype=np.float32)
    return [rows[place] for place in top_k(raw, len(rows))]


@given(score_table, cosine_table, fusions)
def test_weight_0_is_the_lexical_order_and_1_the_vector_order(
    scores: dict[int, float], cosines: dict[int, float], fusion: str
) -> None:
    made = legs(scores, cosines)
    settings = replace(SETTINGS, fusion=fusion)  # type: ignore[arg-type]
    lexical = fuse(*made, 0.0, settings)
    vector = fuse(*made, 1.0, settings)
    assert lexical.rows.tolist() == order(scores)
    assert vector.rows.tolist() == order({row: cosines[row] for row in cosines if cosines[row] > 0})


@given(score_table, cosine_table, fusions, st.floats(0, 1))
def test_scores_lie_in_0_to_1_and_add_up(
    scores: dict[int, float], cosines: dict[int, float], fusion: str, weight: float
) -> None:
    settings = replace(SETTINGS, fusion=fusion)  # type: ignore[arg-type]
    fused = fuse(*legs(scores, cosines), weight, settings)
    rows = fused.rows.tolist()
    assert rows == sorted(rows, key=lambda row: (-fused.scores[rows.index(row)], row))
    for place, score in enumerate(fused.scores.tolist()):
        parts = fused.legs(place).values()
        assert 0.0 <= score <= 1.0
        assert all(0.0 <= part.normalised <= 1.0 for part in parts)
        assert score == pytest.approx(sum(part.weight * part.normalised for part in parts))


@given(score_table, cosine_table, fusions, st.floats(0, 1), st.integers(-6, 6))
def test_the_raw_scale_of_bm25_changes_nothing(
    scores: dict[int, float], cosines: dict[int, float], fusion: str, weight: float, power: int
) -> None:
    """A power of two, so that floats scale without rounding; what a full match gives scales too."""
    settings = replace(SETTINGS, fusion=fusion)  # type: ignore[arg-type]
    factor = 2.0**power
    louder = {row: score * factor for row, score in scores.items()}
    plain = fuse(*legs(scores, cosines), weight, settings, 64.0)
    scaled = fuse(*legs(louder, cosines), weight, settings, 64.0 * factor)
    assert scaled.rows.tolist() == plain.rows.tolist()
    assert scaled.scores.tolist() == pytest.approx(plain.scores.tolist(), abs=1e-12)
