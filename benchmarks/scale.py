"""Build help centres of growing size and measure each: `python benchmarks/scale.py`.

Real articles of $KBASSIST_DATA/kb up to 100,000 chunks, varied copies beyond (corpus.py). For every
size: a full build, one changed article, disk by part, memory, warm search beside a bare pipeline
(yardstick.py), recall of the vector leg, and a cold `kbassist ask --json` beside
`python -c "import numpy"`. Needs bm25s. Results are kept in results.json, one entry a size, so that
sizes can be measured in several runs; `--report` writes them into docs/performance.md.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from kbassist import __version__, build_index
from peers.corpus import data_folder
from scaling import worker as workers
from scaling.corpus import write
from scaling.report import table, write_report

RESULTS = Path(__file__).parent / "scaling" / "results.json"
BYTECODE = Path(tempfile.gettempdir()) / "kbassist-scale-bytecode"
SIZES = (1_000, 10_000, 100_000)
RUNS = 7


def measured(size: int, work: Path) -> dict[str, Any]:
    """All figures of one size."""
    kb, index = work / f"kb-{size}", work / f"index-{size}"
    if not kb.exists():
        write(size, kb, work / "unpacked")
    load = os.getloadavg()[0]
    shutil.rmtree(index, ignore_errors=True)
    report = build_index(kb, index, skip_bad=True)
    found: dict[str, Any] = {
        "version": __version__,
        "load before": load,
        "articles": report.articles,
        "chunks": report.chunks,
        "build seconds": report.seconds,
        "build peak MB": peak(),
        "disk": disk(index / report.generation, report.chunks),
        "disk of the cache": (index / "cache.sqlite").stat().st_size / report.chunks,
    }
    found["one article"] = one_article(kb, index)
    for what in ("speed", "memory", "recall"):
        found[what] = worker(what, index)
    found["cold"] = cold(index)
    return found


def peak() -> float:
    """Megabytes of the largest process of the build."""
    who = (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    return max(resource.getrusage(one).ru_maxrss for one in who) / 1024


def disk(folder: Path, chunks: int) -> dict[str, float]:
    """Bytes a chunk of each part of a generation."""
    parts: dict[str, float] = defaultdict(float)
    for path in folder.iterdir():
        part = path.name.partition(".")[0] if path.suffix == ".npy" else path.name
        parts[part] += path.stat().st_size / chunks
    return dict(parts)


def one_article(kb: Path, index: Path) -> float:
    """Seconds of a build from a cold process after one article has changed; the median of 3."""
    article = sorted(kb.rglob("*.md"))[0]
    before = article.read_bytes()
    command = [sys.executable, "-m", "kbassist", "build", str(kb), "--index", str(index)]
    times = []
    try:
        for run in range(3):
            article.write_bytes(before + f"\n\nOne more sentence, number {run}.\n".encode())
            times.append(wall([*command, "--skip-bad"]))
    finally:
        article.write_bytes(before)
    return statistics.median(times)


def worker(what: str, index: Path) -> dict[str, Any]:
    """A measurement in a process of its own."""
    command = [sys.executable, __file__, "--worker", what, str(index)]
    one_thread = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(command, stdout=subprocess.PIPE, env=one_thread, check=True)
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def cold(index: Path) -> dict[str, float]:
    """Median seconds of whole processes, asked in turn."""
    question = ["How do I withdraw?", "--index", str(index), "--json"]
    commands = {
        "ask": [sys.executable, "-m", "kbassist", "ask", *question],
        "numpy": [sys.executable, "-c", "import numpy"],
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for run in range(RUNS + 1):
        for name, command in commands.items():
            taken = wall(command)
            if run:  # the first caches the bytecode
                times[name].append(taken)
    return {name: statistics.median(taken) for name, taken in times.items()}


def wall(command: Sequence[str]) -> float:
    """Seconds that a command takes, bytecode cached as for an installed package.

    `ask` may decline, which is no failure.
    """
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(BYTECODE)}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    started = time.perf_counter()
    done = subprocess.run(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env=environment
    )
    if done.returncode not in (0, 3, 4):
        raise SystemExit(done.stderr.decode())
    return time.perf_counter() - started


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES, help="chunks")
    parser.add_argument("--work", type=Path, default=Path("benchmarks/.scale"), help="kept")
    parser.add_argument("--report", action="store_true", help="write docs/performance.md")
    parser.add_argument("--worker", nargs=2, metavar=("WHAT", "INDEX"), help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.worker:
        what, index = options.worker
        print(json.dumps(workers.WAYS[what](Path(index))))
        return 0
    if not data_folder().is_dir():
        print(f"skipped: KBASSIST_DATA names no folder with data ({data_folder()})")
        return 0
    results = json.loads(RESULTS.read_text()) if RESULTS.exists() else {}
    for size in () if options.report else options.sizes:
        results[str(size)] = measured(size, options.work)
        RESULTS.write_text(json.dumps(results, indent=1, sort_keys=True) + "\n")
        print(json.dumps({size: results[str(size)]}, indent=1), flush=True)
    print(table(results))
    if options.report:
        write_report(results)
    return 0


if __name__ == "__main__":
    sys.exit(main())
