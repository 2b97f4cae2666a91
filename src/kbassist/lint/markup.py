"""The parser's tokens → links, images, headings, anchors and comments, each with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from markdown_it.token import Token

from kbassist.articles.anchors import Numbered, slug, split_attributes
from kbassist.articles.html import attributes
from kbassist.articles.plain import render_inline
from kbassist.articles.source import Source
from kbassist.lint.model import Heading, Link, Silence
from kbassist.lint.silences import comments, read_silence

_TAG = re.compile(r"""<([A-Za-z][\w.:-]*)((?:\s(?:[^'"<>]|"[^"]*"|'[^']*')*)?)>""")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_ID = re.compile(r"""\b(?:id|name)\s*=\s*(?:"([^"]+)"|'([^']+)'|([^\s"'>{}]+))""")
_LISTED_ID = re.compile(r"\{:?[^{}\n]*#([^\s{}#]+)[^{}\n]*\}")
_INCLUDE = re.compile(
    r"\{\{[%<]?\s*\$?include|^[ \t]*-+8<-+|^<(?-i:[A-Z])\w*(?:\s[^<>]*)?/>|\[!(?:INCLUDE|TAB)\b|"
    r"^[ \t]*!?@include\b|^\s*<<<\s*@|\{%\s*include",
    re.MULTILINE | re.IGNORECASE,
)
_TEXTS = ("text", "code_inline", "text_special", "shortcode")


class Markup:
    """What one walk over the tokens of an article finds."""

    def __init__(self, source: Source, tokens: Sequence[Token], body: int) -> None:
        self.source = source
        self.links: list[Link] = []
        self.headings: list[Heading] = []
        self.raw: list[tuple[int, int]] = []
        self.open_fences: list[int] = []
        self.silences: list[Silence] = []
        self.anchors: set[str] = set()
        self.includes = _INCLUDE.search(source.text, body) is not None
        self._numbered = Numbered()
        for index, token in enumerate(tokens):
            if token.map is None:
                continue
            if token.type == "inline":
                self._inline(token)
            elif token.type == "heading_open":
                self._heading(token, tokens[index + 1])
            elif token.type in ("html_block", "fence", "code_block"):
                self._raw(token)
        if "{" in source.text:
            self.anchors.update(_LISTED_ID.findall(source.text, body))

    def _region(self, token: Token) -> tuple[int, int]:
        """Offsets of a block's lines."""
        assert token.map is not None
        return self.source.line_start(token.map[0]), self.source.line_start(token.map[1])

    def _raw(self, token: Token) -> None:
        """Lines that are no Markdown."""
        assert token.map is not None
        first, last = token.map
        self.raw.append((first + 1, last))
        if token.type == "html_block":
            self._html(*self._region(token))
        elif token.type == "fence":
            closing = self.source.text[
                self.source.line_start(last - 1) : self.source.line_start(last)
            ]
            if last - 1 <= first or not closing.strip(" \t>\n").startswith(token.markup):
                self.open_fences.append(first + 1)

    def _heading(self, token: Token, inline: Token) -> None:
        assert token.map is not None
        text, explicit = split_attributes(render_inline(inline.children or []))
        text = " ".join(text.split())
        if token.level == 0:
            self.headings.append(Heading(int(token.tag[1]), text, token.map[0] + 1))
        self.anchors.add(self._numbered.take(explicit or slug(text)))

    def _inline(self, token: Token) -> None:
        children = token.children or []
        if any(child.type in ("link_open", "image", "html_inline") for child in children):
            self._children(children, *self._region(token))

    def _children(self, children: Sequence[Token], start: int, end: int) -> None:
        cursor, line = start, self.source.line_of(start)
        taken: dict[str, int] = {}
        for index, child in enumerate(children):
            if child.type in ("softbreak", "hardbreak"):
                line += 1
            elif child.type == "html_inline":
                found = self.source.text.find(child.content, cursor, end)
                if found >= 0:
                    cursor = found + len(child.content)
                    self._html(found, cursor, "".join(_words(children[index + 1 :], "html_inline")))
                line += child.content.count("\n")
            elif child.type in ("link_open", "image"):
                image = child.type == "image"
                href = str(child.attrs["src" if image else "href"])
                marks = ("<", ">") if child.markup == "autolink" else ("](", ")")
                at = self._find(href, marks, start, end, taken)
                inner = child.children or [] if image else children[index + 1 :]
                text = "".join(_words(inner, "" if image else "link_close"))
                place = line if at is None else self.source.line_of(at)
                self.links.append(Link(href, " ".join(text.split()), place, at, image))

    def _find(
        self, href: str, marks: tuple[str, str], start: int, end: int, taken: dict[str, int]
    ) -> int | None:
        """Offset of a link's target, and not that of one before it."""
        text, (before, after) = self.source.text, marks
        for opening, closing in ((before, f"{after} \t\n"), (f"{before}<", ">")):
            found = text.find(opening + href, taken.get(opening + href, start), end)
            while found >= 0:
                at = found + len(opening)
                if text[at + len(href) : at + len(href) + 1] in closing:
                    taken[opening + href] = at
                    return at
                found = text.find(opening + href, found + 1, end)
        return None

    def _html(self, start: int, end: int, inside: str = "") -> None:
        """Tags and comments of raw HTML."""
        text = self.source.text[start:end]
        if "<!--" in text:
            for begin, stop in comments(text):
                silence = read_silence(self.source, start + begin, start + stop)
                if silence is not None:
                    self.silences.append(silence)
            text = _COMMENT.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)
        for match in _TAG.finditer(text):
            for groups in _ID.findall(match[2]):
                self.anchors.add(next(filter(None, groups)))
            name = match[1].lower()
            if re.fullmatch("h[1-6]", name):
                line = self.source.line_of(start + match.start())
                self.headings.append(Heading(int(name[1]), "", line))
            elif name in ("a", "img"):
                self._tag(name, match, text, start, inside)

    def _tag(self, name: str, match: re.Match[str], text: str, start: int, inside: str) -> None:
        image = name == "img"
        found = attributes(match[2])
        key = "src" if image else "href"
        href = found.get(key)
        if href is None or f":{key}" in match[2]:
            return
        place = match[0].find(href)
        at = start + match.start() + place if place >= 0 else None
        line = self.source.line_of(start + match.start())
        if image:
            alt = found.get("alt", "")
            decorative = "alt" in found or "aria-hidden" in found or "presentation" in match[2]
            self.links.append(Link(href, alt, line, at, True, decorative))
            return
        close = text.find("</a", match.end())
        words = inside or re.sub(r"<[^<>]*>", "", text[match.end() : close if close >= 0 else None])
        self.links.append(Link(href, " ".join(words.split()), line, at))


def _words(tokens: Sequence[Token], end: str) -> Iterator[str]:
    """Visible words up to a token of one type."""
    for token in tokens:
        if end and token.type == end:
            return
        if token.type in _TEXTS:
            yield token.content
        elif token.type in ("softbreak", "hardbreak"):
            yield " "
        elif token.type == "image":
            yield "".join(_words(token.children or [], ""))
