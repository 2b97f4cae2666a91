from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu

from kbassist.evals.metrics import (
    auroc,
    confusion,
    expected_calibration_error,
    percentile,
    precision_recall,
    reliability_bins,
    risk_coverage,
)

shares = st.one_of(st.floats(0, 1), st.integers(0, 10).map(lambda tenths: tenths / 10))
judged = st.lists(st.tuples(shares, st.booleans()), min_size=1, max_size=40)
values = st.one_of(st.integers(-3, 3).map(float), st.floats(-1e6, 1e6))
both_classes = st.lists(st.tuples(values, st.booleans()), min_size=2, max_size=40).filter(
    lambda pairs: len({label for _, label in pairs}) == 2
)


def apart(pairs: list[tuple[float, bool]]) -> tuple[list[float], list[bool]]:
    return [value for value, _ in pairs], [label for _, label in pairs]


def test_precision_and_recall_worked_out_by_hand() -> None:
    """TP 1, FP 1, FN 2: P = 1/2, R = 1/3, F1 = 2 * 1/6 / (5/6) = 0.4."""
    found = precision_recall([True, True, False, False, False], [True, False, True, True, False])
    assert tuple(found) == pytest.approx((0.5, 1 / 3, 0.4))


@pytest.mark.parametrize(
    ("predicted", "actual", "expected"),
    [
        ([], [], (None, None, None)),
        ([False], [False], (None, None, None)),
        ([True], [False], (0.0, None, None)),
        ([False], [True], (None, 0.0, None)),
        ([True, False], [False, True], (0.0, 0.0, 0.0)),
        ([True, False], [True, False], (1.0, 1.0, 1.0)),
    ],
)
def test_a_share_of_nothing_is_none(
    predicted: list[bool], actual: list[bool], expected: tuple[float | None, ...]
) -> None:
    assert precision_recall(predicted, actual) == expected


def test_auroc_worked_out_by_hand() -> None:
    """Pairs: 0.9 > 0.5, 0.9 > 0.1, 0.5 = 0.5 (half), 0.5 > 0.1, so 3.5 of 4."""
    assert auroc([0.9, 0.5, 0.5, 0.1], [True, True, False, False]) == 0.875
    assert auroc([3.0, 2.0, 1.0], [True, False, False]) == 1.0
    assert auroc([3.0, 2.0, 1.0], [False, False, True]) == 0.0
    assert auroc([1.0, 1.0, 1.0], [True, False, True]) == 0.5
    assert auroc([0.0, -0.0], [True, False]) == 0.5


@given(both_classes)
def test_auroc_is_mann_and_whitneys_u_over_the_pairs(pairs: list[tuple[float, bool]]) -> None:
    right = [value for value, label in pairs if label]
    wrong = [value for value, label in pairs if not label]
    u = mannwhitneyu(right, wrong, method="asymptotic").statistic
    assert auroc(*apart(pairs)) == pytest.approx(u / (len(right) * len(wrong)))


@given(both_classes)
def test_auroc_of_negated_scores_is_the_rest(pairs: list[tuple[float, bool]]) -> None:
    scores, labels = apart(pairs)
    area = auroc(scores, labels)
    assert 0.0 <= area <= 1.0
    assert auroc([-score for score in scores], labels) == pytest.approx(1 - area)
    assert auroc(scores, [not label for label in labels]) == pytest.approx(1 - area)


@pytest.mark.parametrize(
    ("scores", "labels", "message"),
    [
        ([1.0], [True, False], "lengths differ: 1 and 2"),
        ([1.0, 2.0], [True, True], "needs both classes, found 2 positives of 2"),
        ([1.0, 2.0], [False, False], "found 0 positives of 2"),
        ([], [], "found 0 positives of 0"),
        ([1.0, math.nan], [True, False], "must be finite, found nan"),
        ([math.inf, 0.0], [True, False], "must be finite, found inf"),
    ],
)
def test_auroc_that_has_no_value(scores: list[float], labels: list[bool], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        auroc(scores, labels)


def test_calibration_worked_out_by_hand() -> None:
    """Gaps 0.05 (1 answer), |0.5 - 0.15| (2) and 0.05 (1): (0.05 + 0.7 + 0.05) / 4 = 0.2."""
    confidences, correct = [0.05, 0.15, 0.15, 0.95], [False, True, False, True]
    assert expected_calibration_error(confidences, correct) == pytest.approx(0.2)
    bins = reliability_bins(confidences, correct)
    assert [b.size for b in bins] == [1, 2, 0, 0, 0, 0, 0, 0, 0, 1]
    assert tuple(bins[1]) == pytest.approx((0.1, 0.2, 2, 0.15, 0.5))
    assert bins[4] == (0.4, 0.5, 0, 0.0, 0.0)


def test_one_bin_is_the_gap_of_the_means() -> None:
    """|2/4 - (0.05 + 0.15 + 0.15 + 0.95) / 4| = |0.5 - 0.325|."""
    found = expected_calibration_error([0.05, 0.15, 0.15, 0.95], [False, True, False, True], bins=1)
    assert found == pytest.approx(0.175)


@pytest.mark.parametrize("bins", [1, 7, 10, 15, 20, 49])
def test_bins_are_closed_above(bins: int) -> None:
    for number in range(1, bins + 1):
        on = reliability_bins([number / bins], [True], bins)
        assert on[number - 1].size == 1
        if number < bins:
            over = reliability_bins([math.nextafter(number / bins, 2)], [True], bins)
            assert over[number].size == 1
    assert reliability_bins([0.0], [True], bins)[0].size == 1


@given(judged, st.integers(1, 30))
def test_every_answer_is_in_the_bin_that_holds_its_confidence(
    pairs: list[tuple[float, bool]], count: int
) -> None:
    confidences, correct = apart(pairs)
    bins = reliability_bins(confidences, correct, count)
    assert [b.size for b in bins] == [
        sum((b.low < value or b.low == value == 0) and value <= b.high for value in confidences)
        for b in bins
    ]
    assert (bins[0].low, bins[-1].high) == (0.0, 1.0)
    assert all(left.high == right.low for left, right in itertools.pairwise(bins))
    assert sum(b.size * b.accuracy for b in bins) == pytest.approx(sum(correct))
    assert sum(b.size * b.confidence for b in bins) == pytest.approx(sum(confidences))


@given(judged, st.integers(1, 30))
def test_the_calibration_error_lies_in_0_to_1(pairs: list[tuple[float, bool]], count: int) -> None:
    assert 0.0 <= expected_calibration_error(*apart(pairs), count) <= 1.0


@given(st.lists(st.booleans(), min_size=1))
def test_certainty_that_is_right_is_calibrated_and_certainty_that_is_wrong_is_not(
    correct: list[bool],
) -> None:
    sure = [float(right) for right in correct]
    assert expected_calibration_error(sure, correct) == 0.0
    assert expected_calibration_error([1 - share for share in sure], correct) == 1.0


def test_risk_and_coverage_worked_out_by_hand() -> None:
    """0.9 alone: 0 of 1 wrong; with both 0.8: 1 of 3; with all: 2 of 4."""
    found = risk_coverage([0.3, 0.8, 0.9, 0.8], [False, False, True, True])
    assert found == [(0.25, 0.0), (0.75, pytest.approx(1 / 3)), (1.0, 0.5)]


@given(judged)
def test_risk_and_coverage_end_with_every_answer(pairs: list[tuple[float, bool]]) -> None:
    confidences, correct = apart(pairs)
    points = risk_coverage(confidences, correct)
    assert points[-1] == (1.0, correct.count(False) / len(correct))
    assert len(points) == len(set(confidences))
    assert [share for share, _ in points] == sorted({share for share, _ in points})
    assert all(0.0 <= risk <= 1.0 for _, risk in points)
    shuffled = risk_coverage(confidences[::-1], correct[::-1])
    assert shuffled == points


@pytest.mark.parametrize("call", [reliability_bins, expected_calibration_error, risk_coverage])
@pytest.mark.parametrize(
    ("confidences", "correct", "message"),
    [
        ([], [], "at least one answer"),
        ([0.5], [], "lengths differ: 1 and 0"),
        ([0.5, 1.1], [True, True], r"in \[0, 1\], found 1.1"),
        ([-0.1], [True], "found -0.1"),
        ([math.nan], [True], "found nan"),
    ],
)
def test_confidences_that_are_none(
    call: object, confidences: list[float], correct: list[bool], message: str
) -> None:
    assert callable(call)
    with pytest.raises(ValueError, match=message):
        call(confidences, correct)


def test_confusion_worked_out_by_hand() -> None:
    expected = ["answer", "answer", "abstain", "answer"]
    actual = ["answer", "abstain", "answer", "answer"]
    assert confusion(expected, actual, ("answer", "abstain")) == {
        "answer": {"answer": 2, "abstain": 1},
        "abstain": {"answer": 1, "abstain": 0},
    }


@pytest.mark.parametrize(
    ("expected", "actual", "message"),
    [
        (["answer"], [], "lengths differ: 1 and 0"),
        (["guess"], ["answer"], "unknown action: 'guess'"),
        (["answer"], ["shrug"], "unknown action: 'shrug'"),
    ],
)
def test_confusion_of_unknown_actions(expected: list[str], actual: list[str], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        confusion(expected, actual, ("answer", "abstain"))


def test_percentile_worked_out_by_hand() -> None:
    """Place 0.5 * 3 = 1.5 is half way from 20 to 30; place 0.95 * 3 = 2.85 is 30 + 0.85 * 10."""
    assert percentile([40, 10, 30, 20], 0.5) == 25.0
    assert percentile([40, 10, 30, 20], 0.95) == pytest.approx(38.5)
    assert percentile([7], 0.95) == 7.0


@given(st.lists(st.floats(-1e6, 1e6), min_size=1), st.floats(0, 1))
def test_a_percentile_lies_among_the_values(found: list[float], share: float) -> None:
    assert min(found) <= percentile(found, share) <= max(found)
    assert (percentile(found, 0), percentile(found, 1)) == (min(found), max(found))


@pytest.mark.parametrize(
    ("found", "share", "message"),
    [
        ([], 0.5, "at least one value"),
        ([1.0], 1.5, r"in \[0, 1\], found 1.5"),
        ([1.0], math.nan, "found nan"),
        ([1.0, math.inf], 0.5, "must be finite, found inf"),
    ],
)
def test_percentile_that_has_no_value(found: list[float], share: float, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        percentile(found, share)
