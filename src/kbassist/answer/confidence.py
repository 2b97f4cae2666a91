"""A calibrated probability that the best hit's article answers the question.

Logistic regression on the figures of `evidence`: readable, monotone in every figure, and fitted in
milliseconds on a few hundred labelled questions, unanswerable ones among them. docs/confidence.md
has its reliability.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from kbassist.answer.evidence import NAMES, Evidence
from kbassist.errors import ConfigError, UsageError
from kbassist.index.files import parse_json, read_text

FORMAT = 1
FILE_NAME = "calibration.json"
"""In an index directory, beside its generations."""
PENALTY = 0.05
"""Ridge penalty on the standardised coefficients."""
_STEPS = 200
_FLAT = 1e-9


@dataclass(frozen=True, slots=True)
class Calibration:
    """How much each figure counts, and what it was fitted on."""

    mean: Mapping[str, float]
    """Of each figure over the questions that it was fitted on."""
    scale: Mapping[str, float]
    """Standard deviation of each figure."""
    coefficient: Mapping[str, float]
    """Of each standardised figure, in log-odds; never negative."""
    intercept: float
    """Log-odds of a question whose figures are all average."""
    questions: int
    """How many it was fitted on."""
    analyzer: str
    """Fingerprint of the analyzer."""
    model: str
    """Fingerprint of the model behind the likeness figures."""

    def contributions(self, evidence: Evidence) -> dict[str, float]:
        """What each figure adds to the log-odds, against an average question."""
        values = zip(NAMES, evidence.values(), strict=True)
        return {
            name: self.coefficient[name] * (value - self.mean[name]) / self.scale[name]
            for name, value in values
        }

    def probability(self, evidence: Evidence) -> float:
        """Probability in [0, 1] that the best hit's article answers the question."""
        odds = self.intercept + sum(self.contributions(evidence).values())
        return 1.0 / (1.0 + math.exp(-max(-500.0, min(odds, 500.0))))

    def to_json(self) -> str:
        """As a file's text; `read` reads it."""
        return json.dumps({"format": FORMAT, **asdict(self)}, indent=2) + "\n"


def fit(
    evidence: Sequence[Evidence], right: Sequence[bool], analyzer: str, model: str
) -> Calibration:
    """Fit by penalised maximum likelihood, no coefficient below 0.

    Args:
        evidence: of each question.
        right: whether its best hit's article answers it; never for an unanswerable question.
        analyzer: fingerprint.
        model: fingerprint.

    Raises:
        UsageError: fewer than 50 questions, or all right or all wrong: nothing to fit.
    """
    if len(right) < 50 or len(set(right)) < 2:
        raise UsageError(
            f"{len(right)} questions, {sum(right)} of them answered right: too little to fit",
            hint="Give at least 50, some that the articles answer and some that they do not.",
        )
    values = np.array([one.values() for one in evidence], dtype=np.float64)
    mean, scale = values.mean(axis=0), values.std(axis=0)
    scale = np.where(scale > _FLAT, scale, 1.0)
    coefficients, intercept = _descend((values - mean) / scale, np.array(right, dtype=np.float64))
    return Calibration(
        mean=_named(mean),
        scale=_named(scale),
        coefficient=_named(coefficients),
        intercept=round(intercept, 6),
        questions=len(right),
        analyzer=analyzer,
        model=model,
    )


def _descend(values: Any, right: Any) -> tuple[Any, float]:
    """Projected Newton: a step on the figures that are not held at 0, until nothing moves."""
    count, width = values.shape
    rows = np.column_stack((values, np.ones(count)))
    penalty = np.append(np.full(width, 2 * PENALTY), 0.0)
    found = np.zeros(width + 1)
    for _ in range(_STEPS):
        chance = 1.0 / (1.0 + np.exp(-np.clip(rows @ found, -500, 500)))
        slope = rows.T @ (chance - right) / count + penalty * found
        free = np.append((found[:-1] > 0) | (slope[:-1] < 0), True)
        curve = (rows * (chance * (1 - chance))[:, None]).T @ rows / count + np.diag(penalty)
        step = np.zeros(width + 1)
        step[free] = np.linalg.solve(curve[np.ix_(free, free)], slope[free])
        moved = found - step
        moved[:-1] = np.maximum(moved[:-1], 0.0)
        if np.abs(moved - found).max() < _FLAT:
            break
        found = moved
    return found[:-1], float(found[-1])


def _named(values: Any) -> dict[str, float]:
    return {name: round(float(value), 6) for name, value in zip(NAMES, values, strict=True)}


@cache
def bundled() -> Calibration:
    """The calibration that comes with the package."""
    source = Path(__file__).with_name(FILE_NAME)
    return _parsed(source.read_text(encoding="utf-8"), "calibration.json")


def read(path: Path) -> Calibration:
    """Read a calibration that was fitted for one index.

    Raises:
        ConfigError: it cannot be read, or is no calibration of this version.
    """
    try:
        text = read_text(path)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot be read: {error}", hint=_hint(path)) from None
    return _parsed(text, str(path))


def calibration_for(index: Path, analyzer: str, model: str) -> Calibration:
    """The calibration of an index: its own where one was fitted, else the bundled one.

    Args:
        index: the index directory.
        analyzer: fingerprint of the index's analyzer.
        model: fingerprint of the bundled model.

    Raises:
        ConfigError: the index's own cannot be read, or was fitted for another analyzer or model.
    """
    path = index / FILE_NAME
    if not path.is_file():
        return bundled()
    own = read(path)
    if (own.analyzer, own.model) != (analyzer, model):
        raise ConfigError(
            f"{path}: fitted for another version of the analyzer or the model", hint=_hint(path)
        )
    return own


def _parsed(text: str, name: str) -> Calibration:
    try:
        found = parse_json(text)
        if found.pop("format") != FORMAT:
            raise ValueError("another format")
        calibration = Calibration(**found)
        for part in (calibration.mean, calibration.scale, calibration.coefficient):
            if set(part) != set(NAMES):
                raise ValueError(f"figures {sorted(part)}, expected {sorted(NAMES)}")
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ConfigError(f"{name}: no calibration: {error}", hint=_hint(Path(name))) from None
    return calibration


def _hint(path: Path) -> str:
    return f"Fit it anew: kbassist calibrate EVALSET, or delete {path}."
