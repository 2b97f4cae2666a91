"""Cold start: whole processes, from nothing to an answer, beside `python -c "import numpy"`.

    python benchmarks/cold_start.py [--index INDEX | --kb FOLDER] [--runs 15]

Builds an index in a temporary folder unless one is named, then runs each command in turn, so that
a machine that slows down slows all of them; prints a Markdown table of medians, with the median of
the ratios to the `import numpy` of the same turn, and where the time of an answer goes. Bytecode is
cached, as it is for an installed package, whatever PYTHONDONTWRITEBYTECODE says here.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from kbassist import build_index

KB = Path(__file__).parent.parent / "kb"
QUESTION = "提币一直没到账怎么办？"
NUMPY = 'python -c "import numpy"'

STAGES = """
import json, sys, time
took, last = {}, time.perf_counter()
def done(stage):
    global last
    now = time.perf_counter()
    took[stage], last = now - last, time.perf_counter()
import numpy
done("import numpy")
import kbassist.cli.run
done("import the command line")
from kbassist.cli import quick, queries
values = quick.parse(queries.ask, [sys.argv[1], "--json", "--index", sys.argv[2]])
done("read the arguments")
from kbassist.assistant import Assistant
done("import the assistant")
assistant = Assistant.open(values["index"])
done("open the index")
answer = assistant.ask(values["question"])
done("answer")
from kbassist.records import results
json.dumps(results.answer(answer))
done("write JSON")
print(json.dumps(took))
"""


Times = tuple[float, float]
"""Seconds by the clock, and of processor time, which other programs disturb less."""


def seconds(command: Sequence[str], environment: Mapping[str, str]) -> Times:
    """Times of one run."""
    started = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, env=environment) as process:
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} exits with {process.returncode}")
    return time.perf_counter() - started, used.ru_utime + used.ru_stime


def commands(index: str) -> dict[str, list[str]]:
    """What is timed, by the name that it is shown under."""
    kbassist = [sys.executable, "-m", "kbassist"]
    question = [QUESTION, "--index", index]
    return {
        'python -c ""': [sys.executable, "-c", ""],
        NUMPY: [sys.executable, "-c", "import numpy"],
        "kbassist --version": [*kbassist, "--version"],
        "kbassist ask": [*kbassist, "ask", *question],
        "kbassist ask --json": [*kbassist, "ask", *question, "--json"],
        "kbassist search --json": [*kbassist, "search", *question, "--json"],
    }


def stages(index: str, runs: int, environment: Mapping[str, str]) -> dict[str, float]:
    """Median seconds of each stage of an answer in a process of its own."""
    command = [sys.executable, "-c", STAGES, QUESTION, index]
    found = []
    for _ in range(runs):
        run = subprocess.run(command, capture_output=True, check=True, env=environment)
        found.append(json.loads(run.stdout))
    return {stage: statistics.median(one[stage] for one in found) for stage in found[0]}


def measure(index: str, runs: int, environment: Mapping[str, str]) -> None:
    """Print both tables."""
    todo = commands(index)
    times: dict[str, list[Times]] = {name: [] for name in todo}
    for run in range(runs + 1):
        for name, command in todo.items():
            took = seconds(command, environment)
            if run:  # the first warms the file cache and writes the bytecode
                times[name].append(took)
    print("| command | median s | × import numpy | processor s | × import numpy |")
    print("|---|--:|--:|--:|--:|")
    for name, found in times.items():
        cells = []
        for clock in (0, 1):
            pairs = zip(found, times[NUMPY], strict=True)
            ratio = statistics.median(one[clock] / numpy[clock] for one, numpy in pairs)
            cells += [f"{statistics.median(one[clock] for one in found):.3f}", f"{ratio:.2f}"]
        print(f"| `{name}` | {' | '.join(cells)} |")
    print("\n| stage of an answer | median ms |\n|---|--:|")
    for stage, seconds_of_stage in stages(index, runs, environment).items():
        print(f"| {stage} | {seconds_of_stage * 1e3:.0f} |")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--kb", type=Path, default=KB, help="folder of articles")
    parser.add_argument("--index", type=Path, help="an index that is there, instead of building")
    parser.add_argument("--runs", type=int, default=15, help="runs of each command")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": f"{scratch}/bytecode"}
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        index = options.index
        if index is None:
            index = Path(scratch) / "index"
            report = build_index(options.kb, index, skip_bad=True)
            print(f"{report.chunks} chunks, ", end="")
        print(f"{options.runs} runs of each\n")
        measure(str(index), options.runs, environment)


if __name__ == "__main__":
    main()
