"""Fitting the confidence to labelled questions, and telling how far it can be trusted."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from kbassist.answer.confidence import FILE_NAME, Calibration, fit
from kbassist.answer.evidence import Evidence
from kbassist.assistant import Assistant
from kbassist.errors import QuestionError
from kbassist.evals.metrics import auroc
from kbassist.evals.model import Dataset
from kbassist.evals.reliability import equal_mass_error, perfect_band
from kbassist.evals.run import in_full
from kbassist.evals.targets import article_grades, resolve

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


def collect(
    dataset: Dataset, assistant: Assistant, progress: Callable[[int, int], None] | None = None
) -> list[Sample]:
    """Ask every question that is to be answered or declined."""
    targets = resolve(dataset, assistant)
    wanted = [one for one in dataset.questions if one.expect in ("answer", "abstain")]
    samples = []
    for number, question in enumerate(wanted, 1):
        with suppress(QuestionError):
            text = in_full(question, assistant.settings.max_question_chars)
            found = assistant.ask(text, top_k=1, filters=question.filters.filters())
            grades = article_grades(targets[question.id]) if question.expect == "answer" else {}
            first = found.hits[0].article.id if found.hits else ""
            evidence = Evidence(**found.figures)
            samples.append(
                Sample(
                    slice=question.slice,
                    answerable=question.expect == "answer",
                    right=grades.get(first, 0) > 0,
                    evidence=evidence,
                    confidence=assistant.calibration.probability(evidence),  # of the whole
                )
            )
        if progress is not None:
            progress(number, len(wanted))
    return samples


def refit(samples: Sequence[Sample], assistant: Assistant) -> Calibration:
    """Fit a calibration to these questions.

    Raises:
        UsageError: too few questions, or all right or all wrong.
    """
    return fit(
        [sample.evidence for sample in samples],
        [sample.right for sample in samples],
        analyzer=assistant.index.analyzer.fingerprint,
        model=assistant.judge.embedder.fingerprint,
    )


def calibrate_index(datasets: Sequence[Dataset], assistant: Assistant) -> tuple[Path, Trust, Trust]:
    """Fit a calibration to labelled questions and write it into the index directory.

    Returns:
        The file, and how far the confidence could be trusted on these questions before and after.

    Raises:
        UsageError: too few questions, or all right or all wrong.
    """
    samples = [sample for dataset in datasets for sample in collect(dataset, assistant)]
    fitted = refit(samples, assistant)
    path = assistant.index.path / FILE_NAME
    beside = path.with_name(f".{FILE_NAME}.new")
    beside.write_text(fitted.to_json(), encoding="utf-8")
    beside.replace(path)
    after = [fitted.probability(sample.evidence) for sample in samples]
    return path, trust(samples), trust(samples, after)


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


def trust(samples: Sequence[Sample], confidences: Sequence[float] | None = None) -> Trust:
    """Measure a confidence.

    Args:
        samples: questions, at least one of them answerable.
        confidences: of each question, where another calibration is measured than the assistant's.
    """
    given = [s.confidence for s in samples] if confidences is None else list(confidences)
    right = [sample.right for sample in samples]
    return Trust(
        questions=len(samples),
        answerable=sum(sample.answerable for sample in samples),
        far=_against(samples, given, "far"),
        near=_against(samples, given, "near"),
        error=equal_mass_error(given, right, BINS),
        band=perfect_band(given, BINS),
        brier=sum((p - y) ** 2 for p, y in zip(given, right, strict=True)) / len(given),
        coverage=_coverage(samples, given),
    )


def _against(samples: Sequence[Sample], given: Sequence[float], kind: str) -> float | None:
    pairs = [
        (confidence, sample.answerable)
        for sample, confidence in zip(samples, given, strict=True)
        if sample.answerable or kind in sample.slice
    ]
    labels = [answerable for _, answerable in pairs]
    return auroc([value for value, _ in pairs], labels) if len(set(labels)) == 2 else None


def _coverage(samples: Sequence[Sample], given: Sequence[float]) -> float:
    order = sorted(range(len(samples)), key=lambda place: -given[place])
    answerable = sum(sample.answerable for sample in samples)
    best = right = answered = 0.0
    for count, place in enumerate(order, 1):
        right += samples[place].right
        answered += samples[place].answerable
        last = count == len(order) or given[order[count]] != given[place]
        if last and right >= WANTED * count:
            best = answered
    return best / answerable if answerable else 0.0
