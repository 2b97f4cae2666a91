"""Sections → chunks: the units of retrieval and citation."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import replace

from kbassist.articles.pieces import Part, parts_of
from kbassist.articles.source import Source
from kbassist.config import ChunkSettings
from kbassist.types import Article, Chunk, Section, Span, Unit

_GAP = re.compile(r"[\s>]*")


def chunk_article(article: Article, settings: ChunkSettings) -> list[Chunk]:
    """All chunks of an article, in document order.

    A section that fits the budget is one chunk. A longer one is cut between blocks, then items or
    rows, then sentences. A heading that has neither text nor headings below it is a chunk without
    units, so that its words can be found.
    """
    source = Source(article.text)
    chunks: list[Chunk] = []
    for index, section in enumerate(article.sections):
        parts = parts_of(section.blocks, source, settings.max_tokens)
        if not parts and _is_bare_leaf(article.sections, index):
            parts = [Part([section.span], [], section.heading, 0)] if section.heading else []
        groups = _settle(_pack(parts, settings.max_tokens), settings)
        for ordinal, group in enumerate(groups, 1):
            chunks.append(_chunk(article, section, group, ordinal, source))
    return _with_questions(article, chunks)


def _is_bare_leaf(sections: Sequence[Section], index: int) -> bool:
    """Whether nothing stands below this heading."""
    section = sections[index]
    if section.level == 1 and section.key == "":
        return len(sections) == 1
    following = sections[index + 1] if index + 1 < len(sections) else None
    path = section.heading_path
    return following is None or not (
        len(following.heading_path) > len(path) and following.heading_path[: len(path)] == path
    )


def _cost(group: Sequence[Part], part: Part) -> int:
    """Tokens that a part adds to a group, with its table's head where that is not there yet."""
    header = part.header
    if header is not None and not (group and group[-1].header is header):
        return part.tokens + header.tokens
    return part.tokens


def _size(group: Sequence[Part]) -> int:
    return sum(_cost(group[:index], part) for index, part in enumerate(group))


def _pack(parts: Sequence[Part], budget: int) -> list[list[Part]]:
    """Fill each chunk as far as it goes; a lead-in moves on with what it introduces."""
    groups: list[list[Part]] = []
    group: list[Part] = []
    size = 0
    for index, part in enumerate(parts):
        cost = _cost(group, part)
        needed = cost
        if part.leads and index + 1 < len(parts):
            together = cost + _cost([part], parts[index + 1])
            needed = together if together <= budget else cost
        if group and size + needed > budget:
            groups.append(group)
            group, size = [], 0
            cost = _cost(group, part)
        group.append(part)
        size += cost
    return [*groups, group] if group else groups


def _settle(groups: list[list[Part]], settings: ChunkSettings) -> list[list[Part]]:
    """A tiny last chunk takes parts from the one before it."""
    for index in range(len(groups) - 1, 0, -1):
        before, group = groups[index - 1], groups[index]
        while len(before) > 1 and _size(group) < settings.min_tokens:
            moved = 2 if len(before) > 2 and before[-2].leads else 1
            grown = [*before[-moved:], *group]
            smaller = _size(before[:-moved])
            if _size(grown) > settings.max_tokens or smaller < settings.min_tokens:
                break
            group[:0] = before[-moved:]
            del before[-moved:]
    return groups


def _chunk(
    article: Article, section: Section, group: Sequence[Part], ordinal: int, source: Source
) -> Chunk:
    spans: list[Span] = []
    units: list[Unit] = []
    texts: list[str] = []
    header: Part | None = None
    for part in group:
        if part.header is not None and part.header is not header:
            _add(part.header, spans, units, texts)
        header = part.header
        _add(part, spans, units, texts)
    joined = _join(spans, source)
    quoted = "\n".join(article.text[span.start : span.end] for span in joined)
    return Chunk(
        id=f"{article.meta.id}#{section.key}:{ordinal}",
        article_id=article.meta.id,
        path=article.meta.path,
        title=article.meta.title,
        heading_path=section.heading_path,
        anchor=section.anchor,
        ordinal=ordinal,
        spans=tuple(joined),
        units=tuple(units),
        source=quoted,
        text="\n".join(texts),
        questions=section.questions if ordinal == 1 else (),
        hash=hashlib.sha256(quoted.encode()).hexdigest(),
    )


def _add(part: Part, spans: list[Span], units: list[Unit], texts: list[str]) -> None:
    spans += part.spans
    units += part.units
    if part.text:
        texts.append(part.text)


def _join(spans: Sequence[Span], source: Source) -> list[Span]:
    """Spans with nothing but white space and quote marks between them become one."""
    joined: list[Span] = []
    for span in spans:
        last = joined[-1] if joined else None
        if (
            last is not None
            and last.end <= span.start
            and _GAP.fullmatch(source.text, last.end, span.start)
        ):
            joined[-1] = Span(last.start, span.end, last.start_line, span.end_line)
        else:
            joined.append(span)
    return joined


def _with_questions(article: Article, chunks: list[Chunk]) -> list[Chunk]:
    """Phrasings of the whole article belong to its first chunk with body text."""
    extra = article.meta.questions
    if extra and chunks:
        first = next((i for i, chunk in enumerate(chunks) if chunk.units), 0)
        merged = tuple(dict.fromkeys((*chunks[first].questions, *extra)))
        chunks[first] = replace(chunks[first], questions=merged)
    return chunks
