"""A coverage report and its file."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from kbassist.coverage.model import REPORT_VERSION, CoverageReport, Previous
from kbassist.errors import DatasetError


def record(report: CoverageReport) -> dict[str, Any]:
    """A report as plain values, with the share that is covered, for JSON."""
    values = asdict(report)
    values["overview"]["coverage"] = report.overview.coverage
    return values


def dump(report: CoverageReport) -> str:
    """A report as JSON; `read_report` is the inverse."""
    return json.dumps(record(report), ensure_ascii=False, indent=1) + "\n"


def read_report(path: Path) -> CoverageReport:
    """Read a report that was written as JSON.

    Raises:
        DatasetError: not there, no report, or of another version.
    """
    from pydantic import TypeAdapter, ValidationError

    hint = "Write one: kbassist coverage QUESTIONS --json > report.json"
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise DatasetError(message, path=str(path), hint=hint) from None
    except UnicodeDecodeError:
        raise DatasetError("is no report", path=str(path), hint=hint) from None
    try:
        report = TypeAdapter(CoverageReport).validate_json(text)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"]))
        message = f"is no report: {f'{place}: ' if place else ''}{first['msg']}"
        raise DatasetError(message, path=str(path), hint=hint) from None
    if report.version != REPORT_VERSION:
        raise DatasetError(
            f"is of version {report.version!r}, this kbassist reads {REPORT_VERSION}",
            path=str(path),
            hint=hint,
        )
    return report


def previous_of(report: CoverageReport) -> Previous:
    """What a later report says of this one."""
    one = report.overview
    return Previous(one.made, one.asked, one.covered, one.weak, one.uncovered)
