"""The facade that most users meet: open an index, search it, ask it, read from it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kbassist import checks, config
from kbassist.answer import calls
from kbassist.answer.live import Live
from kbassist.answer.locate import Passage
from kbassist.answer.opened import Opened
from kbassist.answer.snapshot import Snapshot
from kbassist.config import DEFAULT_TOP_K, AnswerSettings, SearchSettings
from kbassist.deadline import Deadline
from kbassist.errors import QuestionError, UsageError
from kbassist.index.filters import Filters
from kbassist.index.reader import Index, open_index
from kbassist.index.status import Status
from kbassist.types import Answer, Hit, Mode

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from kbassist.answer.calls import AskOptions, SearchOptions
    from kbassist.answer.context import Context
    from kbassist.answer.followup import Turn
    from kbassist.answer.rendering import Form
    from kbassist.answer.verify import Verification
    from kbassist.conversation import Conversation


class Assistant(Opened):
    """Answers questions from an index; may be shared between threads.

    It stays with the generation that it opened until `reload`, or goes over to new ones by itself
    where it was opened with `follow`; whatever becomes of the index on disk meanwhile, it goes on
    answering. Each call runs on one generation from start to end, so that no answer mixes two.

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
        follow: bool = False,
        log_questions: bool = False,
    ) -> None:
        folder = None if kb is None else checks.path("kb", kb)
        first = Snapshot(
            index=checks.instance("index", index, Index, "Open one: Assistant.open(path)."),
            folder=None if folder is None else Path(os.path.abspath(folder)),
            settings=checks.optional("settings", settings, SearchSettings) or SearchSettings(),
            answers=checks.optional("answers", answers, AnswerSettings) or AnswerSettings(),
            day=config.checked_day(today),
        )
        self._live = Live(
            first,
            follow=checks.instance("follow", follow, bool),
            log_questions=checks.instance("log_questions", log_questions, bool),
        )

    @classmethod
    def open(
        cls,
        index: str | os.PathLike[str] = "indexes/default",
        *,
        kb: str | os.PathLike[str] | None = None,
        settings: SearchSettings | None = None,
        answers: AnswerSettings | None = None,
        today: date | None = None,
        follow: bool = False,
        log_questions: bool = False,
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
            follow: go over to a new generation by itself, before the next call; where that cannot
                be opened, the one that is open goes on answering, and a warning is logged.
            log_questions: let the text of questions into the log (`answer.logs`).

        Raises:
            IndexMissing: there is no index at the path.
            IndexBroken: a file of it is missing, damaged or cannot be read.
            IndexIncompatible: it was built by another format, analyzer or chunker.
            UsageError: the kb folder is not there, or a value is of another type.
        """
        folder = None if kb is None else checks.path("kb", kb)
        if folder is not None and not folder.is_dir():
            raise UsageError(
                f"no such kb folder: {str(folder)!r}",
                hint="Name a folder that is there (--kb), or leave it out.",
            )
        return cls(
            open_index(checks.path("index", index)),
            kb=folder,
            settings=settings,
            answers=answers,
            today=today,
            follow=follow,
            log_questions=log_questions,
        )

    def reload(self) -> bool:
        """Go over to the live generation, where that is another one or its calibration changed.

        Cheap where nothing changed: it may be called before every question, and is where the
        assistant was opened with `follow`. Calls that are under way in other threads end on the
        generation that they began with.

        Returns:
            Whether anything changed.

        Raises:
            UnusableIndex: as `open`; the assistant then stays with the generation that it has.
        """
        return self._live.reload()

    def search(
        self,
        question: str,
        *,
        top_k: int = DEFAULT_TOP_K,
        mode: Mode | None = None,
        filters: Filters | None = None,
        timeout: float | None = None,
    ) -> list[Hit]:
        """The chunks that match a question, best first.

        Args:
            question: 1 to `settings.max_question_chars` characters.
            top_k: at most this many hits, 1 to 1,000.
            mode: which legs rank; by default both where the index has vectors.
            filters: applied before ranking; without them all unrestricted articles are searched
                that are valid today.
            timeout: seconds after which the call gives up, at its next step; None for never.

        Raises:
            EmptyQuestion: nothing to search for.
            QuestionTooLong: over the limit.
            FilterError: a filter that cannot be used.
            TimedOut: it took longer than `timeout`.
            UsageError: an unknown mode, `top_k` out of range, or a value of another type.
        """
        return calls.search(self._live, Deadline(timeout), question, top_k, mode, filters)

    def ask(
        self,
        question: str,
        *,
        top_k: int = DEFAULT_TOP_K,
        mode: Mode | None = None,
        filters: Filters | None = None,
        asked: str | None = None,
        failures: int = 0,
        language: str | None = None,
        timeout: float | None = None,
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
            language: tag of what the user reads, such as `en`: a section that is there in it is
                quoted in it; by default the language of the question.
            timeout: seconds after which the call gives up.
        """
        wanted = (question, top_k, mode, filters, asked, failures, language)
        return calls.ask(self._live, Deadline(timeout), *wanted)

    def search_many(
        self,
        questions: Sequence[str],
        *,
        top_k: int = DEFAULT_TOP_K,
        mode: Mode | None = None,
        filters: Filters | None = None,
        threads: int | None = None,
        timeout: float | None = None,
    ) -> list[list[Hit] | QuestionError]:
        """What `search` finds for each question, in their order.

        A question that cannot be asked has its error in place of its hits, and the others keep
        theirs. Whatever concerns all of them is raised. `timeout` is for all of them together. See
        `answer.batch.search_many`.
        """
        deadline = Deadline(timeout)
        return calls.search_many(self._live, deadline, questions, top_k, mode, filters, threads)

    async def asearch(self, question: str, **options: Unpack[SearchOptions]) -> list[Hit]:
        """`search` for asyncio, in a thread; takes and raises the same."""
        return await calls.awaited(calls.search, self._live, question, options)

    async def aask(self, question: str, **options: Unpack[AskOptions]) -> Answer:
        """`ask` for asyncio, in a thread; takes and raises the same."""
        return await calls.awaited(calls.ask, self._live, question, options)

    def conversation(self, history: Iterable[Turn] = ()) -> Conversation:
        """A conversation over this assistant, from the start or from earlier turns."""
        from kbassist.conversation import Conversation

        return Conversation(self, history)

    def context(self, source: Answer | Sequence[Hit], max_tokens: int) -> Context:
        """Numbered, delimited passages for a language model; see `answer.context.pack`."""
        from kbassist.answer.context import pack

        return pack(source, max_tokens)

    def render(
        self,
        answer: Answer,
        form: Form = "markdown",
        *,
        mark: bool = False,
        sources: bool = True,
        notes: bool = True,
        near: bool = False,
    ) -> str:
        """An answer as Markdown or plain text, matched words marked; see `answer.rendering`."""
        from kbassist.answer.rendering import MARKS, render

        checks.instance("answer", answer, Answer)
        checks.instance("form", form, str)
        shown = {"sources": sources, "notes": notes, "near": near}
        for name, value in (("mark", mark), *shown.items()):
            checks.instance(name, value, bool)
        marks = MARKS.get(form) if mark else None
        return render(answer, form, self.index.analyzer, marks, **shown)

    def verify_citations(self, text: str, answer: Answer) -> Verification:
        """Check what a language model wrote from an answer; see `answer.verify`."""
        from kbassist.answer.verify import verify_citations

        checks.instance("text", text, str)
        checks.instance("answer", answer, Answer)
        now = self._live.snapshot
        return verify_citations(text, answer, now.index.analyzer, now.judge.embedder)

    def get(
        self, ref: str, *, audience: Sequence[str] = (), before: int = 0, after: int = 0
    ) -> Passage:
        """Read an article, a chunk or lines of a file, as they were built.

        Args:
            ref: article id, chunk id, path, or `path:start-end` (1-based, inclusive). A path may be
                relative to the working directory where that leads into the kb folder.
            audience: restricted labels that the caller names.
            before: lines of context before it; `Passage.asked_start_line` tells them apart.
            after: lines of context after it.

        Raises:
            NotFound: nothing that the caller may see has this name.
            UsageError: the lines are not in the article, or another value cannot be used.
        """
        return calls.get(self._live, ref, audience, before, after)

    def status(self) -> Status:
        """What the index holds, and which source files changed since it was built."""
        return calls.status(self._live)

    def require_fresh(self) -> None:
        """Raise IndexStale where the sources changed since the build, or cannot be compared."""
        self._live.snapshot.require_fresh()
