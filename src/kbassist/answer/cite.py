"""Citations: a verbatim quote, where it stands, and whether that place is still as it was built."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kbassist.answer.units import runs
from kbassist.articles.source import decode
from kbassist.errors import ArticleError, IndexBroken
from kbassist.index.reader import Index
from kbassist.types import ArticleMeta, Chunk, Citation, Hit, SourceState, Span, Verified


@dataclass(frozen=True, slots=True)
class SourceFile:
    """An article's file as it is now."""

    state: SourceState
    text: str | None = None
    """Its decoded text; None where it cannot be read as text."""


def past_review(meta: ArticleMeta, today: date) -> bool:
    """Whether an article's day of review lies before a day."""
    return meta.review_by is not None and meta.review_by < today


def source_of(index: Index, meta: ArticleMeta, kb: Path | None) -> SourceFile:
    """An article's file now; see `read_source`."""
    built = index.manifest.sources.get(meta.path)
    return read_source(kb, meta.path, built.sha256 if built else None)


def read_source(kb: Path | None, path: str, sha256: str | None) -> SourceFile:
    """Read an article's file and compare it with the one that was built.

    Args:
        kb: the kb folder; None where it is not known.
        path: of the file, relative to it.
        sha256: of the file's bytes at build time, in hex.

    Returns:
        Its state and text. The state is `deleted` where the folder is there without the file;
        `missing` where the folder is not there or the file cannot be read, so that nothing can be
        told.
    """
    if kb is None or not kb.is_dir():
        return SourceFile("missing")
    try:
        raw = (kb / path).read_bytes()
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
        return SourceFile("deleted")
    except (OSError, ValueError):  # not readable, or the system cannot express the name
        return SourceFile("missing")
    same = hashlib.sha256(raw).hexdigest() == sha256
    try:
        text = decode(raw, path)
    except ArticleError:
        text = None
    return SourceFile("unchanged" if same else "changed", text)


def cite(
    hit: Hit,
    chosen: Sequence[int],
    text: str,
    *,
    first_number: int,
    source: SourceFile,
    today: date,
) -> list[Citation]:
    """One citation for each run of adjacent units.

    Args:
        hit: whose chunk is quoted.
        chosen: positions in the chunk's units, ascending.
        text: the article's decoded text as it was built.
        first_number: of the first citation, 1-based.
        source: the article's file as it is now.
        today: the day that staleness is judged on.

    Raises:
        IndexBroken: a quote is not what the named lines hold, or the chunk is not what was hashed.
    """
    chunk, meta = hit.chunk, hit.article
    past = past_review(meta, today)
    _check_hash(chunk)
    citations = []
    for number, span in enumerate(_quoted(chunk, chosen), first_number):
        quote = text[span.start : span.end]
        _check(chunk, quote, span, text)
        citations.append(
            Citation(
                number=number,
                article_id=meta.id,
                chunk_id=chunk.id,
                title=meta.title,
                heading_path=chunk.heading_path,
                anchor=chunk.anchor,
                url=meta.address(chunk.anchor),
                path=meta.path,
                span=span,
                quote=quote,
                content_hash=chunk.hash,
                updated=meta.updated,
                review_by=meta.review_by,
                past_review=past,
                source=source.state,
                verified=_verified(quote, span, source),
            )
        )
    return citations


def lines_of(text: str, start_line: int, end_line: int) -> str:
    """Lines of a decoded text, 1-based and inclusive."""
    return "\n".join(text.split("\n")[start_line - 1 : end_line])


def _quoted(chunk: Chunk, chosen: Sequence[int]) -> Iterator[Span]:
    for run in runs(chunk, chosen):
        first, last = chunk.units[run[0]].span, chunk.units[run[-1]].span
        yield Span(first.start, last.end, first.start_line, last.end_line)


def _check(chunk: Chunk, quote: str, span: Span, text: str) -> None:
    named = lines_of(text, span.start_line, span.end_line)
    if not quote or quote not in named or quote not in chunk.source:
        raise IndexBroken(
            f"the quote of chunk {chunk.id!r} is not in {chunk.path}:"
            f"{span.start_line}-{span.end_line}",
            hint="Rebuild the index: kbassist build KB --full",
        )


def _check_hash(chunk: Chunk) -> None:
    if hashlib.sha256(chunk.source.encode()).hexdigest() != chunk.hash:
        raise IndexBroken(
            f"the text of chunk {chunk.id!r} is not the one that was hashed when it was built",
            hint="Rebuild the index: kbassist build KB --full",
        )


def _verified(quote: str, span: Span, source: SourceFile) -> Verified:
    if source.state == "missing":
        return "index"
    if source.text is None:
        return "stale"
    return "source" if quote in lines_of(source.text, span.start_line, span.end_line) else "stale"
