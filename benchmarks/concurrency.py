"""24 threads on one shared assistant that reloads, while a writer rebuilds without a pause.

The writer, a process of its own, builds two versions of a knowledge base in turn, now in full, now
the changes alone, and goes back to the generation before now and then. The threads reload, ask,
search, read, and lead conversations; each answer must be, to the last digit of a score, what one
version answers on its own (two_versions.py), so no hit, quote or line can come from another
generation than the rest. Prints a Markdown table; exits with 1 where anything failed.

    python benchmarks/concurrency.py                 five minutes
    python benchmarks/concurrency.py --seconds 10    what the test does (pytest -m long)
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # many readers on few cores: threads would spin

import argparse
import json
import subprocess
import sys
import tempfile
import threading
import time
import traceback
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

from kbassist import Assistant, build_index
from kbassist.index.rollback import rollback
from two_versions import VERSIONS, Checker, Expected, expected, write_versions

THREADS = 24
RELOAD_EVERY = 5
"""Calls of a thread between two reloads."""
KEEP = 2


def write_on(place: Path) -> None:
    """The writer: until the file `stop` is there, then its report."""
    done = {"full": 0, "changes": 0, "rollback": 0}
    for version, kind in zip(cycle(VERSIONS), cycle(("full", "changes", "rollback")), strict=False):
        if (place / "stop").exists():
            break
        if kind == "rollback":
            rollback(place / "index")
        build_index(
            place / f"kb-{version}",
            place / "index",
            full=kind == "full",
            skip_bad=True,
            keep=KEEP,
            wait=60,
        )
        done[kind] += 1
    (place / "writer.json").write_text(json.dumps(done), encoding="utf-8")


class Reader(threading.Thread):
    """One thread on the shared assistant."""

    def __init__(self, number: int, assistant: Assistant, right: Expected, stop: Path) -> None:
        super().__init__()
        self.checker = Checker(right, start=number)
        self.reloads = 0
        self.failures: list[str] = []
        self._assistant = assistant
        self._stop_file = stop

    def run(self) -> None:
        """Read until the file `stop` is there."""
        while not self._stop_file.exists():
            try:
                if not self.checker.reads % RELOAD_EVERY:
                    self.reloads += self._assistant.reload()
                self.checker.read(self._assistant)
            except Exception:
                self.failures.append(traceback.format_exc())


def concur(place: Path, seconds: float, threads: int) -> int:
    """Run it all; how many things went wrong."""
    folders = write_versions(place)
    right = expected(folders, place)
    build_index(folders["a"], place / "index", skip_bad=True)
    assistant = Assistant.open(place / "index")
    writer = subprocess.Popen([sys.executable, __file__, "--writer", "--place", str(place)])
    readers = [Reader(number, assistant, right, place / "stop") for number in range(threads)]
    for reader in readers:
        reader.start()
    started = time.perf_counter()
    while time.perf_counter() - started < seconds and writer.poll() is None:
        time.sleep(0.1)
    (place / "stop").touch()
    for reader in readers:
        reader.join()
    faults = [fault for one in readers for fault in one.failures + one.checker.wrong]
    if writer.wait():
        faults.append("the writer failed")
        built = {}
    else:
        built = json.loads((place / "writer.json").read_text(encoding="utf-8"))
    _print(readers, built, time.perf_counter() - started)
    for fault in faults:
        print(f"FAULT: {fault}")
    print(f"{len(faults)} faults")
    return len(faults)


def _print(readers: Sequence[Reader], built: dict[str, int], seconds: float) -> None:
    seen = [sum(one.checker.seen.get(version, 0) for one in readers) for version in VERSIONS]
    rows = {
        "threads": len(readers),
        "seconds": round(seconds),
        "full builds": built.get("full", 0),
        "builds of changes": built.get("changes", 0),
        "rollbacks, each with a build": built.get("rollback", 0),
        "reloads that changed the generation": sum(one.reloads for one in readers),
        "answers": sum(one.checker.reads for one in readers),
        "of version a": seen[0],
        "of version b": seen[1],
        "failed": sum(len(one.failures) for one in readers),
        "wrong or mixed": sum(len(one.checker.wrong) for one in readers),
    }
    print("| what | how many |\n|---|---|")
    for name, number in rows.items():
        print(f"| {name} | {number} |")
    print()


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--threads", type=int, default=THREADS)
    parser.add_argument("--place", type=Path, help="folder to work in; by default a temporary one")
    parser.add_argument("--writer", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.writer:
        write_on(options.place)
        return 0
    with tempfile.TemporaryDirectory(dir=options.place) as place:
        return 1 if concur(Path(place), options.seconds, options.threads) else 0


if __name__ == "__main__":
    sys.exit(main())
