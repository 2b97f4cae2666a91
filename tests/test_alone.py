"""The commands that need an extra, where that extra alone is installed."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY, WriteKb


def kbassist(*words: str) -> Any:
    """What the command prints under --json."""
    command = [sys.executable, "-m", "kbassist", *words, "--json"]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.mark.extras("evals")
def test_evals(harbor: Path, tmp_path: Path) -> None:
    labelled = (REPOSITORY / "evals" / "harbor-en.jsonl").read_text("utf-8").splitlines()
    questions = tmp_path / "harbor-en.jsonl"
    questions.write_text("\n".join(labelled[:40]), encoding="utf-8")
    page = tmp_path / "report.html"
    options = ("--index", str(harbor), "--split", "all", "--report", str(page))
    [result] = kbassist("eval", "run", str(questions), *options)["results"]
    assert result["questions"] == 40
    assert "<svg" in page.read_text(encoding="utf-8")


@pytest.mark.extras("coverage")
def test_coverage(harbor: Path, tmp_path: Path) -> None:
    log, page = tmp_path / "log.csv", tmp_path / "report.html"
    rows = ["date,question", "2026-11-02,提币一直没到账怎么办？", "2026-11-12,How do I enable 2FA?"]
    log.write_text("\n".join([*rows, "2026-11-19,weather", ""]), encoding="utf-8")
    report = kbassist("coverage", str(log), "--index", str(harbor), "--html", str(page))
    assert report["overview"]["asked"] == 3
    assert "<svg" in page.read_text(encoding="utf-8")


@pytest.mark.extras("watch")
def test_watch(write_kb: WriteKb, tmp_path: Path) -> None:
    from kbassist.cli.watching import looks

    seen = looks(write_kb({"a.md": "# Fees\n\nFree.\n"}), tmp_path / "index")
    assert next(seen) is True
    write_kb({"a.md": "# Fees\n\nOne USDT.\n"})
    assert any(next(seen) for _ in range(600))
