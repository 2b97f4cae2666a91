"""An answer as Markdown or as plain text, with its sources; and matched words marked.

Nothing here decides anything: what is shown is the answer's own text and what its citations say.
A numbered procedure is headed by its section, and each part of a question by the part. What stands
around that is worded in `answer.wording`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from kbassist.answer.decide import SMALL_TALK
from kbassist.answer.marking import Mark, Marks, marker, unmarked
from kbassist.answer.several import told
from kbassist.answer.wording import ENGLISH, Words, grouped, numbers, staleness, words_for
from kbassist.articles.flow import Head, Open, Piece
from kbassist.articles.markdown import Reader
from kbassist.articles.source import Source
from kbassist.errors import UsageError
from kbassist.text.analyzer import Analyzer
from kbassist.types import Answer, Block, Citation

Form = Literal["markdown", "plain"]
MARKS: Mapping[Form, Marks] = {"markdown": ("**", "**"), "plain": ("*", "*")}

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
    sources: bool = True,
    notes: bool = True,
    near: bool = False,
) -> str:
    """An answer as text in one of the forms, with matched words marked.

    What stands around the quotes is in the language of the question, Chinese or English.

    Args:
        answer: of any action; one without text and citations is rendered as an empty text.
        form: `markdown`, or `plain` for text without Markdown signs.
        analyzer: the one of the index.
        marks: put before and after matched words; None leaves them unmarked.
        sources: list the sources below.
        notes: say of a source that it was edited or deleted since the build, or is past its
            review: for those who keep the articles rather than for customers.
        near: where nothing is quoted, ask back with the choices, or say that there is no answer,
            with what is related, or greet who asks nothing; still an empty text where a person
            takes over.

    Raises:
        UsageError: an unknown form.
    """
    if form not in MARKS:
        raise UsageError(
            f"the form must be {' or '.join(MARKS)}, found {form!r}", hint="Write form='markdown'."
        )
    if near and not answer.text:
        return _near(answer, form)
    if form == "markdown":
        mark = unmarked if marks is None else marker(analyzer, marks)
        return markdown(answer, sources=sources, notes=notes, mark=mark)
    mark = unmarked if marks is None else marker(analyzer, _KEPT_MARKS)
    text = plain(answer, sources=sources, notes=notes, mark=mark)
    for kept, shown in zip(_KEPT_MARKS, marks or (), strict=False):
        text = text.replace(kept, shown)
    return text


def markdown(
    answer: Answer, *, sources: bool = True, notes: bool = True, mark: Mark = unmarked
) -> str:
    """An answer as Markdown: its text, and its sources as a list.

    Args:
        answer: of any action; one without text and citations is rendered as an empty text.
        sources: list the sources, each section once.
        notes: say what speaks against trusting a source.
        mark: marks matched words in a text.

    Returns:
        Markdown without a line end at its end. Titles are escaped, and only `http` and `https`
        addresses become links.
    """
    words = words_for(answer)
    items = [_markdown_source(group, words, notes) for group in grouped(answer.citations)]
    listed = f"**{words.sources}**\n\n" + "\n".join(items) if items and sources else ""
    body = said(answer, words=words, mark=mark)
    return "\n\n".join(part for part in (body, listed) if part)


def plain(
    answer: Answer, *, sources: bool = True, notes: bool = True, mark: Mark = unmarked
) -> str:
    """An answer as plain text: no Markdown signs, and its sources below.

    Takes what `markdown` does.

    Returns:
        Text without a line end at its end; the `[n]` marks are kept.
    """
    words = words_for(answer)
    groups = grouped(answer.citations)
    lines = [line for group in groups for line in _plain_source(group, words, notes)]
    listed = "\n".join([words.sources, *lines]) if lines and sources else ""
    body = plain_text(said(answer, words=words, mark=mark))
    return "\n\n".join(part for part in (body, listed) if part)


def _near(answer: Answer, form: Form) -> str:
    """What is said where nothing is quoted: a question back, or that there is no answer."""
    words = words_for(answer)
    if answer.action == "handoff":
        return ""
    if answer.action == "clarify":
        lines = [words.which]
    elif answer.reason == SMALL_TALK:
        lines = [words.welcome]
    else:
        lines = [words.unanswered, *([words.related] if answer.related else [])]
    named = [_one_line(choice.text) for choice in answer.choices or answer.related]
    if form == "plain":
        return "\n".join([*lines, *(f"- {name}" for name in named)])
    items = "\n".join(f"- {_escaped(name)}" for name in named)
    return "\n\n".join([*lines, *([items] if items else [])])


def said(answer: Answer, *, words: Words = ENGLISH, mark: Mark = unmarked) -> str:
    """The text of an answer as Markdown, parts and procedures under their headings.

    Args:
        answer: of any action.
        words: for a part of the question that has no answer.
        mark: marks matched words in a text.
    """
    if not answer.parts:
        return mark(_headed(answer.text, answer.citations), answer)
    blocks = []
    for part, text in zip(answer.parts, told(answer.parts), strict=True):
        shown = mark(_headed(text, part.citations), part) if text else words.unanswered
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


def _markdown_source(group: list[Citation], words: Words, notes: bool) -> str:
    first = group[0]
    name = _escaped(_name(first))
    linked = first.url is not None and _LINKABLE.fullmatch(first.url) is not None
    title = f"[{name}](<{first.url}>)" if linked else f"{name} ({_escaped(_refs(group))})"
    facts = map(_escaped, _facts(first, words, notes))
    return " · ".join((f"- {_escaped(numbers(group))} {title}", *facts))


def _plain_source(group: list[Citation], words: Words, notes: bool) -> Iterator[str]:
    first = group[0]
    yield f"{numbers(group)} {_name(first)}"
    place = _one_line(first.url or _refs(group))
    yield f"    {' · '.join((place, *_facts(first, words, notes)))}"


def _refs(group: Iterable[Citation]) -> str:
    return ", ".join(citation.ref for citation in group)


def _name(citation: Citation) -> str:
    return _one_line(" › ".join((citation.title, *citation.heading_path)))


def _facts(citation: Citation, words: Words, notes: bool) -> Iterator[str]:
    """When the source was updated, and whether it can be trusted still."""
    if citation.updated is not None:
        yield words.updated.format(citation.updated)
    for doubt in staleness(citation, words) if notes else ():
        yield f"⚠ {doubt}"


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
