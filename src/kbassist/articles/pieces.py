"""Blocks → parts that are packed into chunks: each with spans, quotable units and plain text."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from kbassist.articles.plain import render_fragment, render_html
from kbassist.articles.source import Source
from kbassist.text.count import count_tokens
from kbassist.text.sentences import sentence_spans
from kbassist.types import Block, Span, Unit, UnitKind

_COMMENT = re.compile(r"(`+)(?!`).*?(?<!`)\1(?!`)|<!--.*?(?:-->|\Z)", re.DOTALL)
_MARKER = re.compile(r"\d{1,9}[.)]")
_DEFINITION = re.compile(r"[:~][ \t]+")
"""Mark of a definition: it is no part of what is quoted."""
_QUOTE_MARKS = re.compile(r"\n[ \t]*>[ \t>]*")
_FENCE = re.compile(r"[\s>]*(?:`{3,}|~{3,})[^`]*")
_LEAD_IN = (":", "：")
_HARD_CUT_MARKS = re.compile(r"[\s,，、;；|/&=]")


@dataclass(slots=True)
class Part:
    """What packing never cuts."""

    spans: list[Span]
    units: list[Unit]
    text: str
    tokens: int
    leads: bool = False
    """Whether it introduces the part after it and should stay with it."""
    header: Part | None = field(default=None, repr=False)
    """The table head that must stand before a row."""


def parts_of(blocks: tuple[Block, ...], source: Source, budget: int) -> list[Part]:
    """All parts of a section: whole blocks where they fit the budget."""
    cutter = _Cutter(source, budget)
    parts: list[Part] = []
    for index, block in enumerate(blocks):
        cut = cutter.block(block)
        following = blocks[index + 1] if index + 1 < len(blocks) else None
        if cut and following is not None:
            cut[-1].leads = _is_lead(block, following)
        parts += cut
    return parts


def _is_lead(block: Block, following: Block) -> bool:
    if block.kind == "heading":
        return True
    structured = following.kind in ("list", "table", "code", "html")
    return block.kind == "paragraph" and structured and block.text.rstrip().endswith(_LEAD_IN)


class _Cutter:
    def __init__(self, source: Source, budget: int) -> None:
        self.source, self.budget = source, budget

    def block(self, block: Block) -> list[Part]:
        """One part if the block fits, else the parts that it is cut into."""
        tokens = count_tokens(block.text)
        if tokens <= self.budget or tokens <= 1:
            return [self._whole(block, tokens)]
        if block.kind == "table" and len(block.children) > 1:
            return self._rows(block)
        if block.children:
            return [
                part
                for child in block.children
                for part in self._child(child, ordered=block.ordered)
            ]
        return self._cut(block, self.budget)

    def _child(self, block: Block, *, ordered: bool) -> list[Part]:
        tokens = count_tokens(block.text)
        if block.kind in ("item", "row") and tokens <= self.budget:
            kind: UnitKind = "row" if block.kind == "row" else "step" if ordered else "item"
            return [self._part(block, [self._unit(kind, block.span)], tokens)]
        return self.block(block)

    def _whole(self, block: Block, tokens: int) -> Part:
        return self._part(block, list(self._units(block)), tokens)

    def _part(self, block: Block, units: list[Unit], tokens: int) -> Part:
        spans = self._visible(block)
        if len(spans) != 1 or spans[0] != block.span:
            units = [cut for unit in units for cut in _within(unit, spans, self.source)]
        return Part(spans, units, block.text, tokens)

    def _units(self, block: Block) -> Iterator[Unit]:
        if block.kind == "code":
            yield self._unit("code", block.span)
        elif block.kind == "table":
            for index, row in enumerate(block.children):
                yield self._unit("row" if index else "header", row.span)
        elif block.kind == "list":
            for item in block.children:
                yield self._unit("step" if block.ordered else "item", item.span)
        elif block.kind == "row":
            yield self._unit("row", block.span)
        elif block.children:
            for child in block.children:
                yield from self._units(child)
        else:
            yield from self._sentences(block.span)

    def _unit(self, kind: UnitKind, span: Span) -> Unit:
        return Unit(kind, span)

    def _sentences(self, span: Span) -> Iterator[Unit]:
        raw = self.source.text[span.start : span.end]
        if "\n" in raw and ">" in raw:
            raw = _QUOTE_MARKS.sub(_blank, raw)
        marker = _DEFINITION.match(raw)
        for start, end in sentence_spans(raw):
            if marker is not None and start < marker.end() < end:
                start = marker.end()
            found = self.source.span(span.start + start, span.start + end)
            if found is not None:
                yield Unit("sentence", found)

    def _visible(self, block: Block) -> list[Span]:
        """The block's span without the HTML comments in it."""
        text, span = self.source.text, block.span
        if text.find("<!--", span.start, span.end) < 0 or block.kind == "code":
            return [span]
        codes = list(_codes(block))
        spans, start = [], span.start
        for match in _COMMENT.finditer(text, span.start, span.end):
            inside = any(code.start <= match.start() < code.end for code in codes)
            if match[0][0] == "`" or inside:
                continue
            spans.append(self.source.span(start, match.start()))
            start = match.end()
        spans.append(self.source.span(start, span.end))
        return [found for found in spans if found is not None and _says(found, text)] or [span]

    def _rows(self, block: Block) -> list[Part]:
        """Rows with their head before them; a head over half the budget stands only once."""
        head = self._child(block.children[0], ordered=False)
        header = head[0] if len(head) == 1 else None
        if header is None or header.tokens * 2 > self.budget:
            rows = [part for row in block.children[1:] for part in self._child(row, ordered=False)]
            return [*head, *rows]
        header.units = [Unit("header", unit.span) for unit in header.units]
        budget = self.budget - header.tokens
        parts: list[Part] = []
        for row in block.children[1:]:
            tokens = count_tokens(row.text)
            fits = tokens <= budget
            parts += [self._part(row, [self._unit("row", row.span)], tokens)] if fits else \
                self._cut(row, budget)  # fmt: skip
        for part in parts:
            part.header = header
        return parts

    def _cut(self, block: Block, budget: int) -> list[Part]:
        """By line in code, else by sentence; whatever has no such boundary by characters."""
        raw = self.source.text[block.span.start : block.span.end]
        render, kind = _rendering(block)
        edges = _line_edges(raw) if block.kind == "code" else list(sentence_spans(raw))
        parts = []
        for start, end in edges or [(0, len(raw))]:
            for first, last in _fitting(raw, start, end, budget, render):
                span = self.source.span(block.span.start + first, block.span.start + last)
                if span is not None:
                    text = render(self.source.text[span.start : span.end])
                    units = [Unit(kind, span)] if text else []
                    parts.append(Part([span], units, text, count_tokens(text)))
        return parts


def _rendering(block: Block) -> tuple[Callable[[str], str], UnitKind]:
    if block.kind == "code":
        return _code_line, "code"
    if block.kind == "row":
        return _render_row, "row"
    if block.kind == "html":
        return render_html, "sentence"
    return render_fragment, "sentence"


def _code_line(raw: str) -> str:
    return "" if _FENCE.fullmatch(raw) else raw.rstrip()


def _blank(match: re.Match[str]) -> str:
    """A line break and as many spaces as the quote marks were long."""
    return "\n" + " " * (len(match[0]) - 1)


def _render_row(raw: str) -> str:
    return render_html(raw) if raw.lstrip().startswith("<") else render_fragment(raw, True)


def _codes(block: Block) -> Iterator[Span]:
    if block.kind == "code":
        yield block.span
    for child in block.children:
        yield from _codes(child)


def _says(span: Span, text: str) -> bool:
    """Whether a slice holds more than a list marker."""
    piece = text[span.start : span.end]
    return any(char.isalnum() for char in piece) and not _MARKER.fullmatch(piece)


def _within(unit: Unit, spans: list[Span], source: Source) -> Iterator[Unit]:
    """The unit, cut to the visible spans."""
    for span in spans:
        start, end = max(unit.span.start, span.start), min(unit.span.end, span.end)
        found = source.span(start, end) if start < end else None
        if found is not None and _says(found, source.text):
            yield Unit(unit.kind, found)


def _line_edges(raw: str) -> list[tuple[int, int]]:
    edges, start = [], 0
    while start < len(raw):
        end = raw.find("\n", start)
        end = len(raw) if end < 0 else end + 1
        edges.append((start, end))
        start = end
    return edges


def _fitting(
    raw: str, start: int, end: int, budget: int, render: Callable[[str], str]
) -> Iterator[tuple[int, int]]:
    """Cut a stretch until every piece fits: in halves, at the best mark near the middle.

    What is many times too long is halved several times before a piece is rendered again: a huge
    line of brackets takes seconds to render.
    """
    tokens = count_tokens(render(raw[start:end]))
    if tokens <= budget or end - start < 2:
        yield start, end
        return
    for first, last in _halved(raw, start, end, max(1, (tokens // budget).bit_length() - 2)):
        yield from _fitting(raw, first, last, budget, render)


def _halved(raw: str, start: int, end: int, times: int) -> Iterator[tuple[int, int]]:
    if times == 0 or end - start < 2:
        yield start, end
        return
    middle = _cut_point(raw, start, end)
    yield from _halved(raw, start, middle, times - 1)
    yield from _halved(raw, middle, end, times - 1)


def _cut_point(raw: str, start: int, end: int) -> int:
    """After a mark in the middle third, else in the middle, never before a combining mark."""
    middle = (start + end) // 2
    low, high = start + (end - start) // 3, end - (end - start) // 3
    marks = [match.end() for match in _HARD_CUT_MARKS.finditer(raw, low, high)]
    if marks:
        return min(marks, key=lambda mark: abs(mark - middle))
    while middle < end - 1 and _joins(raw[middle]):
        middle += 1
    return middle


def _joins(char: str) -> bool:
    """Whether a character belongs to the one before it."""
    import unicodedata

    return unicodedata.category(char)[0] == "M" or char in "\u200d\ufe0f" or "🏻" <= char <= "🏿"
