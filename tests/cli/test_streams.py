"""Streams that are closed, full or not UTF-8, and faults: a message and a status, no traceback."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

Shell = Callable[..., "subprocess.CompletedProcess[bytes]"]

FAULT = """
import sys
from kbassist.cli import queries, run
def fault(*_): raise ZeroDivisionError("a\\nfault \x1b[1m")
queries._open = fault
sys.exit(run.run(sys.argv[1:]))
"""


@pytest.fixture
def shell(harbor: Path) -> Shell:
    """Run a line of bash in which `kb` is kbassist on the example help centre."""

    def run(line: str, stdin: bytes = b"", **more: str) -> subprocess.CompletedProcess[bytes]:
        script = f'kb() {{ "{sys.executable}" -m kbassist "$@"; }}; {line}'
        return subprocess.run(
            ["bash", "-c", script],
            capture_output=True,
            input=stdin,
            cwd=REPOSITORY,
            env={**os.environ, "KBASSIST_INDEX": str(harbor), **more},
            check=False,
        )

    return run


@pytest.mark.parametrize(
    ("line", "status", "said"),
    [
        (r"kb get $'\xff\xfe'", 3, "nothing is called"),
        (r"kb ask x --filter $'k\xff=v'", 2, "no article has the key"),
        (r"kb ask x --filter $'path=\xff'", 3, ""),
        (r"kb ask x --locale $'\xfe'", 2, "no article has the locale"),
        (r"kb ask $'\xfe'", 2, "nothing to search for"),
        (r"kb ask $'提币 \xfe'", 0, ""),
        (r"kb ask x --index $'\xfe'", 5, "no index"),
        ("kb get zh/wallet/withdrawal-not-arrived.md:1-$(printf '9%.0s' {1..5000})", 0, ""),
        (
            "kb get zh/wallet/withdrawal-not-arrived.md:$(printf '9%.0s' {1..5000})",
            2,
            "has the lines",
        ),
        ("kb get nope", 3, "kbassist search"),
        ("kb ask 提币没到账 >&-", 0, ""),
        ("kb ask 提币没到账 --json >&-", 0, ""),
        ("kb ask '' >&- 2>&-", 2, ""),
        ("kb ask - <&-", 2, "standard input is closed"),
        (
            r"printf '\xff\xfe' | kb ask -",
            2,
            r"standard input is not valid UTF-8: b'\xff' at byte 0",
        ),
        ("kb ask 提币没到账 > /dev/full", 1, "cannot write to standard output: No space left"),
        (
            "kb ask 提币没到账 --json > /dev/full",
            1,
            "cannot write to standard output: No space left",
        ),
        ("kb ask '' --json > /dev/full", 1, "cannot write to standard output: No space left"),
        ("kb --help > /dev/full", 1, "No space left"),
        ("kb ask '' > /dev/full 2> /dev/full", 2, ""),
        ("kb ask 提币没到账 --json 2> /dev/full > /dev/full", 1, ""),
    ],
)
def test_no_traceback(shell: Shell, line: str, status: int, said: str) -> None:
    if "/dev/full" in line and not os.path.exists("/dev/full"):
        pytest.skip("this system has no /dev/full")
    result = shell(line)
    shown = (result.stdout + result.stderr).decode("utf-8")
    assert (result.returncode, "Traceback" in shown) == (status, False), shown
    assert shown.count(said) >= 1 and shown.count("error: ") <= 1


ASCII = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0", "PYTHONIOENCODING": ""}


@pytest.mark.parametrize("more", [{}, ASCII], ids=["UTF-8", "ASCII"])
def test_text_is_utf8_whatever_the_locale(
    shell: Shell, tmp_path: Path, more: dict[str, str]
) -> None:
    question = "USDT 提币没到账"
    from_argument = json.loads(shell(f"kb ask '{question}' --json", **more).stdout)
    from_input = json.loads(shell("kb ask - --json", question.encode("utf-8-sig"), **more).stdout)
    assert from_argument["question"] == from_input["question"] == question
    assert from_argument["citations"] == from_input["citations"] != []
    (tmp_path / "知识" / "kb").mkdir(parents=True)
    (tmp_path / "知识" / "kb" / "a.md").write_text("# Fees\n\nNone.\n", encoding="utf-8")
    folder = f"{tmp_path}/知识"
    built = shell(f"kb build {folder}/kb --index {folder}/index --json", **more)
    assert json.loads(built.stdout)["articles"] == 1
    assert shell(f"kb status --index {folder}/index", **more).returncode == 0


@pytest.mark.parametrize("as_json", [False, True])
def test_a_fault_of_the_program_is_one_error(as_json: bool) -> None:
    command = [sys.executable, "-c", FAULT, "ask", "x", *(["--json"] if as_json else [])]
    result = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert result.returncode == 1
    if as_json:
        error = json.loads(result.stdout)["error"]
        assert (error["code"], result.stderr) == ("internal", "")
        assert error["message"] == "internal error: ZeroDivisionError: a fault \x1b[1m"
        assert "please report" in error["hint"]
    else:
        lines = result.stderr.splitlines()
        assert lines[0] == "error: internal error: ZeroDivisionError: a fault \\x1b[1m"
        assert lines[1].startswith("hint: ") and "please report" in lines[1]
        assert (len(lines), result.stdout) == (2, "")
    debugged = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "KBASSIST_DEBUG": "1"},
    )
    assert "Traceback (most recent call last)" in debugged.stderr


def test_what_the_system_refuses_has_a_hint(shell: Shell, tmp_path: Path) -> None:
    if not os.geteuid():
        pytest.skip("nothing is refused to root")
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "a.md").write_text("text")
    tmp_path.chmod(0o555)
    result = shell(f"kb build {tmp_path}/kb --index {tmp_path}/index")
    assert result.returncode == 1
    assert b"Permission denied" in result.stderr and b"hint: Check who may" in result.stderr
