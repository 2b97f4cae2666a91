"""What a command costs an agent: time of a cold process, tokens and characters printed.

    python benchmarks/agent_costs.py [--index INDEX] [--runs 9]

Prints the table of docs/agents.md. Milliseconds are processor time, which other programs disturb
less than the clock: the median of whole processes, from nothing to the last byte, for one question;
beside `--batch`, that of a question in one process that answers all.
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
    """Processor seconds of one command line, and what it printed."""
    return spent([sys.executable, "-m", "kbassist", *words], environment)


def spent(command: Sequence[str], environment: dict[str, str]) -> tuple[float, str]:
    """Processor seconds of one process, and what it printed."""
    with tempfile.TemporaryFile() as out:
        with subprocess.Popen(command, stdout=out, env=environment) as process:
            _, status, used = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        printed = out.read().decode("utf-8")
    if process.returncode not in (0, 3):
        raise SystemExit(f"{command} exits with {process.returncode}: {printed}")
    return used.ru_utime + used.ru_stime, printed


def measure(environment: dict[str, str], questions: Path, runs: int) -> None:
    """Print the table."""
    count = len(questions.read_text(encoding="utf-8").splitlines())
    numpy = [sys.executable, "-c", "import numpy"]
    least = statistics.median(spent(numpy, environment)[0] for _ in range(runs)) * 1e3
    print(f"{count} questions, {runs} processes each; `import numpy` alone takes {least:.0f} ms\n")
    print("| command | cold ms | ms under --batch | tokens | characters |")
    print("|---|--:|--:|--:|--:|")
    for words in (*ASKED, *OTHERS):
        asked = words in ASKED
        shown = f"{words[0]} QUESTION" if asked else words[0]
        line = (words[0], *((QUESTION,) if asked else ()), *words[1:], "--json")
        times = [ran(line, environment)[0] for _ in range(runs + 1)][1:]  # the first warms up
        name = " ".join((shown, *words[1:], "--json")).replace(REF, "REF")
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
