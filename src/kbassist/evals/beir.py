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
from kbassist.evals.read import json_lines, make_question


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


def read_queries(queries: Path, *, limit: int | None = None, qrels: Path | None = None) -> Dataset:
    """The questions of a set.

    Args:
        queries: `NAME.queries.jsonl`, or `queries.jsonl` with a `qrels` file.
        limit: only the first so many.
        qrels: labels, where the questions hold none; by default `NAME.qrels.tsv` beside them.

    Raises:
        DatasetError: as `read_dataset`, or there are no labels at all.
    """
    name = queries.name.removesuffix(".jsonl").removesuffix(".queries")
    labels = _qrels(queries.with_name(f"{name}.qrels.tsv") if qrels is None else qrels)
    questions: dict[str, Question] = {}
    for line, record in json_lines(queries):
        if limit is not None and len(questions) >= limit:
            break
        question = _question(record, labels, queries, line)
        if question.id in questions:
            raise DatasetError(f"the id {question.id!r} occurs twice", path=str(queries), line=line)
        questions[question.id] = question
    if not questions:
        raise DatasetError("holds no questions", path=str(queries))
    return make_dataset(name, questions.values())


def _question(
    record: dict[str, Any], labels: dict[str, dict[str, int]] | None, path: Path, line: int
) -> Question:
    name = _id(record, path, line)
    if "relevant" not in record and labels is None:
        raise DatasetError(
            "no labels: neither 'relevant' nor a qrels file",
            path=str(path),
            line=line,
            hint="Put NAME.qrels.tsv beside it, with query-id, corpus-id and score.",
        )
    relevant = record.get("relevant", (labels or {}).get(name, []))
    answers = [str(answer) for answer in record.get("answers") or []]
    fields = {
        "id": name,
        "text": record.get("text"),
        "locale": str(record.get("lang") or "und"),
        "relevant": relevant,
        "expect": "answer" if relevant else "abstain",
        "answer_span": answers[0] if relevant and answers else None,
    }
    return make_question(fields, str(path), line)


def _qrels(path: Path) -> dict[str, dict[str, int]] | None:
    """Question → document → grade; None where there is no such file."""
    if not path.is_file():
        return None
    found: dict[str, dict[str, int]] = {}
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file, delimiter="\t")
        if not {"query-id", "corpus-id", "score"} <= set(reader.fieldnames or ()):
            raise DatasetError(
                f"the columns are {reader.fieldnames}",
                path=str(path),
                line=1,
                hint="The first line names them: query-id, corpus-id and score.",
            )
        for row in reader:
            try:
                grade = int(float(row["score"]))
            except ValueError:
                found_text = repr(row["score"])
                raise DatasetError(
                    f"score must be a number, found {found_text}",
                    path=str(path),
                    line=reader.line_num,
                ) from None
            if grade > 0:
                found.setdefault(row["query-id"], {})[row["corpus-id"]] = min(grade, 3)
    return found


def _id(record: dict[str, Any], path: Path, line: int) -> str:
    name = record.get("id", record.get("_id"))
    if not isinstance(name, str | int) or str(name).split() != [str(name)]:
        raise DatasetError(f"no usable id, found {name!r}", path=str(path), line=line)
    return str(name)
