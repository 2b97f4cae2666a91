"""A raw HTML block → events: text, tables, folded parts, headings."""

from __future__ import annotations

from kbassist.articles import html
from kbassist.articles.flow import Close, Event, Head, Open, Piece, Target
from kbassist.articles.source import Source
from kbassist.types import Block, Span


def html_events(source: Source, span: Span, *, quoted: bool = False) -> list[Event]:
    """Events of one block; `<details>` may open here and close in a later block."""
    return _Builder(source).build(html.scan(source.text, span.start, span.end), quoted)


class _Builder:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.events: list[Event] = []
        self.run: list[Block] = []
        self.rows = False
        self.header = False
        self.opening: html.Item | None = None

    def build(self, items: list[html.Item], quoted: bool) -> list[Event]:
        for item in items:
            if quoted:
                item.text = item.text.lstrip("> ").replace(" > ", " ")
            self._item(item)
        self._flush()
        self._open("", None)
        return self.events

    def _item(self, item: html.Item) -> None:
        if item.kind in ("text", "row", "header"):
            if item.text:
                self._text(item)
            return
        self._flush()
        if item.kind == "target":
            self.events.append(Target(item.text))
        elif item.kind == "open":
            self._open("", None)
            self.opening = item
        elif item.kind == "close":
            self._open("", None)
            self.events.append(Close(item.text or "details"))
        elif (span := self.source.span(item.start, item.end)) is not None:
            if item.kind == "heading":
                self.events.append(Head(item.level, item.text, "", span))
            elif self.opening is not None:
                self._open(item.text, span)
            else:
                self.events.append(Piece(Block("heading", span, item.text)))

    def _open(self, title: str, span: Span | None) -> None:
        """Emit the pending opening tag, with the title if it has one."""
        if self.opening is not None:
            name = self.opening.text or "details"
            self.opening = None
            self.events.append(Open(title, span, question=True, name=name))

    def _text(self, item: html.Item) -> None:
        span = self.source.span(item.start, item.end)
        if span is None:
            return
        self._open("", None)
        is_row = item.kind != "text"
        if self.run and (is_row != self.rows or (item.kind == "header" and not self.header)):
            self._flush()
        if not self.run:
            self.rows, self.header = is_row, item.kind == "header"
        self.run.append(Block("row" if is_row else "paragraph", span, item.text))

    def _flush(self) -> None:
        if not self.run:
            return
        first, last = self.run[0], self.run[-1]
        span = self.source.span(first.span.start, last.span.end)
        assert span is not None
        text = "\n".join(block.text for block in self.run)
        if self.rows and self.header:
            block = Block("table", span, text, children=tuple(self.run))
        else:
            children = tuple(self.run) if len(self.run) > 1 or self.rows else ()
            block = Block("html", span, text, children=children)
        self.events.append(Piece(block))
        self.run = []
