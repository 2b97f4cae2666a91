"""All rules by code, and the names by which people call them."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

from kbassist.lint.model import Rule
from kbassist.lint.rules import (
    freshness,
    front,
    images,
    links,
    questions,
    secrets,
    silencing,
    structure,
    terms,
)

FAMILIES = {
    "KB1": "Front matter and settings",
    "KB2": "Links and anchors",
    "KB3": "Images",
    "KB4": "Headings and sections",
    "KB5": "Titles and questions",
    "KB6": "Terms",
    "KB7": "Dates",
    "KB8": "Secrets",
    "KB9": "Silences",
}
"""First characters of a code → what the family is about."""

_MODULES = (front, links, images, structure, questions, terms, freshness, secrets, silencing)

RULES: dict[str, Rule] = {rule.code: rule for module in _MODULES for rule in module.RULES}
"""Code → rule, in order of code."""

_BY_NAME = {rule.name: rule for rule in RULES.values()}


def find(name: str) -> tuple[Rule, ...]:
    """The rules that a code, a name or a family (`KB2`) stands for; none if unknown."""
    folded = name.strip()
    if folded.lower() in _BY_NAME:
        return (_BY_NAME[folded.lower()],)
    code = folded.upper()
    if code in FAMILIES:
        return tuple(rule for rule in RULES.values() if rule.code.startswith(code))
    return (RULES[code],) if code in RULES else ()


def near(name: str) -> str:
    """Advice for a name that stands for nothing."""
    folded = name.strip().lower()
    known = [*_BY_NAME, *(code.lower() for code in RULES)]
    found = difflib.get_close_matches(folded, known, n=3, cutoff=0.6)
    shown = [item.upper() if item.upper() in RULES else item for item in found]
    guess = f"Did you mean {' or '.join(shown)}? " if shown else ""
    return f"{guess}kbassist lint --rules lists them all."


def codes(names: Iterable[str]) -> tuple[str, ...]:
    """Codes of all rules that the names stand for, sorted."""
    return tuple(sorted({rule.code for name in names for rule in find(name)}))
