"""Labels → the passages of an index that they name; a label that names nothing is an error."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from kbassist.assistant import Assistant
from kbassist.errors import DatasetError
from kbassist.evals.model import Dataset, Question
from kbassist.types import ArticleMeta, Chunk, Citation

_LINES = re.compile(r"(?P<path>.+):(?P<start>\d+)-(?P<end>\d+)")
MAX_LISTED = 10
"""Wrong labels that one error lists."""


@dataclass(frozen=True, slots=True)
class Target:
    """A passage that is right for a question, and how right."""

    article_id: str
    grade: int
    anchor: str | None = None
    """None where the whole article is right."""
    lines: tuple[int, int] | None = None
    """First and last line, 1-based, inclusive."""

    def covers(self, citation: Citation) -> bool:
        """Whether a quote comes from this passage."""
        if citation.article_id != self.article_id:
            return False
        if self.lines is not None:
            first, last = self.lines
            return citation.span.start_line <= last and citation.span.end_line >= first
        return self.anchor is None or citation.anchor == self.anchor

    def holds(self, chunk: Chunk) -> bool:
        """Whether a chunk is of this passage."""
        if chunk.article_id != self.article_id:
            return False
        if self.lines is not None:
            first, last = self.lines
            return chunk.start_line <= last and chunk.end_line >= first
        return self.anchor is None or chunk.anchor == self.anchor


def resolve(dataset: Dataset, assistant: Assistant) -> dict[str, tuple[Target, ...]]:
    """Question id → its targets.

    Raises:
        DatasetError: labels that name no article, anchor or lines that the question may see; all of
            them are listed, with near matches.
    """
    metas = {meta.id: meta for meta in assistant.index.store.articles()}
    book = _Book(assistant, metas)
    found: dict[str, tuple[Target, ...]] = {}
    problems: list[str] = []
    for question in dataset.questions:
        targets = []
        for label, grade in question.relevant.items():
            target = book.target(label, grade, question)
            if isinstance(target, str):
                problems.append(f"{dataset.place(question)}: {target}")
            else:
                targets.append(target)
        found[question.id] = tuple(targets)
    if problems:
        more = len(problems) - MAX_LISTED
        listed = "\n  ".join(problems[:MAX_LISTED]) + (f"\n  … and {more} more" if more > 0 else "")
        count = "1 label names" if len(problems) == 1 else f"{len(problems)} labels name"
        raise DatasetError(
            f"{count} nothing in this index:\n  {listed}",
            path=dataset.name,
            hint="Correct the labels, or build the index from the articles that they mean.",
        )
    return found


class _Book:
    """What there is to name."""

    def __init__(self, assistant: Assistant, metas: Mapping[str, ArticleMeta]) -> None:
        self._assistant, self._metas = assistant, metas
        self._paths = {meta.path: meta for meta in metas.values()}
        self._anchors: dict[str, list[str]] = {}

    def target(self, label: str, grade: int, question: Question) -> Target | str:
        """The passage, or what is wrong with the label."""
        lines = _LINES.fullmatch(label)
        if lines is not None and lines["path"] in self._paths:
            return self._by_lines(lines, grade, question)
        article_id, _, anchor = label.partition("#")
        meta = self._metas.get(article_id)
        if meta is None:
            return f"no article {article_id!r}{_near(article_id, list(self._metas))}"
        if not self._assistant.index.may_see(meta, question.filters.audience):
            return _restricted(article_id)
        if anchor and anchor not in self._known(article_id):
            return f"no anchor {anchor!r} in {article_id!r}{_near(anchor, self._known(article_id))}"
        return Target(article_id, grade, anchor or None)

    def _by_lines(self, match: re.Match[str], grade: int, question: Question) -> Target | str:
        meta, first, last = self._paths[match["path"]], int(match["start"]), int(match["end"])
        if not self._assistant.index.may_see(meta, question.filters.audience):
            return _restricted(meta.path)
        text = self._assistant.index.store.article_text(meta.id)
        count = text.count("\n") + (not text.endswith("\n"))
        if not 1 <= first <= last <= count:
            return f"{meta.path} has lines 1-{count}, found {first}-{last}"
        return Target(meta.id, grade, lines=(first, last))

    def _known(self, article_id: str) -> list[str]:
        if article_id not in self._anchors:
            self._anchors[article_id] = self._assistant.index.store.anchors(article_id)
        return self._anchors[article_id]


def _restricted(name: str) -> str:
    return f"{name!r} is restricted; name its label under filters.audience"


def _near(name: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"; did you mean {' or '.join(map(repr, near))}?" if near else ""


def article_grades(targets: Sequence[Target]) -> dict[str, int]:
    """Article id → the best grade of its passages: what rankings of articles are judged by."""
    grades: dict[str, int] = {}
    for target in targets:
        grades[target.article_id] = max(target.grade, grades.get(target.article_id, 0))
    return grades
