"""Every command line that agents are told to run works as it is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.cli.in_process import ran, validate
from tests.conftest import REPOSITORY

PAGES = ("agents.md", "agents-snippet.md")
STANDS_FOR = {
    "QUESTION": "withdrawal fee",
    "REF": "zh/wallet/withdrawal-not-arrived.md:55-65",
    "FILE": "questions.txt",
}
LINES = sorted(
    {
        line
        for page in PAGES
        for line in re.findall(
            r"`kbassist ([^`]+)`", (REPOSITORY / "docs" / page).read_text(encoding="utf-8")
        )
    }
)


@pytest.mark.parametrize("line", LINES)
def test_a_line_runs(
    line: str, harbor: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("KBASSIST_INDEX", str(harbor))
    Path("questions.txt").write_text("withdrawal fee\n提币没到账\n", encoding="utf-8")
    words = [STANDS_FOR.get(word, word) for word in line.split()]
    found = ran(*words)
    assert (found.status, found.err) == (0, "")
    command = words[0]
    if command == "schema":
        return
    many = "--batch" in words
    assert len(found.objects) == (2 if many else 1)
    for record in found.objects:
        validate(record, command + ("_brief" if "--brief" in words else ""))
        assert ("line" in record) == many


def test_the_page_names_every_command_that_reads_an_index() -> None:
    assert {line.split()[0] for line in LINES} == {"ask", "search", "get", "status", "schema"}


def test_the_page_is_a_page() -> None:
    text = (REPOSITORY / "docs" / PAGES[0]).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 60


def test_the_table_of_costs_is_one_that_the_benchmark_prints() -> None:
    text = (REPOSITORY / "docs" / PAGES[0]).read_text(encoding="utf-8")
    script = (REPOSITORY / "benchmarks" / "agent_costs.py").read_text(encoding="utf-8")
    (header,) = re.findall(r"^\| command \| cold ms.*$", text, re.MULTILINE)
    assert header in script
