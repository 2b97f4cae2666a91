"""The question sets of $KBASSIST_DATA: their articles, and their questions as labelled ones.

Real help centres with questions (`support`, `support-test`), and public sets whose documents become
an article each.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kbassist import Assistant
from kbassist.evals.beir import read_queries, write_kb
from kbassist.evals.model import Dataset, Question, make_dataset

GROUPS = ("support", "support-test", "public")
STANDALONE = "standalone"
"""Slice of the follow-ups as they are asked in full."""


@dataclass(frozen=True, slots=True)
class Set:
    """One knowledge base with its questions."""

    group: str
    name: str
    folder: Path

    @property
    def title(self) -> str:
        """How tables name it."""
        return self.name if self.group == "public" else f"{self.group}: {self.name}"

    def articles(self, work: Path) -> Path:
        """Folder of the articles; those of a public set are written first, one a document."""
        if self.group != "public":
            return self.folder / "kb" / self.name
        write_kb(self.folder / f"{self.name}.corpus.jsonl", work / "kb")
        return work / "kb"

    def _asked(self, work: Path) -> Path:
        """The questions with a text: one of CMRC 2018 is empty, and it finds nothing."""
        asked = work / f"{self.name}.queries.jsonl"
        with (self.folder / asked.name).open(encoding="utf-8") as lines:
            kept = [line for line in lines if json.loads(line)["text"].strip()]
        asked.write_text("".join(kept), encoding="utf-8")
        return asked

    def questions(
        self, assistant: Assistant, limit: int | None = None, *, standalone: bool = False
    ) -> Dataset:
        """The labelled questions.

        Args:
            assistant: open on an index of the articles.
            limit: of public sets, whose order says nothing.
            standalone: whether each follow-up of a help centre comes once more, asked in full.
        """
        if self.group == "public":
            return read_queries(self._asked(assistant.index.path.parent), limit=limit)
        ids = {meta.path: meta.id for meta in assistant.index.store.articles()}
        own = [record for record in records(self.folder) if record["kb"] == self.name]
        found = [_question(record, ids) for record in own]
        if standalone:
            found += [_in_full(record, ids) for record in own if "standalone" in record]
        return make_dataset(self.name, found)


def records(pack: Path) -> list[dict[str, Any]]:
    """The questions of a support pack as they are written, in its order."""
    with (pack / "queries.jsonl").open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def _question(record: dict[str, Any], ids: dict[str, str]) -> Question:
    relevant = {ids[path]: 1 for path in record["relevant"]}
    return Question(
        id=record["id"],
        text=record["query"],
        locale=record["lang"],
        slice=record["slice"],
        expect="answer" if relevant else "abstain",
        relevant=relevant,
        answer_span=record["answer_span"],
        history=record.get("history", ()),
    )


def _in_full(record: dict[str, Any], ids: dict[str, str]) -> Question:
    changed = {
        "id": f"{record['id']}-{STANDALONE}",
        "text": record["standalone"],
        "slice": STANDALONE,
        "history": (),
    }
    return _question(record, ids).model_copy(update=changed)


def sets_in(data: Path, groups: Sequence[str]) -> list[Set]:
    """All sets of some groups, in the order of the table."""
    found = []
    for group in groups:
        folder = data / group
        if group == "public":
            names = {path.name.split(".")[0] for path in folder.glob("*.corpus.jsonl")}
        elif folder.is_dir():
            names = {record["kb"] for record in records(folder)}
        else:
            names = set()
        found += [Set(group, name, folder) for name in sorted(names)]
    return found
