"""Chunks into both legs: their terms into the BM25 files, their texts into vectors."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from kbassist.config import Bm25Settings
from kbassist.embed.protocol import Embedder
from kbassist.embed.registry import bundled_model
from kbassist.index.bm25_build import Bm25Builder
from kbassist.index.titles import write_titles
from kbassist.index.vectors import Vectors, write_vectors
from kbassist.index.words import write_words
from kbassist.text.analyzer import Analyzer
from kbassist.text.passages import passages
from kbassist.types import Chunk, VectorText

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done, and how much there is."""


def write_bm25(
    folder: Path, chunks: Sequence[Chunk], settings: Bm25Settings, progress: Progress | None
) -> None:
    """Analyse the chunks in row order and write the BM25 leg."""
    analyzer = Analyzer()
    builder = Bm25Builder()
    for done, chunk in enumerate(chunks, 1):
        title = "\n".join((chunk.title, *chunk.heading_path))
        builder.add(
            analyzer.terms(chunk.text),
            title=analyzer.terms(title),
            questions=analyzer.terms("\n".join(chunk.questions)),
        )
        if progress is not None and (done % 64 == 0 or done == len(chunks)):
            progress("words", done, len(chunks))
    builder.write(folder, settings)


def write_likeness(folder: Path, titles: Sequence[str]) -> None:
    """Write what the bundled model makes of the words and the articles' titles.

    Args:
        folder: with the files of the BM25 leg.
        titles: of the articles, in the order of their rows.
    """
    write_words(folder, bundled_model())
    write_titles(folder, titles, bundled_model())


def vector_texts(chunk: Chunk, passage: int | None) -> Iterator[tuple[VectorText, str, str]]:
    """What of a chunk has a vector: its kind, its text, and what is embedded.

    Passages stand below the heading path, like the whole text.

    Args:
        chunk: of an article.
        passage: most tokens of a passage; None where the model takes none.
    """
    heading = " › ".join((chunk.title, *chunk.heading_path))
    yield "text", chunk.text, f"{heading}\n{chunk.text}"
    for text in [] if passage is None else passages(chunk.text, passage):
        yield "passage", text, f"{heading}\n{text}"
    for text in chunk.questions:
        yield "question", text, text


def write_vectors_of(
    folder: Path, chunks: Sequence[Chunk], model: Embedder, progress: Progress | None
) -> int:
    """Embed the texts of each chunk that have a vector, all entries of one row; count them."""
    texts: list[str] = []
    owners: list[int] = []
    for row, chunk in enumerate(chunks):
        texts += (text for _, _, text in vector_texts(chunk, model.passage))
        owners += [row] * (len(texts) - len(owners))

    def report(done: int, total: int) -> None:
        if progress is not None:
            progress("vectors", done, total)

    vectors = model.embed_documents(texts, progress=report)
    write_vectors(folder, vectors, np.asarray(owners, dtype=np.int32))
    written = Vectors.open(folder)
    written.verify()
    return len(written)
