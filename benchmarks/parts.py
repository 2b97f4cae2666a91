"""What answering part by part is worth: texts put together from two labelled questions each.

    python benchmarks/parts.py

Draws pairs of development questions of one language (`eval/support` of $KBASSIST_DATA, and the dev
split of the example help centre's) by a fixed seed, joins each as a customer might, keeps those
that `answer.parts` cuts, and asks them as a whole, part by part, and one by one. `part_threshold`
was chosen on such texts, so the table says what it does and not what to expect elsewhere.
"""

from __future__ import annotations

import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from confidence import OWN, Asked, of_own, of_pack
from kbassist import AnswerSettings, Assistant
from kbassist.answer.parts import split
from kbassist.evals.model import Question
from kbassist.evals.targets import Target, article_grades, resolve
from question_sets import sets_in

PAIRS: Mapping[str, int] = {"both": 60, "first": 30, "second": 30, "neither": 30}
"""Pairs that are drawn of each knowledge base, by which of the two questions has an answer."""
JOINTS = {"zh": ("？还有", "，另外", "？"), "en": ("? And ", "? ", ", and also ")}
WAYS = ("as a whole", "part by part", "one by one")
LONGEST = 120


@dataclass(frozen=True, slots=True)
class Pair:
    """Two questions in one text."""

    text: str
    alone: tuple[str, str]
    right: tuple[frozenset[str], frozenset[str]]
    """Ids of the articles that answer each; none for an unanswerable one."""


def pairs(asked: Asked, draw: random.Random) -> Iterator[Pair]:
    """Pairs of the questions of one knowledge base that are cut."""
    targets = resolve(asked.dataset, asked.assistant)
    usable = [q for q in asked.dataset.questions if _usable(q)]
    answerable = {True: [q for q in usable if q.expect == "answer"]}
    answerable[False] = [q for q in usable if q.expect == "abstain"]
    for kind, count in PAIRS.items():
        for _ in range(count):
            one = draw.choice(answerable[kind in ("both", "first")])
            others = [
                q
                for q in answerable[kind in ("both", "second")]
                if _language(q) == _language(one) and q.id != one.id
            ]
            if not others:
                continue
            two = draw.choice(others)
            text = one.text.rstrip(" ？?。.!！，,") + draw.choice(JOINTS[_language(one)]) + two.text
            right = [_right(targets[q.id]) if q.expect == "answer" else set() for q in (one, two)]
            if len(split(text)) > 1:
                yield Pair(text, (one.text, two.text), (frozenset(right[0]), frozenset(right[1])))


def _usable(question: Question) -> bool:
    single = len(question.text) < LONGEST and len(split(question.text)) == 1
    return single and not question.history and question.expect in ("answer", "abstain")


def _language(question: Question) -> str:
    return "zh" if question.locale.startswith("zh") else "en"


def _right(targets: Sequence[Target]) -> set[str]:
    return {name for name, grade in article_grades(targets).items() if grade > 0}


def cited(assistant: Assistant, texts: Sequence[str]) -> set[str]:
    """Ids of the articles that are cited for some questions."""
    return {c.article_id for text in texts for c in assistant.ask(text).citations}


def count(asked: Asked, found: Sequence[Pair], totals: Mapping[str, Counter[str]]) -> None:
    """Add what is cited for each pair, each way."""
    whole = Assistant(asked.assistant.index, answers=AnswerSettings(max_parts=1))
    for pair in found:
        ways = (
            cited(whole, [pair.text]),
            cited(asked.assistant, [pair.text]),
            cited(whole, pair.alone),
        )
        for way, articles in zip(WAYS, ways, strict=True):
            total = totals[way]
            total["texts"] += 1
            total["answerable"] += sum(bool(right) for right in pair.right)
            total["right"] += sum(bool(right & articles) for right in pair.right)
            total["wrong"] += len(articles - pair.right[0] - pair.right[1])


def main() -> int:
    data = Path(os.environ.get("KBASSIST_DATA", "../shared/data")) / "eval"
    if not data.is_dir():
        print(f"skipped: KBASSIST_DATA names no folder with data ({data})", file=sys.stderr)
        return 0
    draw = random.Random(7)
    totals = {way: Counter[str]() for way in WAYS}
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        packs = [of_pack(one, place) for one in sets_in(data, ("support",))]
        for asked in (*packs, *(of_own(name, place) for name in OWN)):
            count(asked, list(pairs(asked, draw)), totals)
    print("| asked | texts | answerable questions | right article cited | wrong articles cited |")
    print("|---|---:|---:|---:|---:|")
    for way, total in totals.items():
        cells = (total[name] for name in ("texts", "answerable", "right", "wrong"))
        print(f"| {way} | {' | '.join(map(str, cells))} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
