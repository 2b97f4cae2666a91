"""Many questions at once: a list of them, in threads where that pays."""

from __future__ import annotations

import contextvars
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

from kbassist import checks
from kbassist.answer.snapshot import Snapshot
from kbassist.errors import QuestionError, UsageError
from kbassist.index.filters import Filters
from kbassist.types import Hit, Mode

THREADS_PAY = 50_000
"""Chunks from which on threads are worth their while: in a smaller index most of a search is
Python, which runs on one core at a time (docs/performance.md)."""


def search_many(
    snapshot: Snapshot,
    questions: Sequence[str],
    top_k: int,
    mode: Mode | None,
    filters: Filters,
    threads: int | None,
) -> list[list[Hit] | QuestionError]:
    """What `Snapshot.search` finds for each question, or the error of one that cannot be asked.

    Args:
        snapshot: searched; the day is that of the call for all of them.
        questions: any number.
        top_k: at most this many hits each.
        mode: which legs rank.
        filters: applied before ranking.
        threads: at work at once, 1 or more; None for what suits the index and the machine.

    Raises:
        UsageError: no sequence of texts, `threads` out of range, or as `Snapshot.search`.
        FilterError: a filter that cannot be used.
        TimedOut: the deadline of the call has passed.
    """
    if isinstance(questions, str) or not isinstance(questions, Sequence):
        raise UsageError(
            f"the questions must be a list of texts, found {type(questions).__name__}",
            hint="For one question there is search().",
        )
    fixed = replace(snapshot, day=snapshot.today)

    def search(question: str) -> list[Hit] | QuestionError:
        try:
            return fixed.search(question, top_k, mode, filters)
        except QuestionError as error:
            return error

    count = min(_threads(threads, len(snapshot.index.bm25)), len(questions))
    if count <= 1:
        return [search(question) for question in questions]
    contexts = [contextvars.copy_context() for _ in questions]  # the deadline is in them
    with ThreadPoolExecutor(count, thread_name_prefix="kbassist") as pool:
        return list(pool.map(lambda context, text: context.run(search, text), contexts, questions))


def _threads(wanted: int | None, chunks: int) -> int:
    if wanted is None:
        return (os.cpu_count() or 1) if chunks >= THREADS_PAY else 1
    return checks.whole("threads", wanted, 1, "Leave it out for what suits the machine.")
