"""Tables and sentences of docs/confidence.md, made of what was measured."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from kbassist.evals.trust import WANTED, Sample, Trust, coverage_curve, trust

START = "<!-- confidence: written by benchmarks/confidence.py --report -->"
END = "<!-- confidence: end -->"

HEAD = (
    "set",
    "questions (answerable)",
    "AUROC far",
    "near",
    "ECE (band)",
    "Brier",
    "answered at 85 % right",
    "right of answered",
    "far not answered",
    "near not answered",
)
KINDS: Mapping[str, tuple[str, ...]] = {
    "own words": ("paraphrase",),
    "chat": ("colloquial",),
    "keywords": ("keyword",),
    "codes and names": ("identifier",),
    "several needs": ("multi",),
    "typos": ("typo",),
    "other language": ("crosslingual",),
    "follow-ups, with their history": ("followup",),
    "no answer, near": ("unanswerable_near",),
    "no answer, far": ("unanswerable_far",),
}
"""Rows of the table by kind of question → slices."""


@dataclass(frozen=True)
class Measured:
    """What was measured on one set or pool."""

    name: str
    samples: tuple[Sample, ...]

    @cached_property
    def trust(self) -> Trust:
        """Its figures."""
        return trust(self.samples)

    @property
    def answered(self) -> tuple[int, int]:
        """Answers given from a right article, and all."""
        given = [sample.right for sample in self.samples if sample.action == "answer"]
        return sum(given), len(given)

    @property
    def operating(self) -> tuple[float, float]:
        """At the default settings: share of the answerable questions answered, and right."""
        right, given = self.answered
        answered = sum(s.answerable and s.action == "answer" for s in self.samples)
        return answered / self.trust.answerable, right / given

    @property
    def wanted(self) -> tuple[float, float, float] | None:
        """Coverage, share right and threshold where the most is answered with 85 % right."""
        points = [p for p in coverage_curve(self.samples) if p.right >= WANTED * p.given]
        if not points:
            return None
        last = points[-1]
        return last.coverage, last.right / last.given, last.threshold

    def declined(self, kind: str) -> tuple[int, int]:
        """Unanswerable questions of a kind that are not answered, and all."""
        found = [s.action != "answer" for s in self.samples if kind in s.slice and not s.answerable]
        return sum(found), len(found)


def table_head() -> str:
    """The first two lines of the table of sets."""
    return f"| {' | '.join(HEAD)} |\n|---|---|{'---:|' * (len(HEAD) - 2)}"


def row(one: Measured) -> str:
    """One row of the table of sets."""
    found = one.trust
    cells = [
        one.name,
        f"{found.questions} ({found.answerable})",
        *("–" if value is None else f"{value:.3f}" for value in (found.far, found.near)),
        f"{found.error:.3f} ({found.band:.3f})",
        f"{found.brier:.3f}",
        f"{found.coverage:.2f}",
        _of(*one.answered),
        _of(*one.declined("far")),
        _of(*one.declined("near")),
    ]
    return f"| {' | '.join(cells)} |"


def page(
    dev: Sequence[Measured],
    test: Sequence[Measured],
    further: Sequence[Measured],
    images: Mapping[str, Path],
) -> str:
    """What stands between the marks.

    Args:
        dev: development sets, their pool last.
        test: reported sets, their pool last.
        further: sets beside them.
        images: picture → its path as the page links to it.
    """
    pool = test[-1]
    sets = [table_head(), *(row(one) for one in (*dev, *test, *further))]
    parts = [
        "\n".join(sets),
        _wrapped([*_sentences(test), *map(_further, further)]),
        f"![{_reliability_words(pool)}]({images['pool'].as_posix()})",
        "`support-test` by kind of question; *right first* counts those whose first hit is of a"
        " right article:",
        "\n".join(_kinds(pool)),
        "Each set by itself:",
        f"![The same reliability diagram for each set]({images['reliability'].as_posix()})",
        f"![The same risk–coverage curve for each set]({images['coverage'].as_posix()})",
    ]
    return "\n\n".join(parts)


def _sentences(test: Sequence[Measured]) -> Iterator[str]:
    pool, found = test[-1], test[-1].trust
    said, right = _mean_confidence(pool.samples), _right_share(pool.samples)
    direction = "low" if said < right else "high"
    yield (
        f"On the test pack the confidence is {said:.2f} on average and {right:.2f} are right: too"
        f" {direction} by {abs(said - right) * 100:.0f} points. Its calibration error is"
        f" {found.error:.3f}; a perfect model stays below {found.band:.3f} in 95 draws of 100."
    )
    yield (
        f"At the default settings {_not_answered(test, 'far')} and {_not_answered(test, 'near')}"
        f" are not answered; {_percent(*pool.answered)} of the answers given come from a right"
        f" article, and {pool.operating[0] * 100:.0f} % of the answerable questions get an answer."
    )
    if pool.wanted is not None:
        coverage, share, threshold = pool.wanted
        yield (
            f"With a threshold of {threshold:.2f}, {share * 100:.0f} % of the answers come from a"
            f" right article, and {coverage * 100:.0f} % of the answerable questions get one."
        )


def _not_answered(test: Sequence[Measured], kind: str) -> str:
    each = [_share(*one.declined(kind)) for one in test[:-1]]
    low, high = (f"{value * 100:.0f}" for value in (min(each), max(each)))
    return (
        f"{_percent(*test[-1].declined(kind))} of the {kind} questions without an answer"
        f" ({low} and {high} % by knowledge base)"
    )


def _further(one: Measured) -> str:
    said, right = _mean_confidence(one.samples), _right_share(one.samples)
    return f"On {one.name}, it is {said:.2f} on average where {right:.2f} are right."


def _wrapped(sentences: Sequence[str]) -> str:
    text = " ".join(sentences).replace(" %", "\u00a0%")  # which no line ends before
    lines = textwrap.wrap(text, 118, break_on_hyphens=False)
    return "\n".join(lines).replace("\u00a0", " ")


def _kinds(pool: Measured) -> Iterator[str]:
    heads = ("kind", "questions", "mean confidence", "right first", "answered", "right of answered")
    yield f"| {' | '.join(heads)} |\n|---|{'---:|' * (len(heads) - 1)}"
    for name, slices in KINDS.items():
        part = [sample for sample in pool.samples if sample.slice in slices]
        if not part:
            continue
        given = [sample.right for sample in part if sample.action == "answer"]
        right = _of(sum(sample.right for sample in part), len(part))
        cells = [
            str(len(part)),
            f"{_mean_confidence(part):.2f}",
            right if part[0].answerable else "–",
            _of(len(given), len(part)),
            _of(sum(given), len(given)),
        ]
        yield f"| {name} | {' | '.join(cells)} |"


def _reliability_words(pool: Measured) -> str:
    return (
        f"Two diagrams of {pool.name}, {len(pool.samples)} questions. Left: share of right first"
        " articles against confidence in five bins of equally many questions. Right: share of"
        " the answers given that come from a right article against share of the answerable"
        " questions answered"
    )


def _mean_confidence(samples: Sequence[Sample]) -> float:
    return sum(sample.confidence for sample in samples) / len(samples)


def _right_share(samples: Sequence[Sample]) -> float:
    return sum(sample.right for sample in samples) / len(samples)


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0


def _of(part: int, whole: int) -> str:
    return f"{part}/{whole}" if whole else "–"


def _percent(part: int, whole: int) -> str:
    return f"{_share(part, whole) * 100:.0f} % ({part}/{whole})"


def write_between(path: Path, text: str) -> None:
    """Replace what stands between the marks of a page."""
    old = path.read_text(encoding="utf-8")
    head, start, rest = old.partition(START)
    _, end, tail = rest.partition(END)
    if not (start and end):
        raise SystemExit(f"{path}: no lines {START} and {END} to write between")
    path.write_text(f"{head}{START}\n\n{text}\n\n{END}{tail}", encoding="utf-8")
