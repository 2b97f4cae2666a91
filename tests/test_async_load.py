"""Threads and many tasks on one assistant while the index is rebuilt: each answer is of one build.

benchmarks/async_load.py does it for long, with 1,000 requests at once, and measures it.
"""

from __future__ import annotations

import asyncio
import re
import threading
from collections.abc import Iterable
from pathlib import Path

from kbassist import Assistant, Hit, build_index
from tests.conftest import WriteKb

TEXT = "# Withdrawals\n\nA withdrawal by TRC20 costs {} USDT.\n\n## By ERC20\n\nBy ERC20 it costs {} USDT.\n"
QUESTION = "What does a withdrawal by TRC20 cost?"
COSTS = range(2, 7)
TASKS, THREADS = 300, 4


class Asker:
    """Asks in every way, and keeps what was wrong."""

    def __init__(self, assistant: Assistant) -> None:
        self.assistant = assistant
        self.wrong: list[str] = []
        self.seen: set[str] = set()
        self.begun, self.done = threading.Event(), threading.Event()

    def check(self, text: str, hits: Iterable[Hit]) -> None:
        """All of an answer must tell of one cost."""
        said = "\n".join([text, *(hit.chunk.text for hit in hits)])
        costs = set(re.findall(r"costs (\d) USDT", said))
        self.seen |= costs
        if len(costs) != 1:
            self.wrong.append(said)
        self.begun.set()

    def in_thread(self) -> None:
        while not self.done.is_set():
            try:
                answer = self.assistant.ask(QUESTION)
                self.check(answer.text, answer.hits)
            except Exception as error:
                self.wrong.append(repr(error))

    async def in_task(self, number: int) -> None:
        if number % 2:
            answer = await self.assistant.aask(QUESTION)
            self.check(answer.text, answer.hits)
        else:
            self.check("", await self.assistant.asearch(QUESTION))

    async def in_tasks(self) -> list[BaseException | None]:
        tasks = map(self.in_task, range(TASKS))
        return await asyncio.gather(*tasks, return_exceptions=True)


def test_no_error_and_no_mixture(write_kb: WriteKb, tmp_path: Path) -> None:
    def build(cost: int) -> None:
        build_index(write_kb({"fees.md": TEXT.format(cost, cost)}), tmp_path / "index", keep=1)

    def rebuild() -> None:
        asker.begun.wait(60)
        for cost in COSTS:
            build(cost)

    build(1)
    asker = Asker(Assistant.open(tmp_path / "index", follow=True))
    threads = [threading.Thread(target=asker.in_thread) for _ in range(THREADS)]
    writer = threading.Thread(target=rebuild)
    for thread in (*threads, writer):
        thread.start()
    outcomes = asyncio.run(asker.in_tasks())
    writer.join()
    asker.done.set()
    for thread in threads:
        thread.join()
    assert asker.wrong == [] and set(outcomes) == {None}
    assert "1" in asker.seen
    assert f"costs {COSTS[-1]} USDT" in asker.assistant.ask(QUESTION).text
