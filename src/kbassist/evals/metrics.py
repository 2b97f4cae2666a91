"""What ir_measures lacks: decisions, confidence and latency, as pure functions."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

BINS = 10


class Scores(NamedTuple):
    """Precision, recall and their harmonic mean; None where the denominator is 0."""

    precision: float | None
    recall: float | None
    f1: float | None


class Bin(NamedTuple):
    """One bar of a reliability diagram."""

    low: float
    high: float
    size: int
    confidence: float
    """Mean confidence of its answers; 0 where it has none."""
    accuracy: float
    """Share of its answers that are right; 0 where it has none."""


def precision_recall(predicted: Sequence[bool], actual: Sequence[bool]) -> Scores:
    """Precision, recall and F1 of a yes/no decision.

    For abstention, `predicted` is whether the assistant abstained and `actual` whether it should
    have. Precision is TP / (TP + FP), recall TP / (TP + FN), F1 is 2PR / (P + R).

    Raises:
        ValueError: lengths differ.
    """
    _same_length(predicted, actual)
    both = sum(p and a for p, a in zip(predicted, actual, strict=True))
    said, true = sum(predicted), sum(actual)
    precision = both / said if said else None
    recall = both / true if true else None
    if precision is None or recall is None:
        return Scores(precision, recall, None)
    total = precision + recall
    return Scores(precision, recall, 2 * precision * recall / total if total else 0.0)


def auroc(scores: Sequence[float], labels: Sequence[bool]) -> float:
    """Area under the ROC curve: the chance that a positive scores above a negative, ties half.

    Computed by ranks, as Mann and Whitney's U over the number of pairs (Hanley & McNeil 1982).

    Args:
        scores: any finite numbers.
        labels: whether each is a positive.

    Raises:
        ValueError: lengths differ, a score is not finite, or one class is empty.
    """
    _same_length(scores, labels)
    _finite(scores)
    values, positive = np.asarray(scores, dtype=np.float64), np.asarray(labels, dtype=bool)
    count = int(positive.sum())
    if count in (0, len(positive)):
        raise ValueError(f"AUROC needs both classes, found {count} positives of {len(positive)}")
    _, place, counts = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(counts)
    ranks = (ends - (counts - 1) / 2)[place]  # tied values share the mean of their ranks
    wins = float(ranks[positive].sum()) - count * (count + 1) / 2
    return wins / (count * (len(positive) - count))


def reliability_bins(
    confidences: Sequence[float], correct: Sequence[bool], bins: int = BINS
) -> list[Bin]:
    """Equal-width bins over [0, 1], each open below and closed above but the first.

    Raises:
        ValueError: lengths differ, nothing given, or a confidence outside [0, 1].
    """
    check_confidences(confidences, correct)
    edges = [number / bins for number in range(1, bins + 1)]
    table: list[list[tuple[float, bool]]] = [[] for _ in edges]
    for confidence, right in zip(confidences, correct, strict=True):
        table[bisect_left(edges, confidence)].append((confidence, right))
    return [
        Bin(
            number / bins,
            (number + 1) / bins,
            len(members),
            sum(confidence for confidence, _ in members) / len(members) if members else 0.0,
            sum(right for _, right in members) / len(members) if members else 0.0,
        )
        for number, members in enumerate(table)
    ]


def expected_calibration_error(
    confidences: Sequence[float], correct: Sequence[bool], bins: int = BINS
) -> float:
    """Mean gap of confidence and accuracy over bins, weighted by count (Guo et al. 2017).

    Raises:
        ValueError: as `reliability_bins`.
    """
    found = reliability_bins(confidences, correct, bins)
    return sum(b.size * abs(b.accuracy - b.confidence) for b in found) / len(confidences)


def risk_coverage(
    confidences: Sequence[float], correct: Sequence[bool]
) -> list[tuple[float, float]]:
    """Coverage and risk when only the most confident answers are given (Geifman & El-Yaniv 2017).

    Returns:
        Points by rising coverage, one for each distinct confidence: the share of answers given, and
        the share of those that are wrong.

    Raises:
        ValueError: as `reliability_bins`.
    """
    check_confidences(confidences, correct)
    pairs = sorted(zip(confidences, correct, strict=True), key=lambda pair: -pair[0])
    points = []
    wrong = 0
    for given, (confidence, right) in enumerate(pairs, 1):
        wrong += not right
        if given == len(pairs) or pairs[given][0] != confidence:
            points.append((given / len(pairs), wrong / given))
    return points


def confusion(
    expected: Sequence[str], actual: Sequence[str], labels: Sequence[str]
) -> dict[str, dict[str, int]]:
    """Expected action → action taken → how often.

    Raises:
        ValueError: lengths differ, or an action is not among the labels.
    """
    _same_length(expected, actual)
    table = {label: dict.fromkeys(labels, 0) for label in labels}
    for wanted, got in zip(expected, actual, strict=True):
        if wanted not in table or got not in table:
            raise ValueError(f"unknown action: {wanted if wanted not in table else got!r}")
        table[wanted][got] += 1
    return table


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which a share of the values lies, interpolated linearly.

    Args:
        values: at least one.
        share: in [0, 1]; 0.5 is the median.

    Raises:
        ValueError: no values, one that is not finite, or a share outside [0, 1].
    """
    if not values:
        raise ValueError("a percentile needs at least one value")
    if not 0 <= share <= 1:
        raise ValueError(f"the share must be in [0, 1], found {share!r}")
    _finite(values)
    return float(np.quantile(np.asarray(values, dtype=np.float64), share))


def check_confidences(confidences: Sequence[float], correct: Sequence[bool] | None = None) -> None:
    """Raise where figures of confidence cannot be worked out.

    Args:
        confidences: of some answers.
        correct: whether each is right, where that is needed.

    Raises:
        ValueError: lengths differ, nothing given, or a confidence outside [0, 1].
    """
    if correct is not None:
        _same_length(confidences, correct)
    if not confidences:
        raise ValueError("needs at least one answer")
    bad = next((value for value in confidences if not 0 <= value <= 1), None)
    if bad is not None:
        raise ValueError(f"confidences must be in [0, 1], found {bad!r}")


def _same_length(left: Sequence[object], right: Sequence[object]) -> None:
    if len(left) != len(right):
        raise ValueError(f"lengths differ: {len(left)} and {len(right)}")


def _finite(values: Sequence[float]) -> None:
    bad = next((value for value in values if not math.isfinite(value)), None)
    if bad is not None:
        raise ValueError(f"values must be finite, found {bad!r}")
