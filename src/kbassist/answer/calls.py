"""The calls of an assistant: each on one generation, under a deadline, and logged."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypedDict, TypeVar

from kbassist.answer import logs
from kbassist.answer.live import Live
from kbassist.answer.locate import Passage
from kbassist.answer.request import Request
from kbassist.config import DEFAULT_TOP_K
from kbassist.deadline import Deadline
from kbassist.errors import QuestionError, TimedOut
from kbassist.index.filters import Filters
from kbassist.index.status import Status
from kbassist.types import Answer, Hit, Mode

Found = TypeVar("Found")


class SearchOptions(TypedDict, total=False):
    """What `Assistant.search` takes beside the question."""

    top_k: int
    mode: Mode | None
    filters: Filters | None
    timeout: float | None


class TurnOptions(SearchOptions, total=False):
    """What `Conversation.ask` takes beside the question."""

    language: str | None


class AskOptions(TurnOptions, total=False):
    """What `Assistant.ask` takes beside the question."""

    asked: str | None
    failures: int


def search(
    live: Live,
    deadline: Deadline,
    question: str,
    top_k: int = DEFAULT_TOP_K,
    mode: Mode | None = None,
    filters: Filters | None = None,
) -> list[Hit]:
    """See `Assistant.search`."""
    wanted = Filters() if filters is None else filters
    return live.run(
        "search",
        lambda now: now.search(question, top_k, mode, wanted),
        deadline,
        question,
        logs.about_hits,
    )


def ask(
    live: Live,
    deadline: Deadline,
    question: str,
    top_k: int = DEFAULT_TOP_K,
    mode: Mode | None = None,
    filters: Filters | None = None,
    asked: str | None = None,
    failures: int = 0,
    language: str | None = None,
) -> Answer:
    """See `Assistant.ask`."""
    wanted = Filters() if filters is None else filters
    return live.run(
        "ask",
        lambda now: now.ask(Request(question, top_k, mode, wanted, asked, failures, language)),
        deadline,
        question if asked is None else asked,
        logs.about_answer,
    )


def search_many(
    live: Live,
    deadline: Deadline,
    questions: Sequence[str],
    top_k: int,
    mode: Mode | None,
    filters: Filters | None,
    threads: int | None,
) -> list[list[Hit] | QuestionError]:
    """See `Assistant.search_many`."""
    from kbassist.answer import batch

    wanted = Filters() if filters is None else filters
    return live.run(
        "search_many",
        lambda now: batch.search_many(now, questions, top_k, mode, wanted, threads),
        deadline,
        figures=lambda found: {"questions": len(found)},
    )


def get(live: Live, ref: str, audience: Sequence[str], before: int, after: int) -> Passage:
    """See `Assistant.get`."""
    return live.run(
        "get",
        lambda now: now.get(ref, audience, before, after),
        Deadline(None),
        figures=lambda found: {"ref": found.ref},
    )


def status(live: Live) -> Status:
    """See `Assistant.status`."""
    return live.run(
        "status",
        lambda now: now.status(),
        Deadline(None),
        figures=lambda found: {"fresh": found.fresh},
    )


async def awaited(
    call: Callable[..., Found], live: Live, question: str, options: Mapping[str, Any]
) -> Found:
    """`search` or `ask` in a thread; its timeout counts from now, the waiting included."""
    from kbassist.answer.workers import in_worker

    others = dict(options)
    deadline = Deadline(others.pop("timeout", None))
    started, now = time.perf_counter(), live.snapshot
    try:
        return await in_worker(lambda: call(live, deadline, question, **others), deadline)
    except TimedOut as error:
        if deadline.given_up and deadline.tells():  # its thread is at it still, or never was
            live.log_failure(call.__name__, now, started, question, error)
        raise
