"""1,000 requests at once in asyncio and 8 threads on one assistant, while a writer rebuilds.

The assistant follows new generations by itself (`follow=True`). The writer, a process of its own,
builds two versions of a knowledge base in turn (concurrency.py); each answer must be, to the last
digit of a score, what one version answers on its own (two_versions.py), so that no hit, quote or
line can come from another generation than the rest. Prints Markdown tables: first nothing but the
requests, then all of it; exits with 1 where anything failed.

    python benchmarks/async_load.py                  a minute, 1,000 requests at once, 8 threads
    python benchmarks/async_load.py --seconds 5      what the test does (pytest -m long)
    python benchmarks/async_load.py --workers        with how many threads most are answered
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import argparse
import asyncio
import gc
import json
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from concurrency import Reader
from kbassist import Answer, Assistant, Hit, build_index
from kbassist.answer import workers
from two_versions import VERSIONS, Expected, expected, of_answer, of_hits, write_versions

REQUESTS = 1000
THREADS = 8
TICK = 0.01
"""Seconds that a task sleeps to see how long the event loop stalls."""
TRIED = (1, 2, 4, 8, 32)
"""Numbers of threads that `--workers` compares."""

WRITER = Path(__file__).with_name("concurrency.py")


@dataclass
class Round:
    """Requests that were made at once."""

    seconds: list[float] = field(default_factory=list)
    """From request to answer, the waiting included."""
    faults: list[str] = field(default_factory=list)
    seen: dict[str, int] = field(default_factory=dict)
    whole: float = 0.0
    stall: float = 0.0
    """Longest time for which the event loop did nothing else."""


async def at_once(assistant: Assistant, right: Expected, requests: int) -> Round:
    """Make many requests at once, and check what each says when all have come back."""
    done = Round()
    calls = _calls(assistant, right)
    found: list[tuple[dict[str, str], Callable[[], str]]] = []

    async def one(number: int) -> None:
        by_version, fingerprint, call = calls[number % len(calls)]
        begun = time.perf_counter()
        try:
            answer = await call()
            found.append((by_version, lambda: fingerprint(answer)))
        except Exception:
            done.faults.append(traceback.format_exc())
        done.seconds.append(time.perf_counter() - begun)

    async def tick() -> None:
        while True:
            begun = time.perf_counter()
            await asyncio.sleep(TICK)
            done.stall = max(done.stall, time.perf_counter() - begun - TICK)

    begun = time.perf_counter()
    ticking = asyncio.create_task(tick())
    await asyncio.gather(*map(one, range(requests)))
    done.whole = time.perf_counter() - begun
    ticking.cancel()
    for by_version, fingerprint in found:
        version = next((v for v, print_ in by_version.items() if print_ == fingerprint()), None)
        if version is None:
            done.faults.append("an answer of no version")
        else:
            done.seen[version] = done.seen.get(version, 0) + 1
    return done


Call = tuple[dict[str, str], Callable[[object], str], Callable[[], Awaitable[object]]]


def _calls(assistant: Assistant, right: Expected) -> list[Call]:
    """Every question asked alone, in a conversation, and searched for."""

    def answer(found: object) -> str:
        assert isinstance(found, Answer)
        return of_answer(found)

    def hits(found: object) -> str:
        assert isinstance(found, list) and all(isinstance(hit, Hit) for hit in found)
        return of_hits(found)

    calls: list[Call] = []
    for text, by_version in right.asked.items():
        calls.append((by_version, answer, partial(assistant.aask, text)))
        calls.append((by_version, answer, partial(_in_conversation, assistant, text)))
    for text, by_version in right.searched.items():
        calls.append((by_version, hits, partial(assistant.asearch, text)))
    return calls


async def _in_conversation(assistant: Assistant, question: str) -> Answer:
    """The first question of a conversation."""
    return await assistant.conversation().aask(question)


def load(place: Path, seconds: float, requests: int, threads: int) -> int:
    """Run it all; how many things went wrong."""
    assistant, right = _opened(place)
    asyncio.run(at_once(assistant, right, requests))  # warm
    alone = [asyncio.run(at_once(assistant, right, requests))]
    _print("nothing else going on", alone, {})
    before = _held(place)
    writer = subprocess.Popen([sys.executable, str(WRITER), "--writer", "--place", str(place)])
    readers = [Reader(number, assistant, right, place / "stop") for number in range(threads)]
    for reader in readers:
        reader.start()
    rounds: list[Round] = []
    begun = time.perf_counter()
    while time.perf_counter() - begun < seconds and writer.poll() is None:
        rounds.append(asyncio.run(at_once(assistant, right, requests)))
    (place / "stop").touch()
    for reader in readers:
        reader.join()
    faults = [fault for one in (*alone, *rounds) for fault in one.faults]
    faults += [fault for one in readers for fault in one.failures + one.checker.wrong]
    if writer.wait():
        faults.append("the writer failed")
    built = json.loads((place / "writer.json").read_text(encoding="utf-8"))
    whole = sum(one.whole for one in rounds)
    reads = sum(reader.checker.reads for reader in readers)
    others = {
        "builds meanwhile": sum(built.values()),
        "calls of the threads": reads,
        "answers a second, threads and requests": f"{(reads + len(rounds) * requests) / whole:.0f}",
        "failed, wrong or mixed": len(faults),
    }
    _print(f"{threads} threads and a writer at work", rounds, others)
    _print_held(before, _held(place))
    for fault in faults:
        print(f"FAULT: {fault}")
    print(f"{len(faults)} faults")
    return len(faults)


def _opened(place: Path) -> tuple[Assistant, Expected]:
    folders = write_versions(place)
    right = expected(folders, place)
    build_index(folders["a"], place / "index", skip_bad=True)
    return Assistant.open(place / "index", follow=True), right


def _print(name: str, rounds: Sequence[Round], others: dict[str, object]) -> None:
    times = sorted(second for one in rounds for second in one.seconds)
    seen = [str(sum(one.seen.get(version, 0) for one in rounds)) for version in VERSIONS]
    rows: dict[str, object] = {
        "requests": f"{len(times)}, {len(rounds[0].seconds)} at once",
        "answered a second": f"{len(times) / sum(one.whole for one in rounds):.0f}",
        "p50 s, the waiting included": f"{times[len(times) // 2]:.2f}",
        "p95 s": f"{times[int(len(times) * 0.95)]:.2f}",
        "longest stall of the event loop, ms": f"{1000 * max(one.stall for one in rounds):.0f}",
        "of version a / b": " / ".join(seen),
        **others,
    }
    print(f"| {name} | |\n|---|---:|")
    for label, value in rows.items():
        print(f"| {label} | {value} |")
    print()


def _held(place: Path) -> dict[str, int]:
    """What a process may leak: its threads, its files, generations that it maps, its memory."""
    gc.collect()
    mapped = Path("/proc/self/maps").read_text(encoding="utf-8")
    names = {
        line.split("/index/")[1].split("/")[0]
        for line in mapped.splitlines()
        if f"{place}/index/" in line
    }
    status = Path("/proc/self/status").read_text(encoding="utf-8").split("VmRSS:")[1]
    return {
        "threads": threading.active_count(),
        "open files": len(os.listdir("/proc/self/fd")),
        "generations held": len(names),
        "Python objects": len(gc.get_objects()),
        "memory, MB": int(status.split()[0]) // 1024,
    }


def _print_held(before: dict[str, int], after: dict[str, int]) -> None:
    print("| held | before | after |\n|---|---:|---:|")
    for name, number in before.items():
        print(f"| {name} | {number} | {after[name]} |")
    print()


def compare_workers(place: Path, requests: int) -> int:
    """How many threads answer best; how many things went wrong."""
    assistant, right = _opened(place)
    asyncio.run(at_once(assistant, right, requests))
    print("| threads | answered a second | p95 s | longest stall of the event loop, ms |")
    print("|---:|---:|---:|---:|")
    faults = 0
    for count in TRIED:
        with ThreadPoolExecutor(count) as pool:
            workers._workers._threads = pool
            done = asyncio.run(at_once(assistant, right, requests))
        workers._workers.forget()
        faults += len(done.faults)
        p95 = sorted(done.seconds)[int(len(done.seconds) * 0.95)]
        print(f"| {count} | {requests / done.whole:.0f} | {p95:.2f} | {1000 * done.stall:.0f} |")
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--requests", type=int, default=REQUESTS, help="at once")
    parser.add_argument("--threads", type=int, default=THREADS)
    parser.add_argument("--workers", action="store_true", help="compare numbers of threads")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as place:
        if options.workers:
            return 1 if compare_workers(Path(place), options.requests) else 0
        faults = load(Path(place), options.seconds, options.requests, options.threads)
        return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
