"""From a kb folder to a live index: read, plan, write, verify, switch."""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from itertools import chain
from pathlib import Path

from kbassist import checks
from kbassist._version import __version__
from kbassist.articles.fingerprint import chunker_fingerprint
from kbassist.articles.load import folder_config
from kbassist.articles.whole import in_order, judge, settings_warnings
from kbassist.config import BuildSettings
from kbassist.embed.protocol import Embedder
from kbassist.embed.registry import BUNDLED, bundled_model, open_embedder
from kbassist.errors import ArticleError, BuildError, UsageError
from kbassist.index.cache import CACHE_NAME, Cache
from kbassist.index.gather import CacheGap, Gathered, Progress, gather
from kbassist.index.generation import KEEP, check_keep, hash_files, live_folder, new_generation
from kbassist.index.manifest import (
    FORMAT,
    FileEntry,
    Local,
    Manifest,
    file_entry,
    write_local,
    write_manifest,
)
from kbassist.index.pool import Crew, default_jobs
from kbassist.index.report import BuildReport, compare_sources
from kbassist.index.reuse import NOTHING, Live, sound_live
from kbassist.index.synonym_files import collect_synonyms, write_synonyms
from kbassist.index.task import Context, made_in_batches
from kbassist.index.write import Writing, write_legs
from kbassist.index.writer import writing
from kbassist.kb_config import KB_CONFIG_NAME, KbConfig
from kbassist.text.analyzer import Analyzer
from kbassist.types import BuildWarning

__all__ = ["BuildReport", "BuildSettings", "build_index"]


def build_index(
    kb: str | os.PathLike[str],
    index: str | os.PathLike[str] = "indexes/default",
    *,
    embedder: str = BUNDLED,
    settings: BuildSettings | None = None,
    full: bool = False,
    strict: bool = False,
    skip_bad: bool = False,
    jobs: int | None = None,
    keep: int = KEEP,
    wait: float = 0.0,
    progress: Progress | None = None,
) -> BuildReport:
    """Build an index from a folder of Markdown articles and make it live.

    Readers see the old index until the new one is complete and verified. Where nothing changed, the
    live index stays. Otherwise what did not change is taken over from it, and what was worked out
    before comes from `cache.sqlite` beside it; the result is the same, byte for byte, as without.

    Args:
        kb: folder of the articles.
        index: index directory; made where it does not exist.
        embedder: `bundled`, the model that comes with the package; `none` for a lexical index; else
            a sentence-transformers model by path or name.
        settings: of chunks and BM25.
        full: build anew even where nothing changed, without the live index and the cache.
        strict: a duplicate article id is an error instead of a warning.
        skip_bad: leave bad files out instead of stopping.
        jobs: processes that parse, analyse and embed, from 1 up; by default the cores. Few files
            are done in this process; so is everything with 1.
        keep: generations that stay on disk, the new one included, 1 up; `rollback` goes back to
            one.
        wait: seconds to wait for another writer of the index; 0 for not at all.
        progress: called as the work goes on.

    Raises:
        UsageError: the kb folder is not there, or a value is of another type or out of range.
        ConfigError: `kbassist.toml` is wrong.
        BuildError: bad files (all of them are listed), or no articles; the live index is untouched.
        ModelError: the model cannot be loaded.
        IndexBusy: another writer is at work on the index.
        IndexUnwritable: the system refused to write; the live index is untouched.
    """
    if jobs is not None:
        checks.whole("jobs", jobs, 1)
    check_keep(keep)
    for name, value in {"full": full, "strict": strict, "skip_bad": skip_bad}.items():
        checks.instance(name, value, bool)
    if progress is not None and not callable(progress):
        raise UsageError(f"progress must be callable, found {checks.shown(progress)}")
    started = time.perf_counter()
    folder, target = checks.path("kb", kb), checks.path("index", index)
    with writing(target, "build", wait):
        build = _Build(
            kb=folder,
            index=target,
            config=folder_config(folder),
            settings=checks.optional("settings", settings, BuildSettings) or BuildSettings(),
            name=checks.instance("embedder", embedder, str),
            model=open_embedder(embedder),
            strict=strict,
            skip_bad=skip_bad,
            jobs=jobs or default_jobs(),
            keep=keep,
            progress=progress,
            live=None if full else sound_live(target),
        )
        try:
            report = build.run(Cache(target, ignored=full))
        except CacheGap:
            report = build.run(Cache(target, ignored=True))
    return replace(report, seconds=time.perf_counter() - started)


@dataclass(slots=True)
class _Build:
    """One build: what is asked for, and what there is."""

    kb: Path
    index: Path
    config: KbConfig
    settings: BuildSettings
    name: str
    model: Embedder | None
    strict: bool
    skip_bad: bool
    jobs: int
    keep: int
    progress: Progress | None
    live: Live | None

    def run(self, cache: Cache) -> BuildReport:
        """Build, with a cache to read from and to add to.

        Raises:
            CacheGap: the cache lost what the build needs.
        """
        draft = self._manifest()
        offer = NOTHING if self.live is None else self.live.offers(draft)
        in_batches = self.model is not None and made_in_batches(self.model)
        live = self.live if offer.postings and (offer.vectors or not in_batches) else None
        name = self.name if in_batches else None
        context = Context(self.config, self.settings.chunks, self.settings.bm25, name)
        facts = "|".join((__version__, draft.analyzer, draft.chunker, draft.kb_settings))
        with Crew(context, self.jobs) as crew:
            found = gather(self.kb, facts, crew, cache, live, self.progress)
            writing = Writing(
                found=found,
                ids={},
                draft=draft,
                bm25=self.settings.bm25,
                model=self.model,
                in_batches=in_batches,
                crew=crew,
                cache=cache,
                live=self.live,
                offer=offer,
                progress=self.progress,
            )
            try:
                return self._finished(writing)
            finally:
                found.bodies.close()
                cache.close()

    def _finished(self, writing: Writing) -> BuildReport:
        """Judge what was found, and write what is not there yet."""
        found, live = writing.found, self.live
        whole = judge(list(found.entries()), strict=self.strict)
        problems = sorted((*found.problems, *whole.problems), key=lambda error: error.path)
        self._check(problems, bool(whole.ids))
        facts = found.facts
        writing.ids = {p: id for p, id in whole.ids.items() if facts[p].status == "published"}
        counts = {"articles": len(writing.ids), "unpublished": len(whole.ids) - len(writing.ids)}
        writing.draft = replace(writing.draft, counts=counts, sources=self._sources(found))
        changes = None
        if live is not None:
            changes = compare_sources(live.manifest.sources, writing.draft.sources)
        reused = len(writing.ids)
        if changed := live is None or not live.is_built_from(writing.draft):
            live, reused = self._write(writing)
        else:
            with suppress(OSError):  # a shipped index needs nothing written to be used
                write_local(live.folder, self._local(found))
        manifest = live.manifest
        warnings = (*whole.warnings, *settings_warnings(self.kb, self.config))
        return BuildReport(
            index=str(self.index),
            generation=live.folder.name,
            changed=changed,
            articles=manifest.counts["articles"],
            chunks=manifest.counts["chunks"],
            unpublished=manifest.counts["unpublished"],
            embedder=manifest.embedder,
            warnings=(*self._keep(writing), *in_order(warnings, found.paths)),
            skipped=tuple(problems),
            seconds=0.0,
            changes=changes,
            reused=reused,
        )

    def _check(self, problems: Sequence[ArticleError], any_left: bool) -> None:
        if problems and not self.skip_bad:
            count = len({problem.path for problem in problems})
            raise BuildError(
                f"{count} bad {'file' if count == 1 else 'files'}; the live index is untouched",
                problems=problems,
                hint="Mend them, or build without them: --skip-bad (in Python: skip_bad=True)",
            )
        if not any_left:
            raise BuildError(
                f"no Markdown articles (*.md) in {str(self.kb)!r}; the live index is untouched",
                problems=problems,
                hint="Name the folder that holds them: kbassist build FOLDER",
            )

    def _write(self, writing: Writing) -> tuple[Live, int]:
        """Write a generation and make it live; and how many articles it took over."""
        if writing.live is not None and not writing.live.is_intact():
            writing.live, writing.offer = None, NOTHING
        with new_generation(self.index, self.keep) as folder:
            written = write_legs(writing, folder)
            terms = (
                term
                for path in sorted(writing.ids, key=writing.ids.__getitem__)
                for term in writing.public_terms(path)
            )
            write_synonyms(folder, collect_synonyms(terms, self.config, Analyzer()))
            counts = {**writing.draft.counts, "chunks": written.chunks, "vectors": written.vectors}
            manifest = replace(
                writing.draft, counts=counts, files=hash_files(folder, written.files)
            )
            write_manifest(folder, manifest)
            write_local(folder, self._local(writing.found))
        return Live(live_folder(self.index), manifest), written.reused

    def _keep(self, writing: Writing) -> tuple[BuildWarning, ...]:
        """Save what is new in the cache; where that fails, nothing but time is lost."""
        cache, found = writing.cache, writing.found
        damaged = cache.damaged
        if found.new or writing.vectors or cache.touched or damaged:
            cache.save(lambda: chain(found.news(), writing.vectors))
        message = "was damaged or of another version, and is made anew"
        return (BuildWarning(CACHE_NAME, message),) if damaged else ()

    def _manifest(self) -> Manifest:
        """Of the next generation, before its sources and files are known."""
        model = self.model
        return Manifest(
            format=FORMAT,
            library=__version__,
            analyzer=Analyzer().fingerprint,
            chunker=chunker_fingerprint(self.settings.chunks),
            embedder=None if model is None else self.name,
            embedder_fingerprint=None if model is None else model.fingerprint,
            dimension=0 if model is None else model.dimension,
            words=bundled_model().fingerprint,
            bm25=asdict(self.settings.bm25),
            restricted_audiences=self.config.restricted_audiences,
            kb_settings=_fingerprint(self.config),
            counts={},
            sources={},
            files={},
        )

    def _sources(self, found: Gathered) -> dict[str, FileEntry]:
        files = found.sources.values()
        sources = {file.path: FileEntry(file.sha256, file.size) for file in files}
        if (self.kb / KB_CONFIG_NAME).is_file():
            sources[KB_CONFIG_NAME] = file_entry(self.kb / KB_CONFIG_NAME)
        return sources

    def _local(self, found: Gathered) -> Local:
        mtimes = {file.path: file.mtime_ns for file in found.sources.values()}
        if (self.kb / KB_CONFIG_NAME).is_file():
            mtimes[KB_CONFIG_NAME] = (self.kb / KB_CONFIG_NAME).stat().st_mtime_ns
        try:
            place = os.path.relpath(self.kb.resolve(), self.index.resolve())
        except ValueError:  # on another drive of Windows
            place = str(self.kb.resolve())
        return Local(kb=place, mtimes=mtimes)


def _fingerprint(config: KbConfig) -> str:
    """Hex digest of the settings that decide the texts of an index: all but the synonyms."""
    settings = {**asdict(config), "synonyms": ()}
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:32]
