"""Public question sets in BEIR's form (Thakur et al. 2021) → a kb folder and a dataset.

`NAME.corpus.jsonl` holds one document a line: `id` (or `_id`), `title`, `text`.
`NAME.queries.jsonl` holds `id` (or `_id`), `text` and `relevant`, a list of document ids, empty
where nothing answers; or the labels stand in `NAME.qrels.tsv` (`query-id`, `corpus-id`, `score`).
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import Any

from kbassist.errors import DatasetError
from kbassist.evals.model import Dataset, Question, make_dataset
from kbassist.evals.read import json_lines


def write_kb(corpus: Path, folder: Path) -> int:
    """Write each document as an article of its own; returns how many.

    Raises:
        DatasetError: a line without id or text, or an id twice.
    """
    folder.mkdir(parents=True, exist_ok=True)
    seen: dict[str, int] = {}
    for line, record in json_lines(corpus):
        name = _id(record, corpus, line)
        if name in seen:
            raise DatasetError(
                f"the id {name!r} is already that of line {seen[name]}", path=str(corpus), line=line
            )
        seen[name] = line
        text = record.get("text")
        if not isinstance(text, str):
            raise DatasetError(f"text must be text, found {text!r}", path=str(corpus), line=line)
        title = json.dumps(str(record.get("title") or name), ensure_ascii=False)
        quoted = json.dumps(name, ensure_ascii=False)
        head = f"---\nid: {quoted}\ntitle: {title}\nkind: feature\n---\n\n"
        (folder / f"{len(seen):07}.md").write_text(head + text + "\n", encoding="utf-8")
    return len(seen)


def read_queries(queries: Path, *, limit: int | None = None) -> Dataset:
    """The questions of a set.

    Args:
        queries: `NAME.queries.jsonl`.
        limit: only the first so many.

    Raises:
        DatasetError: as `read_dataset`.
    """
    labels = _qrels(queries.with_name(queries.name.replace(".queries.jsonl", ".qrels.tsv")))
    questions: list[Question] = []
    for line, record in json_lines(queries):
        if limit is not None and len(questions) >= limit:
            break
        name = _id(record, queries, line)
        relevant = record.get("relevant", labels.get(name, []))
        answers = [str(answer) for answer in record.get("answers") or []]
        questions.append(
            Question(
                id=name,
                text=str(record.get("text", "")),
                locale=str(record.get("lang") or "und"),
                relevant=relevant,
                expect="answer" if relevant else "abstain",
                answer_span=answers[0] if relevant and answers else None,
            )
        )
    if not questions:
        raise DatasetError("holds no questions", path=str(queries))
    return make_dataset(queries.name.removesuffix(".queries.jsonl"), questions)


def _qrels(path: Path) -> dict[str, dict[str, int]]:
    if not path.is_file():
        return {}
    found: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t"):
            if int(row["score"]) > 0:
                found.setdefault(row["query-id"], {})[row["corpus-id"]] = min(int(row["score"]), 3)
    return found


def _id(record: dict[str, Any], path: Path, line: int) -> str:
    name = record.get("id", record.get("_id"))
    if not isinstance(name, str | int) or str(name).split() != [str(name)]:
        raise DatasetError(f"no usable id, found {name!r}", path=str(path), line=line)
    return str(name)
