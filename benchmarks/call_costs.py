"""What a deadline, a log, following new generations and JSON add to a question.

Each is timed by itself, many times over, beside `ask` on the example help centre; the least of
several rounds is printed as a Markdown table, in microseconds and as a share of a question.

    python benchmarks/call_costs.py
"""

from __future__ import annotations

import gc
import json
import logging
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from kbassist import Answer, Assistant, build_index
from kbassist.answer import logs
from kbassist.deadline import Deadline, check_deadline, within

ROUNDS = 5
QUESTIONS = (
    "提币一直没到账怎么办？",
    "How do I enable two-factor authentication?",
    "What is the withdrawal fee?",
    "USDT-TRC20 提现没到账，钱去哪了？",
    "Lost my phone and I have no backup codes",
)
CHECKS = 10
"""Looks at the deadline that a question takes, roughly."""


class Nowhere(logging.Handler):
    """Writes each record as JSON, and throws it away."""

    def emit(self, record: logging.LogRecord) -> None:
        """As a handler of a server would, without the disk."""
        json.dumps(vars(record), default=str)


def least(call: Callable[[], object], times: int) -> float:
    """Microseconds of a call, the least of several rounds."""
    found = []
    for _ in range(ROUNDS):
        gc.collect()
        begun = time.perf_counter()
        for _ in range(times):
            call()
        found.append((time.perf_counter() - begun) / times)
    return min(found) * 1e6


def under_deadline() -> None:
    """What `timeout` adds to a question."""
    with within(Deadline(10)):
        for _ in range(CHECKS):
            check_deadline()


def main() -> int:
    with tempfile.TemporaryDirectory() as place:
        index = Path(place) / "index"
        build_index(Path(__file__).parent.parent / "kb", index)
        assistant = Assistant.open(index)
        answers = [assistant.ask(question) for question in QUESTIONS]
        whole = least(lambda: [assistant.ask(q) for q in QUESTIONS], 20) / len(QUESTIONS)
        answer = answers[0]
        text = answer.to_json()
        figures = {
            "opening an assistant, once": least(lambda: Assistant.open(index), 10),
            "looking for a new generation (`follow=True`, `reload()`)": least(
                assistant.reload, 2000
            ),
            "a deadline (`timeout`)": least(under_deadline, 20000),
            "logging, nobody listening": least(lambda: logs.logger(logs.DEBUG), 100000),
            "logging, written as JSON": _logged(assistant, answer),
            "`answer.to_json()`": least(answer.to_json, 200),
            "`Answer.from_json()`": least(lambda: Answer.from_json(text), 200),
        }
    print(f"| | µs | share of `ask` ({whole / 1000:.1f} ms) |\n|---|---:|---:|")
    for name, cost in figures.items():
        print(f"| {name} | {cost:.1f} | {cost / whole:.1%} |")
    size = sum(len(one.to_json().encode()) for one in answers) / len(answers)
    print(f"\nJSON of an answer with its five hits: {size / 1000:.0f} kB on average.")
    return 0


def _logged(assistant: Assistant, answer: Answer) -> float:
    log, handler = logging.getLogger("kbassist"), Nowhere()
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    live = assistant._live
    found = least(
        lambda: live.run("ask", lambda _: answer, Deadline(None), "fee", logs.about_answer), 2000
    )
    log.removeHandler(handler)
    log.setLevel(logging.NOTSET)
    return found


if __name__ == "__main__":
    sys.exit(main())
