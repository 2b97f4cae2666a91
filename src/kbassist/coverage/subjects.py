"""Whether two texts are about two things that their headings tell apart."""

from __future__ import annotations

import re
from collections.abc import Callable

Terms = Callable[[str], list[str]]

_PROPER = re.compile(
    r"(?<![A-Za-z0-9])(?=\w*[a-z]?[A-Z0-9])[A-Za-z]*(?:[a-z][A-Z]|[A-Z]{2}|\d)[A-Za-z0-9.]*"
)
"""Names by their looks: CreateImage, RDS, iOS, 2.4.1."""


def tell_apart(a: tuple[str, str], b: tuple[str, str], terms: Terms) -> bool:
    """Whether each text names a thing that only its own headings name.

    `Ethereum for Java developers` and `… for Rust developers` may say the same but for the name:
    that is a pattern with two subjects, and neither a duplicate nor a contradiction.

    Args:
        a: headings and text of one.
        b: headings and text of the other.
        terms: cuts a text into terms (`Analyzer.terms`).
    """
    here, there = set(terms(a[0])), set(terms(b[0]))
    left, right = set(terms(a[1])), set(terms(b[1]))
    return bool((here - there) & (left - right)) and bool((there - here) & (right - left))


def named_apart(a: str, b: str) -> bool:
    """Whether two titles name two products, calls or versions, by words that look like names."""
    here, there = set(_PROPER.findall(a)), set(_PROPER.findall(b))
    return bool(here - there) and bool(there - here)
