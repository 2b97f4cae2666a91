"""`preview` as a writer meets it: a question, an edit, the answer again."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.cli.test_building import ARTICLES
from tests.conftest import WriteKb


@pytest.fixture
def started(write_kb: WriteKb, tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    pytest.importorskip("watchfiles")
    write_kb(ARTICLES)
    with subprocess.Popen(
        [sys.executable, "-m", "kbassist", "preview", "kb", "--json", "-k", "2"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=tmp_path,
    ) as process:
        try:
            yield process
        finally:
            process.kill()


def test_an_answer_follows_its_article(
    started: subprocess.Popen[str], write_kb: WriteKb, tmp_path: Path
) -> None:
    assert started.stdin is not None and started.stdout is not None

    def following() -> dict[str, Any]:
        assert started.stdout is not None
        found: dict[str, Any] = json.loads(started.stdout.readline())
        return found

    assert following()["index"] == "indexes/preview"
    started.stdin.write("what is the fee\n")
    started.stdin.flush()
    first = following()
    assert "1 USDT" in first["text"] and first["explanation"]["decision"]["action"] == "answer"
    write_kb({"b.md": "# Fees\n\nThe fee is 2 USDT.\n"})
    assert following()["changes"]["changed"]["paths"] == ["b.md"]
    assert "2 USDT" in following()["text"]
    write_kb({"bad.md": "---\nupdated: soon\n---\nx\n"})
    assert "bad.md:2" in following()["skipped"][0]["message"]
    assert "2 USDT" in following()["text"]
    started.stdin.write("\n")  # again
    started.stdin.flush()
    assert "2 USDT" in following()["text"]
    started.stdin.close()
    assert started.wait(timeout=30) == 0
    assert started.stdout.read() == ""
    assert (tmp_path / "indexes" / "preview" / "CURRENT").exists()


def test_for_people(write_kb: WriteKb, tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    write_kb(ARTICLES)

    def run(*arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "kbassist", "preview", *arguments],
            input="what is the fee\n \n????",
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            check=True,
        )
        assert "nothing to search for in '????'" in done.stderr
        return done.stdout

    shown = run()
    assert "answer, confidence 0." in shown and "The fee is 1 USDT. [1]" in shown
    assert " 1. 0." in shown and "b.md:3" in shown and "Confidence" in shown
    assert shown.count("The fee is 1 USDT. [1]") == 2  # an empty line asks again
    assert shown.split("\n").count("? what is the fee") == 2  # each above its answer
    assert "Confidence" not in run("--brief")


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    pytest.importorskip("watchfiles")
    done = subprocess.run(
        [sys.executable, "-m", "kbassist", "preview", "nowhere"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
    )
    assert done.returncode == 2 and "'nowhere'" in done.stderr
