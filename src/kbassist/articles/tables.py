"""Pipe tables: rows with their lines, also where the delimiter row does not match the head."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

from kbassist.articles.plain import render_fragment, render_inline
from kbassist.articles.source import Source
from kbassist.types import Block, Span

_DELIMITER = re.compile(r"\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_INDENT = re.compile(r"[\s>]*")


def table_rows(tokens: Sequence[Token], source: Source) -> list[Block]:
    """Rows of a parsed table; the first is the head with its delimiter row."""
    end = (tokens[0].map or [0, 0])[1]
    rows: list[Block] = []
    cells: list[str] = []
    for index, token in enumerate(tokens):
        if token.type == "tr_open":
            cells = []
        elif token.type in ("td_open", "th_open"):
            cells.append(render_inline(tokens[index + 1].children or []))
        elif token.type == "tr_close":
            first = _row_line(tokens, index)
            span = source.lines(first, min(first + (1 if rows else 2), end))
            if span is not None:
                text = _spilt(source.text[span.start : span.end], len(cells)) if rows else ""
                text = text or " | ".join(cell for cell in cells if cell)
                rows.append(Block("row", span, text))
    return rows


def _spilt(raw: str, columns: int) -> str:
    """Text of a row with more cells than the head, whose last ones the parser drops."""
    body = raw.replace("\\|", "").strip(" \t>").removeprefix("|").removesuffix("|")
    if body.count("|") < columns:
        return ""
    return render_fragment(raw, table_row=True)


def _row_line(tokens: Sequence[Token], index: int) -> int:
    while tokens[index].type != "tr_open":
        index -= 1
    return (tokens[index].map or [0, 0])[0]


def loose_rows(span: Span, source: Source) -> list[Block]:
    """Rows of a paragraph that was meant as a table; empty if it was not.

    Every line begins with a pipe and the second is a delimiter row, but it has more or fewer
    columns than the head, so that the parser does not take it for a table.
    """
    lines = source.text[span.start : span.end].split("\n")
    bare = [line[_mark(line) :] for line in lines]
    if len(bare) < 3 or not _DELIMITER.fullmatch(bare[1]) or "|" not in bare[1]:
        return []
    if not all(line.startswith("|") for line in bare):
        return []
    rows: list[Block] = []
    first = span.start_line - 1
    for number in (0, *range(2, len(lines))):
        start = max(source.line_start(first + number), span.start)
        last = first + number + (1 if number else 2)
        found = source.span(start + _mark(lines[number]), min(source.line_start(last), span.end))
        if found is not None:
            rows.append(Block("row", found, render_fragment(bare[number], table_row=True)))
    return rows


def _mark(line: str) -> int:
    match = _INDENT.match(line)
    return match.end() if match else 0
