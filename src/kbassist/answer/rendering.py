"""An answer as Markdown or as plain text, with its sources; and matched words marked.

Nothing here decides anything: what is shown is the answer's own text and what its citations say.
A numbered procedure is headed by its section, and each part of a question by the part.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from kbassist.answer.cite import staleness
from kbassist.answer.marking import Mark, Marks, marker, unmarked
from kbassist.answer.several import told
from kbassist.articles.flow import Head, Open, Piece
from kbassist.articles.markdown import Reader
from kbassist.articles.source import Source
from kbassist.errors import UsageError
from kbassist.text.analyzer import Analyzer
from kbassist.types import Answer, Block, Citation

Form = Literal["markdown", "plain"]
MARKS: Mapping[Form, Marks] = {"markdown": ("**", "**"), "plain": ("*", "*")}

SOURCES = "Sources"
"""Heading of the list of sources; callers name another for another language."""
UNANSWERED = "No answer to this in the knowledge base."
"""Shown for a part of a question that has none; callers name another for another language."""

_STEPS = re.compile(r"^ {0,3}1[.)、]\s", re.MULTILINE)
_KEPT_MARKS = ("\ue000", "\ue001")
"""Stand for marks while Markdown becomes plain text: private use, so no article has them."""
_NUMBER = re.compile(r"\s*(\d{1,9})[.)、]")
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>#|~!])")
_LINKABLE = re.compile(r"https?://[^\s<>\\]+")


def render(
    answer: Answer,
    form: Form,
    analyzer: Analyzer,
    marks: Marks | None = None,
    *,
    sources: str = SOURCES,
    unanswered: str = UNANSWERED,
) -> str:
    """An answer as text in one of the forms, with matched words marked.

    Args:
        answer: of any action; one without text and citations is rendered as an empty text.
        form: `markdown`, or `plain` for text without Markdown signs.
        analyzer: the one of the index.
        marks: put before and after matched words; None leaves them unmarked.
        sources: heading of the list of sources.
        unanswered: shown for a part of the question that has no answer.

    Raises:
        UsageError: an unknown form.
    """
    if form not in MARKS:
        raise UsageError(
            f"the form must be {' or '.join(MARKS)}, found {form!r}", hint="Write form='markdown'."
        )
    if form == "markdown":
        mark = unmarked if marks is None else marker(analyzer, marks)
        return markdown(answer, sources=sources, unanswered=unanswered, mark=mark)
    mark = unmarked if marks is None else marker(analyzer, _KEPT_MARKS)
    text = plain(answer, sources=sources, unanswered=unanswered, mark=mark)
    for kept, shown in zip(_KEPT_MARKS, marks or (), strict=False):
        text = text.replace(kept, shown)
    return text


def markdown(
    answer: Answer,
    *,
    sources: str = SOURCES,
    unanswered: str = UNANSWERED,
    mark: Mark = unmarked,
) -> str:
    """An answer as Markdown: its text, and its sources as a list.

    Args:
        answer: of any action; one without text and citations is rendered as an empty text.
        sources: heading of the list, put in bold; plain text.
        unanswered: shown for a part of the question that has no answer; plain text.
        mark: marks matched words in a text.

    Returns:
        Markdown without a line end at its end. Titles are escaped, and only `http` and `https`
        addresses become links.
    """
    items = [_markdown_source(citation) for citation in answer.citations]
    listed = f"**{_escaped(sources)}**\n\n" + "\n".join(items) if items else ""
    body = said(answer, unanswered=_escaped(unanswered), mark=mark)
    return "\n\n".join(part for part in (body, listed) if part)


def plain(
    answer: Answer,
    *,
    sources: str = SOURCES,
    unanswered: str = UNANSWERED,
    mark: Mark = unmarked,
) -> str:
    """An answer as plain text: no Markdown signs, and its sources below.

    Args:
        answer: of any action; one without text and citations is rendered as an empty text.
        sources: heading of the list.
        unanswered: shown for a part of the question that has no answer.
        mark: marks matched words in a Markdown text.

    Returns:
        Text without a line end at its end; the `[n]` marks are kept.
    """
    lines = [line for citation in answer.citations for line in _plain_source(citation)]
    listed = "\n".join([sources, *lines]) if lines else ""
    body = plain_text(said(answer, unanswered=_escaped(unanswered), mark=mark))
    return "\n\n".join(part for part in (body, listed) if part)


def said(answer: Answer, *, unanswered: str = UNANSWERED, mark: Mark = unmarked) -> str:
    """The text of an answer as Markdown, parts and procedures under their headings.

    Args:
        answer: of any action.
        unanswered: Markdown that is shown for a part of the question that has no answer.
        mark: marks matched words in a text.
    """
    if not answer.parts:
        return mark(_headed(answer.text, answer.citations), answer)
    blocks = []
    for part, text in zip(answer.parts, told(answer.parts), strict=True):
        shown = mark(_headed(text, part.citations), part) if text else unanswered
        blocks += [f"**{_escaped(_one_line(part.question))}**", shown]
    return "\n\n".join(blocks)


def _headed(text: str, citations: Iterable[Citation]) -> str:
    """The text with the heading of its section above each quote that has a numbered procedure."""
    for citation in citations:
        if _STEPS.search(citation.quote):
            heading = _one_line((citation.title, *citation.heading_path)[-1])
            text = text.replace(citation.quote, f"**{_escaped(heading)}**\n\n{citation.quote}", 1)
    return text


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
