"""Calls for asyncio: in threads of their own, so that the loop goes on meanwhile.

Two threads serve all assistants of a process, however many questions wait. Most of a question is
Python, which runs in one thread at a time: more threads answer fewer questions a second and let the
loop stall (docs/decisions.md). Asyncio's own threads are left to what else the program does in
them, such as looking up host names.
"""

from __future__ import annotations

import asyncio
import contextvars
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import TypeVar

from kbassist.deadline import Deadline

WORKERS = 2
"""Threads of a process that answer for asyncio."""

Found = TypeVar("Found")


class _Workers:
    """The threads, started with the first call, and anew in a process that was forked."""

    def __init__(self) -> None:
        self.forget()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self.forget)

    def forget(self) -> None:
        self._lock = Lock()
        self._threads: ThreadPoolExecutor | None = None

    def threads(self) -> ThreadPoolExecutor:
        with self._lock:
            if self._threads is None:
                self._threads = ThreadPoolExecutor(WORKERS, thread_name_prefix="kbassist")
            return self._threads


_workers = _Workers()


async def in_worker(call: Callable[[], Found], deadline: Deadline) -> Found:
    """Await a call that runs in one of the threads, with the caller's context variables.

    Calls begin in the order in which they came. Where the deadline passes or the task is cancelled,
    a call that waits never begins, and one under way gives up at its next step.

    Args:
        call: looks at the deadline itself, too.
        deadline: of the waiting and the call together.

    Raises:
        TimedOut: the deadline has passed; the awaiting task is told at once.
    """
    loop = asyncio.get_running_loop()
    context = contextvars.copy_context()
    work = loop.run_in_executor(_workers.threads(), context.run, call)
    try:
        done, _ = await asyncio.wait({work}, timeout=deadline.left)
        if not done:
            raise deadline.passed()
        return work.result()
    finally:
        if not work.done():
            deadline.give_up()
            work.cancel()
