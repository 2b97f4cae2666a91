"""Conversations: whether a question gets the answer after another that it gets alone.

Asks every labelled question of `evals/` that follows no other, alone and after each of a few
openers, and counts those whose action or first quoted article changes, by the way in which the
question was seen (`answer.ellipsis`). Then the median time of both. Needs an index of `kb`:

    kbassist build kb
    python benchmarks/conversations.py [--index indexes/default] [--show]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from kbassist import Answer, Assistant
from kbassist.answer.ellipsis import dependence
from kbassist.answer.followup import Turn
from kbassist.evals.read import read_dataset

SETS = ("evals/harbor-zh.jsonl", "evals/harbor-en.jsonl")
OPENERS = (
    "提币一直没到账怎么办？",
    "XRP 充值忘记填 tag 了能找回吗？",
    "What is the withdrawal fee for USDT?",
    "How do I enable 2FA?",
    "提币手续费是多少？",
)


def outcome(answer: Answer) -> tuple[str, str | None]:
    """What a user sees change: the action, and the article that is quoted first."""
    return answer.action, answer.citations[0].article_id if answer.citations else None


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--index", default="indexes/default")
    parser.add_argument("--show", action="store_true", help="list the questions that change")
    options = parser.parse_args(arguments)
    assistant = Assistant.open(options.index)
    asked: Counter[str] = Counter()
    changed: Counter[str] = Counter()
    alone_ms: list[float] = []
    after_ms: list[float] = []
    for path in SETS:
        for question in read_dataset(Path(path)).questions:
            if question.history:
                continue
            started = time.perf_counter()
            alone = outcome(assistant.ask(question.text))
            alone_ms.append((time.perf_counter() - started) * 1000)
            for opener in OPENERS:
                conversation = assistant.conversation([Turn(opener, action="answer")])
                started = time.perf_counter()
                found = outcome(conversation.ask(question.text))
                after_ms.append((time.perf_counter() - started) * 1000)
                kind: str = dependence(question.text)
                asked[kind] += 1
                changed[kind] += found != alone
                if options.show and found != alone:
                    print(f"{kind}: {opener} → {question.text} | {alone} → {found}")
    for name, count in asked.items():
        print(f"{name}: {changed[name]} of {count} changed")
    print(f"all: {changed.total()} of {asked.total()} changed")
    print(f"median: {statistics.median(alone_ms):.1f} ms alone", end=", ")
    print(f"{statistics.median(after_ms):.1f} ms in a conversation")
    return 0


if __name__ == "__main__":
    sys.exit(main())
