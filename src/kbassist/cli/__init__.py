"""The command line: parse, one library call, render.

In: arguments and KBASSIST_* variables. Out: text or one JSON object on stdout, messages on stderr,
and an exit status that means something (`docs/formats.md`).
"""

from __future__ import annotations

import sys


def main() -> None:
    """Entry point of the console script."""
    from kbassist.cli.run import run

    sys.exit(run(sys.argv[1:]))
