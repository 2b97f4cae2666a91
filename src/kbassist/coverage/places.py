"""The sections of an open index with their text, and places in them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby

from kbassist.coverage.findings import Place
from kbassist.index.store import Store
from kbassist.types import ArticleMeta, Chunk

_LINK = re.compile(r"(?<!!)\[([^\[\]\n]*)\]\(")


@dataclass(frozen=True, slots=True)
class SectionText:
    """One section with the chunks that it was cut into."""

    key: str
    """Heading-path anchor, unique in the article."""
    meta: ArticleMeta
    chunks: tuple[Chunk, ...]
    """In order."""

    @property
    def text(self) -> str:
        """Plain text of the whole section."""
        return "\n".join(chunk.text for chunk in self.chunks)

    @property
    def linked(self) -> float:
        """Share of the text that is the text of links, in [0, 1]."""
        linked = sum(len(m[1]) for chunk in self.chunks for m in _LINK.finditer(chunk.source))
        return min(1.0, linked / max(1, len(self.text)))

    @property
    def heading(self) -> str:
        """The article's title and all headings above the text."""
        return "\n".join((self.meta.title, *self.chunks[0].heading_path))

    @property
    def place(self) -> Place:
        """The section as a place."""
        first, last = self.chunks[0], self.chunks[-1]
        return place_of(self.meta, first, first.start_line, last.end_line)


def place_of(
    meta: ArticleMeta, chunk: Chunk, start: int | None = None, end: int | None = None
) -> Place:
    """A place in a chunk's section.

    Args:
        meta: the article.
        chunk: of the section.
        start: first line, 1-based; None for the chunk's.
        end: last line, inclusive; None for the chunk's.
    """
    return Place(
        article_id=meta.id,
        chunk_id=chunk.id,
        title=meta.title,
        heading_path=chunk.heading_path,
        path=meta.path,
        start_line=chunk.start_line if start is None else start,
        end_line=chunk.end_line if end is None else end,
        locale=meta.locale,
        url=meta.address(chunk.anchor),
    )


def sections(store: Store) -> Iterator[SectionText]:
    """All sections of an index, by article id, each article's in the order of its text."""
    for _, found in groupby(store.all_chunks(), key=lambda pair: pair[1].id):
        pairs = list(found)
        own: dict[str, list[Chunk]] = {}
        for chunk, _ in pairs:
            own.setdefault(_key(chunk), []).append(chunk)
        parts = [
            SectionText(key, pairs[0][1], tuple(sorted(chunks, key=lambda chunk: chunk.ordinal)))
            for key, chunks in own.items()
        ]
        yield from sorted(parts, key=lambda part: (part.chunks[0].start_line, part.key))


def _key(chunk: Chunk) -> str:
    """The part of a chunk's id between the article and the ordinal."""
    return chunk.id[len(chunk.article_id) + 1 :].rpartition(":")[0]
