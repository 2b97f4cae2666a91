"""What runs in a process of its own: build an index, serve questions from it, or start cold.

    python -m benchmarks.peers.worker STAGE MODULE FORM CORPUS INDEX STARTED

Prints one line of JSON. STARTED is the parent's monotonic clock when it started this process.
"""

# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .queries import Query
    from .systems import Search

WARM_UP = 20
"""Questions before the clock is looked at."""


def resident_mb() -> float:
    """Resident memory of this process."""
    import psutil

    gc.collect()
    return float(psutil.Process().memory_info().rss) / 1e6


def first(module: str, form: str, corpus: Path, index: Path, started: float) -> dict[str, Any]:
    """From the start of the process to the first answer."""
    question = (corpus / "first.txt").read_text(encoding="utf-8")
    found = import_module(f".systems.{module}", __package__).open_index(index, form)(question)
    return {"cold_s": time.monotonic() - started, "found": len(found)}


def build(module: str, form: str, corpus: Path, index: Path, started: float) -> dict[str, Any]:
    """Build and save; the packages and the embedder are loaded before the clock starts."""
    from .embedder import shared
    from .pieces import read_pieces

    system = import_module(f".systems.{module}", __package__)
    pieces = read_pieces(corpus)
    shared()
    if hasattr(system, "prepare"):
        system.prepare(pieces, index, form)
    before = resident_mb()
    clock = time.perf_counter()
    system.build(pieces, index, form)
    seconds = time.perf_counter() - clock
    size = sum(file.stat().st_size for file in index.rglob("*") if file.is_file())
    return {"build_s": seconds, "build_mb": resident_mb() - before, "disk_mb": size / 1e6}


def serve(module: str, form: str, corpus: Path, index: Path, started: float) -> dict[str, Any]:
    """Load in a fresh process and ask everything."""
    from .embedder import shared
    from .queries import read_queries

    system = import_module(f".systems.{module}", __package__)
    shared()
    queries = read_queries(corpus)
    before = resident_mb()
    search = system.open_index(index, form)
    for query in queries[:WARM_UP]:
        search(query.text)
    answers = [_ask(search, query) for query in queries]
    after = resident_mb()
    return {"memory_mb": after - before, "process_mb": after, **_summary(queries, answers)}


def _ask(search: Search, query: Query) -> tuple[float, int]:
    """Seconds and the 1-based rank of the right chunk, 0 where it is not among the ten."""
    clock = time.perf_counter()
    found = list(search(query.text))
    seconds = time.perf_counter() - clock
    return seconds, found.index(query.chunk) + 1 if query.chunk in found else 0


def _summary(queries: Sequence[Query], answers: Sequence[tuple[float, int]]) -> dict[str, Any]:
    import numpy as np

    pairs = list(zip(queries, answers, strict=True))
    times = [answer[0] for query, answer in pairs if query.timed]
    quality: dict[str, Any] = {}
    for lang in sorted({query.lang for query in queries}):
        quality[lang] = _quality([rank for query, (_, rank) in pairs if query.lang == lang])
        for kind in sorted({query.kind for query in queries}):
            chosen = [rank for q, (_, rank) in pairs if (q.lang, q.kind) == (lang, kind)]
            quality[f"{lang} {kind}"] = _quality(chosen)
    return {
        "p50_ms": float(np.percentile(times, 50)) * 1e3,
        "p95_ms": float(np.percentile(times, 95)) * 1e3,
        "qps": len(times) / sum(times),
        "timed": len(times),
        "quality": quality,
    }


def _quality(ranks: Sequence[int]) -> dict[str, float]:
    count = max(len(ranks), 1)
    return {
        "queries": len(ranks),
        "success_1": sum(rank == 1 for rank in ranks) / count,
        "success_5": sum(1 <= rank <= 5 for rank in ranks) / count,
        "mrr_10": sum(1 / rank for rank in ranks if rank) / count,
    }


STAGES = {"build": build, "serve": serve, "first": first}


def main() -> None:
    """Run one stage."""
    stage, module, form, corpus, index, started = sys.argv[1:]
    result = STAGES[stage](module, form, Path(corpus), Path(index), float(started))
    print(json.dumps(result), flush=True)


if __name__ == "__main__":
    main()
