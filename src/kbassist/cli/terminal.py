"""What makes text safe and pleasant in a terminal: control characters, colour, matched words."""

from __future__ import annotations

import os
import sys
from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from kbassist.records.printed import UNSAFE

if TYPE_CHECKING:
    from kbassist.text.analyzer import Analyzer

SNIPPET_CHARS = 160
"""Length of the excerpt under a search result: two lines of a terminal."""

_CODES = {"bold": 1, "dim": 2, "red": 31, "yellow": 33, "cyan": 36}
"""What a terminal is told (ECMA-48, SGR)."""


def safe(text: str) -> str:
    r"""Text with control, escape and reordering characters written out, as `\x1b`."""
    return UNSAFE.sub(lambda match: ascii(match[0])[1:-1], text)


def one_line(text: str) -> str:
    """`safe`, with line ends written out too: a file's name must not forge a line of output."""
    return safe(text).replace("\n", "\\n")


def colour_wanted() -> bool:
    """Whether standard output is a terminal that shows colour."""
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"


def styled(text: str, *, fg: str = "", bold: bool = False, dim: bool = False) -> str:
    """One line made safe, and styled where colour is wanted."""
    shown = one_line(text)
    styles = [fg, "bold" if bold else "", "dim" if dim else ""]
    codes = [f"\x1b[{_CODES[style]}m" for style in styles if style]
    return "".join((*codes, shown, "\x1b[0m")) if codes and colour_wanted() else shown


def excerpt(text: str, terms: Collection[str], analyzer: Analyzer) -> str:
    """One line around the densest match, with the matched words marked where colour is wanted."""
    from kbassist.records.snippets import matches

    flat = " ".join(text.split())
    found = matches(flat, terms, analyzer)
    start = _window(found, len(flat))
    end = min(len(flat), start + SNIPPET_CHARS)
    parts = ["…" if start else ""]
    position = start
    for a, b in found:
        if start <= a and b <= end:
            parts += (safe(flat[position:a]), styled(flat[a:b], fg="yellow", bold=True))
            position = b
    parts += (safe(flat[position:end]), "…" if end < len(flat) else "")
    return "".join(parts)


def _window(found: Sequence[tuple[int, int]], length: int) -> int:
    """Start of the window that covers the most matched characters; a little before its first."""
    if length <= SNIPPET_CHARS or not found:
        return 0

    def covered(start: int) -> int:
        return sum(b - a for a, b in found if start <= a and b <= start + SNIPPET_CHARS)

    best = max((a for a, _ in found), key=lambda a: (covered(a), -a))
    return max(0, min(best - 10, length - SNIPPET_CHARS))


def counted(number: int, noun: str) -> str:
    """A number with its noun, as `1 file` or `2 files`."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def megabytes(size: int) -> str:
    """Bytes as `1.5 MB`."""
    return f"{size / 1_000_000:.1f} MB"
