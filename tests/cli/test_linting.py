"""`kbassist lint` as a process: exit codes, output for people, GitHub and programs."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from kbassist.cli.lint_render import annotation
from kbassist.lint.model import Finding
from tests.cli.test_generations import Result, parsed
from tests.conftest import WriteKb

Cli = Callable[..., Result]


@pytest.fixture
def cli(write_kb: WriteKb, tmp_path: Path) -> Cli:
    """The command line, on a folder with an error, a warning and what mends itself."""
    write_kb(
        {"a.md": "# A\n\nSee [x](gone.md).\n\n##提币\n", "b.md": "# B\n\n## Empty\n\n## C\n\nD.\n"}
    )

    def run(*arguments: str) -> Result:
        return subprocess.run(
            [sys.executable, "-m", "kbassist", "lint", *arguments],
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            env={**os.environ, "KBASSIST_KB": "kb"},
            check=False,
        )

    return run


TEXT = """kb/a.md
  3  error    link 'gone.md': there is no gone.md  KB201 broken-link
     → Correct the path, or take the link off.
  5  warning  '##提币' is no heading: the space after ## is missing  KB402 heading-without-space
     → Put a space after the number signs. (--fix does it)

kb/b.md
  3  warning  nothing stands below the heading 'Empty'  KB403 empty-section
     → Write the section, or take the heading off.

2 articles: 1 error, 2 warnings; --fix mends 1
"""


def test_text(cli: Cli) -> None:
    result = cli()
    assert (result.returncode, result.stdout) == (6, TEXT)
    assert result.stderr == "failed: 1 finding (--fail-on error)\n"


@pytest.mark.parametrize(
    ("arguments", "status"),
    [
        (("--fail-on", "warning"), 6),
        (("--fail-on", "never"), 0),
        (("--ignore", "broken-link"), 0),
        (("--ignore", "KB402, broken-link", "--fail-on", "error"), 0),
        (("--select", "KB402,KB201"), 6),
        (("--ignore", "broken-link", "--fail-on", "warning"), 6),
        (("--select", "KB7", "--fail-on", "info"), 0),
    ],
)
def test_what_fails(cli: Cli, arguments: tuple[str, ...], status: int) -> None:
    assert cli(*arguments).returncode == status
    value = parsed(cli(*arguments, "--json"), "lint")
    assert value["failed"] is (status == 6)


def test_json(cli: Cli) -> None:
    result = cli("--json")
    assert result.returncode == 6
    value = parsed(result, "lint")
    assert value["counts"] == {"error": 1, "warning": 2, "info": 0}
    assert value["findings"][0] == {
        "code": "KB201",
        "rule": "broken-link",
        "severity": "error",
        "path": "a.md",
        "line": 3,
        "message": "link 'gone.md': there is no gone.md",
        "fix": "Correct the path, or take the link off.",
        "fixable": False,
    }


def test_fix(cli: Cli, tmp_path: Path) -> None:
    shown = cli("--fix", "--dry-run")
    assert shown.returncode == 0
    assert "-##提币\n+## 提币\n" in shown.stdout
    assert shown.stderr == "--fix would mend 1 finding in 1 file\n"
    value = parsed(cli("--fix", "--dry-run", "--json"), "lint_changes")
    assert [change["path"] for change in value["changes"]] == ["a.md"]
    value = parsed(cli("--fix", "--json"), "lint")
    assert value["fixed"] == [{"path": "a.md", "findings": 1}]
    assert (tmp_path / "kb" / "a.md").read_text("utf-8").endswith("\n## 提币\n")
    again = cli("--fix")
    assert "fixed" not in again.stderr


def test_github(cli: Cli) -> None:
    result = cli("--format", "github")
    assert result.returncode == 6
    assert result.stdout.splitlines()[0] == (
        "::error file=kb/a.md,line=3,title=KB201 broken-link::link 'gone.md': there is no gone.md"
        "%0ACorrect the path, or take the link off."
    )


def test_annotations_are_escaped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    finding = Finding("KB201", "broken-link", "info", "a,b:c%.md", 1, "100%\r\n::error::x\x1b", "y")
    assert annotation(finding, tmp_path) == (
        "::notice file=a%2Cb%3Ac%25.md,line=1,title=KB201 broken-link::100%25\\r%0A::error::x\\x1b"
        "%0Ay"
    )


def test_rules(cli: Cli) -> None:
    listed = cli("--rules")
    assert listed.returncode == 0 and listed.stdout.splitlines()[0].startswith("KB101 invalid-")
    shown = cli("--rules", "--select", "seed-phrase")
    assert "Why: Who reads it owns the wallet" in shown.stdout
    value = parsed(cli("--rules", "--json"), "lint_rules")
    assert {"KB101", "KB801"} <= {rule["code"] for rule in value["rules"]}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--select", "broken-ancor"), "no rule is called 'broken-ancor'"),
        (("--fail-on", "fatal"), "--fail-on is 'fatal'"),
        (("--format", "xml"), "--format is 'xml'"),
        (("--json", "--format", "github"), "--format says nothing about --json"),
        (("--dry-run",), "--dry-run goes with --fix"),
        (("--format", "json"), "For JSON, write --json in its place."),
        (("nowhere",), "no such kb folder: 'nowhere'"),
        (("kb/a.md",), "not a folder: 'kb/a.md'\nhint: Name the folder of all articles."),
        (("--today", "soon"), "--today: not a date: 'soon'"),
        (("--jobs", "0"), "--jobs"),
    ],
)
def test_mistakes(cli: Cli, arguments: tuple[str, ...], message: str) -> None:
    result = cli(*arguments)
    assert result.returncode == 2
    assert message in result.stdout + result.stderr
    assert "Traceback" not in result.stderr
