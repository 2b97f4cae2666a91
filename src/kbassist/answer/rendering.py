"""An answer as Markdown or as plain text, with its sources; and matched words marked.

Nothing here decides anything: what is shown is the answer's own text and what its citations say.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from kbassist.answer.cite import staleness
from kbassist.articles.flow import Head, Open, Piece
from kbassist.articles.markdown import Reader
from kbassist.articles.parser import parse_blocks
from kbassist.articles.source import Source
from kbassist.text.analyzer import Analyzer
from kbassist.types import Answer, Block, Citation

SOURCES = "Sources"
"""Heading of the list of sources; callers name another for another language."""

_NUMBER = re.compile(r"\s*(\d{1,9})[.)、]")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_LINKABLE = re.compile(r"https?://[^\s<>\\]+")
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


def markdown(answer: Answer, *, sources: str = SOURCES) -> str:
    """An answer as Markdown: its text, and its sources as a list.

    Args:
        answer: of any action; one without text and citations is rendered as an empty text.
        sources: heading of the list, put in bold; plain text.

    Returns:
        Markdown without a line end at its end. Titles are escaped, and only `http` and `https`
        addresses become links.
    """
    items = [_markdown_source(citation) for citation in answer.citations]
    listed = f"**{_escaped(sources)}**\n\n" + "\n".join(items) if items else ""
    return "\n\n".join(part for part in (answer.text, listed) if part)


def plain(answer: Answer, *, sources: str = SOURCES) -> str:
    """An answer as plain text: no Markdown signs, and its sources below.

    Args:
        answer: of any action; one without text and citations is rendered as an empty text.
        sources: heading of the list.

    Returns:
        Text without a line end at its end; the `[n]` marks are kept.
    """
    lines = [line for citation in answer.citations for line in _plain_source(citation)]
    listed = "\n".join([sources, *lines]) if lines else ""
    return "\n\n".join(part for part in (plain_text(answer.text), listed) if part)


def plain_text(text: str) -> str:
    """Markdown without its signs: items with `-` or their numbers, table cells parted by ` | `.

    Args:
        text: Markdown, as quoted from an article.

    Returns:
        Blocks parted by empty lines; code keeps its lines and loses its fence.
    """
    source = Source(text)
    blocks: list[str] = []
    for event in Reader(source, text).read():
        if isinstance(event, Piece):
            blocks.append(_block(event.block, text))
        elif isinstance(event, Head):
            blocks.append(event.text)
        elif isinstance(event, Open) and event.title:
            blocks.append(event.title)
    return "\n\n".join(block for block in blocks if block)


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
    closed = sorted(_closed(text, emphasis=any(sign in before + after for sign in "*_~")))
    spans = _free(_merged(_matches(text, terms, analyzer)), closed)
    parts: list[str] = []
    position = 0
    for start, end in spans:
        parts += (text[position:start], before, text[start:end], after)
        position = end
    return "".join((*parts, text[position:]))


def _markdown_source(citation: Citation) -> str:
    name = _escaped(_name(citation))
    linked = citation.url is not None and _LINKABLE.fullmatch(citation.url) is not None
    title = f"[{name}](<{citation.url}>)" if linked else f"{name} ({_escaped(citation.ref)})"
    return " · ".join((f"- \\[{citation.number}\\] {title}", *map(_escaped, _facts(citation))))


def _plain_source(citation: Citation) -> Iterator[str]:
    yield f"[{citation.number}] {_name(citation)}"
    yield f"    {' · '.join((_one_line(citation.url or citation.ref), *_facts(citation)))}"


def _name(citation: Citation) -> str:
    return _one_line(" › ".join((citation.title, *citation.heading_path)))


def _facts(citation: Citation) -> Iterator[str]:
    """When the source was updated, and whether it can be trusted still."""
    if citation.updated is not None:
        yield f"updated {citation.updated}"
    for words in staleness(citation):
        yield f"⚠ {words}"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    return _SPECIAL.sub(r"\\\1", text)


def _block(block: Block, text: str, indent: str = "") -> str:
    """A block with its items one to a line, those of inner lists indented."""
    if block.kind == "list":
        return "\n".join(_item(item, text, block.ordered, indent) for item in block.children)
    if block.kind == "table":
        return "\n".join(indent + row.text for row in block.children)
    return "\n".join(indent + line for line in block.text.split("\n"))


def _item(item: Block, text: str, ordered: bool, indent: str) -> str:
    number = _NUMBER.match(text, item.span.start) if ordered else None
    mark = f"{number[1]}. " if number else "- "
    inner = indent + " " * len(mark)
    body = "\n".join(_block(child, text, inner) for child in item.children)
    return indent + mark + (body or inner + item.text).removeprefix(inner)


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
    """The spans that overlap no closed stretch."""
    for start, end in spans:
        if not any(a < end and start < b for a, b in closed):
            yield start, end
