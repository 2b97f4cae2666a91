"""Markdown text → the flow of headings, containers and blocks, each with its span."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from markdown_it.token import Token

from kbassist.articles import html
from kbassist.articles.anchors import split_attributes
from kbassist.articles.balance import balance
from kbassist.articles.containers import Label, colon_label, indented_label
from kbassist.articles.flow import Close, Event, Head, Open, Piece, Rule, Target, as_blocks
from kbassist.articles.htmlflow import html_events
from kbassist.articles.parser import parse_blocks
from kbassist.articles.plain import render_fragment, render_inline
from kbassist.articles.source import Source
from kbassist.articles.tables import loose_rows, table_rows
from kbassist.types import Block, Span

_ALERT = re.compile(r"\[!([A-Za-z]+)\][-+]?[ \t]*(?:\n[\s>]*)?")
_QUOTE_MARKS = re.compile(r"[\s>]+")
_NOT_TEXT = re.compile(
    r"\[\[?_?toc_?\]?\]|:{3,}|\{:[^{}]*\}|!VIDEO|!!!\w+\(.*\)!!!|-+8<-+.*", re.IGNORECASE
)
_MODULE_LINE = re.compile(
    r"""import\s(?:[^'"\n]*\sfrom\s)?\s*["'][^"']+["'];?|export\s+(?:default|const|\{).*"""
)
_TASK = re.compile(r"\[[ xX]\]\s+")
_HTML_START = re.compile(
    r"</?(?:table|thead|tbody|tr|td|th|ul|ol|li|p|div|br|details|summary|span|a|img)\b", re.I
)


class Reader:
    """Reads one article's tokens; every method named after a token type returns its events."""

    def __init__(self, source: Source, body: str) -> None:
        self.source = source
        self.tokens = parse_blocks(body)
        self.quotes = 0
        self.handlers: dict[str, Callable[[int, int], list[Event]]] = {
            "heading_open": self._heading,
            "paragraph_open": self._paragraph,
            "bullet_list_open": self._list,
            "ordered_list_open": self._list,
            "blockquote_open": self._blockquote,
            "footnote_reference_open": self._inside,
            "container_open": self._container,
            "tab_open": self._indented,
            "admonition_open": self._indented,
            "table_open": self._table,
            "dl_open": self._definitions,
            "fence": self._code,
            "code_block": self._code,
            "html_block": self._html,
            "shortcode_block": self._shortcode,
            "hr": lambda index, end: [Rule()],
        }

    def read(self) -> list[Event]:
        """The whole article."""
        return balance(self._flow(0, len(self.tokens)))

    def _flow(self, index: int, end: int) -> list[Event]:
        events: list[Event] = []
        while index < end:
            close = self._close(index)
            handler = self.handlers.get(self.tokens[index].type)
            if handler is not None:
                events += handler(index, close)
            index = close + 1
        return events

    def _close(self, index: int) -> int:
        """Index of the token that closes this one; itself if it stands alone."""
        token = self.tokens[index]
        if token.nesting != 1:
            return index
        level = token.level
        index += 1
        while self.tokens[index].level != level or self.tokens[index].nesting != -1:
            index += 1
        return index

    def _children(self, index: int, end: int, kind: str) -> list[tuple[int, int]]:
        """Direct children of one type between an opening token and its end."""
        found = []
        index += 1
        while index < end:
            close = self._close(index)
            if self.tokens[index].type == kind:
                found.append((index, close))
            index = close + 1
        return found

    def _span(self, token: Token) -> Span | None:
        if token.map is None:
            return None
        start, last = token.map
        span = self.source.lines(start, max(last, start + 1))
        if span is None or not self.quotes:
            return span
        marks = _QUOTE_MARKS.match(self.source.text, span.start, span.end)
        return self.source.span(marks.end(), span.end) if marks else span

    def _inside(self, index: int, end: int) -> list[Event]:
        return self._flow(index + 1, end)

    def _blockquote(self, index: int, end: int) -> list[Event]:
        self.quotes += 1
        blocks = as_blocks(self._flow(index + 1, end))
        self.quotes -= 1
        return [Piece(block) for block in blocks]

    def _heading(self, index: int, end: int) -> list[Event]:
        token, inline = self.tokens[index], self.tokens[index + 1]
        span = self._span(token)
        children = inline.children or []
        text, explicit = split_attributes(render_inline(children))
        for child in children if not explicit else ():
            if child.type == "html_inline":
                explicit = explicit or html.target_name(html.tag_name(child.content), child.content)
        if not explicit and "{" in inline.content:
            explicit = split_attributes(inline.content)[1]
        if span is None:
            return []
        return [Head(int(token.tag[1]), " ".join(text.split()), explicit, span)]

    def _paragraph(self, index: int, end: int) -> list[Event]:
        inline = self.tokens[index + 1]
        children = inline.children or []
        text = render_inline(children)
        span = self._span(self.tokens[index])
        if span is None or not text:
            return self._targets(children)
        if text[0] in "[:{!-" and _NOT_TEXT.fullmatch(text):
            return []
        if text.startswith(("import ", "export ")) and all(
            _MODULE_LINE.fullmatch(line.strip()) for line in inline.content.split("\n")
        ):
            return []
        if text.startswith("[!"):
            return self._alert(text, span)
        if text[0] == "|" and (rows := loose_rows(span, self.source)):
            return _group("table", rows, False, self.source)
        return [Piece(Block("paragraph", span, text))]

    def _targets(self, children: list[Token]) -> list[Event]:
        names = (
            html.target_name(html.tag_name(child.content), child.content)
            for child in children
            if child.type == "html_inline"
        )
        return [Target(name) for name in names if name]

    def _alert(self, text: str, span: Span) -> list[Event]:
        """Take the ``[!NOTE]`` of an alert off its first paragraph."""
        raw = _ALERT.match(self.source.text, span.start, span.end)
        plain = _ALERT.match(text)
        if raw is not None and plain is not None:
            rest = self.source.span(raw.end(), span.end)
            text = text[plain.end() :].strip()
            if rest is None or not text:
                return []
            span = rest
        return [Piece(Block("paragraph", span, text))]

    def _list(self, index: int, end: int) -> list[Event]:
        token = self.tokens[index]
        items = []
        for start, stop in self._children(index, end, "list_item_open"):
            span = self._span(self.tokens[start])
            children = tuple(as_blocks(self._flow(start + 1, stop)))
            text = _TASK.sub("", "\n".join(child.text for child in children), count=1)
            if span is not None and text:
                items.append(Block("item", span, text, children=children))
        ordered = token.type == "ordered_list_open"
        return _group("list", items, ordered, self.source)

    def _table(self, index: int, end: int) -> list[Event]:
        rows = table_rows(self.tokens[index : end + 1], self.source)
        return _group("table", rows, False, self.source)

    def _definitions(self, index: int, end: int) -> list[Event]:
        """Each term with its definitions is one question with its answer."""
        events: list[Event] = []
        opened = False
        position = index + 1
        while position < end:
            token, close = self.tokens[position], self._close(position)
            if token.type == "dt_open":
                events += [Close("dl")] if opened else []
                text = render_inline(self.tokens[position + 1].children or [])
                text = " ".join(text.split())
                events.append(Open(text, self._span(token), True, "dl"))
                opened = True
            elif token.type == "dd_open":
                span = self._span(token)
                blocks = as_blocks(self._flow(position + 1, close))
                events += [Piece(block) for block in _unmarked(blocks, span, self.source)]
            position = close + 1
        return [*events, Close("dl")] if opened else events

    def _container(self, index: int, end: int) -> list[Event]:
        return self._labelled(index, end, colon_label(self.tokens[index].info))

    def _indented(self, index: int, end: int) -> list[Event]:
        return self._labelled(index, end, indented_label(self.tokens[index].info))

    def _labelled(self, index: int, end: int, label: Label) -> list[Event]:
        inside = balance(self._flow(index + 1, end))
        span = self._title_span(self.tokens[index], label.title)
        if span is None:
            return [Open(), *inside, Close()]
        text = render_fragment(label.title) or label.title
        if label.section:
            return [Open(text, span, label.question), *inside, Close()]
        return [Open(), Piece(Block("paragraph", span, text)), *inside, Close()]

    def _title_span(self, token: Token, title: str) -> Span | None:
        if not title or token.map is None:
            return None
        start = self.source.line_start(token.map[0])
        found = self.source.text.find(title, start, self.source.line_start(token.map[0] + 1))
        return self.source.span(found, found + len(title)) if found >= 0 else None

    def _code(self, index: int, end: int) -> list[Event]:
        token = self.tokens[index]
        text = token.content.strip("\n")
        span = self._span(token)
        if span is None or not text.strip():
            return []
        if token.type == "code_block" and _HTML_START.match(text.lstrip()):
            return self._html(index, end)
        return [Piece(Block("code", span, text))]

    def _html(self, index: int, end: int) -> list[Event]:
        span = self._span(self.tokens[index])
        if span is None:
            return []
        tag = self.source.text.find("<", span.start, span.end)  # after a list marker
        span = self.source.span(max(tag, span.start), span.end) or span
        return html_events(self.source, span, quoted=bool(self.quotes))

    def _shortcode(self, index: int, end: int) -> list[Event]:
        token = self.tokens[index]
        span = self._span(token)
        if span is None or not token.content:
            return []
        return [Piece(Block("paragraph", span, token.content))]


def _group(kind: str, children: list[Block], ordered: bool, source: Source) -> list[Event]:
    """A list or table around its items or rows."""
    texts = [child.text for child in children if child.text]
    if not texts:
        return []
    span = source.span(children[0].span.start, children[-1].span.end)
    assert span is not None
    block_kind = "list" if kind == "list" else "table"
    return [Piece(Block(block_kind, span, "\n".join(texts), ordered, tuple(children)))]  # type: ignore[arg-type]


def _unmarked(blocks: list[Block], span: Span | None, source: Source) -> list[Block]:
    """Start a definition after its colon."""
    if not blocks or span is None or source.text[span.start] not in ":~":
        return blocks
    rest = source.span(span.start + 1, span.end)
    if rest is None or blocks[0].span.start > span.start:
        return blocks
    return [_starting(blocks[0], rest.start, source), *blocks[1:]]


def _starting(block: Block, start: int, source: Source) -> Block:
    """The block with a later start, and so its first child and that one's."""
    span = source.span(start, block.span.end)
    if span is None:
        return block
    children = block.children
    if children:
        children = (_starting(children[0], start, source), *children[1:])
    return replace(block, span=span, children=children)
