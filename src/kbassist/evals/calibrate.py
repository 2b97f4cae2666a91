"""Fitting the confidence to labelled questions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from dataclasses import dataclass
from pathlib import Path

from kbassist.answer.confidence import FILE_NAME, Calibration, bundled, fit
from kbassist.answer.evidence import Evidence
from kbassist.assistant import Assistant
from kbassist.errors import FilterError, QuestionError, UsageError
from kbassist.evals.model import Dataset, Question
from kbassist.evals.run import in_full
from kbassist.evals.targets import Target, article_grades, resolve
from kbassist.evals.trust import Sample, Trust, trust
from kbassist.index.files import replace_text
from kbassist.index.writer import writing

FOLDS = 5
"""Parts of the questions, each measured by a fit to the others."""
WAIT = 60.0
"""Seconds to wait for a build: asking all the questions took longer."""

_SHOWN = 3
"""Questions that an error names."""

Progress = Callable[[str, int, int], None]


@dataclass(frozen=True, slots=True)
class Unaskable:
    """A question that cannot be asked."""

    question: str
    """Its id, behind file and line where it is from a file."""
    message: str
    """Why."""


@dataclass(frozen=True, slots=True)
class Collected:
    """Questions of a dataset, asked."""

    samples: tuple[Sample, ...]
    unaskable: tuple[Unaskable, ...]
    others: int
    """Questions that expect a question back or a person: they do not say whether a hit is right."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """What became of a fit."""

    path: Path
    """The file that was written."""
    bundled: Trust
    """On these questions, by the calibration that comes with the package."""
    fitted: Trust
    """By the new one; it was fitted to them, so it flatters."""
    held_out: Trust | None
    """Each fifth of them by a fit to the others: what to expect of other questions like them. None
    where too few are left to fit to."""
    unaskable: tuple[Unaskable, ...]
    """Questions that were left out."""
    others: int
    """The same, of those that expect a question back or a person."""


def collect(dataset: Dataset, assistant: Assistant, progress: Progress | None = None) -> Collected:
    """Ask every question that is to be answered or declined, completed from those before it.

    Args:
        dataset: labelled questions.
        assistant: open on an index.
        progress: called with the dataset's name, questions done and questions in all.

    Raises:
        DatasetError: a label names nothing.
    """
    targets = resolve(dataset, assistant)
    wanted = [one for one in dataset.questions if one.expect in ("answer", "abstain")]
    samples, unaskable = [], []
    for number, question in enumerate(wanted, 1):
        try:
            samples.append(_ask(assistant, question, targets[question.id]))
        except (QuestionError, FilterError) as error:
            unaskable.append(Unaskable(dataset.place(question), error.message))
        if progress is not None:
            progress(dataset.name, number, len(wanted))
    others = len(dataset.questions) - len(wanted)
    return Collected(tuple(samples), tuple(unaskable), others)


def _ask(assistant: Assistant, question: Question, targets: Sequence[Target]) -> Sample:
    text = in_full(question, assistant.settings.max_question_chars)
    filters = question.filters.filters()
    found = assistant.ask(text, top_k=1, filters=filters, asked=question.text)
    answerable = question.expect == "answer"
    grades = article_grades(targets) if answerable else {}
    first = found.hits[0].article.id if found.hits else ""
    evidence = Evidence(**found.figures)
    return Sample(
        slice=question.slice,
        answerable=answerable,
        right=grades.get(first, 0) > 0,
        evidence=evidence,
        confidence=assistant.calibration.probability(evidence),  # of the whole, where it has parts
        action=found.action,
    )


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


def held_out(samples: Sequence[Sample], assistant: Assistant) -> list[float] | None:
    """Confidence of each question by a fit to the four fifths that it is not among.

    Returns:
        None where four fifths are too few, or all right or all wrong.
    """
    given = [0.0] * len(samples)
    for fold in range(FOLDS):
        try:
            fitted = refit([s for n, s in enumerate(samples) if n % FOLDS != fold], assistant)
        except UsageError:
            return None
        for place in range(fold, len(samples), FOLDS):
            given[place] = fitted.probability(samples[place].evidence)
    return given


def calibrate_index(
    datasets: Sequence[Dataset],
    assistant: Assistant,
    progress: Progress | None = None,
    wait: float = WAIT,
) -> Fitted:
    """Fit a calibration to labelled questions and write it into the index directory.

    One that is there is replaced; whether it could still be used does not matter.

    Args:
        datasets: labelled questions.
        assistant: open on the index; it keeps the calibration that it has.
        progress: as for `collect`.
        wait: seconds to wait for another writer of the index.

    Raises:
        UsageError: no question can be used, too few, or all right or all wrong.
        DatasetError: a label names nothing.
        IndexBusy: another writer is at work on the index still.
        IndexUnwritable: the system refused to write.
    """
    plain = copy(assistant)
    plain.calibration = bundled()
    found = [collect(dataset, plain, progress) for dataset in datasets]
    samples = [sample for one in found for sample in one.samples]
    unaskable = tuple(item for one in found for item in one.unaskable)
    others = sum(one.others for one in found)
    try:
        fitted = refit(samples, plain)
    except UsageError as error:
        raise UsageError(error.message + _left_out(unaskable, others), hint=error.hint) from None
    path = assistant.index.path / FILE_NAME
    with writing(path.parent, "calibrate", wait):
        replace_text(path, fitted.to_json(), path.parent)
    by_others = held_out(samples, plain)
    return Fitted(
        path=path,
        bundled=trust(samples),
        fitted=trust(samples, [fitted.probability(sample.evidence) for sample in samples]),
        held_out=None if by_others is None else trust(samples, by_others),
        unaskable=unaskable,
        others=others,
    )


def _left_out(unaskable: Sequence[Unaskable], others: int) -> str:
    """The rest of an error's message."""
    text = ""
    if unaskable:
        first = "; ".join(f"{item.question}: {item.message}" for item in unaskable[:_SHOWN])
        more = "; …" if len(unaskable) > _SHOWN else ""
        text += f"; {len(unaskable)} cannot be asked ({first}{more})"
    return text + (f"; {others} expect a question back or a person" if others else "")
