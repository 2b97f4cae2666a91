"""One generation with all that an answer from it needs: what questions run on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from pathlib import Path

from kbassist import config
from kbassist.answer.cite import SourceFile, source_of
from kbassist.answer.compose import Sources, compose
from kbassist.answer.confidence import FILE_NAME, Calibration, calibration_for
from kbassist.answer.decide import Case
from kbassist.answer.evidence import Judge, gather
from kbassist.answer.explain import AnswerOrigin
from kbassist.answer.handoff import signals
from kbassist.answer.locate import Passage, context, locate
from kbassist.answer.own_language import in_own_language
from kbassist.answer.phraselists import phrases_with
from kbassist.answer.request import Request
from kbassist.answer.several import by_parts, own_words
from kbassist.answer.smalltalk import is_small_talk
from kbassist.config import AnswerSettings, SearchSettings
from kbassist.deadline import check_deadline
from kbassist.index.diagnose import diagnosing
from kbassist.index.explain import SearchOrigin
from kbassist.index.filters import Filters, texts
from kbassist.index.generation import Stamp, stamp
from kbassist.index.reader import Index, open_index
from kbassist.index.search import search
from kbassist.index.status import Status, check_fresh, status_of
from kbassist.index.understand import understand
from kbassist.index.understanding import Understanding
from kbassist.text.language import UNDETERMINED, detect_query
from kbassist.types import Answer, ArticleMeta, Hit, Mode

EVIDENCE_DEPTH = 20
"""Hits among which an answer is looked for, however few the caller wants to see."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question with all that is decided and said of it."""

    case: Case
    hits: list[Hit]
    """Best first, at least those of the case."""
    found: Understanding
    weights: Mapping[str, float]
    """Term → weight · idf, for the terms whose match counts as evidence."""


@dataclass(frozen=True)
class Snapshot:
    """Answers from one generation; it never changes, and threads may share it.

    An `Assistant` takes one for each call, so that no answer mixes two generations. What the
    methods take and raise is said there.
    """

    index: Index
    folder: Path | None
    """The kb folder that was named, absolute; None for the one that the index was built from."""
    settings: SearchSettings
    answers: AnswerSettings
    day: date | None
    """The day that was named; None for the clock's."""
    fitted: Calibration | None = None
    """What the confidence is worked out by; None for the index's own, or the bundled one."""

    @property
    def kb(self) -> Path | None:
        """The kb folder that citations are re-checked against; None where it is not there."""
        if self.folder is None:
            return self.index.kb
        return self.folder if self.folder.is_dir() else None

    @property
    def today(self) -> date:
        """The day that staleness and validity are judged on."""
        return config.today(self.day)

    @cached_property
    def judge(self) -> Judge:
        """What evidence is worked out with: the index's analyzer and the bundled model."""
        index = self.index
        return Judge(index.analyzer.terms, index.static, index.maxsim, index.store.chunk_row)

    @cached_property
    def calibration(self) -> Calibration:
        """The one that was given, else the index's own, else the one that comes with the package.

        Raises:
            ConfigError: the index's own is damaged, or of another analyzer or model.
        """
        if self.fitted is not None:
            return self.fitted
        _ = self._calibration_stamp  # before the file is read: a later change must show
        analyzer, model = self.index.analyzer.fingerprint, self.judge.embedder.fingerprint
        return calibration_for(self.place, analyzer, model)

    def renewed(self) -> Snapshot:
        """One of the live generation and calibration; this one where they are the same.

        Raises:
            UnusableIndex: the live generation cannot be opened.
            ConfigError: its calibration cannot be used.
        """
        if not self.index.is_live:
            found = replace(self, index=open_index(self.place))
        elif self._calibration_stamp != stamp(self.place / FILE_NAME):
            found = replace(self)
        else:
            return self
        _ = found.calibration  # what would fail, or be slow, at the first question is done here
        return found

    def search(self, question: str, top_k: int, mode: Mode | None, filters: Filters) -> list[Hit]:
        """The chunks that match a question, best first."""
        with diagnosing(self.index.folder):
            return search(self.index, question, top_k, mode, filters, self.settings, self.today)

    def ask(self, request: Request) -> Answer:
        """Answer a question, part by part where that helps."""
        today = self.today
        if request.said != request.question:
            return self._follow_up(request, today)
        whole = self._ask(request, today)

        def ask(text: str, own: str) -> Answer:
            return self._ask(replace(request, question=text, asked=own, failures=0), today)

        return by_parts(whole, ask, own_words(self.index, self.settings, today), self.answers)

    def _follow_up(self, request: Request, today: date) -> Answer:
        """Answer a question that was completed from earlier turns.

        What is urgent is never laid beside an earlier question, whose answer would cover it up.
        """
        from kbassist.answer.leaning import follow_up  # for conversations only

        def completed() -> Answer:
            if (other := _switched(request)) is not None:
                found = self._ask(replace(request, language=other), today)
                if found.citations:
                    return found
            return self._ask(request, today)

        def alone() -> Answer:
            return self.ask(replace(request, question=request.said, asked=None))

        if signals(request.said, phrases_with(self.answers.phrases)).urgent:
            return alone()
        return follow_up(
            request.said,
            completed,
            alone,
            own_words(self.index, self.settings, today),
            self.answers,
        )

    def _ask(self, request: Request, today: date) -> Answer:
        """Answer a question as a whole."""
        check_deadline()  # once for each part
        with diagnosing(self.index.folder):
            return self._checked(request, today)

    def _checked(self, request: Request, today: date) -> Answer:
        judged = self._judged(request, today)
        check_deadline()
        sources = Sources(text=self.index.store.article_text, file=self._source)
        case = judged.case
        answer = compose(case, judged.weights, self.judge, sources, today, self.answers)
        searched = SearchOrigin(
            self.index,
            request.question,
            judged.found,
            request.mode,
            request.filters,
            self.settings,
            today,
        )
        return replace(
            answer,
            hits=tuple(judged.hits[: request.top_k]),
            did_you_mean=judged.found.did_you_mean,
            origin=AnswerOrigin(case, self.answers, self.calibration, searched),
        )

    def judged(self, question: str, filters: Filters) -> Judged:
        """What `ask` decides on for a question as a whole, without saying it.

        Raises:
            QuestionError: it cannot be asked.
            FilterError: a filter that cannot be used.
        """
        request = Request(question, filters=filters)
        with diagnosing(self.index.folder):
            return self._judged(request, self.today)

    def _judged(self, request: Request, today: date) -> Judged:
        index, question, settings = self.index, request.question, self.settings
        if is_small_talk(request.said):
            return self._idle(request, today)
        found = understand(index, question, settings, day=today)
        depth = max(request.top_k, EVIDENCE_DEPTH)
        mode, filters = request.mode, request.filters
        hits = search(index, question, depth, mode, filters, settings, today, found)
        weigh = self.index.evidence_weights
        wanted, added = weigh(found.asked), weigh(found.added)
        meant = found.did_you_mean or question
        check_deadline()
        hits[:EVIDENCE_DEPTH] = in_own_language(hits[:EVIDENCE_DEPTH], meant, request.reads)
        quotable = [hit for hit in hits[:EVIDENCE_DEPTH] if hit.chunk.units]
        evidence = gather(meant, quotable, wanted, added, self.judge, weigh(found.meant))
        case = Case(
            question=request.said,
            meant=meant,
            hits=quotable,
            evidence=evidence,
            confidence=self.calibration.probability(evidence),
            signals=signals(request.said, phrases_with(self.answers.phrases)),
            content=bool(wanted),
            unknown=self._unknown(wanted),
            failures=request.failures,
            reads=request.reads,
        )
        return Judged(case, hits, found, {**added, **wanted})

    def _idle(self, request: Request, today: date) -> Judged:
        """A message that asks nothing: its caller's options are checked, and nothing is searched.

        There may be nothing to search for in it, such as in an emoji.
        """
        self.index.mode(request.mode)
        self.index.mask(request.filters, today)
        evidence = gather(request.said, (), {}, {}, self.judge, {})
        case = Case(
            question=request.said,
            meant=request.said,
            hits=(),
            evidence=evidence,
            confidence=self.calibration.probability(evidence),
            signals=signals(request.said, phrases_with(self.answers.phrases)),
            small_talk=True,
        )
        return Judged(case, [], Understanding((), (), (), (), (), None), {})

    def get(self, ref: str, audience: Sequence[str], before: int = 0, after: int = 0) -> Passage:
        """Read an article, a chunk or lines of a file, as they were built."""
        labels = texts("audience", audience)
        with diagnosing(self.index.folder):
            meta, chunk_id, asked = locate(self.index, ref, labels, self.kb)
            text = self.index.store.article_text(meta.id).removesuffix("\n").split("\n")
        lines = context(asked, before, after, len(text))
        return Passage(
            article=meta,
            chunk_id=chunk_id,
            start_line=lines.start,
            lines=tuple(text[lines.start - 1 : lines.stop - 1]),
            source=self._source(meta).state,
            asked_start_line=asked.start,
            asked_end_line=asked.stop - 1,
        )

    def status(self) -> Status:
        """What the index holds, and which source files changed since it was built."""
        with diagnosing(self.index.folder):
            return status_of(self.index, self.kb, self.today)

    def require_fresh(self) -> None:
        """Raise unless the sources are there and as they were built."""
        check_fresh(self.index, self.kb)

    @property
    def place(self) -> Path:
        """The index directory, absolute."""
        return self.index.folder.parent

    @cached_property
    def _calibration_stamp(self) -> Stamp:
        return stamp(self.place / FILE_NAME)

    def _unknown(self, terms: Iterable[str]) -> tuple[str, ...]:
        df = self.index.bm25.df
        return tuple(term for term in terms if not df(term) and any(map(str.isdigit, term)))

    def _source(self, meta: ArticleMeta) -> SourceFile:
        return source_of(self.index, meta, self.kb)


def _switched(request: Request) -> str | None:
    """Primary language of the user's own words, where it is not that of the completed question."""
    said, completed = (
        detect_query(text).partition("-")[0] for text in (request.said, request.question)
    )
    return None if request.language or said in (UNDETERMINED, completed) else said
