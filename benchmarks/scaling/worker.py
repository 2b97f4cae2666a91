"""Measurements that want a process of their own.

`speed` asks kbassist and the yardstick in turn, `memory` asks kbassist alone, `recall` compares the
vector leg with every stored vector.
"""

from __future__ import annotations

import gc
import re
import tempfile
import time
from collections import defaultdict
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

from kbassist import Assistant, build_index
from scaling.questions import of_index

ROOT = Path(__file__).parent.parent.parent
WARM_UP = 50
ASKED = 1000
TIMED = 300
COMPARED = 100
K = 10


def speed(index: Path) -> dict[str, Any]:
    """Milliseconds a question, and questions a second on one and two threads."""
    assistant = Assistant.open(index)
    questions = of_index(assistant.index, ASKED)
    found: dict[str, Any] = {
        way: dict(zip(("p50", "p95", "p99"), np.percentile(taken, [50, 95, 99]), strict=True))
        for way, taken in _in_turn(assistant, questions[: WARM_UP + TIMED]).items()
    }
    for threads in (1, 2):
        with ThreadPoolExecutor(threads) as pool:
            started = time.perf_counter()
            done = sum(1 for _ in pool.map(assistant.search, questions[-TIMED:]))
            found[f"per second, {threads}"] = done / (time.perf_counter() - started)
    return found


def _in_turn(assistant: Assistant, questions: Sequence[str]) -> dict[str, list[float]]:
    from scaling.yardstick import Yardstick

    yardstick = Yardstick(assistant)
    prepared = {question: yardstick.prepared(question) for question in questions}
    ways: dict[str, Callable[[str], object]] = {
        "kbassist": lambda question: assistant.search(question, top_k=K),
        "yardstick": yardstick,
        "yardstick, terms and vector given": lambda question: yardstick.search(*prepared[question]),
    }
    times: dict[str, list[float]] = {way: [] for way in ways}
    for number, question in enumerate(questions):
        for way, search in ways.items():
            started = time.perf_counter()
            search(question)
            if number >= WARM_UP:
                times[way].append((time.perf_counter() - started) * 1e3)
    return times


def memory(index: Path) -> dict[str, Any]:
    """Megabytes that an index adds to a process that has answered from another one."""
    with tempfile.TemporaryDirectory() as place:
        build_index(ROOT / "kb", place, jobs=1)
        other = Assistant.open(place)
        for question in of_index(other.index, 200):
            other.search(question)
        import faiss  # noqa: F401  # every large index needs it once

        questions = of_index(Assistant.open(index).index, ASKED)
        gc.collect()
        before = resident()
        assistant = Assistant.open(index)
        opened = resident()
        for question in questions:
            assistant.search(question)
    return {"opened": opened - before, "asked": resident() - before, "by file": mapped(index)}


def resident() -> float:
    """Megabytes of this process that are in memory, mapped files included."""
    status = Path("/proc/self/status").read_text()
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


def mapped(index: Path) -> dict[str, float]:
    """Megabytes of each mapped file of the index that are in memory."""
    sizes: dict[str, float] = defaultdict(float)
    name = ""
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if re.match(r"[0-9a-f]+-[0-9a-f]+ ", line):
            name = line.split(maxsplit=5)[5] if len(line.split(maxsplit=5)) > 5 else ""
        elif line.startswith("Rss:") and name.startswith(str(index.resolve())):
            sizes[Path(name).name] += int(line.split()[1]) / 1024
    return dict(sizes)


def recall(index: Path) -> dict[str, Any]:
    """Recall@10 of the vector leg against every stored vector."""
    opened = Assistant.open(index).index
    vectors, embedder = opened.vectors, opened.embedder
    assert vectors is not None and embedder is not None
    asked = embedder.embed_queries(of_index(opened, COMPARED))
    best = np.full((len(asked), len(opened.bm25)), -1.0, dtype=np.float32)
    for start in range(0, len(vectors), 1 << 16):
        entries = np.arange(start, min(start + (1 << 16), len(vectors)))
        owners = vectors._owners[entries]
        places = np.flatnonzero(np.diff(owners, prepend=-1))
        cosines = np.maximum.reduceat(asked @ vectors._file.decode(entries).T, places, axis=1)
        rows = owners[places]
        best[:, rows] = np.maximum(best[:, rows], cosines)
    shares = []
    for query, row in zip(asked, best, strict=True):
        truth = set(np.argsort(-row, kind="stable")[:K].tolist())
        shares.append(len(truth & set(vectors.search(query, K)[0].tolist())) / K)
    return {"recall@10": float(np.mean(shares)), "entries": len(vectors)}


WAYS = {"speed": speed, "memory": memory, "recall": recall}
