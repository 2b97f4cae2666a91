"""What `lint` found, as lines for people, annotations for GitHub and objects for programs."""

from __future__ import annotations

import os
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kbassist.cli.render import line, message, print_json
from kbassist.cli.terminal import counted, one_line, safe, styled
from kbassist.lint.model import SEVERITIES
from kbassist.records.results import SCHEMA_VERSION

if TYPE_CHECKING:
    from kbassist.lint.fix import Change
    from kbassist.lint.model import Finding, Rule, Severity
    from kbassist.lint.run import LintReport

_COLOURS = {"error": "red", "warning": "yellow", "info": "cyan"}
_COMMANDS = {"error": "error", "warning": "warning", "info": "notice"}
"""Severity → GitHub's workflow command."""


def report(
    value: LintReport, written: Sequence[Change], failed: Severity | None, form: str, as_json: bool
) -> None:
    """What was found, and which files were mended.

    Args:
        value: what was found after that.
        written: files that were mended.
        failed: the severity from which on findings fail the run; None where none is so grave.
        form: `text` or `github`.
        as_json: one object instead.
    """
    if as_json:
        return print_json(record(value, written, failed is not None))
    if form == "github":
        for finding in value.findings:
            line(annotation(finding, value.folder))
        return None
    for path, findings in groupby(value.findings, key=lambda finding: finding.path):
        line(styled(str(value.folder / path), bold=True))
        _findings(list(findings))
        line()
    for change in written:
        fixed = counted(len(change.findings), "finding")
        message(f"fixed {fixed} in {change.path}")
    line(_summary(value))
    if failed:
        message(f"failed: {counted(value.grave(failed), 'finding')} (--fail-on {failed})")
    return None


def _findings(findings: Sequence[Finding]) -> None:
    width = max(len(str(finding.line)) for finding in findings)
    advice = ""
    for finding in findings:
        where = styled(f"{finding.line:>{width + 2}}", dim=True)
        level = styled(f"{finding.severity:<7}", fg=_COLOURS[finding.severity])
        rule = styled(f"{finding.code} {finding.rule}", dim=True)
        line(f"{where}  {level}  {one_line(finding.message)}  {rule}")
        if finding.fix != advice:
            advice = finding.fix
            mark = " (--fix does it)" if finding.fixable else ""
            line(f"{'':{width + 4}}{styled(f'→ {advice}{mark}', dim=True)}")


def _summary(value: LintReport) -> str:
    files = counted(value.files, "article")
    if not value.findings:
        return f"{files}, nothing found"
    counts = ", ".join(
        f"{number} info" if severity == "info" else counted(number, severity)
        for severity in SEVERITIES
        if (number := value.count(severity))
    )
    fixable = sum(finding.fixable for finding in value.findings)
    more = f"; --fix mends {fixable}" if fixable else ""
    return f"{files}: {counts}{more}"


def record(value: LintReport, written: Sequence[Change], failed: bool) -> dict[str, Any]:
    """Object of `kbassist lint --json`."""
    return {
        "schema_version": SCHEMA_VERSION,
        "kb": str(value.folder),
        "articles": value.files,
        "failed": failed,
        "counts": {severity: value.count(severity) for severity in SEVERITIES},
        "fixed": [{"path": change.path, "findings": len(change.findings)} for change in written],
        "findings": [
            {
                "code": finding.code,
                "rule": finding.rule,
                "severity": finding.severity,
                "path": finding.path,
                "line": finding.line,
                "message": finding.message,
                "fix": finding.fix,
                "fixable": finding.fixable,
            }
            for finding in value.findings
        ],
    }


def diffs(found: Sequence[Change], value: LintReport, as_json: bool) -> None:
    """What `--fix` would change."""
    if as_json:
        return print_json(
            {
                "schema_version": SCHEMA_VERSION,
                "kb": str(value.folder),
                "changes": [{"path": change.path, "diff": change.diff()} for change in found],
            }
        )
    for change in found:
        line(safe(change.diff()))
    findings = sum(len(change.findings) for change in found)
    message(f"--fix would mend {counted(findings, 'finding')} in {counted(len(found), 'file')}")
    return None


def annotation(finding: Finding, folder: Path) -> str:
    """A workflow command of GitHub Actions; the file is relative to the working directory."""
    path = os.path.relpath(folder / finding.path)
    path = str(folder / finding.path) if path.startswith("..") else path
    title = f"{finding.code} {finding.rule}"
    properties = f"file={_property(path)},line={finding.line},title={_property(title)}"
    text = f"{finding.message}\n{finding.fix}"
    return f"::{_COMMANDS[finding.severity]} {properties}::{_data(safe(text))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")


def rules(found: Sequence[Rule], explained: bool, as_json: bool) -> None:
    """The rules, one a line, or all that is to be said of them."""
    if as_json:
        names = ("code", "name", "severity", "what", "why", "fix", "example", "fixable")
        records = [{name: getattr(rule, name) for name in names} for rule in found]
        return print_json({"schema_version": SCHEMA_VERSION, "rules": records})
    for rule in found:
        mark = " · --fix" if rule.fixable else ""
        head = styled(f"{rule.code} {rule.name}", bold=True)
        if not explained:
            line(f"{head:<30} {styled(f'{rule.severity}{mark}', dim=True)}  {rule.what}")
            continue
        line(f"{head}  {styled(f'{rule.severity}{mark}', dim=True)}")
        line(f"  {rule.what}")
        line(f"  Why: {rule.why}")
        line(f"  Fix: {rule.fix}")
        line("  For example:")
        for shown in rule.example.split("\n"):
            line(f"    {shown}")
        line()
    return None
