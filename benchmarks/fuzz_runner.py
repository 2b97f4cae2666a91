"""Run fuzz cases in forked children, so that a crash, a hang or a leak is one finding and no more.

A case is a function of a seed. The parent reads what each child reports over a pipe; when a child
dies or falls silent, the case that it was at is the finding, and another child goes on behind it.
"""

from __future__ import annotations

import faulthandler
import json
import os
import resource
import select
import shutil
import signal
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

Case = Callable[[int, Path], tuple[str, str]]
"""Seed and an empty folder in, (kind of case, outcome) out; any exception is a finding."""

BATCH = 25
"""Cases of one child: forking costs little, and a leak shows within one."""
SILENCE = 120.0
"""Seconds without a report after which a child is looked at; on a busy machine it may just wait
for the processor."""
SLOW = 20.0
"""Seconds of processor time from which a case is a finding."""
ROOM = 3 << 29
"""Bytes that a child may map beyond what it has at its start."""


@dataclass
class Tally:
    """What has been seen."""

    cases: Counter[tuple[str, str]] = field(default_factory=Counter)
    """(kind, outcome) → how often."""
    findings: list[str] = field(default_factory=list)
    slowest: tuple[float, int] = (0.0, 0)
    """Processor seconds and seed of the slowest case."""

    def add(self, seed: int, kind: str, outcome: str, seconds: float) -> None:
        """Count one case that came to its end."""
        self.cases[kind, outcome] += 1
        self.slowest = max(self.slowest, (seconds, seed))
        if seconds > SLOW:
            self.findings.append(f"seed {seed} ({kind}): slow, {seconds:.1f} s")

    def table(self) -> str:
        """Cases by kind and outcome, as Markdown."""
        rows = ["| kind | outcome | cases |", "|---|---|--:|"]
        rows += [f"| {kind} | {name} | {n} |" for (kind, name), n in sorted(self.cases.items())]
        return "\n".join(rows)


def run(case: Case, first: int, *, minutes: float, cases: int | None = None) -> Tally:
    """Run cases from a seed on, until the time is over or so many have been run.

    Args:
        case: what is run.
        first: seed of the first case; the others follow it.
        minutes: wall time.
        cases: at most this many.
    """
    tally = Tally()
    deadline = time.monotonic() + minutes * 60
    seed, last = first, None if cases is None else first + cases
    while time.monotonic() < deadline and (last is None or seed < last):
        stop = seed + BATCH if last is None else min(seed + BATCH, last)
        seed = _batch(case, seed, stop, deadline, tally)
    return tally


def _batch(case: Case, start: int, stop: int, deadline: float, tally: Tally) -> int:
    """Run one child over some seeds; returns the seed to go on with."""
    folder = Path(tempfile.mkdtemp(prefix="fuzz-"))
    reader, writer = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reader)
        _child(case, range(start, stop), folder, writer, deadline)
    os.close(writer)
    at = start
    finished = False
    try:
        for line in _lines(reader):
            if line is None and not _hangs(child):
                continue
            if line is None:
                os.kill(child, signal.SIGKILL)
                tally.findings.append(f"seed {at}: silent for {SILENCE:.0f} s")
                break
            report = json.loads(line)
            if "fault" in report:
                tally.findings.append(f"seed {at}: {report['fault']}")
            elif "kind" in report:
                tally.add(at, report["kind"], report["outcome"], report["seconds"])
            finished = report.get("finished", False)
            at = report["next"]
    finally:
        os.close(reader)
        _, status = os.waitpid(child, 0)
        shutil.rmtree(folder, ignore_errors=True)
    if not finished:
        tally.findings.append(f"seed {at}: the interpreter ended with status {status}")
        at += 1
    return at


def _lines(reader: int) -> Iterator[bytes | None]:
    """Lines from the child; None where it says nothing for too long."""
    rest = b""
    while True:
        if not select.select([reader], [], [], SILENCE)[0]:
            yield None
            continue
        piece = os.read(reader, 1 << 16)
        if not piece:
            return
        *lines, rest = (rest + piece).split(b"\n")
        yield from lines


def _hangs(child: int) -> bool:
    """Whether a silent child waits for something, or has been at work for too long."""
    fields = Path(f"/proc/{child}/stat").read_text().rpartition(")")[2].split()
    spent = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return fields[0] != "R" or spent > SILENCE + SLOW * BATCH


def _child(case: Case, seeds: range, folder: Path, writer: int, deadline: float) -> None:
    """Run the cases and report each; never returns."""

    def report(**members: object) -> None:
        os.write(writer, (json.dumps(members) + "\n").encode())

    try:
        faulthandler.enable()
        limit = _mapped() + ROOM
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        done = seeds.start
        for seed in seeds:
            if time.monotonic() > deadline:
                break
            done = seed + 1
            place = folder / str(seed)
            place.mkdir()
            started = time.process_time()
            try:
                kind, outcome = case(seed, place)
            except BaseException:
                report(fault=traceback.format_exc(limit=-12), next=done)
            else:
                seconds = time.process_time() - started
                report(kind=kind, outcome=outcome, seconds=seconds, next=done)
            shutil.rmtree(place, ignore_errors=True)
        report(finished=True, next=done)
    finally:
        os._exit(0)


def _mapped() -> int:
    """Bytes of address space that this process has mapped."""
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    return pages * resource.getpagesize()
