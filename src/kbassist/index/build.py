"""From a kb folder to a live index: load, chunk, analyse, embed, write, verify, switch."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from kbassist._version import __version__
from kbassist.articles.chunk import chunk_article
from kbassist.articles.fingerprint import chunker_fingerprint
from kbassist.articles.load import Loaded, folder_config, load_articles
from kbassist.config import (
    KB_CONFIG_NAME,
    Bm25Settings,
    ChunkSettings,
    KbConfig,
)
from kbassist.embed.protocol import Embedder
from kbassist.embed.registry import open_embedder
from kbassist.errors import ArticleError, BuildError, KbassistError
from kbassist.index.arrays import save_array
from kbassist.index.generation import (
    check_files,
    hash_files,
    live_folder,
    new_generation,
    rebuild_command,
)
from kbassist.index.legs import Progress, write_bm25, write_vectors_of
from kbassist.index.manifest import (
    FORMAT,
    FileEntry,
    Local,
    Manifest,
    file_entry,
    read_manifest,
    write_local,
    write_manifest,
)
from kbassist.index.reader import CHUNK_ARTICLES_NAME
from kbassist.index.store import write_store
from kbassist.text.analyzer import Analyzer
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
    embedder: str = "none",
    settings: BuildSettings | None = None,
    full: bool = False,
    strict: bool = False,
    skip_bad: bool = False,
    progress: Progress | None = None,
) -> BuildReport:
    """Build an index from a folder of Markdown articles and make it live.

    Readers see the old index until the new one is complete and verified. Where nothing changed, the
    live index stays.

    Args:
        kb: folder of the articles.
        index: index directory; made where it does not exist.
        embedder: `none` for a lexical index, else a sentence-transformers model by path or name.
        settings: of chunks and BM25.
        full: build anew even where nothing changed.
        strict: a duplicate article id is an error instead of a warning.
        skip_bad: leave bad files out instead of stopping.
        progress: called as the work goes on.

    Raises:
        UsageError: the kb folder is not there.
        ConfigError: `kbassist.toml` is wrong.
        BuildError: bad files (all of them are listed), or no articles; the live index is untouched.
        ModelError: the model cannot be loaded.
    """
    started = time.perf_counter()
    folder, target = Path(kb), Path(index)
    settings = settings or BuildSettings()
    config = folder_config(folder)
    loaded = _load(folder, config, strict, skip_bad, progress)
    model = open_embedder(embedder)
    articles = sorted(
        (article for article in loaded.articles if article.meta.status == "published"),
        key=lambda article: article.meta.id,
    )
    counts = {"articles": len(articles), "unpublished": len(loaded.articles) - len(articles)}
    draft = replace(_manifest(folder, config, loaded, settings, embedder, model), counts=counts)
    local = _local(target, folder, loaded)
    live = None if full else _live_if_equal(target, draft)
    if live is None:
        generation, manifest = _write(target, articles, draft, local, settings, model, progress)
    else:
        generation, manifest = live
        with suppress(PermissionError):  # a shipped index needs nothing written to be used
            write_local(target / generation, local)
    return BuildReport(
        index=str(target),
        generation=generation,
        changed=live is None,
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
        bm25=asdict(settings.bm25),
        restricted_audiences=config.restricted_audiences,
        counts={},
        sources=sources,
        files={},
    )


def _live_if_equal(index: Path, draft: Manifest) -> tuple[str, Manifest] | None:
    """The live generation, where it is sound and was built from the same input."""
    try:
        folder = live_folder(index)
        manifest = read_manifest(folder, rebuild=rebuild_command(index))
        check_files(folder, manifest)
    except KbassistError:
        return None
    return (folder.name, manifest) if manifest.inputs() == draft.inputs() else None


def _write(
    index: Path,
    articles: Sequence[Article],
    draft: Manifest,
    local: Local,
    settings: BuildSettings,
    model: Embedder | None,
    progress: Progress | None,
) -> tuple[str, Manifest]:
    chunks = sorted(
        (chunk for article in articles for chunk in chunk_article(article, settings.chunks)),
        key=lambda chunk: chunk.id,
    )
    _check_ids(chunks)
    with new_generation(index) as folder:
        write_store(folder, articles, chunks, draft.restricted_audiences)
        rows = {article.meta.id: row for row, article in enumerate(articles)}
        owners = [rows[chunk.article_id] for chunk in chunks]
        save_array(folder / CHUNK_ARTICLES_NAME, np.asarray(owners, dtype=np.int32))
        write_bm25(folder, chunks, settings.bm25, progress)
        vectors = 0 if model is None else write_vectors_of(folder, chunks, model, progress)
        counts = {"chunks": len(chunks), "vectors": vectors, **draft.counts}
        manifest = replace(draft, counts=counts, files=hash_files(folder))
        write_manifest(folder, manifest)
        write_local(folder, local)
        check_files(folder, manifest)
    return live_folder(index).name, manifest


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
