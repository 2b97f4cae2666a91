"""Marking the words of an answer that match, where a mark changes nothing else."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

from kbassist.articles.parser import parse_blocks
from kbassist.articles.source import Source
from kbassist.text.analyzer import Analyzer
from kbassist.types import Answer

Marks = tuple[str, str]
"""What stands before and after a marked word."""

Mark = Callable[[str, Answer], str]
"""A text and the answer that it belongs to → the text with matched words marked."""

_LITERAL = re.compile(
    r"(?<!`)(?P<ticks>`{1,8})(?!`).+?(?<!`)(?P=ticks)(?!`)"  # code span
    r"|!\[[^\]]*\]\([^)]*\)|(?<=\])(?:\([^)\n]*\)|\[[^\]\n]*\])"  # image, link target
    r"|<[^<>\n]*>|&\#?\w{2,8};|(?:https?|wss?|ftp)://[^\s<>()]+"  # tag, entity, address
    r"|\{\{.*?\}\}|\{[:#.%][^{}\n]*\}"  # shortcode, attribute list
    r"|\[[\^!][^\]\n]*\]|\[[ \dxX][\d,\s-]*\]"  # footnote, alert, task, citation mark
    r"|^[ \t>]*(?:\d{1,9}[.)]|[-*+])(?=\s)|^\s*\[[^\]\n]+\]:.*$"  # list marker, link definition
    r"|^[ \t>]*(?::{3,}|!!!|\?\?\?|===).*$|\\.",  # container, escape
    re.MULTILINE,
)
"""Where a mark would change what the text means."""
_EMPHASIS = re.compile(
    r"(?<![*\w])(\*{1,3})(?=\S)(?:[^*\n]|\n(?!\s))+?\1|(?<![_\w])(_{1,3})(?=\S)[^_\n]+?\2(?!\w)"
    r"|~~(?=\S)[^~\n]+~~"
)
"""Where a mark made of the same signs would end the emphasis that is there."""


def unmarked(text: str, answer: Answer) -> str:
    """The text as it is."""
    return text


def marker(analyzer: Analyzer, marks: Marks) -> Mark:
    """What marks the words of an answer's text that match its question.

    Args:
        analyzer: the one of the index.
        marks: put before and after each match.
    """

    def mark(text: str, answer: Answer) -> str:
        return marked_words(text, matched(answer), analyzer, *marks)

    return mark


def matched(answer: Answer) -> tuple[str, ...]:
    """The terms of the question that the quoted chunks hold, in the order of the hits."""
    quoted = {citation.chunk_id for citation in answer.citations}
    hits = [hit for one in (*answer.parts, answer) for hit in one.hits if hit.chunk.id in quoted]
    return tuple(dict.fromkeys(term for hit in hits for term in hit.matched_terms))


def marked_words(
    text: str, terms: Collection[str], analyzer: Analyzer, before: str = "**", after: str = "**"
) -> str:
    """Mark the words of a Markdown text that match.

    Args:
        text: Markdown, as quoted from an article.
        terms: of the analyzer, such as `Hit.matched_terms`; stop words and single characters of a
            longer term are left out.
        analyzer: the one of the index.
        before: put before each match; neighbouring matches are marked as one.
        after: put after it.

    Returns:
        The text with the marks. Code, link targets, addresses, tags, citation marks and the markers
        of lists have none, nor, where the marks are of `*`, `_` or `~`, has emphasised text.
    """
    closed = _merged(_closed(text, emphasis=any(sign in before + after for sign in "*_~")))
    spans = _free(_merged(_matches(text, terms, analyzer)), closed)
    parts: list[str] = []
    position = 0
    for start, end in spans:
        parts += (text[position:start], before, text[start:end], after)
        position = end
    return "".join((*parts, text[position:]))


def _matches(text: str, terms: Collection[str], analyzer: Analyzer) -> Iterator[tuple[int, int]]:
    telling = {term for term in terms if _tells(term, terms, analyzer)}
    return ((token.start, token.end) for token in analyzer.tokens(text) if token.term in telling)


def _tells(term: str, terms: Collection[str], analyzer: Analyzer) -> bool:
    """Whether a term is no stop word and no single character of a longer one."""
    if len(term) == 1 and any(len(other) == 2 and term in other for other in terms):
        return False
    return not all(part.stop for part in analyzer.query(term))


def _merged(spans: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _closed(text: str, emphasis: bool) -> Iterator[tuple[int, int]]:
    """Stretches in which nothing may be marked."""
    source = Source(text)
    for token in parse_blocks(text):
        if token.type in ("fence", "code_block", "html_block", "shortcode_block") and token.map:
            yield source.line_start(token.map[0]), source.line_start(token.map[1])
    for pattern in (_LITERAL, *((_EMPHASIS,) if emphasis else ())):
        for match in pattern.finditer(text):
            yield match.span()


def _free(
    spans: Sequence[tuple[int, int]], closed: Sequence[tuple[int, int]]
) -> Iterator[tuple[int, int]]:
    """The spans that overlap no closed stretch; both ascend, and neither overlaps itself."""
    ends = [b for _, b in closed]
    for start, end in spans:
        after = bisect_right(ends, start)  # the first closed stretch that ends behind the start
        if after == len(closed) or closed[after][0] >= end:
            yield start, end
