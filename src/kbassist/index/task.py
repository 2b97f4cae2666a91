"""The work on a batch of files that any process can do: parse, chunk, analyse, embed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

from kbassist.config import Bm25Settings, ChunkSettings
from kbassist.embed.protocol import Embedder
from kbassist.embed.registry import bundled_model, open_embedder
from kbassist.errors import ArticleError
from kbassist.index.analysed import Analysed, count_terms, encoded, weighed
from kbassist.index.cache import pack, unpack
from kbassist.index.record import Record, load_body, read_record
from kbassist.index.words import TermUnits, units_of
from kbassist.kb_config import KbConfig


class File(NamedTuple):
    """A file to be parsed."""

    path: str
    raw: bytes
    key: bytes
    """In the cache."""
    finish: bool
    """Whether its chunks are wanted analysed too."""


class Wanted(NamedTuple):
    """What is wanted of articles that were parsed before."""

    bodies: list[tuple[bytes, bytes]]
    """Key in the cache and packed body of each."""
    words: bool
    vectors: bool


class Context(NamedTuple):
    """What holds for all batches of a build."""

    config: KbConfig
    chunks: ChunkSettings
    bm25: Bm25Settings
    embedder: str | None
    """Name of the model whose vectors are made with the batch; None where they are not."""

    def worker(self) -> Worker:
        """Who does its batches."""
        return Worker(self)


class Parsed(NamedTuple):
    """What came of a batch."""

    records: list[Record | None]
    problems: list[tuple[ArticleError, ...]]
    """By file, like `records`."""
    finished: list[int]
    """Places among the records of those whose chunks are in `analysed`, in its order."""
    analysed: Analysed | None
    """None where there are none."""


def made_in_batches(model: Embedder) -> bool:
    """Whether every process may have the model: the bundled one is a small mapped file."""
    from kbassist.embed.static import StaticEmbedder

    return isinstance(model, StaticEmbedder)


class Worker:
    """Does batches, one after another."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @cached_property
    def _model(self) -> Embedder | None:
        name = self._context.embedder
        return None if name is None else open_embedder(name)

    def parse(self, files: Sequence[File]) -> Parsed:
        """Parse and chunk files, and analyse the published ones that are to be finished."""
        context = self._context
        records: list[Record | None] = []
        problems, finished, bodies = [], [], []
        for file in files:
            record, wrong = read_record(file.raw, file.path, context.config, context.chunks)
            if record is not None and record.body:
                if file.finish:
                    finished.append(len(records))
                    bodies.append(record.body)
                record = record._replace(body=pack(file.key, record.body))
            records.append(record)
            problems.append(wrong)
        analysed = self._analyse(bodies, True, True) if bodies else None
        return Parsed(records, problems, finished, analysed)

    def finish(self, wanted: Wanted) -> Analysed:
        """Analyse the chunks of articles that were parsed before, in their order."""
        bodies = [unpack(key, body) for key, body in wanted.bodies]
        return self._analyse(bodies, wanted.words, wanted.vectors)

    def units(self, terms: Sequence[bytes]) -> TermUnits:
        """The bundled model's units of some terms of the vocabulary, in UTF-8."""
        return units_of(terms, bundled_model())

    def _analyse(self, bodies: Sequence[bytes], words: bool, vectors: bool) -> Analysed:
        chunks = [chunk for body in bodies for chunk in load_body(body).searched()]
        return Analysed(
            weighed(count_terms(chunks), self._context.bm25) if words else None,
            encoded(chunks, self._model) if vectors and self._model is not None else None,
        )
