"""Questions a second by `Assistant.search_many`, on one thread and on several.

    python benchmarks/batch.py [--index INDEX | --kb FOLDER] [--threads 1 2]

The questions are titles and headings of the articles, in the order of their SHA-256, none twice.
Each round asks all of them once with each number of threads, in turn; the first round warms up. The
threads of numpy's own library are switched off, since they would take the cores from ours.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import statistics
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"  # before numpy is imported

from kbassist import Assistant, build_index  # noqa: E402

KB = Path(__file__).parent.parent / "kb"


def questions(assistant: Assistant, count: int) -> list[str]:
    """Titles and headings, spread evenly over the articles."""
    found = {
        " ".join(filter(None, (meta.title, *chunk.heading_path[-1:])))
        for chunk, meta in assistant.index.store.all_chunks()
    }
    short = [text for text in found if 0 < len(text) < 200]
    return sorted(short, key=lambda text: hashlib.sha256(text.encode()).digest())[:count]


def measure(assistant: Assistant, asked: Sequence[str], threads: int) -> float:
    """Questions a second."""
    started = time.perf_counter()
    assistant.search_many(asked, threads=threads)
    return len(asked) / (time.perf_counter() - started)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--kb", type=Path, default=KB, help="folder of articles")
    parser.add_argument("--index", type=Path, help="an index that is there, instead of building")
    parser.add_argument("--threads", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--questions", type=int, default=400)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        index = options.index
        if index is None:
            index = Path(scratch) / "index"
            build_index(options.kb, index, skip_bad=True)
        assistant = Assistant.open(index)
        asked = questions(assistant, options.questions)
        speeds: dict[int, list[float]] = {threads: [] for threads in options.threads}
        for turn in range(options.rounds + 1):
            for threads, found in speeds.items():
                speed = measure(assistant, asked, threads)
                if turn:
                    found.append(speed)
        print(
            f"{len(assistant.index.bm25)} chunks, {len(asked)} questions, {options.rounds} rounds\n"
        )
        print("| threads | questions a second |\n|--:|--:|")
        for threads, found in speeds.items():
            print(f"| {threads} | {statistics.median(found):.0f} |")


if __name__ == "__main__":
    main()
