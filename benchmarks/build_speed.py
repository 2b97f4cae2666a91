"""How fast an index is built: in full by one and by two processes, and after one article changed.

    python benchmarks/build_speed.py                     5,000 articles of $KBASSIST_DATA/kb
    python benchmarks/build_speed.py --articles 1962
    python benchmarks/build_speed.py --kb FOLDER         a knowledge base of your own

Every build is a process of its own, so that the time from a cold start is what a user waits for.
The processor's seconds of a build (its workers included) say what it costs where other programs
share the cores. The table of stages takes them one by one in this process, on a sample. The data
(default ../shared/data) is help-centre text that is not part of the repository: usable articles in
the order of the SHA-256 of their paths, as in `peers/corpus.py`. Prints Markdown tables.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kbassist.articles.chunk import chunk_article
from kbassist.articles.parse import read_article
from kbassist.articles.parser import parse_blocks
from kbassist.articles.walk import walk
from kbassist.config import ChunkSettings
from kbassist.embed.registry import bundled_model
from kbassist.index.analysed import count_terms, encoded
from kbassist.index.record import dump_body
from kbassist.kb_config import KbConfig
from kbassist.types import Article

from peers.corpus import data_folder, unpack  # isort: skip

SAMPLE = 400
"""Articles whose stages are measured one by one."""

BUILD = """
import sys, time
started = time.perf_counter()
from kbassist import build_index
report = build_index(sys.argv[1], sys.argv[2], jobs=int(sys.argv[3]), skip_bad=True,
                     full=sys.argv[4] == "full")
print(report.chunks, report.articles, report.reused, report.seconds)
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One build in a process of its own."""

    chunks: int
    articles: int
    reused: int
    wall: float
    """Seconds from the start of the process to its end."""
    processor: float
    """Seconds, of the build and its workers."""


def build(kb: Path, index: Path, jobs: int, how: str) -> Run:
    before, started = os.times(), time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-c", BUILD, str(kb), str(index), str(jobs), how],
        check=True,
        capture_output=True,
        text=True,
    )
    wall, after = time.perf_counter() - started, os.times()
    chunks, articles, reused, _ = run.stdout.split()
    used = sum(after[2:4]) - sum(before[2:4])
    return Run(int(chunks), int(articles), int(reused), wall, used)


def take(articles: int, target: Path, scratch: Path) -> None:
    """Copy usable articles of the data into a kb folder."""
    roots = unpack(data_folder(), scratch)
    paths = [(root, path) for root in roots for path in walk(root)]
    paths.sort(key=lambda pair: hashlib.sha256(pair[1].encode()).digest())
    seen: set[str] = set()
    for root, path in paths:
        article = read_article((root / path).read_bytes(), path, KbConfig()).article
        if article is None or article.meta.status != "published" or article.meta.id in seen:
            continue
        seen.add(article.meta.id)
        (target / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(root / path, target / path)
        if len(seen) == articles:
            return
    sys.exit(f"the data holds only {len(seen)} usable articles")


def stages(kb: Path) -> Iterator[tuple[str, float, int]]:
    """What each stage costs on a sample: its name, the processor's seconds, the chunks."""
    paths = walk(kb)
    chosen = [path for path in paths[:: max(len(paths) // SAMPLE, 1)]]
    raw = {path: (kb / path).read_bytes() for path in chosen}
    config, settings = KbConfig(), ChunkSettings()
    parsed: list[Article] = []
    model = bundled_model()
    model.embed_documents(["load"])

    def parse() -> None:
        found = (read_article(data, path, config).article for path, data in raw.items())
        parsed.extend(article for article in found if article is not None)

    parse()
    texts = [article.text for article in parsed]
    parsed.clear()
    alone = _timed(lambda: [parse_blocks(text) for text in texts])
    whole = _timed(parse)
    chunks = [chunk_article(article, settings) for article in parsed]
    flat = [chunk for some in chunks for chunk in some]
    count = len(flat)
    yield "markdown-it-py alone", alone, count
    yield "the rest of parsing (front matter, sections, language)", whole - alone, count
    yield "chunking", _timed(lambda: [chunk_article(one, settings) for one in parsed]), count
    pairs = list(zip(parsed, chunks, strict=True))
    yield "rows for the store", _timed(lambda: [dump_body(*pair) for pair in pairs]), count
    groups = [flat[first : first + 160] for first in range(0, count, 160)]
    yield "analysis", _timed(lambda: [count_terms(group) for group in groups]), count
    yield "embedding", _timed(lambda: [encoded(group, model) for group in groups]), count


def _timed(work: Callable[[], object]) -> float:
    started = time.process_time()
    work()
    return time.process_time() - started


def changed(kb: Path, index: Path, rounds: int) -> list[Run]:
    """Builds after one article in the middle got a line more."""
    path = kb / walk(kb)[len(walk(kb)) // 2]
    before = path.read_bytes()
    runs = []
    for number in range(rounds):
        path.write_bytes(before + f"\n\nOne more line, number {number}.\n".encode())
        runs.append(build(kb, index, 2, "incremental"))
    path.write_bytes(before)
    return runs


def report(kb: Path, scratch: Path, rounds: int) -> None:
    full: dict[int, list[Run]] = {1: [], 2: []}
    for number in range(rounds):
        for jobs in (2, 1):
            full[jobs].append(build(kb, scratch / f"index{jobs}{number}", jobs, "full"))
    one = changed(kb, scratch / "index20", max(rounds, 3))
    chunks, articles = full[2][0].chunks, full[2][0].articles
    print(f"{articles} articles, {chunks} chunks; least of {rounds} builds\n")
    print("| build | wall s | chunks/s | processor s | of the full build |")
    print("|---|---:|---:|---:|---:|")
    least = _least(full[2])
    for name, runs in (("1 process", full[1]), ("2 processes", full[2]), ("one article", one)):
        best = _least(runs)
        speed = f"{chunks / best.wall:.0f}" if runs is not one else ""
        print(
            f"| {name} | {best.wall:.2f} | {speed} | {best.processor:.2f} |"
            f" 1/{least.wall / best.wall:.1f} |"
        )
    print("\n| stage, one core | µs a chunk | chunks/s |\n|---|---:|---:|")
    total = 0.0
    for name, seconds, count in stages(kb):
        total += seconds / count
        print(f"| {name} | {1e6 * seconds / count:.0f} | {count / max(seconds, 1e-9):.0f} |")
    print(f"| together | {1e6 * total:.0f} | {1 / total:.0f} |")


def _least(runs: Sequence[Run]) -> Run:
    return min(runs, key=lambda run: run.wall)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--articles", type=int, default=5000)
    parser.add_argument("--kb", type=Path)
    parser.add_argument("--rounds", type=int, default=2)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as place:
        scratch, kb = Path(place), asked.kb
        if kb is None:
            kb = scratch / "kb"
            take(asked.articles, kb, scratch / "data")
        else:
            shutil.copytree(kb, kb := scratch / "kb")
        report(kb, scratch, asked.rounds)


if __name__ == "__main__":
    main()
