"""Run the tests of each extra in an environment that has that extra alone: `make test-extras`.

    python -m tests.extras [NAME …]

`base` is the environment without any. Each is kept in `.venv-extras/`, and set up again only where
what it installs has changed. Only installing needs the package index: the tests themselves are sent
to a proxy that is not there, so that one that downloads something fails.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from time import perf_counter
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

ROOT = Path(__file__).parent.parent
PLACE = ROOT / ".venv-extras"
BASE = "base"
ELSEWHERE = {"dev", "transformers"}
"""Extras that `make test` and `make test-transformers` test."""
TOOLS = ["pytest>=8.0", "hypothesis>=6.100", "jsonschema>=4.20"]
NO_NETWORK = {
    **dict.fromkeys(
        ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"), "http://127.0.0.1:9"
    ),
    **dict.fromkeys(("NO_PROXY", "no_proxy"), "127.0.0.1,localhost"),
}


def project() -> dict[str, Any]:
    """The table `project` of pyproject.toml."""
    found: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return found


def names() -> list[str]:
    """The environments: without an extra, and with each."""
    return [BASE, *sorted(set(project()["optional-dependencies"]) - ELSEWHERE)]


def set_up(name: str) -> Path:
    """The Python of an environment, installed where that is not done."""
    folder = PLACE / name
    python = folder / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    stamp = folder / ".installed"
    table = project()
    needed = [table["dependencies"], table["optional-dependencies"].get(name), table["scripts"]]
    wanted = hashlib.sha256(repr((needed, TOOLS, sys.version)).encode()).hexdigest()
    if stamp.is_file() and stamp.read_text() == wanted:
        return python
    own = [sys.executable, "-m"]
    run(*own, "venv", "--clear", "--without-pip", str(folder))  # this Python's pip installs there
    what = str(ROOT) if name == BASE else f"{ROOT}[{name}]"
    install = ("install", "--quiet", "--disable-pip-version-check", "--no-compile", "--use-pep517")
    run(*own, "pip", "--python", str(python), *install, "-c", "constraints.txt", *TOOLS, "-e", what)
    stamp.write_text(wanted)
    return python


def run(*command: str) -> None:
    """Run a command, and stop where it fails."""
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{' '.join(command)}\n{done.stdout}{done.stderr}")


def main() -> None:
    """Test the extras that are named, or all; say one line for each."""
    known = names()
    wanted = sys.argv[1:] or known
    if unknown := sorted(set(wanted) - set(known)):
        sys.exit(f"no such extra: {', '.join(unknown)}. There are {', '.join(known)}.")
    failed = []
    for name in wanted:
        start = perf_counter()
        python = set_up(name)
        seconds = perf_counter() - start
        command = [str(python), "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--extra={name}"]
        environment = {**os.environ, **NO_NETWORK}
        environment.pop("PYTHONPATH", None)
        done = subprocess.run(
            command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            failed.append(name)
            sys.stdout.write(done.stdout + done.stderr)
        summary = (done.stdout.strip() or "nothing ran").splitlines()[-1]
        sys.stdout.write(f"{name:12} {summary} (set up in {seconds:.1f} s)\n")
        sys.stdout.flush()
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


if __name__ == "__main__":
    main()
