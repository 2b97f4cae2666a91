"""An article's running text, without markup, code and front matter."""

from __future__ import annotations

import re
from collections.abc import Sequence

from kbassist.articles.source import Source

_MARKUP = re.compile(
    r"<!--.*?(?:-->|\Z)"
    r"|(`+)(?!`).{1,800}?(?<!`)\1(?!`)"
    r"|\]\([^()\n]*(?:\([^()\n]*\)[^()\n]*)*\)"
    r"|<(?:https?:|mailto:)?[^<>\n]*>"
    r"|https?://[^\s)>\]，。；、）」]+"
    r"|\{[#.:][^{}\n]*\}|\{\{.{0,800}?\}\}"
    r"|^[ \t>]*\[[^\[\]\n]+\]:[^\n]*$",
    re.DOTALL | re.MULTILINE,
)


def prose_of(source: Source, body: int, raw: Sequence[tuple[int, int]]) -> str:
    """The text with everything but running text blanked: every character keeps its place.

    Args:
        source: the article's text.
        body: where it begins after the front matter.
        raw: first and last line of each block that is no Markdown.
    """
    text = _blank(source.text[:body]) + source.text[body:]
    if raw:
        parts: list[str] = []
        position = 0
        for first, last in raw:
            start, end = source.line_start(first - 1), source.line_start(last)
            if start >= position:
                parts += (text[position:start], _blank(text[start:end]))
                position = end
        text = "".join((*parts, text[position:]))
    return _MARKUP.sub(lambda match: _blank(match[0]), text)


def _blank(text: str) -> str:
    return "\n".join(" " * len(line) for line in text.split("\n"))
