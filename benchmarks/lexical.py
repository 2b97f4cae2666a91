"""Lexical retrieval on public question sets: every question, each corpus row as one chunk.

The sets lie in the folder `eval/public` of $KBASSIST_DATA (default ../shared/data). A row's title
and text go through the analyzer into the BM25 index as they do in a build. Prints a Markdown table:
recall@k is the share of questions with a relevant row among the first k; questions without any
relevant row are left out.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from kbassist.config import Bm25Settings
from kbassist.index.bm25 import Bm25
from kbassist.index.bm25_build import Bm25Builder
from kbassist.text.analyzer import Analyzer

DEFAULT_SETS = ("cmrc2018-dev", "drcd-dev", "xquad-zh", "xquad-en")
BARS = {"cmrc2018-dev": 0.955, "drcd-dev": 0.935, "xquad-zh": 0.925, "xquad-en": 0.915}
"""recall@1 that must be reached."""
DEPTH = 10


def data_folder() -> Path:
    return Path(os.environ.get("KBASSIST_DATA", "../shared/data")) / "eval" / "public"


def read_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        yield from map(json.loads, file)


def build(corpus: Path, folder: Path, analyzer: Analyzer, settings: Bm25Settings) -> list[str]:
    """Index the corpus and return the row ids in row order."""
    rows = sorted(read_lines(corpus), key=lambda row: str(row["id"]))
    builder = Bm25Builder()
    for row in rows:
        builder.add(analyzer.terms(row["text"]), title=analyzer.terms(row["title"] or ""))
    builder.write(folder, settings)
    return [row["id"] for row in rows]


def first_relevant(bm25: Bm25, ids: Sequence[str], analyzer: Analyzer, query: Any) -> int:
    """Rank of the first relevant row, 1-based; 0 where none is among the first ten."""
    terms = [(term.term, term.weight) for term in analyzer.query(query["text"])]
    relevant = set(query["relevant"])
    rows, _ = bm25.top(terms, DEPTH)
    found = (rank for rank, row in enumerate(rows.tolist(), 1) if ids[row] in relevant)
    return next(found, 0)


def measure(name: str, data: Path, settings: Bm25Settings) -> tuple[float, float, float, int]:
    """recall@1, recall@10, MRR@10 and the number of questions."""
    analyzer = Analyzer()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ids = build(data / f"{name}.corpus.jsonl", folder, analyzer, settings)
        bm25 = Bm25.open(folder)
        ranks = [
            first_relevant(bm25, ids, analyzer, query)
            for query in read_lines(data / f"{name}.queries.jsonl")
            if query["relevant"]
        ]
    count = len(ranks)
    return (
        sum(rank == 1 for rank in ranks) / count,
        sum(rank > 0 for rank in ranks) / count,
        sum(1 / rank for rank in ranks if rank) / count,
        count,
    )


def main() -> int:
    defaults = Bm25Settings()
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--all", action="store_true", help="every set in the folder")
    parser.add_argument("--sets", nargs="+", default=list(DEFAULT_SETS), metavar="NAME")
    parser.add_argument("--variant", choices=("lucene", "okapi"), default="lucene")
    parser.add_argument("--k1", type=float, default=defaults.k1)
    parser.add_argument("--b", type=float, default=defaults.b)
    parser.add_argument("--title-weight", type=float, default=defaults.title_weight)
    options = parser.parse_args()
    data = data_folder()
    if not data.is_dir():
        print(f"no question sets in {data}: set KBASSIST_DATA to the data folder", file=sys.stderr)
        return 1
    names = options.sets
    if options.all:
        names = sorted(path.name.split(".")[0] for path in data.glob("*.queries.jsonl"))
    settings = Bm25Settings(
        variant=options.variant, k1=options.k1, b=options.b, title_weight=options.title_weight
    )
    print("| set | questions | recall@1 | bar | recall@10 | MRR@10 | s |")
    print("|---|---|---|---|---|---|---|")
    missed = False
    for name in names:
        start = time.perf_counter()
        first, tenth, mrr, count = measure(name, data, settings)
        bar = BARS.get(name)
        missed |= bar is not None and first < bar
        shown = "" if bar is None else f"{'≥' if first >= bar else 'MISSED'} {bar:.3f}"
        print(
            f"| {name} | {count} | {first:.4f} | {shown} | {tenth:.4f} | {mrr:.4f} |"
            f" {time.perf_counter() - start:.1f} |",
            flush=True,
        )
    return 6 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
