"""`kbassist coverage` as a process: what it prints, writes and returns."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kbassist import build_index
from tests.cli.test_generations import SCHEMA, Result, parsed
from tests.conftest import REPOSITORY, WriteKb

ARTICLES = {
    "fees.md": "---\nlocale: en\nquestions: [what does a transfer cost]\n---\n# Transfer fees\n\n"
    "A transfer to another bank costs two euros.\n",
    "card.md": "---\nlocale: en\n---\n# Lost card\n\nBlock a lost card in the app at once.\n",
}
LOG = """time,question
2026-11-02,what does a transfer cost
2026-11-03,What does a transfer cost?
2026-11-10,is there a dark mode for jane@example.com
2026-11-10,thanks
"""

Cli = Callable[..., Result]


@pytest.fixture
def cli(write_kb: WriteKb, tmp_path: Path) -> Cli:
    """The command line in a folder with an index and a log."""
    build_index(write_kb(ARTICLES), tmp_path / "index")
    (tmp_path / "log.csv").write_text(LOG, encoding="utf-8")

    def run(*arguments: str, stdin: str | None = None) -> Result:
        return subprocess.run(
            [sys.executable, "-m", "kbassist", "coverage", *arguments],
            capture_output=True,
            encoding="utf-8",
            input=stdin,
            cwd=tmp_path,
            env={**os.environ, "KBASSIST_INDEX": "index", "KBASSIST_TODAY": "2026-11-21"},
            check=False,
        )

    return run


def test_text(cli: Cli) -> None:
    result = cli("log.csv")
    assert (result.returncode, result.stderr) == (0, "")
    lines = result.stdout.split("\n")
    assert lines[0] == "66.7% covered: 2 of 3 askers; 0 weak, 1 uncovered"
    assert lines[1] == (
        "2 different questions · 4 lines, 1 of them asks nothing · weeks of 2026-11-02 to 2026-11-09"
        " · 1 secret masked"
    )
    assert "jane" not in result.stdout


def test_a_question_that_is_like_no_other_is_named(cli: Cli, tmp_path: Path) -> None:
    result = cli("-", "--html", "r.html", "--markdown", "r.md", stdin="is there a dark mode\n")
    assert "every question is answered" not in result.stdout
    assert result.stdout.split("\n")[:5] == [
        "0.0% covered: 0 of 1 asker; 0 weak, 1 uncovered",
        "1 different question · 1 line",
        "",
        "Without a sure answer, and in no topic that needs one",
        "    uncovered  is there a dark mode",
    ]
    assert "- uncovered, 1×: is there a dark mode" in (tmp_path / "r.md").read_text("utf-8")
    page = (tmp_path / "r.html").read_text("utf-8")
    assert "1 question is like no other and makes no topic; of them, these have no sure" in page
    assert '<li><span lang="en">is there a dark mode</span>' in page


def test_json_is_described_and_can_be_read_again(cli: Cli, tmp_path: Path) -> None:
    from kbassist.coverage.stored import read_report

    result = cli("log.csv", "--json")
    value = parsed(result, "coverage")
    assert value["overview"]["coverage"] == pytest.approx(2 / 3)
    assert [(q["text"], q["count"], q["verdict"]) for q in value["questions"]] == [
        ("what does a transfer cost", 2, "covered"),
        ("is there a dark mode for [email]", 1, "uncovered"),
    ]
    (tmp_path / "report.json").write_text(result.stdout, encoding="utf-8")
    assert read_report(tmp_path / "report.json").overview.asked == 3


def test_the_schema_is_that_of_the_report() -> None:
    made = runpy.run_path(str(REPOSITORY / "docs" / "generate_schema.py"))
    assert made["written"](json.loads(json.dumps(SCHEMA))) == SCHEMA, "run make docs"


def test_a_gate(cli: Cli) -> None:
    assert cli("log.csv", "--fail-under", "0.6").returncode == 0
    failed = cli("log.csv", "--fail-under", "0.85")
    assert failed.returncode == 6
    assert "error: coverage is 0.667, below 0.85\n" in failed.stderr
    as_json = cli("log.csv", "--fail-under", "0.85", "--json")
    assert as_json.returncode == 6
    assert parsed(as_json, "coverage")["overview"]["covered"] == 2
    assert cli("log.csv", "--fail-under", "85").returncode == 2


def test_markdown(cli: Cli, tmp_path: Path) -> None:
    assert cli("log.csv", "--markdown", "out/report.md").returncode == 0
    text = (tmp_path / "out" / "report.md").read_text(encoding="utf-8")
    assert text.startswith("# Coverage\n\n**66.7%** of 3 askers get an answer")
    assert "jane" not in text


def test_html_with_the_trend(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "before.json").write_text(cli("log.csv", "--json").stdout, encoding="utf-8")
    source = "https://git.example/{path}#L{line}"
    asked = ("--html", "out/report.html", "--previous", "before.json", "--source", source)
    assert cli("log.csv", *asked).returncode == 0
    page = (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    assert "+0.0 points since 2026-11-21" in page
    text = cli("log.csv", "--previous", "before.json").stdout
    assert text.split("\n")[1].endswith("· +0.0 points since 2026-11-21 · 1 secret masked")
    assert 'href="https://git.example/fees.md#L' in page
    assert "jane" not in page


def test_no_earlier_report(cli: Cli) -> None:
    result = cli("log.csv", "--previous", "none.json")
    assert (result.returncode, result.stdout) == (2, "")
    assert "error: none.json: cannot be read: No such file or directory" in result.stderr


def test_standard_input(cli: Cli) -> None:
    result = cli("-", "--json", stdin="what does a transfer cost\nhi\n")
    assert parsed(result, "coverage")["overview"]["noise"] == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("none.csv",), "error: none.csv: no such file\n"),
        (("index/CURRENT", "--index", "nowhere"), "error: no index at 'nowhere'"),
        ((), "Missing argument 'QUESTIONS...'"),
        (("log.csv", "--html", "index"), "error: --html: 'index' is a folder\nhint: Name a file"),
        (("log.csv", "--markdown", "."), "error: --markdown: '.' is a folder\n"),
        (("log.csv", "--source", "https://git.example"), "error: --source has no {path}: 'https"),
    ],
)
def test_mistakes(cli: Cli, arguments: tuple[str, ...], message: str) -> None:
    result = cli(*arguments)
    assert result.returncode in (2, 5)
    assert message in result.stderr
    assert "Traceback" not in result.stderr
