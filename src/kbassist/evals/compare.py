"""Two results of the same questions: what changed, how sure that is, and who won and lost."""

from __future__ import annotations

from dataclasses import dataclass

from kbassist.errors import UsageError
from kbassist.evals.names import DECISIONS, MEASURES
from kbassist.evals.result import Outcome, Result
from kbassist.evals.statistics import bootstrap_difference, randomisation_test
from kbassist.evals.summary import values_of

SIGNIFICANT = 0.05
"""A difference with a smaller p is marked."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One measure in both results, over the questions that have it in both."""

    measure: str
    count: int
    before: float
    after: float
    low: float
    """Of the interval of `after - before`."""
    high: float
    p: float
    """Of the paired randomisation test."""

    @property
    def significant(self) -> bool:
        """Whether chance alone would rarely give as much."""
        return self.p < SIGNIFICANT


@dataclass(frozen=True, slots=True)
class Change:
    """One question whose value of the measure differs."""

    before: Outcome
    after: Outcome
    difference: float


@dataclass(frozen=True, slots=True)
class Comparison:
    """Everything that differs between two results."""

    differences: tuple[Difference, ...]
    measure: str
    """By which questions are won and lost."""
    won: tuple[Change, ...]
    """Largest gain first."""
    lost: tuple[Change, ...]
    """Largest loss first."""


def compare(before: Result, after: Result, *, measure: str = "RR@10") -> Comparison:
    """Compare two results question by question.

    Args:
        before: the baseline.
        after: what is judged against it.
        measure: decides which questions were won and lost; one of `MEASURES` or `DECISIONS`.

    Raises:
        UsageError: other questions or labels, or an unknown measure.
    """
    if measure not in (*MEASURES, *DECISIONS):
        known = ", ".join((*MEASURES, *DECISIONS))
        raise UsageError(f"no such measure: {measure!r}", hint=f"Measures are {known}.")
    _check_same(before, after)
    old, new = values_of(before.outcomes), values_of(after.outcomes)
    differences = []
    for name in (*MEASURES, *DECISIONS):
        shared = [question for question in old[name] if question in new[name]]
        if shared:
            differences.append(
                _difference(name, [old[name][q] for q in shared], [new[name][q] for q in shared])
            )
    changes = _changes(before, after, old[measure], new[measure])
    return Comparison(
        differences=tuple(differences),
        measure=measure,
        won=tuple(sorted((c for c in changes if c.difference > 0), key=lambda c: -c.difference)),
        lost=tuple(sorted((c for c in changes if c.difference < 0), key=lambda c: c.difference)),
    )


def _check_same(before: Result, after: Result) -> None:
    if before.dataset_digest != after.dataset_digest or before.split != after.split:
        raise UsageError(
            f"the results are of other questions: {before.dataset}/{before.split} and"
            f" {after.dataset}/{after.split}",
            hint="Run both on the same dataset and split.",
        )


def _difference(name: str, old: list[float], new: list[float]) -> Difference:
    low, high = bootstrap_difference(old, new)
    count = len(old)
    return Difference(
        measure=name,
        count=count,
        before=sum(old) / count,
        after=sum(new) / count,
        low=low,
        high=high,
        p=randomisation_test(old, new),
    )


def _changes(
    before: Result, after: Result, old: dict[str, float], new: dict[str, float]
) -> list[Change]:
    outcomes = {outcome.id: outcome for outcome in after.outcomes}
    return [
        Change(outcome, outcomes[outcome.id], new[outcome.id] - old[outcome.id])
        for outcome in before.outcomes
        if outcome.id in old and outcome.id in new and new[outcome.id] != old[outcome.id]
    ]
