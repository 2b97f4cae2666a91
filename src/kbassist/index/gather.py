"""A kb folder → what is known of every file, parsed only where the cache does not know it."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from threading import RLock
from typing import NamedTuple

from kbassist.articles.facts import Facts
from kbassist.articles.load import SourceFile, read_source
from kbassist.articles.walk import walk
from kbassist.errors import ArticleError
from kbassist.index.analysed import Analysed
from kbassist.index.cache import Cache, cache_key, pack, unpack
from kbassist.index.entries import EncodedEntries
from kbassist.index.pool import Crew, Task
from kbassist.index.postings import Lexicon, Numbered
from kbassist.index.record import Body, dump_facts, load_body, load_facts
from kbassist.index.reuse import Live
from kbassist.index.task import File, Parsed, Wanted

_BATCH = 1 << 17
"""Bytes of a batch: a few dozen articles, so that numpy has enough to do at once."""
_IN_MEMORY = 64 << 20
"""Bytes of packed bodies beyond which they lie in a temporary file."""

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done, and how much there is."""

_OPEN = 32 << 20
"""Bytes of bodies that are kept unpacked."""


class CacheGap(Exception):
    """The cache lost a part of what it holds of a file: build without it."""


class Bodies:
    """The packed bodies of articles: new ones in memory or a nameless file, others in the cache."""

    def __init__(self, cache: Cache) -> None:
        self._cache = cache
        self._spool = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115
        self._places: dict[bytes, tuple[int, int]] = {}
        self._open: dict[bytes, Body] = {}
        self._size = 0
        self._lock = RLock()  # the texts are written beside the legs

    def put(self, key: bytes, packed: bytes) -> None:
        """Keep a new one."""
        self._places[key] = (self._spool.seek(0, 2), len(packed))
        self._spool.write(packed)

    def packed(self, key: bytes) -> bytes:
        """One as it was put in.

        Raises:
            CacheGap: it is not there, though its facts are.
        """
        with self._lock:
            place = self._places.get(key)
            if place is not None:
                self._spool.seek(place[0])
                return self._spool.read(place[1])
            packed = self._cache.packed("bodies", key)
        if packed is None:
            raise CacheGap
        return packed

    def get(self, key: bytes) -> Body:
        """One to be stored.

        Raises:
            CacheGap: it is not there, though its facts are.
        """
        with self._lock:
            body = self._open.get(key)
            if body is None:
                try:
                    data = unpack(key, self.packed(key))
                    body = load_body(data)
                except (ValueError, TypeError):
                    raise CacheGap from None
                self._size += len(data)
                while self._open and self._size > _OPEN:
                    self._size -= self._open.pop(next(iter(self._open))).size
                self._open[key] = body = body._replace(size=len(data))
            return body

    @property
    def new(self) -> Iterable[bytes]:
        """Keys of those that the cache does not have."""
        return self._places

    def close(self) -> None:
        """Give the space back."""
        self._spool.close()


class Batch(NamedTuple):
    """What was analysed at once."""

    paths: list[str]
    """Of the articles."""
    words: Numbered | None
    """Postings of their chunks."""
    entries: EncodedEntries | None
    """For the vector leg."""


@dataclass(slots=True)
class Gathered:
    """Everything that a kb folder holds."""

    bodies: Bodies
    paths: list[str] = field(default_factory=list)
    """Of all articles, usable or not, sorted."""
    sources: dict[str, SourceFile] = field(default_factory=dict)
    """All files that could be read, the bad ones included."""
    facts: dict[str, Facts] = field(default_factory=dict)
    """Of the usable ones."""
    keys: dict[str, bytes] = field(default_factory=dict)
    """Path → key in the cache."""
    problems: list[ArticleError] = field(default_factory=list)
    lexicon: Lexicon = field(default_factory=Lexicon)
    """The terms of the batches."""
    batches: list[Batch] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    """Paths of those that the cache did not know."""

    def add(self, paths: list[str], analysed: Analysed) -> None:
        """Take what was analysed at once."""
        words = None
        if analysed.words is not None:
            numbers = self.lexicon.numbers(analysed.words.vocabulary)
            words = Numbered(numbers, analysed.words.postings)
        self.batches.append(Batch(paths, words, analysed.entries))

    def forget_words(self) -> None:
        """Drop the postings of the batches: they are written."""
        self.batches = [batch._replace(words=None) for batch in self.batches]

    def entries(self) -> Iterator[Facts]:
        """The facts of the usable files, by path."""
        return (self.facts[path] for path in self.paths if path in self.facts)

    def news(self) -> Iterator[tuple[str, bytes, bytes]]:
        """What the cache does not know yet, as `Cache.save` takes it."""
        for path in self.new:
            key = self.keys[path]
            yield "facts", key, pack(key, dump_facts(self.facts[path]))
        for key in self.bodies.new:
            yield "bodies", key, self.bodies.packed(key)


def gather(
    kb: Path,
    context: str,
    crew: Crew,
    cache: Cache,
    live: Live | None,
    progress: Progress | None,
) -> Gathered:
    """Read every article; a bad file never stops the others.

    Args:
        kb: the folder.
        context: fingerprint of whatever decides the facts and the body of a file beside its path
            and its content.
        crew: that does the work.
        cache: of earlier builds.
        live: a generation that has the chunks of the files that it was built from, so that they
            need no analysis.
        progress: called as the work goes on.
    """
    found = Gathered(Bodies(cache), walk(kb))
    done = 0

    def report(step: int) -> None:
        nonlocal done
        done += step
        if progress is not None and step:
            progress("articles", done, len(found.paths))

    def unknown() -> Iterator[File]:
        for path in found.paths:
            try:
                source, raw = read_source(kb, path)
            except ArticleError as error:
                found.problems.append(error)
                report(1)
                continue
            found.sources[path] = source
            key = found.keys[path] = cache_key(context, path, source.sha256)
            if _known(found, path, key, cache):
                report(1)
            else:
                if live is not None:
                    live.start_checking()  # something changed, so it will be taken over from
                stays = live is not None and live.has(path, source.sha256)
                yield File(path, raw, key, not stays)

    for files, parsed in crew.run(_batches(unknown())):
        _take(found, files, parsed)
        report(len(files))
    found.problems.sort(key=lambda error: error.path)
    return found


def _known(found: Gathered, path: str, key: bytes, cache: Cache) -> bool:
    data = cache.get("facts", key)
    if data is None:
        return False
    try:
        facts = load_facts(data, path)
    except (ValueError, TypeError, KeyError):
        return False
    found.facts[path] = facts
    return True


def _batches(files: Iterable[File]) -> Iterator[tuple[list[File], Task, int]]:
    batch: list[File] = []
    size = 0
    for file in files:
        batch.append(file)
        size += len(file.raw)
        if size >= _BATCH:
            yield batch, ("parse", batch), size
            batch, size = [], 0
    if batch:
        yield batch, ("parse", batch), size


def _take(found: Gathered, files: Sequence[File], parsed: Parsed) -> None:
    for file, record, problems in zip(files, parsed.records, parsed.problems, strict=True):
        found.problems += problems
        if record is not None:
            found.facts[file.path] = record.facts
            found.new.append(file.path)
            if record.body:
                found.bodies.put(file.key, record.body)
    if parsed.analysed is not None:
        paths = [files[place].path for place in parsed.finished]
        found.add(paths, parsed.analysed)


def finish(
    found: Gathered, words: set[str], vectors: set[str], crew: Crew, progress: Progress | None
) -> None:
    """Analyse articles, unless that was done when they were parsed.

    Args:
        found: to which the batches are added.
        words: paths of the articles whose terms are needed.
        vectors: of those whose vectors are, and can be made in batches.
        crew: that does the work.
        progress: called as the work goes on.
    """
    words = words.difference(*(one.paths for one in found.batches if one.words is not None))
    vectors = vectors.difference(*(one.paths for one in found.batches if one.entries is not None))
    done, total = 0, len(words | vectors)
    for paths, for_words, for_vectors in (
        (words & vectors, True, True),
        (words - vectors, True, False),
        (vectors - words, False, True),
    ):
        tasks = _unfinished(found, sorted(paths), for_words, for_vectors)
        for batch, analysed in crew.run(tasks):
            found.add(batch, analysed)
            done += len(batch)
            if progress is not None:
                progress("words" if for_words else "vectors", done, total)


def _unfinished(
    found: Gathered, paths: Sequence[str], words: bool, vectors: bool
) -> Iterator[tuple[list[str], Task, int]]:
    batch: list[str] = []
    bodies: list[tuple[bytes, bytes]] = []
    size = 0
    for place, path in enumerate(paths, 1):
        key = found.keys[path]
        batch.append(path)
        bodies.append((key, found.bodies.packed(key)))
        size += found.sources[path].size
        if size >= _BATCH or place == len(paths):
            yield batch, ("finish", Wanted(bodies, words, vectors)), size
            batch, bodies, size = [], [], 0
