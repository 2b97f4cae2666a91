"""Chunks of a few articles, analysed and embedded: compact arrays that another process can make."""

from __future__ import annotations

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from kbassist.config import Bm25Settings
from kbassist.embed.protocol import Embedder
from kbassist.index.bm25_files import coded
from kbassist.index.entries import EncodedEntries, encode_entries
from kbassist.index.stretches import counts_of, starts_of
from kbassist.text.analyzer import Analyzer
from kbassist.text.passages import passages
from kbassist.types import VectorText

ROW_BITS = 32
ROW_MASK = (1 << ROW_BITS) - 1

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


class HasTexts(Protocol):
    """What of a chunk is searched."""

    @property
    def title(self) -> str: ...
    @property
    def heading_path(self) -> tuple[str, ...]: ...
    @property
    def text(self) -> str: ...
    @property
    def questions(self) -> tuple[str, ...]: ...


class FieldCounts(NamedTuple):
    """How often the terms of one field occur."""

    keys: Ints
    """`term << 32 | row`, ascending and distinct; terms and rows are numbered in this batch."""
    counts: NDArray[np.int32]
    lengths: NDArray[np.int32]
    """Terms of each row, repetitions included."""


class Counts(NamedTuple):
    """The terms of a batch of chunks."""

    vocabulary: list[str]
    """Sorted."""
    title: FieldCounts
    questions: FieldCounts
    body: FieldCounts


class BatchPostings(NamedTuple):
    """The postings of a batch, by term and by row within a term, in few bytes."""

    df: NDArray[np.int32]
    """Postings of each term of the batch, > 0."""
    rows: NDArray[np.unsignedinteger]
    """Row of each within the batch."""
    codes: NDArray[np.integer]
    """Its weighted frequency: a place among the frequencies."""
    frequencies: NDArray[np.float32]
    """Ascending, distinct."""
    lengths: NDArray[np.float32]
    """Weighted length of each row."""


class Weighed(NamedTuple):
    """What `weighed` makes of counts."""

    vocabulary: list[str]
    """Sorted."""
    postings: BatchPostings


class Analysed(NamedTuple):
    """A batch of chunks for both legs."""

    words: Weighed | None
    """None where they are not wanted."""
    entries: EncodedEntries | None
    """None where the vectors are made elsewhere, or not at all."""


def encoded(chunks: Sequence[HasTexts], model: Embedder) -> EncodedEntries:
    """The entries of chunks."""
    texts, owners = entry_texts(chunks, model.passage)
    return encode_entries(model.embed_documents(texts), owners)


def count_terms(chunks: Iterable[HasTexts]) -> Counts:
    """The terms of each field of each chunk."""
    terms, counter = _analyzer().terms, TermCounter()
    for chunk in chunks:
        texts = ("\n".join((chunk.title, *chunk.heading_path)), "\n".join(chunk.questions))
        counter.add(*(terms(text) if text else [] for text in (*texts, chunk.text)))
    return counter.counted()


class TermCounter:
    """Collects the terms of rows."""

    def __init__(self) -> None:
        self._ids: defaultdict[str, int] = defaultdict()
        self._ids.default_factory = self._ids.__len__
        self._fields = (_Field(), _Field(), _Field())

    def __len__(self) -> int:
        """Terms so far, repetitions included."""
        return sum(map(len, self._fields))

    def add(self, title: Sequence[str], questions: Sequence[str], body: Sequence[str]) -> None:
        """Add the next row, with the terms of each field."""
        for field, terms in zip(self._fields, (title, questions, body), strict=True):
            field.add(self._ids, terms)

    def counted(self) -> Counts:
        """How often each occurs."""
        vocabulary = sorted(self._ids)
        numbers = np.empty(len(vocabulary), dtype=np.int64)
        old = np.fromiter(map(self._ids.__getitem__, vocabulary), np.int64, len(vocabulary))
        numbers[old] = np.arange(len(vocabulary))
        return Counts(vocabulary, *(field.counted(numbers) for field in self._fields))


class _Field:
    def __init__(self) -> None:
        self._terms, self._lengths = array("i"), array("i")

    def __len__(self) -> int:
        return len(self._terms)

    def add(self, ids: dict[str, int], terms: Sequence[str]) -> None:
        self._terms.extend(map(ids.__getitem__, terms))
        self._lengths.append(len(terms))

    def counted(self, numbers: Ints) -> FieldCounts:
        terms = numbers[np.array(self._terms, dtype=np.int64)]
        lengths = np.array(self._lengths, dtype=np.int32)
        rows = np.repeat(np.arange(len(lengths)), lengths)
        keys = np.sort(terms << ROW_BITS | rows)
        starts = starts_of(keys)
        return FieldCounts(keys[starts], counts_of(starts, len(keys)).astype(np.int32), lengths)


def weighed(counts: Counts, settings: Bm25Settings) -> Weighed:
    """A batch with the weights of the fields: a term in several of them is one posting."""
    weights = (settings.title_weight, settings.questions_weight, settings.body_weight)
    fields = (counts.title, counts.questions, counts.body)
    used = [(field, weight) for field, weight in zip(fields, weights, strict=True) if weight > 0]
    rows = len(counts.body.lengths)
    lengths = np.zeros(rows, dtype=np.float64)
    for field, weight in used:
        lengths += weight * field.lengths
    keys, tf = _summed(
        [field.keys for field, _ in used],
        [weight * field.counts.astype(np.float64) for field, weight in used],
    )
    df = np.bincount(keys >> ROW_BITS, minlength=len(counts.vocabulary)).astype(np.int32)
    vocabulary = counts.vocabulary
    if not df.all():
        vocabulary = [term for term, count in zip(vocabulary, df.tolist(), strict=True) if count]
    small = (keys & ROW_MASK).astype(np.min_scalar_type(rows))
    postings = BatchPostings(df[df > 0], small, *coded(tf), lengths.astype(np.float32))
    return Weighed(vocabulary, postings)


def _summed(keys: Sequence[Ints], tf: Sequence[Floats]) -> tuple[Ints, Floats]:
    """Distinct keys, ascending, and the sum over the fields of each."""
    if not sum(map(len, keys)):
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float64)
    joined = np.concatenate(keys)
    order = np.argsort(joined, kind="stable")
    joined = joined[order]
    starts = starts_of(joined)
    summed: Floats = np.add.reduceat(np.concatenate(tf)[order], starts)
    return joined[starts], summed


def vector_texts(chunk: HasTexts, passage: int | None) -> Iterator[tuple[VectorText, str, str]]:
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


def entry_texts(
    chunks: Iterable[HasTexts], passage: int | None
) -> tuple[list[str], NDArray[np.int32]]:
    """What is embedded of chunks, and the number of the chunk that each text is of."""
    texts: list[str] = []
    owners: list[int] = []
    for number, chunk in enumerate(chunks):
        texts += (text for _, _, text in vector_texts(chunk, passage))
        owners += [number] * (len(texts) - len(owners))
    return texts, np.asarray(owners, dtype=np.int32)


@cache
def _analyzer() -> Analyzer:
    return Analyzer()
