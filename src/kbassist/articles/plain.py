"""Inline Markdown → plain text: no markup, no link targets, image alt texts and code kept."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

from kbassist.articles import html, leftovers
from kbassist.articles.parser import parse_inline

_CJK = re.compile(r"[\u2e80-\u303f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_BREAK = re.compile(r"<br\s*/?>", re.IGNORECASE)
_PREFIX = re.compile(r"^(?:[ \t]*>)*[ \t]*(?:(?:[-*+]|\d{1,9}[.)])[ \t]+)?", re.MULTILINE)
_SPACES = re.compile(r"[ \t]{2,}")


class _Renderer:
    def __init__(self, tokens: Sequence[Token]) -> None:
        self.tokens = tokens
        self.parts: list[str] = []
        self.around = ""
        self.silent = ""

    def render(self) -> str:
        for index, token in enumerate(self.tokens):
            kind = token.type
            if self.silent and kind != "html_inline":
                continue
            if kind == "text":
                self.parts.append(self._text(token.content, index))
            elif kind in ("code_inline", "text_special", "shortcode"):
                self.parts.append(token.content)
            elif kind == "softbreak":
                self.parts.append("\n")
            elif kind == "hardbreak":
                self.parts.append("\v")
            elif kind == "image":
                self.parts.append(render_inline(token.children or []))
            elif kind == "html_inline":
                self.parts.append(self._html(token.content))
        return "".join(self.parts)

    def _text(self, content: str, index: int) -> str:
        before = self.tokens[index - 1].type if index else ""
        if before in ("link_close", "image", "strong_close"):
            content = leftovers.strip_leading_list(content)
        return leftovers.strip_marks(content)

    def _html(self, tag: str) -> str:
        name = html.tag_name(tag)
        if not name:
            return ""
        lower = name.lower()
        if lower in ("script", "style"):
            self.silent = "" if tag.startswith("</") else lower
            return ""
        if lower == "br":
            return "\v"
        if tag.startswith("</"):
            return "" if lower in html.INLINE else " "
        if lower in html.KNOWN:
            return html.tag_text(name, tag)
        self.around = self.around or "".join(
            token.content for token in self.tokens if token.type == "html_inline"
        )
        return tag if html.is_placeholder(tag, self.around) else html.tag_text(name, tag)


def render_inline(tokens: Sequence[Token]) -> str:
    """Plain text of parsed inline tokens."""
    if (
        len(tokens) == 1
        and tokens[0].type == "text"
        and not (leftovers.may_have_marks(tokens[0].content))
    ):
        return tokens[0].content.strip()
    return _tidy(_Renderer(tokens).render())


def _tidy(text: str) -> str:
    """Join soft-wrapped lines (without a space between two CJK characters), trim the others."""
    text = leftovers.strip_references(text)
    if "\n" in text:
        text = _join_lines(text.split("\n"))
    if "\v" in text:
        lines = (line.strip() for line in text.split("\v"))
        text = "\n".join(line for line in lines if line)
    return _SPACES.sub(" ", text).strip()


def _join_lines(lines: list[str]) -> str:
    joined = lines[0].rstrip(" \t")
    for line in lines[1:]:
        line = line.strip(" \t")
        tight = not joined or not line or (_CJK.match(joined[-1]) and _CJK.match(line))
        joined += line if tight else " " + line
    return joined


def render_fragment(raw: str, table_row: bool = False) -> str:
    """Plain text of a raw slice that was cut out of its block.

    Link definitions elsewhere in the article are not at hand, so ``[text][name]`` is resolved by
    its looks.
    """
    text = _PREFIX.sub("", raw)
    text = _BREAK.sub("\n", text)
    if table_row:
        text = " | ".join(cell.strip() for cell in text.strip("| ").split("|"))
    return render_inline(parse_inline(text))


def render_html(raw: str) -> str:
    """Plain text of a raw HTML slice; what is no complete tag stays as it is."""
    items = html.scan(raw, 0, len(raw))
    texts = [item.text for item in items if item.kind not in ("open", "close", "target")]
    return "\n".join(text for text in texts if text)
