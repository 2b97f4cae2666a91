"""The facade that most users meet: open an index, search it, ask it, read from it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from kbassist import config
from kbassist.answer.cite import SourceFile, read_source
from kbassist.answer.compose import Sources, compose
from kbassist.answer.confidence import Calibration, calibration_for
from kbassist.answer.decide import Case
from kbassist.answer.evidence import Judge, gather
from kbassist.answer.explain import AnswerOrigin
from kbassist.answer.followup import Turn
from kbassist.answer.handoff import signals
from kbassist.answer.locate import Passage, locate
from kbassist.answer.own_language import in_own_language
from kbassist.answer.phraselists import phrases_with
from kbassist.answer.several import by_parts, own_words
from kbassist.config import DEFAULT_TOP_K, AnswerSettings, SearchSettings
from kbassist.conversation import Conversation
from kbassist.errors import UsageError
from kbassist.index.explain import SearchOrigin
from kbassist.index.filters import Filters, texts
from kbassist.index.reader import Index, open_index
from kbassist.index.search import check_types, search
from kbassist.index.status import Status, check_fresh, status_of
from kbassist.index.understand import understand
from kbassist.types import Answer, ArticleMeta, Hit, Mode

if TYPE_CHECKING:
    from kbassist.answer.context import Context
    from kbassist.answer.rendering import Form
    from kbassist.answer.verify import Verification

EVIDENCE_DEPTH = 20
"""Hits among which an answer is looked for, however few the caller wants to see."""


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
        answers: AnswerSettings | None = None,
        today: date | None = None,
    ) -> None:
        self.index = index
        self.settings = settings if settings is not None else SearchSettings()
        self.answers = answers if answers is not None else AnswerSettings()
        self._kb = None if kb is None else Path(os.path.abspath(kb))
        self._today = config.checked_day(today)

    @classmethod
    def open(
        cls,
        index: str | os.PathLike[str] = "indexes/default",
        *,
        kb: str | os.PathLike[str] | None = None,
        settings: SearchSettings | None = None,
        answers: AnswerSettings | None = None,
        today: date | None = None,
    ) -> Assistant:
        """Open the live generation of an index.

        Args:
            index: the index directory.
            kb: the kb folder that citations are re-checked against; by default the one that the
                index was built from, where it is still there.
            settings: of the search.
            answers: thresholds and limits of what is said.
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
        return cls(
            open_index(Path(index)), kb=folder, settings=settings, answers=answers, today=today
        )

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
        asked: str | None = None,
        failures: int = 0,
    ) -> Answer:
        """Answer a question with cited quotes, ask back, decline, or hand over to a person.

        Takes and raises what `search` does.

        Args:
            question: what to search for.
            top_k: hits to return; what is decided does not depend on it.
            mode: which legs rank.
            filters: applied before ranking.
            asked: the user's own words, where a question was completed from earlier turns; such a
                one is answered as a whole.
            failures: questions in a row before this one that got no answer.
        """
        filters = Filters() if filters is None else filters
        said = question if asked is None else asked
        whole = self._ask(question, top_k, mode, filters, said, failures)
        if said != question:
            return whole

        def ask(text: str, own: str) -> Answer:
            return self._ask(text, top_k, mode, filters, own)

        holds = own_words(self.index, self.settings, self.today)
        return by_parts(whole, ask, holds, self.answers)

    def _ask(
        self,
        question: str,
        top_k: int,
        mode: Mode | None,
        filters: Filters,
        said: str,
        failures: int = 0,
    ) -> Answer:
        """Answer a question as a whole."""
        check_types(question, top_k, filters)
        today, depth = self.today, max(top_k, EVIDENCE_DEPTH)
        found = understand(self.index, question, self.settings, day=today)
        hits = search(self.index, question, depth, mode, filters, self.settings, today, found)
        weigh = self.index.evidence_weights
        wanted, added = weigh(found.asked), weigh(found.added)
        meant = found.did_you_mean or question
        hits[:EVIDENCE_DEPTH] = in_own_language(hits[:EVIDENCE_DEPTH], meant)
        quotable = [hit for hit in hits[:EVIDENCE_DEPTH] if hit.chunk.units]
        evidence = gather(meant, quotable, wanted, added, self.judge, weigh(found.meant))
        case = Case(
            question=said,
            meant=meant,
            hits=quotable,
            evidence=evidence,
            confidence=self.calibration.probability(evidence),
            signals=signals(said, phrases_with(self.answers.phrases)),
            content=bool(wanted),
            unknown=self._unknown(wanted),
            failures=failures,
        )
        sources = Sources(text=self.index.store.article_text, file=self._source)
        answer = compose(case, {**added, **wanted}, self.judge, sources, today, self.answers)
        searched = SearchOrigin(self.index, question, found, mode, filters, self.settings, today)
        return replace(
            answer,
            hits=tuple(hits[:top_k]),
            did_you_mean=found.did_you_mean,
            origin=AnswerOrigin(case, self.answers, self.calibration, searched),
        )

    def conversation(self, history: Iterable[Turn] = ()) -> Conversation:
        """A conversation over this assistant, from the start or from earlier turns."""
        return Conversation(self, history)

    def context(self, source: Answer | Sequence[Hit], max_tokens: int) -> Context:
        """Numbered, delimited passages for a language model; see `answer.context.pack`."""
        from kbassist.answer.context import pack

        return pack(source, max_tokens)

    def render(self, answer: Answer, form: Form = "markdown", *, mark: bool = False) -> str:
        """An answer as Markdown or plain text, matched words marked; see `answer.rendering`."""
        from kbassist.answer.rendering import MARKS, render

        return render(answer, form, self.index.analyzer, MARKS.get(form) if mark else None)

    def verify_citations(self, text: str, answer: Answer) -> Verification:
        """Check what a language model wrote from an answer; see `answer.verify`."""
        from kbassist.answer.verify import verify_citations

        return verify_citations(text, answer, self.index.analyzer, self.judge.embedder)

    @cached_property
    def judge(self) -> Judge:
        """What evidence is worked out with: the index's analyzer and the bundled model."""
        index = self.index
        return Judge(index.analyzer.terms, index.static, index.maxsim, index.store.chunk_row)

    @cached_property
    def calibration(self) -> Calibration:
        """The index's own calibration, else the one that comes with the package.

        Raises:
            ConfigError: the index's own is damaged, or of another analyzer or model.
        """
        analyzer, model = self.index.analyzer.fingerprint, self.judge.embedder.fingerprint
        return calibration_for(self.index.path, analyzer, model)

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
            source=self._source(meta).state,
        )

    def status(self) -> Status:
        """What the index holds, and which source files changed since it was built."""
        return status_of(self.index, self.kb, self.today)

    def require_fresh(self) -> None:
        """Raise unless the sources are there and as they were built.

        Raises:
            IndexStale: they changed, or cannot be compared.
        """
        check_fresh(self.index, self.kb)

    def _unknown(self, terms: Iterable[str]) -> tuple[str, ...]:
        df = self.index.bm25.df
        return tuple(term for term in terms if not df(term) and any(map(str.isdigit, term)))

    def _source(self, meta: ArticleMeta) -> SourceFile:
        built = self.index.manifest.sources.get(meta.path)
        return read_source(self.kb, meta.path, built.sha256 if built else None)
