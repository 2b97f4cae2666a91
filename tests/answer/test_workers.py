"""Calls for asyncio: few threads, in order, and none of asyncio's own."""

from __future__ import annotations

import asyncio
import contextvars
import os
import threading
from functools import partial

import pytest

from kbassist import Assistant
from kbassist.answer import workers
from kbassist.answer.workers import WORKERS, in_worker
from kbassist.deadline import Deadline

NUMBER: contextvars.ContextVar[int] = contextvars.ContextVar("number")


def test_few_threads_serve_all() -> None:
    names: set[str] = set()
    most, running = 0, 0
    lock = threading.Lock()

    def work(number: int) -> int:
        nonlocal most, running
        with lock:
            running += 1
            most = max(most, running)
            names.add(threading.current_thread().name)
        with lock:
            running -= 1
        return number

    async def run() -> list[int]:
        calls = (in_worker(partial(work, number), Deadline(None)) for number in range(200))
        return await asyncio.gather(*calls)

    assert asyncio.run(run()) == list(range(200))
    assert most <= WORKERS and len(names) <= WORKERS
    assert all(name.startswith("kbassist") for name in names)


def test_calls_begin_in_the_order_in_which_they_came(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "WORKERS", 1)
    monkeypatch.setattr(workers, "_workers", workers._Workers())
    begun: list[int] = []

    async def run() -> None:
        calls = (in_worker(partial(begun.append, number), Deadline(None)) for number in range(50))
        await asyncio.gather(*calls)

    asyncio.run(run())
    assert begun == list(range(50))


def test_the_callers_context_goes_along() -> None:
    async def one(number: int) -> int:
        NUMBER.set(number)
        return await in_worker(lambda: NUMBER.get(), Deadline(None))

    async def run() -> list[int]:
        return await asyncio.gather(*map(one, range(5)))

    assert asyncio.run(run()) == [0, 1, 2, 3, 4]


def test_an_error_of_the_call_is_raised_as_it_is() -> None:
    def fail() -> None:
        raise TimeoutError("of a model of one's own")

    with pytest.raises(TimeoutError, match="of one's own"):
        asyncio.run(in_worker(fail, Deadline(1000)))


def test_one_event_loop_after_the_other(assistant: Assistant) -> None:
    answers = [asyncio.run(assistant.aask("withdrawal fee")) for _ in range(3)]
    assert answers == [assistant.ask("withdrawal fee")] * 3


@pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork here")
def test_a_forked_process_has_threads_of_its_own(assistant: Assistant) -> None:
    """As servers do that load the program before they fork their workers."""
    asyncio.run(assistant.aask("withdrawal fee"))
    child = os.fork()
    if child == 0:
        try:
            answer = asyncio.run(asyncio.wait_for(assistant.aask("withdrawal fee"), 60))
            os._exit(0 if answer.citations else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
