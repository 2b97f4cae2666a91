"""What the tests of rules share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from pathlib import Path

from kbassist.lint.run import lint

TODAY = date(2026, 11, 21)
Check = Callable[..., list[tuple[str, int, str]]]


def check(kb: Path, *rules: str) -> list[tuple[str, int, str]]:
    """Path, line and message of what some rules find."""
    report = lint(kb, select=rules, today=TODAY)
    return [(found.path, found.line, found.message) for found in report.findings]


def places(kb: Path, *rules: str) -> list[tuple[str, int]]:
    """Path and line of what some rules find."""
    return [(path, line) for path, line, _ in check(kb, *rules)]


def article(body: str, **keys: str) -> str:
    """A file with front matter; its body begins on the line after."""
    lines = "".join(f"{key}: {value}\n" for key, value in keys.items())
    return f"---\n{lines}---\n{body}"


Files = Mapping[str, str]
