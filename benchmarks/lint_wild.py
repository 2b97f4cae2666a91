"""Lint real help centres: findings by rule, and what it costs.

    python benchmarks/lint_wild.py [FOLDER ...] [--sample N]

Without folders: all unpacked knowledge bases under $KBASSIST_DATA. Prints a Markdown table of
findings by rule and folder, articles and processor time in all; with --sample, N findings of each
rule, drawn with a fixed seed, for reading.
"""

from __future__ import annotations

import argparse
import os
import random
import time
from collections import Counter, defaultdict
from pathlib import Path

from kbassist.lint.model import Finding
from kbassist.lint.registry import RULES
from kbassist.lint.run import LintReport, lint


def folders() -> list[Path]:
    data = Path(os.environ.get("KBASSIST_DATA", "../shared/data"))
    found = [*(data / "kb").iterdir(), *(data / "eval" / "support" / "kb").iterdir()]
    return sorted(folder for folder in found if folder.is_dir())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--sample", type=int, default=0, metavar="N")
    arguments = parser.parse_args()
    reports: list[LintReport] = []
    seconds = []
    for folder in arguments.folders or folders():
        begun = time.process_time()
        reports.append(lint(folder))
        seconds.append(time.process_time() - begun)
    counts = [Counter(finding.code for finding in report.findings) for report in reports]
    names = [report.folder.name for report in reports]
    print(f"| rule | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for code, rule in RULES.items():
        if any(count[code] for count in counts):
            row = " | ".join(str(count[code]) for count in counts)
            print(f"| {code} {rule.name} | {row} |")
    print(f"| articles | {' | '.join(str(report.files) for report in reports)} |")
    print(f"| seconds of processor time | {' | '.join(f'{item:.1f}' for item in seconds)} |")
    if arguments.sample:
        sample(reports, arguments.sample)


def sample(reports: list[LintReport], size: int) -> None:
    """Print some findings of each rule."""
    by_code: defaultdict[str, list[tuple[Path, Finding]]] = defaultdict(list)
    for report in reports:
        for finding in report.findings:
            by_code[finding.code].append((report.folder, finding))
    drawn = random.Random(0)
    for code in sorted(by_code):
        print(f"\n{code} {RULES[code].name}")
        for folder, one in drawn.sample(by_code[code], min(size, len(by_code[code]))):
            print(f"  {folder / one.path}:{one.line}: {one.message}")


if __name__ == "__main__":
    main()
