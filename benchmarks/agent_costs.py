"""What a command costs an agent: milliseconds of a cold process, tokens and characters printed.

    python benchmarks/agent_costs.py [--index INDEX] [--runs 9]

Prints the table of docs/agents.md. Milliseconds are the median of whole processes, from nothing to
the last byte, for one question; beside `--batch`, of a question in one process that answers all.
Tokens (`kbassist.text.count`) and characters are medians over the labelled questions of evals/.
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
from collections.abc import Sequence
from pathlib import Path

from kbassist import build_index
from kbassist.text.count import count_tokens

ROOT = Path(__file__).parent.parent
QUESTION = "提币一直没到账怎么办？"
REF = "zh/wallet/withdrawal-not-arrived.md:55-65"

ASKED = (
    ("ask",),
    ("ask", "--brief"),
    ("search",),
    ("search", "--brief"),
    ("search", "--brief", "--snippet-tokens", "40"),
    ("search", "--brief", "--max-tokens", "300"),
)
OTHERS = (("get", REF), ("get", REF, "--before", "5", "--after", "5"), ("status",))


def labelled() -> list[str]:
    """The labelled questions of the example help centre."""
    return [
        json.loads(line)["text"]
        for name in ("harbor-zh", "harbor-en")
        for line in (ROOT / "evals" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
    ]


def ran(words: Sequence[str], environment: dict[str, str]) -> tuple[float, str]:
    """Seconds of one process, and what it printed."""
    started = time.perf_counter()
    run = subprocess.run(
        [sys.executable, "-m", "kbassist", *words],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        check=False,
    )
    if run.returncode not in (0, 3):
        raise SystemExit(f"{words} exits with {run.returncode}: {run.stdout}{run.stderr}")
    return time.perf_counter() - started, run.stdout


def measure(environment: dict[str, str], questions: Path, runs: int) -> None:
    """Print the table."""
    count = len(questions.read_text(encoding="utf-8").splitlines())
    print(f"{count} questions, {runs} runs of each process\n")
    print("| command | cold ms | ms with --batch | tokens | characters |")
    print("|---|--:|--:|--:|--:|")
    for words in (*ASKED, *OTHERS):
        asked = words in ASKED
        shown = f"{words[0]} QUESTION" if asked else words[0]
        line = (words[0], *((QUESTION,) if asked else ()), *words[1:], "--json")
        times = [ran(line, environment)[0] for _ in range(runs + 1)][1:]  # the first warms up
        name = " ".join((shown, *words[1:], "--json"))
        each = "–"
        if asked:
            several = [ran((*words, "--batch", str(questions)), environment) for _ in range(3)]
            each = f"{statistics.median(took for took, _ in several) / count * 1e3:.1f}"
            printed = several[0][1]
        else:
            printed = ran(line, environment)[1]
        objects = printed.splitlines()
        tokens = statistics.median(map(count_tokens, objects))
        characters = statistics.median(map(len, objects))
        cold = statistics.median(times) * 1e3
        print(f"| `{name}` | {cold:.0f} | {each} | {tokens:.0f} | {characters:.0f} |")


def main() -> None:
    """Run the benchmark."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--index", type=Path, help="an index that is there, instead of building")
    parser.add_argument("--runs", type=int, default=9, help="processes of each command")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        index = options.index
        if index is None:
            index = Path(scratch) / "index"
            build_index(ROOT / "kb", index)
        environment = {
            **os.environ,
            "KBASSIST_INDEX": str(index),
            "PYTHONPYCACHEPREFIX": f"{scratch}/bytecode",
        }
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        questions = Path(scratch) / "questions.jsonl"
        lines = (json.dumps({"question": question}) for question in labelled())
        questions.write_text("\n".join(lines) + "\n", encoding="utf-8")
        measure(environment, questions, options.runs)


if __name__ == "__main__":
    main()
