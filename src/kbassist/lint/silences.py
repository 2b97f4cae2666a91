"""Comments in an article that silence rules.

`<!-- kbassist-lint: disable=RULE,RULE -->` silences the whole file, `disable-next-line` the next
line that is not blank, `disable-line` its own. In front matter, a YAML comment says the same. What
follows the names is the reason, for people.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kbassist.articles.source import Source
from kbassist.lint.model import Silence

_DIRECTIVE = re.compile(
    r"kbassist-lint:\s*(disable(?:-next-line|-line)?)\s*=\s*([\w-]+(?:\s*,\s*[\w-]+)*)"
)
_FRONT_COMMENT = re.compile(r"(?:^|[ \t])#[ \t]*kbassist-lint:[^\n]*", re.MULTILINE)


def comments(text: str) -> Iterator[tuple[int, int]]:
    """Where each HTML comment begins and ends; one that is never closed is none."""
    start = text.find("<!--")
    while start >= 0:
        end = text.find("-->", start + 4)
        if end < 0:
            return
        yield start, end + 3
        start = text.find("<!--", end + 3)


def read_silence(source: Source, start: int, end: int) -> Silence | None:
    """The silence in a comment; None where it says something else.

    Args:
        source: the article's text.
        start: where the comment begins.
        end: where it ends.
    """
    match = _DIRECTIVE.search(source.text, start, end)
    if match is None:
        return None
    line = source.line_of(start)
    target: int | None = None
    if match[1] == "disable-line":
        target = line
    elif match[1] == "disable-next-line":
        target = _next_line(source, source.line_of(end - 1))
    names = tuple(name.strip() for name in match[2].split(","))
    return Silence(names, line, target, (start, end))


def front_silences(source: Source, body: int) -> Iterator[Silence]:
    """The silences in the front matter."""
    if "kbassist-lint:" not in source.text[:body]:
        return
    for match in _FRONT_COMMENT.finditer(source.text, 0, body):
        start = match.start() if match[0][0] == "#" else match.start() + 1
        found = read_silence(source, start, match.end())
        if found is not None:
            yield found


def _next_line(source: Source, line: int) -> int:
    """The next line with anything on it."""
    text, last = source.text, len(source.starts)
    following = line + 1
    while following < last:
        piece = text[source.line_start(following - 1) : source.line_start(following)]
        if piece.strip():
            break
        following += 1
    return following
