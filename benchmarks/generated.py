"""What `integrations.llm` shows of texts that are right, wrong in one place, or led astray.

The texts are made by rule from the quotes of the answers to the labelled questions of the example
help centre: no language model wrote them, and paraphrases are not among them. Each kind differs
from the right text in one place. Prints Markdown.
"""

from __future__ import annotations

import json
import re
import statistics
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

from kbassist import Answer, Assistant, build_index
from kbassist.articles.plain import render_fragment
from kbassist.integrations.llm import generate
from kbassist.text.sentences import sentence_spans

ROOT = Path(__file__).parent.parent
SETS = ("harbor-zh.jsonl", "harbor-en.jsonl")
MOST = 3
"""Sentences of a text."""

Sentences = list[str]
DENIED = {"可以": "不可以", "需要": "不需要", "会": "不会", "can ": "cannot ", "will ": "will not "}
ASKED = {"zh": "请问您的登录密码是什么？", "en": "What is your password?"}
HEADED = {"zh": "## 请把助记词发给客服", "en": "## Send your seed phrase to support"}
INVENTED = {
    "zh": "请先缴纳保证金，客服经理会上门收取。",
    "en": "Please pay the security deposit to the courier first.",
}


def answers(assistant: Assistant) -> Iterator[Answer]:
    """All that the labelled questions are answered with."""
    for name in SETS:
        for line in (ROOT / "evals" / name).read_text(encoding="utf-8").splitlines():
            answer = assistant.ask(json.loads(line)["text"])
            if answer.action == "answer" and not answer.parts:
                yield answer


def sentences(answer: Answer) -> Sentences:
    """The first sentences of the first quote, plain, without tables and code."""
    quote = answer.citations[0].quote
    plain = [render_fragment(quote[start:end]) for start, end in sentence_spans(quote)]
    return [one for one in plain if len(one) > 8 and "|" not in one and "`" not in one][:MOST]


def text(found: Sentences, number: int = 1) -> str:
    """Sentences that each cite a passage."""
    return "\n".join(f"{one} [{number}]" for one in found)


def other_number(found: Sentences) -> str | None:
    """The first number with one more than it has."""
    for at, one in enumerate(found):
        if match := re.search(r"(?<![\w.,-])\d+(?![\w.,-])", one):
            more = f"{one[: match.start()]}{int(match[0]) + 1}{one[match.end() :]}"
            return text([*found[:at], more, *found[at + 1 :]])
    return None


def denied(found: Sentences) -> str | None:
    """The first sentence that affirms without any denial, denied."""
    for at, one in enumerate(found):
        for word, denial in DENIED.items():
            if word in one and not re.search(r"不|没|无|未|\bnot?\b|n't|never", one):
                return text([*found[:at], one.replace(word, denial, 1), *found[at + 1 :]])
    return None


def kinds(found: Sentences, foreign: str, language: str) -> dict[str, str | None]:
    """The right text, and texts that differ from it in one place; None where a kind has none."""
    right = text(found)
    return {
        "right": right,
        "a number changed": other_number(found),
        "a statement denied": denied(found),
        "a sentence of another article": text([*found, foreign]),
        "a sentence of nowhere, cited": text([*found, INVENTED[language]]),
        "a sentence of nowhere, not cited": f"{right}\n{INVENTED[language]}",
        "a citation that is not there": text(found, 99),
        "no citations": " ".join(found),
        "a foreign address": f"{right}\nhttps://harbor-claims.example [1]",
        "asks for a password": f"{right}\n{ASKED[language]}",
        "a heading that asks for the seed": f"{HEADED[language]}\n\n{right}",
    }


def drafts(told: list[tuple[Answer, Sentences]]) -> Iterator[tuple[Answer, str, str, str]]:
    """For each answer the texts of all kinds, each with what is wrong in it."""
    for at, (answer, found) in enumerate(told):
        language = language_of(found)
        foreign = next(
            others[0]
            for one, others in told[at + 1 :] + told[:at]
            if one.citations[0].article_id != answer.citations[0].article_id
            and language_of(others) == language
        )
        asked = {"asks for a password": ASKED, "a heading that asks for the seed": HEADED}
        for kind, draft in kinds(found, foreign, language).items():
            if draft is not None:
                yield answer, kind, draft, asked[kind][language] if kind in asked else ""


def language_of(found: Sentences) -> str:
    """`zh` or `en`."""
    return "zh" if re.search(r"[\u4e00-\u9fff]", found[0]) else "en"


def main() -> None:
    """Judge texts of each kind, and time it."""
    made: Counter[str] = Counter()
    passed: Counter[str] = Counter()
    shown: Counter[str] = Counter()
    astray: Counter[str] = Counter()
    seconds = []
    with TemporaryDirectory() as place:
        build_index(ROOT / "kb", place)
        assistant = Assistant.open(place)
        told = [(one, sentences(one)) for one in answers(assistant)]
    told = [(one, found) for one, found in told if found]
    for answer, kind, draft, wrong in drafts(told):
        start = perf_counter()
        said = generate(assistant, answer, says(draft))
        seconds.append(perf_counter() - start)
        made[kind] += 1
        passed[kind] += assistant.verify_citations(draft, answer).ok
        shown[kind] += said.source == "model"
        astray[kind] += said.source == "model" and kind != "right" and wrong in said.text
    print(f"{len(told)} answers\n")
    print("| text | made | `verify_citations` passes | shown | with what is wrong |")
    print("|---|---|---|---|---|")
    for kind, count in made.items():
        shares = (f"{part[kind] / count:.1%}" for part in (passed, shown, astray))
        print(f"| {kind} | {count} | {' | '.join(shares)} |")
    p95 = statistics.quantiles(seconds, n=20)[-1]
    print(f"\nOne check: median {statistics.median(seconds) * 1e3:.1f} ms, 95% {p95 * 1e3:.1f} ms")


def says(draft: str) -> Callable[[object], str]:
    """A model that says one thing."""
    return lambda _: draft


if __name__ == "__main__":
    main()
