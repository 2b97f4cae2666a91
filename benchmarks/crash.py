"""Writers that are killed at random moments, while two readers ask without a pause.

Each run starts a writer (a full build, a build of changes, one of nothing, a rollback, a
calibration's file, pruning the cache) and kills it with SIGKILL: at a random moment of its usual
time, or within milliseconds of the moment that the new generation gets its name. After each, the
lock must be free, every file of the live generation must have its hash, its sources must be those
of one of two versions, and no process of the writer may run on. Readers open, reload, ask, search
and read; each answer must be, to the last digit of a score, what one version answers on its own
(two_versions.py). Prints Markdown tables; exits with 1 where anything failed.

    python benchmarks/crash.py                300 that were killed, about five minutes
    python benchmarks/crash.py --kills 30     what the test does (pytest -m long)
"""

from __future__ import annotations

import os

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # many readers on few cores: threads would spin

import argparse
import json
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from kbassist import Assistant, build_index
from kbassist.answer.confidence import FILE_NAME, bundled
from kbassist.errors import KbassistError
from kbassist.index import cache, pool
from kbassist.index.files import replace_text
from kbassist.index.generation import is_litter, live_folder, live_name
from kbassist.index.lock import Lock
from kbassist.index.manifest import read_manifest
from kbassist.index.rollback import list_generations, rollback
from kbassist.index.verify import verify_generation
from kbassist.index.writer import writing
from two_versions import VERSIONS, Checker, Expected, expected, write_versions

READERS = 2
KEEP = (1, 3, 3)
"""Generations that builds keep: with 1, what a reader is opening may be removed at any moment."""
WEIGHTS = {"full": 30, "changes": 35, "nothing": 5, "rollback": 15, "calibrate": 8, "prune": 7}
REPEATED = ("rollback", "calibrate", "prune")
"""Writers that are done at once: they write again and again until they are killed."""
NEAR_SWITCH = 0.4
"""Share of the builds that are killed near the switch."""
ORPHAN_SECONDS = 10.0
"""How long a dead writer's own processes may take to notice."""


@dataclass(slots=True)
class Tally:
    """What became of the runs of one kind of writer."""

    runs: int = 0
    killed: int = 0
    switched: int = 0
    """Killed, and what it wrote was live."""
    litter: int = 0
    """Killed, and left something half done, or done and not live."""
    faults: list[str] = field(default_factory=list)


class Harness:
    """An index that is written by processes that die."""

    def __init__(self, place: Path, seed: int) -> None:
        self.index = place / "index"
        self._random = random.Random(seed)
        self._folders = write_versions(place)
        self.expected = expected(self._folders, place)
        self._sources = {
            version: read_manifest(live_folder(place / f"expected-{version}"), rebuild=str).sources
            for version in VERSIONS
        }
        self.tallies = {kind: Tally() for kind in WEIGHTS}
        self._usual: dict[str, float] = {}
        self._build("a", full=True)

    def measure(self) -> None:
        """Let each writer end, to know its usual time beside the readers."""
        for kind in (*WEIGHTS, *WEIGHTS):
            started = time.perf_counter()
            os.waitpid(_forked(self._writer(kind)), 0)
            seconds = time.perf_counter() - started
            self._usual[kind] = min(seconds, self._usual.get(kind, seconds))

    def run(self) -> None:
        """Start one writer, kill it, and look at what is left."""
        kind = self._random.choices(list(WEIGHTS), list(WEIGHTS.values()))[0]
        tally, before = self.tallies[kind], live_name(self.index)
        names = set(os.listdir(self.index))
        write = self._writer(kind)
        pid = _forked(write if kind not in REPEATED else lambda: self._repeat(kind))
        near = kind in ("full", "changes") and self._random.random() < NEAR_SWITCH
        if near:
            self._wait_for_switch(pid)
        else:
            _wait(pid, self._random.uniform(0, self._usual[kind] * (5 if kind in REPEATED else 1)))
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        _, status = os.waitpid(pid, 0)
        tally.runs += 1
        if os.WIFSIGNALED(status):
            tally.killed += 1
            tally.switched += live_name(self.index) != before
            new = {*os.listdir(self.index)} - names - {live_name(self.index)}
            tally.litter += any(is_litter(name) or name.startswith("gen-") for name in new)
        elif os.WEXITSTATUS(status):
            tally.faults.append(f"the writer itself failed ({before} was live)")
        try:
            self._check(pid)
        except (KbassistError, AssertionError) as error:
            tally.faults.append(f"{type(error).__name__}: {error}")

    def _check(self, pid: int) -> None:
        lock = Lock(self.index)
        lock.acquire("check")
        lock.release()
        manifest = verify_generation(live_folder(self.index))
        assert manifest.sources in self._sources.values(), "live is neither version"
        until = time.monotonic() + ORPHAN_SECONDS
        while _group_runs(pid):
            if time.monotonic() > until:
                os.killpg(pid, signal.SIGKILL)
                raise AssertionError("processes of the writer run on")
            time.sleep(0.01)

    def _wait_for_switch(self, pid: int) -> None:
        """Until the folder that is built in gets its name, and a moment more."""
        seen = False
        until = time.monotonic() + 5 * self._usual["full"]
        while time.monotonic() < until and not _has_ended(pid):
            there = any(name.startswith(".building-") for name in os.listdir(self.index))
            if seen and not there:
                break
            seen = seen or there
            time.sleep(0.0002)
        time.sleep(self._random.choice((0, self._random.uniform(0, 0.005))))

    def _writer(self, kind: str) -> Callable[[], object]:
        live = self._live_version()
        other = VERSIONS[1 - VERSIONS.index(live)]
        names = [one.name for one in list_generations(self.index) if not one.live]
        target = self._random.choice(names) if names else None
        return {
            "full": lambda: self._build(self._random.choice(VERSIONS), full=True),
            "changes": lambda: self._build(other),
            "nothing": lambda: self._build(live),
            "rollback": lambda: rollback(self.index, target or live_name(self.index)),
            "calibrate": self._calibrate,
            "prune": self._prune,
        }[kind]

    def _repeat(self, kind: str) -> None:
        while True:
            self._writer(kind)()

    def _live_version(self) -> str:
        sources = read_manifest(live_folder(self.index), rebuild=str).sources
        return next(version for version, own in self._sources.items() if own == sources)

    def _build(self, version: str, full: bool = False) -> None:
        keep = self._random.choice(KEEP)
        pool.WORTH_STARTING = self._random.choice((0, pool.WORTH_STARTING))
        build_index(self._folders[version], self.index, full=full, skip_bad=True, keep=keep)

    def _calibrate(self) -> None:
        with writing(self.index, "calibrate"):
            replace_text(self.index / FILE_NAME, bundled().to_json(), self.index)

    def _prune(self) -> None:
        with writing(self.index, "cache"):
            cache.prune(self.index, self._random.choice((0, 100_000)))

    def finish(self) -> list[str]:
        """Build once more; what it leaves that should not be there."""
        self._build("a", full=True)
        names = {path.name for path in self.index.iterdir()}
        return sorted(name for name in names if is_litter(name) or name.startswith("."))


def _forked(write: Callable[[], object]) -> int:
    """Run a writer in a process of its own group; its number."""
    sys.stdout.flush()
    pid = os.fork()
    if pid:
        return pid
    os.setsid()
    try:
        write()
    except BaseException:
        traceback.print_exc()
        os._exit(1)
    os._exit(0)


def _wait(pid: int, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until and not _has_ended(pid):
        time.sleep(min(0.005, max(0.0, until - time.monotonic())))


def _has_ended(pid: int) -> bool:
    return os.waitid(os.P_PID, pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _group_runs(pid: int) -> bool:
    try:
        os.killpg(pid, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def read_on(place: Path, number: int) -> None:
    """One reader: until the file `stop` is there, then its report."""
    right = Expected.from_json((place / "expected.json").read_text(encoding="utf-8"))
    checker, counts = Checker(right, start=7 * number), Counter[str]()
    chance, failures = random.Random(number), []
    assistant: Assistant | None = None
    while not (place / "stop").exists():
        try:
            if assistant is None or chance.random() < 0.3:
                assistant = Assistant.open(place / "index")
                counts["opened"] += 1
            else:
                counts["reloaded"] += assistant.reload()
            versions = {checker.read(assistant) for _ in range(3)}
            if len(versions) > 1:
                checker.wrong.append(
                    f"{assistant.index.generation}: two versions in one generation"
                )
        except Exception:
            failures.append(traceback.format_exc())
            assistant = None
    report = {**counts, "reads": checker.reads, "seen": checker.seen}
    report |= {"failed": failures, "wrong": checker.wrong}
    (place / f"reader-{number}.json").write_text(json.dumps(report), encoding="utf-8")


def crash(place: Path, kills: int, seed: int) -> int:
    """Run it all; how many things went wrong."""
    harness = Harness(place, seed)
    (place / "expected.json").write_text(harness.expected.to_json(), encoding="utf-8")
    command = [sys.executable, __file__, "--place", str(place), "--reader"]
    readers = [subprocess.Popen([*command, str(number)]) for number in range(READERS)]
    harness.measure()
    started = time.perf_counter()
    while sum(tally.killed for tally in harness.tallies.values()) < kills:
        harness.run()
    seconds = time.perf_counter() - started
    (place / "stop").touch()
    died = sum(reader.wait() != 0 for reader in readers)
    left = harness.finish()
    faults = [
        f"{kind}: {fault}" for kind, tally in harness.tallies.items() for fault in tally.faults
    ]
    faults += [f"left behind: {name}" for name in left] + ["a reader died"] * died
    faults += _print_readers(place)
    _print_writers(harness.tallies, seconds)
    for fault in faults:
        print(f"FAULT: {fault}")
    print(f"{len(faults)} faults")
    return len(faults)


def _print_writers(tallies: dict[str, Tally], seconds: float) -> None:
    print("| writer | runs | killed | killed after the switch | left litter | faults |")
    print("|---|---|---|---|---|---|")
    rows = [
        (kind, t.runs, t.killed, t.switched, t.litter, len(t.faults)) for kind, t in tallies.items()
    ]
    numbers = [row[1:] for row in rows]
    for name, *cells in (*rows, ("all", *map(sum, zip(*numbers, strict=True)))):
        print("|", " | ".join(map(str, (name, *cells))), "|")
    print(f"\n{seconds:.0f} s\n")


def _print_readers(place: Path) -> list[str]:
    faults = []
    print("| reader | reads | opened | reloaded | of version a | of version b | failed | wrong |")
    print("|---|---|---|---|---|---|---|---|")
    for file in sorted(place.glob("reader-*.json")):
        found = json.loads(file.read_text(encoding="utf-8"))
        numbers = [found["reads"], found.get("opened", 0), found.get("reloaded", 0)]
        numbers += [found["seen"].get(version, 0) for version in VERSIONS]
        numbers += [len(found["failed"]), len(found["wrong"])]
        print("|", file.stem.partition("-")[2], "|", " | ".join(map(str, numbers)), "|")
        faults += found["failed"] + found["wrong"]
    print()
    return faults


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--kills", type=int, default=300)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--place", type=Path, help="folder to work in; by default a temporary one")
    parser.add_argument("--reader", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.reader is not None:
        read_on(options.place, options.reader)
        return 0
    with tempfile.TemporaryDirectory(dir=options.place) as place:
        return 1 if crash(Path(place), options.kills, options.seed) else 0


if __name__ == "__main__":
    sys.exit(main())
