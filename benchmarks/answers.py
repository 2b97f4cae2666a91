"""What is said to every labelled question: quotes, right articles, snippets, follow-ups.

Builds an index of each knowledge base with the bundled model, asks every question by
`Assistant.ask` (follow-ups through `Assistant.conversation`, with their history), and prints one
Markdown table a set: a column for each knowledge base and one for all. Counts stand before each
share, 95 % Wilson intervals behind it. A quote is verbatim where the article's file, read here
anew, holds it within the lines that its citation names.

The snippet row asks whether the first sentence of the labelled `answer_span` stands within the
first 400 characters of what is quoted, among answers from a right article. Both are rendered as
plain text (no Markdown signs, link targets or tags) by kbassist's own renderer; the 400 characters
are counted in that text with white space as one blank, and the two are compared without white space
and without the signs that are left of broken Markdown. Case and punctuation count.

Data are the sets `eval/support` (development) and `eval/support-test` (reported) of $KBASSIST_DATA
(default ../shared/data), and the example help centre's own questions.

    python benchmarks/answers.py                  all sets
    python benchmarks/answers.py --sets support   some sets
    python benchmarks/answers.py --missed         on stderr, the snippets that miss their span too
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kbassist import Answer, Assistant, __version__, build_index
from kbassist.answer.cite import lines_of
from kbassist.answer.rendering import plain_text
from kbassist.articles.plain import render_fragment
from kbassist.evals.model import Dataset, Question, Split
from kbassist.evals.ranking import distinct
from kbassist.evals.read import read_dataset
from kbassist.evals.run import CHUNKS, turns_of
from kbassist.evals.statistics import wilson_interval
from kbassist.evals.targets import article_grades, resolve
from kbassist.text.sentences import sentence_spans
from kbassist.types import Citation
from question_sets import Set, records, sets_in

ROOT = Path(__file__).parent.parent
PACKS = ("support", "support-test")
OWN: Mapping[str, Split] = {"harbor, dev": "dev", "harbor, test": "test"}
OWN_FILES = ("harbor-zh", "harbor-en")
SETS = (*PACKS, *OWN)

SNIPPET_CHARS = 400
DEPTH = 5
"""Distinct articles among which a right one is looked for."""

_LEFT_OVER = re.compile(r"[\s*_`~#|>\\\[\]]+")


@dataclass(frozen=True, slots=True)
class Asked:
    """One question with what was said to it."""

    answerable: bool
    answered: bool
    quotes: int
    verbatim: int
    right: bool
    """Whether a right article is quoted."""
    spanned: bool | None
    """Whether the snippet holds its span; None without a right article quoted or a span known."""
    sourced: bool
    """Whether a quoted article has the span's first sentence at all; others may answer too."""
    in_history: bool | None
    """Of a follow-up: whether a right article is among the first five, asked with its history."""
    in_full: bool | None
    """The same, asked in full; None where no such question is known."""


class Asker:
    """Asks the questions of one knowledge base."""

    def __init__(self, assistant: Assistant, kb: Path, tell: bool) -> None:
        self.assistant, self.kb, self.tell = assistant, kb, tell

    def ask(self, dataset: Dataset, part: Split, in_full: Mapping[str, str]) -> list[Asked]:
        """The questions of one part of a set, those asked in full by their id beside them."""
        targets = resolve(dataset, self.assistant)
        return [
            self._ask(question, set(article_grades(targets[question.id])), in_full.get(question.id))
            for question in dataset.split(part)
        ]

    def _ask(self, question: Question, right: set[str], in_full: str | None) -> Asked:
        filters = question.filters.filters()
        conversation = self.assistant.conversation(turns_of(question))
        answer = conversation.ask(question.text, top_k=CHUNKS, filters=filters)
        verbatim = sum(self._verbatim(citation) for citation in answer.citations)
        answered = answer.action == "answer"
        good = answered and any(citation.article_id in right for citation in answer.citations)
        spanned = holds(answer, question.answer_span) if good and question.answer_span else None
        if self.tell and spanned is False:
            print(f"\n{question.id} {question.text}", file=sys.stderr)
            print(f"  wanted: {question.answer_span}\n  quoted: {answer.text}", file=sys.stderr)
        return Asked(
            answerable=bool(right),
            answered=answered,
            quotes=len(answer.citations),
            verbatim=verbatim,
            right=good,
            spanned=spanned,
            sourced=spanned is not None and self._sourced(answer, question.answer_span or ""),
            in_history=found(answer, right) if question.history and right else None,
            in_full=None
            if in_full is None
            else found(self.assistant.ask(in_full, top_k=CHUNKS, filters=filters), right),
        )

    def _verbatim(self, citation: Citation) -> bool:
        text = (self.kb / citation.path).read_text("utf-8-sig")
        return citation.quote in lines_of(text, citation.span.start_line, citation.span.end_line)

    def _sourced(self, answer: Answer, span: str) -> bool:
        paths = {citation.path for citation in answer.citations}
        articles = (plain_text((self.kb / path).read_text("utf-8-sig")) for path in paths)
        return any(first_sentence(span) in bare(text) for text in articles)


def found(answer: Answer, right: set[str]) -> bool:
    """Whether a right article is among the first five of the search behind an answer."""
    return bool(right.intersection(distinct((h.article.id for h in answer.hits), DEPTH)))


def holds(answer: Answer, span: str) -> bool:
    """Whether the beginning of what is quoted holds the first sentence of a span."""
    quotes = "\n\n".join(citation.quote for citation in answer.citations)
    beginning = " ".join(plain_text(quotes).split())[:SNIPPET_CHARS]
    return first_sentence(span) in bare(beginning)


def first_sentence(span: str) -> str:
    """The first sentence of a span, bare."""
    start, end = sentence_spans(span)[0]
    return bare(render_fragment(span[start:end]))


def bare(text: str) -> str:
    """Text without white space and the signs of broken Markdown."""
    return _LEFT_OVER.sub("", text)


def of_pack(one: Set, tell: bool) -> list[Asked]:
    """The questions of a help centre in the data."""
    kb = one.folder / "kb" / one.name
    in_full = {r["id"]: r["standalone"] for r in records(one.folder) if "standalone" in r}
    with tempfile.TemporaryDirectory() as place:
        assistant = opened(kb, Path(place))
        return Asker(assistant, kb, tell).ask(one.questions(assistant, None), "all", in_full)


def of_own(part: Split, tell: bool) -> dict[str, list[Asked]]:
    """The questions about the example help centre."""
    kb = ROOT / "kb"
    with tempfile.TemporaryDirectory() as place:
        asker = Asker(opened(kb, Path(place)), kb, tell)
        files = {name: read_dataset(ROOT / "evals" / f"{name}.jsonl") for name in OWN_FILES}
        return {name: asker.ask(dataset, part, {}) for name, dataset in files.items()}


def opened(kb: Path, place: Path) -> Assistant:
    """An assistant over a new index of a folder."""
    build_index(kb, place / "index", skip_bad=True)
    return Assistant.open(place / "index")


def share(values: Sequence[bool]) -> str:
    """Count, share and interval of what holds."""
    if not values:
        return "–"
    low, high = wilson_interval(sum(values), len(values))
    part = sum(values) / len(values)
    return f"{sum(values)}/{len(values)} · {part:.2f} ({low:.2f}–{high:.2f})"


def rows(all_asked: Sequence[Asked]) -> Iterator[tuple[str, str]]:
    """What one column of a table says."""
    answered = [one for one in all_asked if one.answered]
    yield "questions asked", f"{len(all_asked)}"
    yield "with an answer in the articles", f"{sum(one.answerable for one in all_asked)}"
    yield "answered (`action` is `answer`)", share([one.answered for one in all_asked])
    quotes = [(one.quotes, one.verbatim) for one in all_asked]
    total, exact = sum(count for count, _ in quotes), sum(count for _, count in quotes)
    yield (
        "quotes verbatim in the file at their lines",
        share([True] * exact + [False] * (total - exact)),
    )
    yield "answers from a right article", share([one.right for one in answered])
    yield (
        "of these with a span, it stands in the first 400 characters",
        share([one.spanned for one in answered if one.spanned is not None]),
    )
    yield (
        "the same, among answers that quote the article which the span is from",
        share([bool(one.spanned) for one in answered if one.sourced]),
    )
    paired = [one for one in all_asked if one.in_history is not None]
    yield "follow-ups with history, Success@5", share([bool(one.in_history) for one in paired])
    full = [one.in_full for one in paired if one.in_full is not None]
    yield "the same asked in full, Success@5", share(full)


def table(title: str, columns: Mapping[str, Sequence[Asked]]) -> None:
    """Print the table of one set."""
    every = {**columns, "all": [one for asked in columns.values() for one in asked]}
    print(f"\n| {title} | {' | '.join(every)} |\n|---|{'---:|' * len(every)}")
    for cells in zip(*(rows(asked) for asked in every.values()), strict=True):
        print(f"| {cells[0][0]} | {' | '.join(text for _, text in cells)} |")
    sys.stdout.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sets", nargs="+", choices=SETS, default=SETS, metavar="SET")
    parser.add_argument("--missed", action="store_true", help="show the snippets without the span")
    options = parser.parse_args(arguments)
    data = Path(os.environ.get("KBASSIST_DATA", "../shared/data")) / "eval"
    print(f"kbassist {__version__}, bundled model; 95 % Wilson intervals in brackets.")
    for name in options.sets:
        if name in OWN:
            table(name, of_own(OWN[name], options.missed))
        elif data.is_dir():
            table(name, {one.name: of_pack(one, options.missed) for one in sets_in(data, (name,))})
        else:
            print(f"\n{name} skipped: KBASSIST_DATA names no folder with data ({data})")
    return 0


if __name__ == "__main__":
    sys.exit(main())
