"""The lines that a section takes, and an article's prose without its markup."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kbassist.lint.model import Page
from kbassist.types import Section

_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|(`+)(?!`).+?(?<!`)\1(?!`)"
    r"|\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)"
    r"|<(?:https?:|mailto:)?[^<>\n]*>"
    r"|https?://[^\s)>\]，。；、）」]+"
    r"|\{[#.:][^{}\n]*\}|\{\{.*?\}\}"
    r"|^[ \t>]*\[[^\[\]\n]+\]:[^\n]*$",
    re.DOTALL | re.MULTILINE,
)


def extents(page: Page) -> Iterator[tuple[Section, int, int]]:
    """Each section with its first line and the last before the next one begins."""
    if page.article is None:
        return
    sections = page.article.sections
    last = len(page.source.starts)
    for index, section in enumerate(sections):
        following = sections[index + 1 : index + 2]
        end = min((other.span.start_line - 1 for other in following), default=last)
        yield section, section.span.start_line, max(end, section.span.end_line)


def prose(page: Page) -> str:
    """The text with everything but running text blanked: every character keeps its place."""
    text = _blank(page.text[: page.body]) + page.text[page.body :]
    if page.raw:
        parts: list[str] = []
        position = 0
        for first, last in page.raw:
            start, end = page.source.line_start(first - 1), page.source.line_start(last)
            if start >= position:
                parts += (text[position:start], _blank(text[start:end]))
                position = end
        text = "".join((*parts, text[position:]))
    return _MARKUP.sub(lambda match: _blank(match[0]), text)


def _blank(text: str) -> str:
    return "".join("\n" if char == "\n" else " " for char in text)
