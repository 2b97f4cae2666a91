"""The facade that most users meet: open an index, search it, ask it, read from it."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kbassist import config
from kbassist.answer.confidence import Calibration
from kbassist.answer.evidence import Judge
from kbassist.answer.locate import Passage
from kbassist.answer.snapshot import Snapshot
from kbassist.config import DEFAULT_TOP_K, AnswerSettings, SearchSettings
from kbassist.errors import QuestionError, UsageError
from kbassist.index.filters import Filters
from kbassist.index.reader import Index, open_index
from kbassist.index.status import Status
from kbassist.types import Answer, Hit, Mode

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from kbassist.answer.batch import AskOptions, SearchOptions
    from kbassist.answer.context import Context
    from kbassist.answer.followup import Turn
    from kbassist.answer.rendering import Form
    from kbassist.answer.verify import Verification
    from kbassist.conversation import Conversation


class Assistant:
    """Answers questions from an index; may be shared between threads.

    It stays with the generation that it opened until `reload`, and whatever becomes of the index
    on disk meanwhile, it goes on answering. Each call runs on one generation from start to end, so
    a `reload` in another thread never shows within an answer.

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
        self._snapshot = Snapshot(
            index=index,
            folder=None if kb is None else Path(os.path.abspath(kb)),
            settings=settings if settings is not None else SearchSettings(),
            answers=answers if answers is not None else AnswerSettings(),
            day=config.checked_day(today),
        )
        self._changing = threading.Lock()

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

    def reload(self) -> bool:
        """Go over to the live generation, where that is another one or its calibration changed.

        Cheap where nothing changed: it may be called before every question. Calls that are under
        way in other threads end on the generation that they began with.

        Returns:
            Whether anything changed.

        Raises:
            UnusableIndex: as `open`; the assistant then stays with the generation that it has.
        """
        with self._changing:
            found = self._snapshot.renewed()
            changed = found is not self._snapshot
            self._snapshot = found
        return changed

    @property
    def index(self) -> Index:
        """The open generation."""
        return self._snapshot.index

    @property
    def settings(self) -> SearchSettings:
        """Of the search."""
        return self._snapshot.settings

    @property
    def answers(self) -> AnswerSettings:
        """Thresholds and limits of what is said."""
        return self._snapshot.answers

    @property
    def kb(self) -> Path | None:
        """The kb folder that citations are re-checked against; None where it is not there."""
        return self._snapshot.kb

    @property
    def today(self) -> date:
        """The day that staleness and validity are judged on."""
        return self._snapshot.today

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
        return self._snapshot.search(question, top_k, mode, filters)

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
        return self._snapshot.ask(question, top_k, mode, filters, said, failures)

    def search_many(
        self,
        questions: Sequence[str],
        *,
        top_k: int = DEFAULT_TOP_K,
        mode: Mode | None = None,
        filters: Filters | None = None,
        threads: int | None = None,
    ) -> list[list[Hit] | QuestionError]:
        """What `search` finds for each question, in their order.

        A question that cannot be asked has its error in place of its hits, and the others keep
        theirs. Whatever concerns all of them is raised. See `answer.batch.search_many`.
        """
        from kbassist.answer.batch import search_many

        filters = Filters() if filters is None else filters
        return search_many(self._snapshot, questions, top_k, mode, filters, threads)

    async def asearch(self, question: str, **options: Unpack[SearchOptions]) -> list[Hit]:
        """`search` in a thread, for asyncio; takes and raises the same."""
        from kbassist.answer.batch import in_thread

        return await in_thread(self.search, question, **options)

    async def aask(self, question: str, **options: Unpack[AskOptions]) -> Answer:
        """`ask` in a thread, for asyncio; takes and raises the same."""
        from kbassist.answer.batch import in_thread

        return await in_thread(self.ask, question, **options)

    def conversation(self, history: Iterable[Turn] = ()) -> Conversation:
        """A conversation over this assistant, from the start or from earlier turns."""
        from kbassist.conversation import Conversation

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

        now = self._snapshot
        return verify_citations(text, answer, now.index.analyzer, now.judge.embedder)

    @property
    def judge(self) -> Judge:
        """What evidence is worked out with: the index's analyzer and the bundled model."""
        return self._snapshot.judge

    @property
    def calibration(self) -> Calibration:
        """What confidence is worked out by: the index's own, else the package's, or one set here.

        Raises:
            ConfigError: the index's own is damaged, or of another analyzer or model.
        """
        return self._snapshot.calibration

    @calibration.setter
    def calibration(self, value: Calibration) -> None:
        with self._changing:
            self._snapshot = replace(self._snapshot, fitted=value)

    def get(
        self, ref: str, *, audience: Sequence[str] = (), before: int = 0, after: int = 0
    ) -> Passage:
        """Read an article, a chunk or lines of a file, as they were built.

        Args:
            ref: article id, chunk id, path, or `path:start-end` (1-based, inclusive). A path may be
                relative to the working directory where that leads into the kb folder.
            audience: restricted labels that the caller names.
            before: lines of context before it, which are no `asked` lines.
            after: lines of context after it.

        Raises:
            NotFound: nothing that the caller may see has this name.
            UsageError: the lines are not in the article, or another value cannot be used.
        """
        return self._snapshot.get(ref, audience, before, after)

    def status(self) -> Status:
        """What the index holds, and which source files changed since it was built."""
        return self._snapshot.status()

    def require_fresh(self) -> None:
        """Raise IndexStale where the sources changed since the build, or cannot be compared."""
        self._snapshot.require_fresh()
