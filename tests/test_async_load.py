"""Threads and 1,000 tasks on one assistant while the index is rebuilt: each answer is of one build.

benchmarks/async_load.py does it for long, on the example help centre, and measures it.
"""

from __future__ import annotations

import asyncio
import re
import threading
from pathlib import Path

from kbassist import Assistant, Hit, build_index
from tests.conftest import WriteKb

TEXT = "# Withdrawals\n\nA withdrawal by TRC20 costs {} USDT.\n\n## By ERC20\n\nBy ERC20 it costs {} USDT.\n"
QUESTION = "What does a withdrawal by TRC20 cost?"
COSTS = range(2, 8)


def test_no_error_and_no_mixture(write_kb: WriteKb, tmp_path: Path) -> None:
    def build(cost: int) -> None:
        build_index(write_kb({"fees.md": TEXT.format(cost, cost)}), tmp_path / "index", keep=1)

    build(1)
    assistant = Assistant.open(tmp_path / "index", follow=True)
    failures: list[str] = []
    seen: set[str] = set()
    begun, done = threading.Event(), threading.Event()

    def check(texts: list[str]) -> None:
        costs = set(re.findall(r"costs (\d) USDT", "\n".join(texts)))
        if len(costs) != 1:
            failures.append(f"{texts}")
        seen.update(costs)

    def texts(hits: tuple[Hit, ...] | list[Hit]) -> list[str]:
        return [hit.chunk.text for hit in hits]

    def ask_on() -> None:
        while not done.is_set():
            try:
                answer = assistant.ask(QUESTION)
                check([answer.text, *texts(answer.hits)])
            except Exception as error:
                failures.append(repr(error))

    async def one(number: int) -> None:
        if number % 2:
            answer = await assistant.aask(QUESTION)
            check([answer.text, *texts(answer.hits)])
        else:
            check(texts(await assistant.asearch(QUESTION)))
        begun.set()

    def rebuild() -> None:
        begun.wait(60)
        for cost in COSTS:
            build(cost)

    async def run() -> list[BaseException | None]:
        return await asyncio.gather(*map(one, range(1000)), return_exceptions=True)

    threads = [threading.Thread(target=ask_on) for _ in range(8)]
    writer = threading.Thread(target=rebuild)
    for thread in (*threads, writer):
        thread.start()
    outcomes = asyncio.run(run())
    writer.join()
    done.set()
    for thread in threads:
        thread.join()
    assert failures == [] and set(outcomes) == {None}
    assert {"1"} < seen
    assert f"costs {COSTS[-1]} USDT" in assistant.ask(QUESTION).text
