"""How long `ask` takes beside `search`, warm, on the example help centre and on 10,000 chunks.

The larger knowledge base is the help centres of eval/support with real articles of
$KBASSIST_DATA/kb (default ../shared/data) beside them, as benchmarks/peers picks them, so that its
questions have answers in it. Each question is searched and asked in turn in one run, so that what
else the machine does weighs on both alike; one thread. A first round asks every question once,
after 20 others to warm up; a second asks them again, when the passages that they quote were read
before. Prints one Markdown table: median and 95th percentile in milliseconds, and their ratios.

    python benchmarks/ask_speed.py                 both; unpacking and building take minutes
    python benchmarks/ask_speed.py --chunks 0      the example help centre alone
"""

from __future__ import annotations

import os

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

import numpy as np

from kbassist import Assistant, __version__, build_index
from kbassist.evals.read import read_dataset
from peers.corpus import choose, data_folder, survey, unpack
from question_sets import records

ROOT = Path(__file__).parent.parent
Result = TypeVar("Result")
WARM_UP = 20
HEAD = (
    "knowledge base",
    "round",
    "questions (answered)",
    "search p50 ms",
    "p95",
    "ask p50 ms",
    "p95",
    "ask / search p50",
    "p95",
)


def timed(call: Callable[[str], Result], text: str, times: list[float]) -> Result:
    """What a call returns; its milliseconds are added to the times."""
    started = time.perf_counter()
    found = call(text)
    times.append((time.perf_counter() - started) * 1e3)
    return found


def measure(name: str, index: Path, questions: Sequence[str]) -> None:
    """Two rounds of questions; prints a row for each.

    Searches and answers come from an assistant each, so that neither finds what the other has read.
    """
    searcher, assistant = Assistant.open(index), Assistant.open(index)
    for text in questions[:WARM_UP]:
        searcher.search(text)
        assistant.ask(text)
    for round_name in ("first", "again"):
        answered = 0
        searching: list[float] = []
        asking: list[float] = []
        for text in questions[WARM_UP:]:
            timed(searcher.search, text, searching)
            answered += timed(assistant.ask, text, asking).action == "answer"
        a, b = (np.percentile(times, [50, 95]) for times in (searching, asking))
        chunks = assistant.index.manifest.counts["chunks"]
        print(
            f"| {name}, {chunks:,} chunks | {round_name} | {len(asking)} ({answered})"
            f" | {a[0]:.1f} | {a[1]:.1f} | {b[0]:.1f} | {b[1]:.1f}"
            f" | {b[0] / a[0]:.2f} | {b[1] / a[1]:.2f} |",
            flush=True,
        )


def example(work: Path) -> None:
    """The example help centre with its own questions."""
    build_index(ROOT / "kb", work / "index")
    files = [ROOT / "evals" / f"{name}.jsonl" for name in ("harbor-zh", "harbor-en")]
    questions = [question.text for path in files for question in read_dataset(path).questions]
    measure("kb", work / "index", questions)


def large(data: Path, work: Path, size: int) -> None:
    """Real help centres of about `size` chunks with the questions about some of them."""
    support, kb = data.parent / "eval" / "support", work / "kb"
    shutil.copytree(support / "kb", kb)
    own = build_index(kb, work / "own", embedder="none", skip_bad=True).chunks
    for file in choose(survey(unpack(data, work / "unpacked"), size), max(size - own, 0)):
        target = kb / "more" / file.path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(file.root / file.path, target)
    build_index(kb, work / "index", skip_bad=True)
    questions = [record["query"] for record in records(support)]
    measure("help centres", work / "index", questions)


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--chunks", type=int, default=10_000, help="of the larger one; 0: without")
    options = parser.parse_args(arguments)
    print(f"kbassist {__version__}, one thread.\n")
    print(f"| {' | '.join(HEAD)} |\n|---|---|{'---:|' * (len(HEAD) - 2)}", flush=True)
    with tempfile.TemporaryDirectory() as place:
        example(Path(place))
    data = data_folder()
    if options.chunks and data.is_dir():
        with tempfile.TemporaryDirectory() as place:
            large(data, Path(place), options.chunks)
    elif options.chunks:
        print(f"skipped: KBASSIST_DATA names no folder with data ({data})", file=sys.stderr)
    return 0


if __name__ == "__main__":
    sys.exit(main())
