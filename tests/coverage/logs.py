"""What tests of the coverage report share: the example log, and its report, made once."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from kbassist import Assistant, build_index
from kbassist.coverage.cover import cover
from kbassist.coverage.model import CoverageReport

ROOT = Path(__file__).parents[2]
LOG = ROOT / "evals" / "coverage-log.csv"
TODAY = "2026-11-21"

UNCOVERED = {"earn", "bots", "nft", "appearance"}
"""Topics of the log that no article of kb/ is about."""


@cache
def labels() -> dict[str, str]:
    """`file:line` → topic, which the report does not look at."""
    with LOG.open(encoding="utf-8", newline="") as file:
        return {f"{LOG}:{line}": row["topic"] for line, row in enumerate(csv.DictReader(file), 2)}


_made: dict[str, CoverageReport] = {}


def report_in(folder: Path) -> CoverageReport:
    """The report on the example log, against an index of kb/ in a folder; made at the first call."""
    if not _made:
        build_index(ROOT / "kb", folder / "index")
        from kbassist.config import parse_day

        assistant = Assistant.open(folder / "index", today=parse_day(TODAY, "today"))
        _made["log"] = cover([LOG], assistant, jobs=1)
    return _made["log"]
