"""The facade that most users meet: open an index, search it, ask it, read from it."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

from kbassist import config
from kbassist.answer.cite import source_state
from kbassist.answer.decide import NO_EVIDENCE, Sources, answer
from kbassist.answer.locate import Passage, locate
from kbassist.config import DEFAULT_TOP_K, SearchSettings
from kbassist.errors import IndexStale, UsageError
from kbassist.index.filters import Filters, texts
from kbassist.index.generation import rebuild_command
from kbassist.index.manifest import Manifest
from kbassist.index.reader import Index, open_index
from kbassist.index.search import MAX_TOP_K, check_types, query_terms, search
from kbassist.index.status import Changes, compare
from kbassist.types import Answer, ArticleMeta, Hit, Mode, SourceState

EVIDENCE_DEPTH = 20
"""Hits among which an answer is looked for, however few the caller wants to see."""


@dataclass(frozen=True, slots=True)
class Status:
    """What an index holds and how it compares with its sources."""

    index: str
    generation: str
    kb: str | None
    """The kb folder; None where the sources are not there."""
    manifest: Manifest
    changes: Changes | None
    """None where the sources are not there, so nothing can be told."""
    articles: tuple[ArticleMeta, ...]
    today: date
    """The day that validity is judged on."""

    @property
    def upcoming(self) -> tuple[ArticleMeta, ...]:
        """Articles that are not searched yet: their `valid_from` is still to come."""
        return tuple(a for a in self.articles if a.valid_from and a.valid_from > self.today)

    @property
    def ended(self) -> tuple[ArticleMeta, ...]:
        """Articles that are searched no longer: their `valid_until` is over."""
        return tuple(a for a in self.articles if a.valid_until and a.valid_until < self.today)

    @property
    def fresh(self) -> bool | None:
        """True if the sources are as built, False if not, None where that cannot be told."""
        return None if self.changes is None else not self.changes.any


class Assistant:
    """Answers questions from one generation of an index; may be shared between threads.

    Example:
        >>> assistant = Assistant.open("indexes/default")  # doctest: +SKIP
        >>> assistant.ask("提币一直没到账怎么办？").action  # doctest: +SKIP
        'answer'
    """

    def __init__(
        self,
        index: Index,
        *,
        kb: Path | None = None,
        settings: SearchSettings | None = None,
        today: date | None = None,
    ) -> None:
        self.index = index
        self.settings = settings if settings is not None else SearchSettings()
        self._kb = None if kb is None else Path(os.path.abspath(kb))
        if today is not None and (not isinstance(today, date) or isinstance(today, datetime)):
            raise UsageError(
                f"today must be a date without a time, found {today!r}",
                hint="Write datetime.date(2026, 11, 21), say.",
            )
        self._today = today

    @classmethod
    def open(
        cls,
        index: str | os.PathLike[str] = "indexes/default",
        *,
        kb: str | os.PathLike[str] | None = None,
        settings: SearchSettings | None = None,
        today: date | None = None,
    ) -> Assistant:
        """Open the live generation of an index.

        Args:
            index: the index directory.
            kb: the kb folder that citations are re-checked against; by default the one that the
                index was built from, where it is still there.
            settings: of the search.
            today: the day that staleness and validity are judged on; by default KBASSIST_TODAY or
                the clock.

        Raises:
            IndexMissing: there is no index at the path.
            IndexBroken: a file of it is missing, damaged or cannot be read.
            IndexIncompatible: it was built by another format, analyzer or chunker.
            UsageError: the kb folder is not there, or today is no date.
        """
        folder = None if kb is None else Path(kb)
        if folder is not None and not folder.is_dir():
            raise UsageError(
                f"no such kb folder: {str(folder)!r}",
                hint="Name a folder that is there (--kb), or leave it out.",
            )
        return cls(open_index(Path(index)), kb=folder, settings=settings, today=today)

    @property
    def kb(self) -> Path | None:
        """The kb folder that citations are re-checked against; None where it is not there."""
        if self._kb is None:
            return self.index.kb
        return self._kb if self._kb.is_dir() else None

    @property
    def today(self) -> date:
        """The day that staleness and validity are judged on."""
        return config.today(self._today)

    def search(
        self,
        question: str,
        *,
        top_k: int = DEFAULT_TOP_K,
        mode: Mode | None = None,
        filters: Filters | None = None,
    ) -> list[Hit]:
        """The chunks that match a question, best first.

        Args:
            question: 1 to `settings.max_question_chars` characters.
            top_k: at most this many hits, 1 to 1,000.
            mode: which legs rank; by default both where the index has vectors.
            filters: applied before ranking; without them all unrestricted articles are searched
                that are valid today.

        Raises:
            EmptyQuestion: nothing to search for.
            QuestionTooLong: over the limit.
            FilterError: a filter that cannot be used.
            UsageError: an unknown mode, `top_k` out of range, or a value of another type.
        """
        filters = Filters() if filters is None else filters
        return search(self.index, question, top_k, mode, filters, self.settings, self.today)

    def ask(
        self,
        question: str,
        *,
        top_k: int = DEFAULT_TOP_K,
        mode: Mode | None = None,
        filters: Filters | None = None,
    ) -> Answer:
        """Answer a question with cited quotes, or abstain.

        Takes and raises what `search` does. The action is `abstain` when no hit matches a term of
        the question that is more than a stop word.
        """
        filters = Filters() if filters is None else filters
        check_types(question, top_k, filters)
        asked = query_terms(self.index, question, self.settings)
        weights, total = self.index.evidence_weights(asked), self.index.evidence_total(asked)
        sources = Sources(text=self.index.store.article_text, state=self._state)
        terms, today = self.index.analyzer.terms, self.today

        def look(depth: int) -> Answer:
            hits = self.search(question, top_k=max(top_k, depth), mode=mode, filters=filters)
            return answer(question, hits, weights, terms, sources, today, total)

        found = look(EVIDENCE_DEPTH)
        if found.reason == NO_EVIDENCE:  # its stop words may outweigh its content
            found = look(min(self.settings.candidates, MAX_TOP_K))
        return replace(found, hits=found.hits[:top_k])

    def get(self, ref: str, *, audience: Sequence[str] = ()) -> Passage:
        """Read an article, a chunk or lines of a file, as they were built.

        Args:
            ref: article id, chunk id, path, or `path:start-end` (1-based, inclusive). A path may be
                relative to the working directory where that leads into the kb folder.
            audience: restricted labels that the caller names.

        Raises:
            NotFound: nothing that the caller may see has this name.
            FilterError: the audience is not a tuple of texts.
            UsageError: the lines are not in the article.
        """
        labels = texts("audience", audience)
        meta, chunk_id, lines = locate(self.index, ref, labels, self.kb)
        text = self.index.store.article_text(meta.id).split("\n")
        return Passage(
            article=meta,
            chunk_id=chunk_id,
            start_line=lines.start,
            lines=tuple(text[lines.start - 1 : lines.stop - 1]),
            source=self._state(meta),
        )

    def status(self) -> Status:
        """What the index holds, and which source files changed since it was built."""
        kb = self.kb
        return Status(
            index=str(self.index.path),
            generation=self.index.generation,
            kb=None if kb is None else str(kb),
            manifest=self.index.manifest,
            changes=None if kb is None else compare(self.index.manifest.sources, kb),
            articles=tuple(self.index.store.articles()),
            today=self.today,
        )

    def require_fresh(self) -> None:
        """Raise unless the sources are there and as they were built.

        Raises:
            IndexStale: they changed, or cannot be compared.
        """
        kb = self.kb
        if kb is None:
            raise IndexStale(
                "cannot tell whether the index is fresh: its sources are not there",
                hint="Name the folder where they are now (--kb).",
            )
        changes = compare(self.index.manifest.sources, kb)
        if changes.any:
            raise IndexStale(
                f"the index is stale: {len(changes.added)} added, {len(changes.changed)} changed,"
                f" {len(changes.deleted)} deleted since it was built",
                hint=f"Rebuild it: {rebuild_command(self.index.path, kb)}",
            )

    def _state(self, meta: ArticleMeta) -> SourceState:
        built = self.index.manifest.sources.get(meta.path)
        return source_state(self.kb, meta.path, built.sha256 if built else None)
