"""Cold start: whole processes, from nothing to an answer, beside `python -c "import numpy"`.

Builds the example help centre in a temporary folder, then runs each command in turn, so that a
machine that slows down slows all of them; prints a Markdown table of medians and ratios.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kbassist import build_index

KB = Path(__file__).parent.parent / "kb"


def wall_seconds(command: list[str]) -> float:
    """Wall time of one run."""
    started = time.perf_counter()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    return time.perf_counter() - started


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kb", type=Path, default=KB, help="folder of articles")
    parser.add_argument("--runs", type=int, default=15, help="runs of each command")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = build_index(options.kb, folder)
        kbassist = [sys.executable, "-m", "kbassist"]
        question = ["提币一直没到账怎么办？", "--index", folder]
        commands = {
            'python -c ""': [sys.executable, "-c", ""],
            'python -c "import numpy"': [sys.executable, "-c", "import numpy"],
            "kbassist --version": [*kbassist, "--version"],
            "kbassist ask": [*kbassist, "ask", *question],
            "kbassist ask --json": [*kbassist, "ask", *question, "--json"],
            "kbassist search --json": [*kbassist, "search", *question, "--json"],
        }
        times: dict[str, list[float]] = {name: [] for name in commands}
        for run in range(options.runs + 1):
            for name, command in commands.items():
                wall = wall_seconds(command)
                if run:  # the first warms the file cache
                    times[name].append(wall)
    numpy = statistics.median(times['python -c "import numpy"'])
    print(f"{report.chunks} chunks, {options.runs} runs of each\n")
    print("| command | median s | × import numpy |\n|---|---|---|")
    for name, seconds in times.items():
        median = statistics.median(seconds)
        print(f"| `{name}` | {median:.3f} | {median / numpy:.2f} |")


if __name__ == "__main__":
    main()
