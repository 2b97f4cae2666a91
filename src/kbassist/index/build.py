"""From a kb folder to a live index: load, chunk, analyse, embed, write, verify, switch."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path

import numpy as np

from kbassist._version import __version__
from kbassist.articles.chunk import chunk_article
from kbassist.articles.fingerprint import chunker_fingerprint
from kbassist.articles.load import Loaded, folder_config, load_articles
from kbassist.config import Bm25Settings, ChunkSettings
from kbassist.embed.protocol import Embedder
from kbassist.embed.registry import BUNDLED, bundled_model, open_embedder
from kbassist.errors import ArticleError, BuildError
from kbassist.index.arrays import save_array
from kbassist.index.carry import carry_vectors
from kbassist.index.generation import KEEP, check_files, hash_files, live_folder, new_generation
from kbassist.index.legs import Progress, write_bm25, write_likeness, write_vectors_of
from kbassist.index.manifest import (
    FORMAT,
    FileEntry,
    Local,
    Manifest,
    file_entry,
    write_local,
    write_manifest,
)
from kbassist.index.reader import CHUNK_ARTICLES_NAME
from kbassist.index.reuse import Live, reuse_texts, sound_live
from kbassist.index.store import write_store
from kbassist.index.synonym_files import collect_synonyms, write_synonyms
from kbassist.index.writer import writing
from kbassist.kb_config import KB_CONFIG_NAME, KbConfig
from kbassist.text.analyzer import Analyzer
from kbassist.text.synonyms import SynonymGroup
from kbassist.types import Article, BuildWarning, Chunk


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did."""

    index: str
    generation: str
    changed: bool
    """False where the live index already is what this build would give."""
    articles: int
    chunks: int
    unpublished: int
    """Draft and archived articles, which are left out."""
    embedder: str | None
    warnings: tuple[BuildWarning, ...]
    skipped: tuple[ArticleError, ...]
    """Bad files that `skip_bad` left out."""
    seconds: float
    """Wall time."""


@dataclass(frozen=True, slots=True)
class BuildSettings:
    """Settings that are fixed when an index is built."""

    chunks: ChunkSettings = field(default_factory=ChunkSettings)
    bm25: Bm25Settings = field(default_factory=Bm25Settings)


def build_index(
    kb: str | os.PathLike[str],
    index: str | os.PathLike[str] = "indexes/default",
    *,
    embedder: str = BUNDLED,
    settings: BuildSettings | None = None,
    full: bool = False,
    strict: bool = False,
    skip_bad: bool = False,
    keep: int = KEEP,
    wait: float = 0.0,
    progress: Progress | None = None,
) -> BuildReport:
    """Build an index from a folder of Markdown articles and make it live.

    Readers see the old index until the new one is complete and verified. Where nothing changed, the
    live index stays; where nothing but the embedder or the synonyms of `kbassist.toml` did, its
    texts and BM25 files do, and its vectors too where the embedder is the same.

    Args:
        kb: folder of the articles.
        index: index directory; made where it does not exist.
        embedder: `bundled`, the model that comes with the package; `none` for a lexical index; else
            a sentence-transformers model by path or name.
        settings: of chunks and BM25.
        full: build anew even where nothing changed.
        strict: a duplicate article id is an error instead of a warning.
        skip_bad: leave bad files out instead of stopping.
        keep: generations that stay on disk, the new one included, 1 up; `rollback` goes back to
            one.
        wait: seconds to wait for another writer of the index; 0 for not at all.
        progress: called as the work goes on.

    Raises:
        UsageError: the kb folder is not there.
        ConfigError: `kbassist.toml` is wrong.
        BuildError: bad files (all of them are listed), or no articles; the live index is untouched.
        ModelError: the model cannot be loaded.
        IndexBusy: another writer is at work on the index.
        IndexUnwritable: the system refused to write; the live index is untouched.
    """
    started = time.perf_counter()
    folder, target = Path(kb), Path(index)
    with writing(target, "build", wait):
        config = folder_config(folder)
        settings = settings or BuildSettings()
        loaded = _load(folder, config, strict, skip_bad, progress)
        model = open_embedder(embedder)
        articles = sorted(
            (article for article in loaded.articles if article.meta.status == "published"),
            key=lambda article: article.meta.id,
        )
        counts = {"articles": len(articles), "unpublished": len(loaded.articles) - len(articles)}
        draft = replace(_manifest(folder, config, loaded, settings, embedder, model), counts=counts)
        local = _local(target, folder, loaded)
        live = None if full else sound_live(target)
        if changed := live is None or not live.is_built_from(draft):
            synonyms = collect_synonyms(articles, config, Analyzer())
            live = _write(
                target, articles, draft, local, settings, model, keep, progress, live, synonyms
            )
        else:
            with suppress(OSError):  # a shipped index needs nothing written to be used
                write_local(live.folder, local)
        manifest = live.manifest
        return BuildReport(
            index=str(target),
            generation=live.folder.name,
            changed=changed,
            articles=manifest.counts["articles"],
            chunks=manifest.counts["chunks"],
            unpublished=manifest.counts["unpublished"],
            embedder=manifest.embedder,
            warnings=loaded.warnings,
            skipped=loaded.problems,
            seconds=time.perf_counter() - started,
        )


def _load(
    kb: Path, config: KbConfig, strict: bool, skip_bad: bool, progress: Progress | None
) -> Loaded:
    def report(done: int, total: int) -> None:
        if progress is not None:
            progress("articles", done, total)

    loaded = load_articles(kb, config, strict=strict, progress=report)
    if loaded.problems and not skip_bad:
        count = len({problem.path for problem in loaded.problems})
        raise BuildError(
            f"{count} bad {'file' if count == 1 else 'files'}; the live index is untouched",
            problems=loaded.problems,
            hint="Mend them, or build without them: --skip-bad",
        )
    if not loaded.articles:
        raise BuildError(
            f"no Markdown articles (*.md) in {str(kb)!r}; the live index is untouched",
            problems=loaded.problems,
            hint="Name the folder that holds them: kbassist build FOLDER",
        )
    return loaded


def _manifest(
    kb: Path,
    config: KbConfig,
    loaded: Loaded,
    settings: BuildSettings,
    name: str,
    model: Embedder | None,
) -> Manifest:
    sources = {file.path: FileEntry(file.sha256, file.size) for file in loaded.sources}
    if (kb / KB_CONFIG_NAME).is_file():
        sources[KB_CONFIG_NAME] = file_entry(kb / KB_CONFIG_NAME)
    return Manifest(
        format=FORMAT,
        library=__version__,
        analyzer=Analyzer().fingerprint,
        chunker=chunker_fingerprint(settings.chunks),
        embedder=None if model is None else name,
        embedder_fingerprint=None if model is None else model.fingerprint,
        dimension=0 if model is None else model.dimension,
        words=bundled_model().fingerprint,
        bm25=asdict(settings.bm25),
        restricted_audiences=config.restricted_audiences,
        kb_settings=_fingerprint(config),
        counts={},
        sources=sources,
        files={},
    )


def _fingerprint(config: KbConfig) -> str:
    """Hex digest of the settings that decide the texts of an index: all but the synonyms."""
    settings = {**asdict(config), "synonyms": ()}
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:32]


def _write(
    index: Path,
    articles: Sequence[Article],
    draft: Manifest,
    local: Local,
    settings: BuildSettings,
    model: Embedder | None,
    keep: int,
    progress: Progress | None,
    live: Live | None,
    synonyms: Sequence[SynonymGroup],
) -> Live:
    """Write a generation and make it live; of the one before, take what would be the same."""
    chunked, vectors = _Chunked(articles, settings.chunks), 0
    with new_generation(index, keep) as folder:
        same = live is not None and live.has_texts_of(draft)
        if live is None or not same or not reuse_texts(live, folder):
            _write_texts(folder, articles, chunked.chunks, draft.restricted_audiences)
            write_bm25(folder, chunked.chunks, settings.bm25, progress)
            write_likeness(folder, [article.meta.title for article in articles])
            same = False
        if live and same and carry_vectors(live.folder, live.manifest, draft, folder):
            vectors = live.manifest.counts["vectors"]
        elif model is not None:
            vectors = write_vectors_of(folder, chunked.chunks, model, progress)
        write_synonyms(folder, synonyms)
        count = live.manifest.counts["chunks"] if live and same else len(chunked.chunks)
        counts = {"chunks": count, "vectors": vectors, **draft.counts}
        manifest = replace(draft, counts=counts, files=hash_files(folder))
        write_manifest(folder, manifest)
        write_local(folder, local)
        check_files(folder, manifest)
    return Live(live_folder(index), manifest)


def _write_texts(
    folder: Path, articles: Sequence[Article], chunks: Sequence[Chunk], restricted: Sequence[str]
) -> None:
    write_store(folder, articles, chunks, restricted)
    rows = {article.meta.id: row for row, article in enumerate(articles)}
    owners = [rows[chunk.article_id] for chunk in chunks]
    save_array(folder / CHUNK_ARTICLES_NAME, np.asarray(owners, dtype=np.int32))


class _Chunked:
    """The chunks of articles, made when they are first needed."""

    def __init__(self, articles: Sequence[Article], settings: ChunkSettings) -> None:
        self._articles = articles
        self._settings = settings

    @cached_property
    def chunks(self) -> list[Chunk]:
        """By id."""
        chunks = sorted(
            (
                chunk
                for article in self._articles
                for chunk in chunk_article(article, self._settings)
            ),
            key=lambda chunk: chunk.id,
        )
        _check_ids(chunks)
        return chunks


def _check_ids(chunks: Sequence[Chunk]) -> None:
    for before, after in pairwise(chunks):
        if before.id == after.id:
            raise BuildError(
                f"two chunks have the id {after.id!r}: {before.ref} and {after.ref}",
                hint="Give one of the two headings an id of its own: ## Heading {#other-id}",
            )


def _local(index: Path, kb: Path, loaded: Loaded) -> Local:
    mtimes = {file.path: file.mtime_ns for file in loaded.sources}
    if (kb / KB_CONFIG_NAME).is_file():
        mtimes[KB_CONFIG_NAME] = (kb / KB_CONFIG_NAME).stat().st_mtime_ns
    try:
        place = os.path.relpath(kb.resolve(), index.resolve())
    except ValueError:  # on another drive of Windows
        place = str(kb.resolve())
    return Local(kb=place, mtimes=mtimes)
