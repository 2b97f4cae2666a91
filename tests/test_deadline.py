"""Calls that give up in time: at every step, with nothing left half done."""

from __future__ import annotations

import asyncio
import math
import threading
from pathlib import Path
from typing import Any

import pytest

from kbassist import Assistant, Conversation, Turn
from kbassist.answer import calls, workers
from kbassist.deadline import Deadline, check_deadline, within
from kbassist.embed.protocol import Matrix
from kbassist.errors import TimedOut, UsageError

QUESTION = "提币一直没到账怎么办？手续费是多少？"
PASSED = 1e-9
"""Seconds that have passed before anything begins."""


class Steps(Deadline):
    """A deadline that passes with the n-th look at it."""

    def __init__(self, looks: int) -> None:
        super().__init__(None)
        self.looks = looks

    def check(self) -> None:
        self.looks -= 1
        if self.looks < 0:
            raise self.passed()


class Waiting:
    """An embedder that waits until it is let go."""

    def __init__(self, embedder: Any) -> None:
        self._embedder = embedder
        self.begun, self.let_go = threading.Event(), threading.Event()

    def embed_queries(self, texts: list[str]) -> Matrix:
        self.begun.set()
        assert self.let_go.wait(60)
        found: Matrix = self._embedder.embed_queries(texts)
        return found


@pytest.fixture
def assistant(harbor: Path) -> Assistant:
    return Assistant.open(harbor)


@pytest.fixture
def waiting(assistant: Assistant) -> Waiting:
    """The model of the assistant, which waits."""
    found = Waiting(assistant.index.embedder)
    assistant.index.__dict__["embedder"] = found
    return found


def test_a_deadline_that_has_passed() -> None:
    deadline = Deadline(PASSED)
    assert deadline.left == 0.0
    with pytest.raises(TimedOut, match=r"longer than 1e-09 s") as caught, within(deadline):
        pytest.fail("nothing begins")
    assert caught.value.code == "timeout" and "timeout=" in caught.value.hint


def test_no_deadline() -> None:
    with within(Deadline(None)):
        check_deadline()
    check_deadline()
    assert Deadline(None).left is None and 0 < (Deadline(1000).left or 0) <= 1000


def test_what_nobody_waits_for_gives_up() -> None:
    deadline = Deadline(1000)
    with within(deadline), pytest.raises(TimedOut):
        deadline.give_up()
        check_deadline()
    check_deadline()


@pytest.mark.parametrize("timeout", [0, -1, math.inf, math.nan, True, "2", [1], 1j])
def test_a_timeout_is_a_number_of_seconds(assistant: Assistant, timeout: Any) -> None:
    for call in (assistant.ask, assistant.search, Conversation(assistant).ask):
        with pytest.raises(UsageError, match="timeout must be a number of seconds above 0"):
            call("fee", timeout=timeout)
    with pytest.raises(UsageError):
        asyncio.run(assistant.aask("fee", timeout=timeout))
    with pytest.raises(UsageError):
        assistant.search_many(["fee"], timeout=timeout)


def test_a_call_that_never_began_is_logged_once(
    assistant: Assistant, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = workers._Workers()
    monkeypatch.setattr(workers, "_workers", own)
    with pytest.raises(TimedOut):
        assistant.search(QUESTION, timeout=PASSED)
    with pytest.raises(TimedOut):
        asyncio.run(assistant.asearch(QUESTION, timeout=PASSED))
    own.threads().shutdown()  # one of them may be telling
    told = [vars(record) for record in caplog.records]
    assert [(one["levelname"], one["event"], one["error"]) for one in told] == [
        ("WARNING", "search", "timeout")
    ] * 2


def test_every_call_takes_one(assistant: Assistant) -> None:
    conversation = Conversation(assistant)
    for call in (assistant.ask, assistant.search, conversation.ask):
        with pytest.raises(TimedOut):
            call(QUESTION, timeout=PASSED)
    for awaited in (assistant.aask, assistant.asearch, conversation.aask):
        with pytest.raises(TimedOut):
            asyncio.run(awaited(QUESTION, timeout=PASSED))
    with pytest.raises(TimedOut):
        assistant.search_many([QUESTION], timeout=PASSED)
    assert conversation.turns == ()
    assert assistant.ask(QUESTION, timeout=1000) == assistant.ask(QUESTION)


@pytest.mark.parametrize("kind", ["ask", "search"])
def test_a_call_may_end_at_every_step(assistant: Assistant, kind: str) -> None:
    """However many steps it was allowed, the next call finds what it always finds."""
    call: Any = getattr(calls, kind)
    expected = getattr(assistant, kind)(QUESTION)
    steps = 0
    while True:
        try:
            assert call(assistant._live, Steps(steps), QUESTION) == expected
        except TimedOut:
            assert getattr(assistant, kind)(QUESTION) == expected
            steps += 1
        else:
            break
    assert steps >= (20 if kind == "ask" else 4)


def test_many_questions_have_one_deadline(assistant: Assistant) -> None:
    for threads in (1, 2):
        with pytest.raises(TimedOut):
            calls.search_many(assistant._live, Steps(9), ["fee"] * 20, 3, None, None, threads)


def test_the_awaiting_task_is_told_though_the_model_goes_on(
    assistant: Assistant, waiting: Waiting, caplog: pytest.LogCaptureFixture
) -> None:
    """And the operator is told once."""

    async def run() -> None:
        with pytest.raises(TimedOut, match=r"longer than 0\.05 s"):
            await assistant.aask(QUESTION, timeout=0.05)
        assert not waiting.let_go.is_set()
        assert timeouts() == 1
        waiting.let_go.set()
        assert (await assistant.aask(QUESTION)).citations

    def timeouts() -> int:
        return [getattr(record, "error", "") for record in caplog.records].count("timeout")

    asyncio.run(run())
    assert timeouts() == 1


def test_a_task_that_is_cancelled_ends_its_call(
    assistant: Assistant, waiting: Waiting, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The one under way gives up at its next step; those that wait never begin."""
    given_up: list[Deadline] = []
    monkeypatch.setattr(Deadline, "give_up", lambda deadline: given_up.append(deadline))

    async def run() -> None:
        tasks = [asyncio.create_task(assistant.aask(QUESTION)) for _ in range(5)]
        await asyncio.to_thread(waiting.begun.wait)
        for task in tasks:
            task.cancel()
        assert {type(e) for e in await asyncio.gather(*tasks, return_exceptions=True)} == {
            asyncio.CancelledError
        }
        waiting.let_go.set()
        assert (await assistant.aask(QUESTION)).citations

    asyncio.run(run())
    assert len(given_up) == 5


def test_a_conversation_remembers_nothing_of_what_timed_out(
    assistant: Assistant, waiting: Waiting
) -> None:
    conversation = Conversation(assistant, [Turn("提币手续费是多少？")])

    async def run() -> None:
        with pytest.raises(TimedOut):
            await conversation.aask("那多久到账？", timeout=0.05)
        waiting.let_go.set()
        await assistant.aask(QUESTION)  # the threads have come to an end with the other

    asyncio.run(run())
    assert [turn.question for turn in conversation.turns] == ["提币手续费是多少？"]
    assert conversation.ask("那多久到账？").citations
