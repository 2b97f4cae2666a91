"""Evaluation on real help centres and public question sets, by the runner of `kbassist eval`.

Builds an index of each knowledge base in a temporary folder and asks every question. The data lie
in the folder `eval` of $KBASSIST_DATA (default ../shared/data); without them nothing is measured,
which is said. Prints Markdown tables. recall@k is Success@k: any right article in the first k.

    python benchmarks/eval_sets.py                    everything, 600 questions of each public set
    python benchmarks/eval_sets.py --only support     one group: support, support-test, public
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kbassist import Assistant, build_index
from kbassist.evals.beir import read_queries, write_kb
from kbassist.evals.model import Question, make_dataset
from kbassist.evals.names import HEADS
from kbassist.evals.run import run
from kbassist.evals.summary import Row, Summary, summarise

PUBLIC = (
    "cmrc2018-dev", "drcd-dev", "xquad-zh", "xquad-en", "xquad-zh-en", "xquad-en-zh",
    "squad2-dev-a", "lcqmc-test", "bq-test", "datatalks-faq",
)  # fmt: skip
GROUPS = ("support", "support-test", "public")
LIMIT = 600


def support(pack: Path, work: Path, embedder: str) -> Iterator[tuple[str, Summary]]:
    """Each knowledge base of a pack of labelled support questions."""
    records = [json.loads(line) for line in (pack / "queries.jsonl").open(encoding="utf-8")]
    for kb in sorted({record["kb"] for record in records}):
        index = work / f"{pack.name}-{kb}"
        build_index(pack / "kb" / kb, index, embedder=embedder, skip_bad=True)
        assistant = Assistant.open(index)
        ids = {meta.path: meta.id for meta in assistant.index.store.articles()}
        questions = [_question(record, ids) for record in records if record["kb"] == kb]
        yield f"{pack.name}: {kb}", summarise(run(make_dataset(kb, questions), assistant))


def _question(record: dict[str, Any], ids: dict[str, str]) -> Question:
    relevant = {ids[path]: 1 for path in record["relevant"]}
    return Question(
        id=record["id"],
        text=record["query"],
        locale=record["lang"],
        slice=record["slice"],
        expect="answer" if relevant else "abstain",
        relevant=relevant,
        answer_span=record.get("answer_span") or None if relevant else None,
        history=record.get("history") or (),
    )


def public(folder: Path, work: Path, embedder: str, limit: int) -> Iterator[tuple[str, Summary]]:
    """Public question sets, each document an article of its own."""
    for name in PUBLIC:
        write_kb(folder / f"{name}.corpus.jsonl", work / name)
        build_index(work / name, work / f"{name}.index", embedder=embedder)
        dataset = read_queries(folder / f"{name}.queries.jsonl", limit=limit)
        yield name, summarise(run(dataset, Assistant.open(work / f"{name}.index")))


def cells(name: str, row: Row) -> str:
    """One row of the table."""
    shown = [
        f"{row.figures[measure].value:.3f}" if measure in row.figures else "–" for measure in HEADS
    ]
    return f"| {name} | {row.questions} | {' | '.join(shown)} |"


def show(found: Iterator[tuple[str, Summary]], slices: bool) -> None:
    """Print a table as its rows come in."""
    print(f"| set | n | {' | '.join(HEADS.values())} |")
    print(f"|---|{'---:|' * (len(HEADS) + 1)}", flush=True)
    notes = []
    for name, summary in found:
        for row in summary.slices if slices else ():
            print(cells(f"{name}, {row.name}", row))
        print(cells(f"**{name}**", summary.total), flush=True)
        if summary.abstention.recall is not None:
            f1 = summary.abstention.f1 or 0.0
            auroc = "–" if summary.auroc is None else f"{summary.auroc:.3f}"
            notes.append(f"{name}: abstention F1 {f1:.3f}, AUROC of confidence {auroc}")
    print("\n" + "\n".join(notes) + "\n" if notes else "", flush=True)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", choices=GROUPS, action="append")
    parser.add_argument("--embedder", default="none", help="as for kbassist build")
    parser.add_argument("--limit", type=int, default=LIMIT, help="questions of each public set")
    options = parser.parse_args(arguments)
    data = Path(os.environ.get("KBASSIST_DATA", "../shared/data")) / "eval"
    if not data.is_dir():
        print(f"skipped: KBASSIST_DATA names no folder with data ({data})")
        return 0
    for group in options.only or GROUPS:
        with tempfile.TemporaryDirectory() as place:
            work = Path(place)
            if group == "public":
                show(public(data / "public", work, options.embedder, options.limit), False)
            else:
                show(support(data / group, work, options.embedder), True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
