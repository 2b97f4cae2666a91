"""Figures that a result must reach, from the command line or from a file."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from kbassist.errors import UsageError
from kbassist.evals.names import DECISIONS, HEADS, MEASURES
from kbassist.evals.ranking import parse_measure
from kbassist.evals.summary import Summary

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ABSTENTION = "abstention F1"
MEASURES_OF_WHOLE = (ABSTENTION, "AUROC")


@dataclass(frozen=True, slots=True)
class Shortfall:
    """One figure that was not reached."""

    measure: str
    wanted: float
    found: float | None
    """None where no question has the measure."""

    def __str__(self) -> str:
        found = "no question has it" if self.found is None else f"{self.found:.4f}"
        return f"{self.measure}: {found}, wanted {self.wanted:.4f}"


def parse_gates(text: str) -> dict[str, float]:
    """`ndcg@10=0.8,answer accuracy=0.5` as measure → least value.

    Raises:
        UsageError: no `=`, an unknown measure, or a value outside [0, 1].
    """
    gates: dict[str, float] = {}
    for part in filter(None, (part.strip() for part in text.split(","))):
        name, sign, value = part.partition("=")
        if not sign:
            raise UsageError(f"not a gate: {part!r}", hint="Write ndcg@10=0.8, say.")
        gates[parse_measure_name(name)] = _least(name, value)
    return gates


def read_gates(path: Path) -> dict[str, dict[str, float]]:
    """A gates file: dataset name → measure → least value.

    Raises:
        UsageError: not there, no TOML, or a gate that cannot be used.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise UsageError(f"{path}: cannot be read: {error.strerror or error}") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: {error}", hint="Write TOML.") from None
    gates: dict[str, dict[str, float]] = {}
    for dataset, wanted in table.items():
        if not isinstance(wanted, dict):
            raise UsageError(
                f"{path}: {dataset!r} must be a table of gates, found {wanted!r}",
                hint='Write [harbor-zh] and "ndcg@10" = 0.8 below it.',
            )
        try:
            gates[dataset] = {parse_measure_name(k): _least(k, str(v)) for k, v in wanted.items()}
        except UsageError as error:
            raise UsageError(f"{path}: [{dataset}] {error.message}", hint=error.hint) from None
    return gates


def check(summary: Summary, gates: Mapping[str, float]) -> list[Shortfall]:
    """The gates that a result does not reach; a figure that it does not have is not reached."""
    whole = {ABSTENTION: summary.abstention.f1, "AUROC": summary.auroc}
    shortfalls = []
    for measure, wanted in gates.items():
        if measure in whole:
            found = whole[measure]
        else:
            figure = summary.total.figures.get(measure)
            found = None if figure is None else figure.value
        if found is None or found < wanted:
            shortfalls.append(Shortfall(measure, wanted, found))
    return shortfalls


def parse_measure_name(name: str) -> str:
    """A measure as users write it, or as tables head it, in its proper spelling.

    Raises:
        UsageError: there is none of that name.
    """
    named = name.strip().casefold()
    for known in (*DECISIONS, *MEASURES_OF_WHOLE):
        if named in (known.casefold(), HEADS.get(known, known).casefold()):
            return known
    try:
        measure = parse_measure(name)
    except ValueError:
        measure = ""
    if measure not in MEASURES:
        known = ", ".join((*HEADS.values(), *MEASURES_OF_WHOLE))
        raise UsageError(f"no such measure: {name.strip()!r}", hint=f"Measures are {known}.")
    return measure


def _least(name: str, value: str) -> float:
    try:
        least = float(value)
    except ValueError:
        least = -1.0
    if not 0 <= least <= 1:
        raise UsageError(
            f"the gate {name.strip()!r} must be in [0, 1], found {value.strip()!r}",
            hint="Write ndcg@10=0.8, say.",
        )
    return least
