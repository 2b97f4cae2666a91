"""How long a coverage report takes, and how much memory, by the number of questions.

Questions are those of the public sets of $KBASSIST_DATA, each text once, in an order that a fixed
seed shuffles; the index is any (benchmarks/scale.py makes some). Prints wall time of the whole
report and of judging alone, CPU time, and the greatest memory of the process itself and of a
worker.

    python benchmarks/coverage_speed.py --index INDEX --questions 2500 5000 10000
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import random
import resource
import tempfile
import time
from pathlib import Path

from kbassist import Assistant
from kbassist.coverage.cover import cover

DATA = Path(os.environ.get("KBASSIST_DATA", Path(__file__).parents[2] / "shared" / "data"))


def texts() -> list[str]:
    found: dict[str, None] = {}
    for path in sorted((DATA / "eval" / "public").glob("*.queries.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            text = json.loads(line)["text"].strip()
            if text:
                found[text] = None
    listed = list(found)
    random.Random(0).shuffle(listed)
    return listed


def measure(index: Path, count: int, asked: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        log = Path(folder) / "log.jsonl"
        lines = [json.dumps({"question": text}, ensure_ascii=False) for text in asked[:count]]
        log.write_text("\n".join(lines), encoding="utf-8")
        assistant = Assistant.open(index)
        assistant.ask("warm the files")
        judging: list[float] = []
        begun, busy = time.perf_counter(), time.process_time()
        report = cover([log], assistant, progress=lambda *_: judging.append(time.perf_counter()))
        wall, busy = time.perf_counter() - begun, time.process_time() - busy
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(
        f"| {count} | {report.overview.unique} | {len(report.topics)} | {wall:.1f} s |"
        f" {judging[-1] - begun:.1f} s | {busy + children.ru_utime + children.ru_stime:.1f} s |"
        f" {own / 1024:.0f} MiB | {children.ru_maxrss / 1024:.0f} MiB |",
        flush=True,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, required=True)
    parser.add_argument("--questions", type=int, nargs="+", default=[2500, 5000, 10000])
    options = parser.parse_args()
    asked = texts()
    print("| lines | questions | topics | wall | read and judged | CPU | process | worker |")
    print("|---|---|---|---|---|---|---|---|", flush=True)
    for count in options.questions:  # each in a process of its own, for its memory
        process = multiprocessing.get_context("fork").Process(
            target=measure, args=(options.index, count, asked)
        )
        process.start()
        process.join()


if __name__ == "__main__":
    main()
