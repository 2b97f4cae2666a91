"""What a build keeps of one parsed file: its facts, and a body with all that will be stored.

Both are plain bytes, so that they travel between processes and lie in the cache as they are. What
comes back from the cache is JSON and is checked: nothing is ever unpickled.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, NamedTuple

from kbassist.articles.chunk import chunk_article
from kbassist.articles.facts import Facts, facts_of
from kbassist.articles.glossary import Term
from kbassist.articles.parse import read_article
from kbassist.config import ChunkSettings
from kbassist.errors import ArticleError
from kbassist.index import codec
from kbassist.index.texts import byte_places
from kbassist.kb_config import KbConfig
from kbassist.types import Article, BuildWarning, Chunk, Span

_SURROGATES = "surrogatepass"
"""JSON in front matter can spell half a character."""


class ChunkRow(NamedTuple):
    """The columns of a chunk in the store, apart from its row and its article."""

    suffix: str
    """What follows the article's id in the chunk's."""
    anchor: str
    heading_path: str
    ordinal: int
    spans: str
    units: str
    questions: str
    hash: str
    place: int
    """First byte of the window that its spans lie in, in the UTF-8 of the article's text."""
    size: int
    """Bytes of the window."""
    text: str | None
    """None where it is the source."""


class Searched(NamedTuple):
    """What of a chunk is searched."""

    title: str
    heading_path: tuple[str, ...]
    text: str
    questions: tuple[str, ...]


class Body(NamedTuple):
    """What the store holds of an article."""

    meta: str
    """`codec.dump_meta`, with the id that the file asks for."""
    title: str
    text: str
    chunks: list[ChunkRow]
    size: int = 0
    """Bytes of its JSON; 0 where nobody counted."""

    def searched(self) -> list[Searched]:
        """Every chunk as it is analysed and embedded."""
        return [
            Searched(
                self.title,
                tuple(json.loads(row.heading_path)),
                self.cut(row) if row.text is None else row.text,
                tuple(json.loads(row.questions)),
            )
            for row in self.chunks
        ]

    def cut(self, row: ChunkRow) -> str:
        """The source of a chunk."""
        spans = codec.load_spans(row.spans)
        return "\n".join(self.text[span.start : span.end] for span in spans)

    def ref(self, place: int) -> str:
        """Where a chunk stands, `path:start-end`."""
        spans = codec.load_spans(self.chunks[place].spans)
        path = codec.load_meta(self.meta).path
        return f"{path}:{min(s.start_line for s in spans)}-{max(s.end_line for s in spans)}"


class Record(NamedTuple):
    """One usable file."""

    facts: Facts
    body: bytes
    """Packed (`cache.pack`); empty for an article that does not enter the index."""


def read_record(
    raw: bytes, path: str, config: KbConfig, settings: ChunkSettings
) -> tuple[Record | None, tuple[ArticleError, ...]]:
    """Parse and chunk one file; None and all its problems where it cannot be used."""
    parsed = read_article(raw, path, config)
    article = parsed.article
    if article is None:
        return None, parsed.problems
    body = b""
    if article.meta.status == "published":
        body = dump_body(article, chunk_article(article, settings))
    return Record(facts_of(article, parsed), body), ()


def dump_body(article: Article, chunks: list[Chunk]) -> bytes:
    """An article with its chunks as JSON; `load_body` is the inverse."""
    windows = [window_of(chunk.spans) for chunk in chunks]
    places = byte_places(article.text, (edge for window in windows for edge in window))
    rows = [
        _row(chunk, len(article.meta.id), places[start], places[end] - places[start])
        for chunk, (start, end) in zip(chunks, windows, strict=True)
    ]
    table = [codec.dump_meta(article.meta), article.meta.title, article.text, rows]
    text = json.dumps(table, ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", _SURROGATES)


def load_body(raw: bytes) -> Body:
    """Inverse of `dump_body`.

    Raises:
        ValueError, TypeError: the bytes are not such a body.
    """
    meta, title, text, rows = json.loads(raw.decode("utf-8", _SURROGATES))
    return Body(meta, title, text, [ChunkRow(*row) for row in rows])


def window_of(spans: Sequence[Span]) -> tuple[int, int]:
    """First character of a chunk's spans, and one past the last."""
    return min(span.start for span in spans), max(span.end for span in spans)


def _row(chunk: Chunk, prefix: int, place: int, size: int) -> ChunkRow:
    return ChunkRow(
        chunk.id[prefix:],
        chunk.anchor,
        codec.dumps(chunk.heading_path),
        chunk.ordinal,
        codec.dump_spans(chunk.spans),
        codec.dump_units(chunk.units),
        codec.dumps(chunk.questions),
        chunk.hash,
        place,
        size,
        None if chunk.text == chunk.source else chunk.text,
    )


def dump_facts(facts: Facts) -> bytes:
    """Facts as JSON, apart from the path; `load_facts` is the inverse."""
    table: dict[str, Any] = {
        "id": facts.id,
        "title": facts.title,
        "status": facts.status,
        "audience": facts.audience,
        "translation_of": facts.translation_of,
        "lines": [facts.id_line, facts.translation_line],
        "warnings": [[warning.message, warning.line] for warning in facts.warnings],
        "terms": [asdict(term) for term in facts.terms],
    }
    return json.dumps(table, ensure_ascii=False).encode("utf-8", _SURROGATES)


def load_facts(raw: bytes, path: str) -> Facts:
    """Inverse of `dump_facts`.

    Raises:
        ValueError, TypeError, KeyError: the bytes are not such facts.
    """
    table = json.loads(raw.decode("utf-8", _SURROGATES))
    id_line, translation_line = table["lines"]
    return Facts(
        path=path,
        id=table["id"],
        title=table["title"],
        status=table["status"],
        audience=tuple(table["audience"]),
        translation_of=table["translation_of"],
        id_line=id_line,
        translation_line=translation_line,
        warnings=tuple([BuildWarning(path, text, line) for text, line in table["warnings"]]),
        terms=tuple(map(_term, table["terms"])),
    )


def _term(table: dict[str, Any]) -> Term:
    for name in ("aliases", "misspellings"):
        table[name] = tuple(table[name])
    return Term(**table)
