"""One generation's files: what stays of the live one, and what is new, merged leg by leg."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from kbassist.articles.glossary import Term
from kbassist.config import Bm25Settings
from kbassist.embed.protocol import Embedder
from kbassist.embed.registry import bundled_model
from kbassist.index.analysed import entry_texts
from kbassist.index.arrays import save_array
from kbassist.index.bm25_files import Postings, write_postings
from kbassist.index.cache import Cache
from kbassist.index.cached_vectors import embed_cached
from kbassist.index.carry import VECTOR_FILES
from kbassist.index.entries import EncodedEntries, encode_entries, write_entries
from kbassist.index.gather import Gathered, Progress, finish
from kbassist.index.manifest import FileEntry, Manifest, file_entry
from kbassist.index.merge import Ints, all_new
from kbassist.index.plan import LiveRows, RowFinder, plan_content
from kbassist.index.pool import Crew
from kbassist.index.postings import splice, weigh
from kbassist.index.record import Searched
from kbassist.index.reuse import TEXT_FILES, Live, Offer, reuse_files
from kbassist.index.store import CHUNK_ARTICLES_NAME, STORE_NAME
from kbassist.index.store_write import Content, write_store
from kbassist.index.texts import STARTS_NAME, TEXTS_NAME
from kbassist.index.titles import write_titles
from kbassist.index.vectors import Vectors
from kbassist.index.words import TermUnits, merged_units, write_words

_TERMS = 4096
"""Terms whose units are found at once."""
_STORE_FILES = (STORE_NAME, CHUNK_ARTICLES_NAME, TEXTS_NAME, STARTS_NAME)


@dataclass(slots=True)
class Writing:
    """What is to be written."""

    found: Gathered
    ids: Mapping[str, str]
    """Path of each article that enters the index → its id."""
    draft: Manifest
    bm25: Bm25Settings
    model: Embedder | None
    in_batches: bool
    """Whether the vectors are made with the batches; else they are made here, and cached."""
    crew: Crew
    cache: Cache
    live: Live | None
    """A generation known to be sound, to take over from."""
    offer: Offer
    """What of it."""
    progress: Progress | None
    vectors: list[tuple[str, bytes, bytes]] = field(default_factory=list)
    """New entries for the cache."""

    def same(self, path: str) -> bool:
        """Whether a file is the one that the live generation was built from."""
        source = self.found.sources[path]
        return self.live is not None and self.live.has(path, source.sha256)

    def public_terms(self, path: str) -> tuple[Term, ...]:
        """The glossary entries of an article that is for everyone."""
        facts = self.found.facts[path]
        hidden = not set(facts.audience).isdisjoint(self.draft.restricted_audiences)
        return () if hidden else facts.terms

    def suffixes(self, path: str) -> list[str]:
        """The chunk ids of an article, apart from its own id."""
        body = self.found.bodies.get(self.found.keys[path])
        return [row.suffix for row in body.chunks]

    def report(self, stage: str, done: int, total: int) -> None:
        """Tell how the work goes on."""
        if self.progress is not None:
            self.progress(stage, done, total)


@dataclass(frozen=True, slots=True)
class Written:
    """What was written."""

    chunks: int
    vectors: int
    reused: int
    """Articles that were taken over."""
    files: dict[str, FileEntry]
    """Those of the files that are hashed."""


def write_legs(job: Writing, folder: Path) -> Written:
    """Write the texts and both legs into the folder of a generation that is being built.

    Raises:
        BuildError: two chunks have one id, or a worker died.
        ModelError: the model returned something unusable.
        CacheGap: the cache lost what the build needs.
    """
    live = job.live.folder if job.live is not None and job.offer.texts else None
    with closing(LiveRows(live)) as rows:
        content, new = plan_content(job.ids, job.found.keys, job.same, job.found.bodies.get, rows)
        finder = RowFinder(content, new, rows, job.suffixes)
        with ThreadPoolExecutor(1) as beside:  # SQLite and numpy leave each other a core
            linked = _link(job, folder, content)
            texts = None
            if not linked:
                texts = beside.submit(_write_texts, job, folder, content, live)
            count = _write_both(job, folder, content, finder, new, linked)
            files = {} if texts is None else texts.result()
    return Written(content.chunks.total, count, len(job.ids) - len(new), files)


def _write_both(
    job: Writing, folder: Path, content: Content, finder: RowFinder, new: list[str], linked: int
) -> int:
    """Write both legs, and count the vectors."""
    words = set(_needed(job.ids, new, job.offer.postings))
    meaning = set(_needed(job.ids, new, job.offer.vectors)) if job.model is not None else set()
    finish(job.found, words, meaning if job.in_batches else set(), job.crew, job.progress)
    if linked < len(TEXT_FILES):
        _write_words(job, folder, content, finder, words)
    return 0 if job.model is None else _write_vectors(job, folder, content, finder, meaning)


def _needed(ids: Iterable[str], new: list[str], offered: bool) -> list[str]:
    return new if offered else list(ids)


def _link(job: Writing, folder: Path, content: Content) -> int:
    """Share the files that would be the same; how many they are."""
    same = job.offer.texts and content.articles.is_identity and content.chunks.is_identity
    if job.live is None or not same:
        return 0
    all_same = job.live.manifest.bm25 == job.draft.bm25
    names = TEXT_FILES if all_same else _STORE_FILES
    return len(names) if reuse_files(job.live, folder, names) else 0


def _write_texts(
    job: Writing, folder: Path, content: Content, live: Path | None
) -> dict[str, FileEntry]:
    """Write the store, and hash it while the legs are written."""
    write_store(folder, content, job.found.bodies.get, job.draft.restricted_audiences, live)
    owners = np.empty(content.chunks.total, dtype=np.int32)
    added = content.articles.added
    owners[content.chunks.added] = added[[chunk.article for chunk in content.new_chunks]]
    if live is not None:
        kept = content.chunks.kept
        with closing(LiveRows(live)) as rows:
            moved = content.articles.moved[rows.owners[kept]]
        owners[content.chunks.moved[kept]] = moved
    save_array(folder / CHUNK_ARTICLES_NAME, owners)
    return {name: file_entry(folder / name) for name in _STORE_FILES}


def _write_words(
    job: Writing, folder: Path, content: Content, finder: RowFinder, wanted: set[str]
) -> None:
    total = content.chunks.total
    job.report("words", 0, total)
    batches = [
        (batch.words, _places(job, finder, batch.paths, wanted))
        for batch in job.found.batches
        if batch.words is not None
    ]
    postings = weigh(job.found.lexicon, batches, total)
    del batches
    job.found.forget_words()
    origin = np.full(len(postings.terms.offsets) - 1, -1, dtype=np.int64)
    live = job.live.folder if job.live is not None and job.offer.postings else None
    if live is not None:
        postings, origin = splice(live, postings, content.chunks)
    write_postings(folder, postings, job.bm25)
    units = merged_units(live, origin, list(_new_units(job, postings, origin)))
    write_words(folder, units, content.chunks, live, origin)
    known = finder.kept_rows() if live is not None else {}
    titles = {job.found.facts[path].title: row for path, row in known.items()}
    write_titles(folder, _titles(job), bundled_model(), live, titles)
    job.report("words", total, total)


def _new_units(job: Writing, postings: Postings, origin: Ints) -> Iterator[TermUnits]:
    """The units of the terms that the live generation does not have."""
    names = postings.terms.names()
    new = [names[number] for number in np.flatnonzero(origin < 0).tolist()]
    groups = (new[first : first + _TERMS] for first in range(0, len(new), _TERMS))
    for _, units in job.crew.run((None, ("units", group), 0) for group in groups):
        yield units


def _titles(job: Writing) -> list[str]:
    """Of the articles, in the order of their rows."""
    paths = sorted(job.ids, key=job.ids.__getitem__)
    return [job.found.facts[path].title for path in paths]


def _write_vectors(
    job: Writing, folder: Path, content: Content, finder: RowFinder, wanted: set[str]
) -> int:
    assert job.model is not None
    live = job.live.folder if job.live is not None and job.offer.vectors else None
    if job.live is not None and live is not None and content.chunks.is_identity:
        names = [name for name in VECTOR_FILES if name in job.live.manifest.files]
        if reuse_files(job.live, folder, names):
            return job.live.manifest.counts["vectors"]
    merge = content.chunks if live is not None else all_new(content.chunks.total)
    batches: list[tuple[EncodedEntries, Ints]] = []
    if job.in_batches:
        batches = [
            (batch.entries, _places(job, finder, batch.paths, wanted))
            for batch in job.found.batches
            if batch.entries is not None
        ]
    elif wanted:
        batches = [(_embedded(job, finder, wanted), np.arange(merge.total))]
    count = write_entries(folder, job.model.dimension, batches, merge, live)
    Vectors.open(folder).verify()
    job.report("vectors", count, count)
    return count


def _places(job: Writing, finder: RowFinder, paths: list[str], wanted: set[str]) -> Ints:
    """The row of each chunk of a batch; -1 where its article is not wanted."""
    rows: list[int] = []
    for path in paths:
        rows += finder.of(path) if path in wanted else [-1] * len(job.suffixes(path))
    return np.array(rows, dtype=np.int64)


def _embedded(job: Writing, finder: RowFinder, wanted: set[str]) -> EncodedEntries:
    """The entries of some articles, by a model that is asked here; texts in the order of rows."""
    assert job.model is not None
    chunks: list[tuple[int, Searched]] = []
    for path in sorted(wanted):
        searched = job.found.bodies.get(job.found.keys[path]).searched()
        chunks += zip(finder.of(path), searched, strict=True)
    chunks.sort(key=lambda pair: pair[0])
    rows = np.array([row for row, _ in chunks], dtype=np.int64)
    texts, owners = entry_texts((chunk for _, chunk in chunks), job.model.passage)

    def report(done: int, total: int) -> None:
        job.report("vectors", done, total)

    vectors, new = embed_cached(job.model, texts, job.cache, report)
    job.vectors += new
    return encode_entries(vectors, rows[owners])
