"""Fuzz the index: Markdown → build → query, and mutated index files → load → query.

    python benchmarks/fuzz.py --minutes 10 [--what markdown] [--seed 1] [--kb FOLDER]

Prints how many cases of each kind ended how, and each finding with its seed; `--seed N --cases 1`
runs that one again. Exits 1 if there is a finding: a crash, a hang, an exception that is not a
KbassistError, more than 1.5 GB of memory, or a quote that is not what its lines say.
"""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

import fuzz_index
import fuzz_markdown
import fuzz_runner

HERE = Path(__file__).parent
WHAT = {"markdown": fuzz_markdown.cases, "index": fuzz_index.cases}


def default_kb() -> Path:
    """Real articles where there are any, else the example help centre."""
    data = os.environ.get("KBASSIST_DATA")
    return Path(data) / "kb" if data else HERE.parent / "kb"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--minutes", type=float, default=10.0, help="wall time of each kind")
    parser.add_argument("--cases", type=int, help="at most this many of each kind")
    parser.add_argument("--seed", type=int, default=1, help="of the first case")
    parser.add_argument("--what", choices=sorted(WHAT), nargs="*", default=sorted(WHAT))
    parser.add_argument("--kb", type=Path, default=default_kb(), help="articles to mutate")
    options = parser.parse_args()
    failed = False
    for what in options.what:
        case = WHAT[what](options.kb)
        tally = fuzz_runner.run(case, options.seed, minutes=options.minutes, cases=options.cases)
        print(f"\n## {what}: {sum(tally.cases.values())} cases from seed {options.seed}\n")
        print(tally.table())
        print(f"\nslowest: {tally.slowest[0]:.1f} s, seed {tally.slowest[1]}")
        for finding in tally.findings:
            print(f"\nFINDING {finding}")
        failed |= bool(tally.findings)
    return int(failed)


if __name__ == "__main__":
    sys.exit(main())
