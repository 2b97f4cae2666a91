"""Write docs/cli.md: the help of every command, as the command line prints it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

COMMANDS = (
    *(
        (name,)
        for name in (
            "build",
            "watch",
            "preview",
            "search",
            "ask",
            "get",
            "status",
            "mcp",
            "rollback",
            "verify",
            "cache",
            "coverage",
            "lint",
            "calibrate",
            "glossary",
            "schema",
            "version",
            "eval",
        )
    ),
    *(("eval", name) for name in ("run", "compare", "misses", "sweep", "export", "init", "add")),
)
TARGET = Path(__file__).parent / "cli.md"


def help_of(*command: str) -> str:
    """What `kbassist … --help` prints, 80 columns wide."""
    run = subprocess.run(
        [sys.executable, "-m", "kbassist", *command, "--help"],
        capture_output=True,
        text=True,
        check=True,
        env={**os.environ, "COLUMNS": "80", "NO_COLOR": "1"},
    )
    return run.stdout.strip()


def main() -> None:
    """Write the page."""
    parts = ["# Commands\n", "Written by `make docs`; see also [formats](formats.md).\n"]
    for command in ((), *COMMANDS):
        title = " ".join(("kbassist", *command))
        parts.append(f"## {title}\n\n```text\n{help_of(*command)}\n```\n")
    TARGET.write_text("\n".join(parts), encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
