"""Whether each chunk of a store is what a build writes: its places in the text, its hash."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

from kbassist.index.arrays import broken
from kbassist.index.store import Store
from kbassist.types import Chunk, Span


def check_rows(path: Path, store: Store) -> None:
    """Read every chunk with its article.

    Args:
        path: of the store's file, for the message.
        store: open.

    Raises:
        IndexBroken: one cannot be as it stands there.
    """
    text, article = "", None
    for chunk, meta in store.all_chunks():
        if meta.id != article:
            text, article = store.article_text(meta.id), meta.id
        for fault in _faults(chunk, text):
            raise broken(path, f"chunk {chunk.id!r}: {fault}")


def _faults(chunk: Chunk, text: str) -> Iterator[str]:
    if type(chunk.ordinal) is not int:
        yield "its number is none"
    elif not chunk.spans or not all(_stands(span, text) for span in _places(chunk)):
        yield "names a place that its article does not have"
    elif chunk.source != "\n".join(text[span.start : span.end] for span in chunk.spans):
        yield "is not what its article says there"
    elif hashlib.sha256(chunk.source.encode("utf-8", "surrogatepass")).hexdigest() != chunk.hash:
        yield "has another hash than its text"


def _places(chunk: Chunk) -> Iterator[Span]:
    yield from chunk.spans
    for unit in chunk.units:
        yield unit.span


def _stands(span: Span, text: str) -> bool:
    numbers = (span.start, span.end, span.start_line, span.end_line)
    return (
        all(type(number) is int for number in numbers)
        and 0 <= span.start < span.end <= len(text)
        and 1 <= span.start_line <= span.end_line
    )
