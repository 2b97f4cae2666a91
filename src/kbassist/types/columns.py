"""Text in columns, for values that can be read: wide characters take two."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence


def width(text: str) -> int:
    """Columns that a text takes in a terminal: wide characters take two, combining marks none."""
    return sum(
        0 if unicodedata.combining(char) else 1 + (unicodedata.east_asian_width(char) in "WF")
        for char in text
    )


def columns(rows: Sequence[Sequence[str]], right: str) -> list[str]:
    """Lines of a table with its columns in line, two spaces apart.

    Args:
        rows: cells; every row has as many.
        right: one letter for each column, `r` where it is aligned to the right.

    Returns:
        One line for each row, without spaces at its end.
    """
    widths = [max(map(width, cells)) for cells in zip(*rows, strict=True)]
    return [
        "  ".join(
            " " * (size - width(cell)) + cell if side == "r" else cell + " " * (size - width(cell))
            for cell, size, side in zip(row, widths, right, strict=True)
        ).rstrip()
        for row in rows
    ]


def labelled(label: str, lines: Sequence[str], size: int) -> list[str]:
    """Lines behind a label in a column of `size`, the label in front of the first."""
    return [
        f"{label if number == 0 else '':<{size}}{text}".rstrip()
        for number, text in enumerate(lines)
    ]


def clipped(text: str, most: int) -> str:
    """The text on one line, cut to at most `most` columns, with … where something is left out."""
    flat = " ".join(text.split())
    if width(flat) <= most:
        return flat
    kept = ""
    for char in flat:
        if width(kept + char) > most - 1:
            break
        kept += char
    return kept + "…"
