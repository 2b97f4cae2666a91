"""The programs that kill writers, fill disks, damage files and rebuild under readers, briefly."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

SKIPPED = 77

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="needs fork and /proc"),
]


def run(name: str, *arguments: str) -> str:
    """What a program of benchmarks/ prints; it exits with 1 where it found a fault."""
    found = subprocess.run(
        [sys.executable, str(REPOSITORY / "benchmarks" / name), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode == SKIPPED:
        pytest.skip(found.stderr.strip())
    assert found.returncode == 0, found.stdout + found.stderr
    return found.stdout


def test_writers_that_are_killed() -> None:
    assert "| all |" in (printed := run("crash.py", "--kills", "30"))
    assert printed.endswith("\n0 faults\n")


def test_readers_while_a_writer_rebuilds() -> None:
    printed = run("concurrency.py", "--seconds", "10")
    assert "| wrong or mixed | 0 |" in printed and printed.endswith("\n0 faults\n")


def test_a_thousand_requests_at_once_while_a_writer_rebuilds() -> None:
    printed = run("async_load.py", "--seconds", "5")
    assert "| failed, wrong or mixed | 0 |" in printed and printed.endswith("\n0 faults\n")


def test_disks_that_are_full_or_read_only() -> None:
    assert ", 0 faults" in run("refusals.py")


@pytest.mark.parametrize("what", ["markdown", "index"])
def test_files_that_are_damaged_or_hostile(what: str) -> None:
    printed = run("fuzz.py", "--what", what, "--cases", "100", "--kb", str(REPOSITORY / "kb"))
    assert f"## {what}: 100 cases" in printed and "FINDING" not in printed
