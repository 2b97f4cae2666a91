"""How far the confidence can be trusted: its calibration, its separation, and what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kbassist.answer.evidence import Evidence
from kbassist.evals.metrics import auroc
from kbassist.evals.reliability import equal_mass_error, perfect_band
from kbassist.types import Action

BINS = 5
"""Of equal mass, for the calibration error."""
WANTED = 0.85
"""Share of the answers given that the risk–coverage figure asks to be right."""


@dataclass(frozen=True, slots=True)
class Sample:
    """One question, asked."""

    slice: str
    answerable: bool
    right: bool
    """Whether the first article answers it; never for an unanswerable question."""
    evidence: Evidence
    confidence: float
    """By the calibration that the assistant has."""
    action: Action
    """By that confidence, at the assistant's thresholds."""


@dataclass(frozen=True, slots=True)
class Trust:
    """How far the confidence can be trusted on some questions; shares in [0, 1]."""

    questions: int
    answerable: int
    far: float | None
    """AUROC of answerable against unanswerable questions of another subject; None without any."""
    near: float | None
    """The same against those of the product's own subject."""
    error: float
    """Expected calibration error over `BINS` bins of equal mass."""
    band: float
    """Its 95th percentile where the confidence is exactly right (`perfect_band`)."""
    brier: float
    """Mean squared difference of confidence and outcome (Brier 1950)."""
    coverage: float
    """Largest share of the answerable questions that are answered while at least `WANTED` of all
    answers given are right."""


class Point(NamedTuple):
    """What becomes of some questions where all from one confidence up are answered."""

    threshold: float
    given: int
    """Answers given, to unanswerable questions too."""
    right: int
    """Answers given from a right article."""
    coverage: float
    """Share of the answerable questions that are answered."""


def trust(samples: Sequence[Sample], confidences: Sequence[float] | None = None) -> Trust:
    """Measure a confidence.

    Args:
        samples: at least one question.
        confidences: of each question, where another calibration is measured than the assistant's.

    Raises:
        ValueError: no question, or a confidence outside [0, 1].
    """
    given = [s.confidence for s in samples] if confidences is None else list(confidences)
    right = [sample.right for sample in samples]
    reached = [p for p in coverage_curve(samples, given) if p.right >= WANTED * p.given]
    return Trust(
        questions=len(samples),
        answerable=sum(sample.answerable for sample in samples),
        far=_against(samples, given, "far"),
        near=_against(samples, given, "near"),
        error=equal_mass_error(given, right, BINS),
        band=perfect_band(given, BINS),
        brier=sum((p - y) ** 2 for p, y in zip(given, right, strict=True)) / len(given),
        coverage=reached[-1].coverage if reached else 0.0,
    )


def coverage_curve(
    samples: Sequence[Sample], confidences: Sequence[float] | None = None
) -> list[Point]:
    """What is answered and what of that is right, by falling threshold (Geifman & El-Yaniv 2017).

    Returns:
        One point for each distinct confidence, by rising coverage.
    """
    given = [s.confidence for s in samples] if confidences is None else list(confidences)
    order = sorted(range(len(samples)), key=lambda place: -given[place])
    answerable = sum(sample.answerable for sample in samples)
    points = []
    right = answered = 0
    for count, place in enumerate(order, 1):
        right += samples[place].right
        answered += samples[place].answerable
        if count == len(order) or given[order[count]] != given[place]:
            coverage = answered / answerable if answerable else 0.0
            points.append(Point(given[place], count, right, coverage))
    return points


def _against(samples: Sequence[Sample], given: Sequence[float], kind: str) -> float | None:
    pairs = [
        (confidence, sample.answerable)
        for sample, confidence in zip(samples, given, strict=True)
        if sample.answerable or kind in sample.slice
    ]
    labels = [answerable for _, answerable in pairs]
    return auroc([value for value, _ in pairs], labels) if len(set(labels)) == 2 else None
