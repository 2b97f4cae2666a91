"""`build`, `watch` and `cache` as a user meets them."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.test_generations import Result, parsed
from tests.conftest import WriteKb

ARTICLES = {
    "a.md": "# Withdrawals\n\nA withdrawal takes ten minutes.\n",
    "b.md": "# Fees\n\nThe fee is 1 USDT.\n",
}
Cli = Callable[..., Result]


@pytest.fixture
def environment(tmp_path: Path) -> dict[str, str]:
    return {**os.environ, "KBASSIST_INDEX": "index", "KBASSIST_KB": "kb"}


@pytest.fixture
def cli(write_kb: WriteKb, tmp_path: Path, environment: dict[str, str]) -> Cli:
    write_kb(ARTICLES)

    def run(*arguments: str) -> Result:
        return subprocess.run(
            [sys.executable, "-m", "kbassist", *arguments],
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            env=environment,
            check=False,
        )

    return run


def test_a_build_says_what_changed(cli: Cli, write_kb: WriteKb, tmp_path: Path) -> None:
    first = cli("build", "--jobs", "1")
    assert first.stdout.startswith("Built index (gen-000001): 2 articles, 2 chunks, 0 warnings, ")
    assert first.stdout.count("\n") == 1
    write_kb({"b.md": "# Fees\n\nThe fee is 2 USDT.\n", "c.md": "# New\n\nText.\n"})
    (tmp_path / "kb" / "a.md").rename(tmp_path / "kb" / "z.md")
    lines = cli("build").stdout.splitlines()
    assert lines[1] == "Changes: 1 added (c.md); 1 changed (b.md); 1 renamed (a.md → z.md)"
    assert cli("build").stdout.startswith("Up to date: index (gen-000002): 3 articles")


def test_a_build_as_json(cli: Cli, write_kb: WriteKb) -> None:
    first = parsed(cli("build", "--json"), "build")
    assert (first["changes"], first["reused"]) == (None, 0)
    write_kb({f"n{number}.md": f"# T{number}\n\nText {number}.\n" for number in range(25)})
    second = parsed(cli("build", "--json"), "build")
    assert (second["reused"], second["articles"]) == (2, 27)
    added = second["changes"]["added"]
    assert (added["count"], len(added["paths"]), added["paths"][0]) == (25, 20, "n0.md")
    assert second["changes"]["settings"] is False


def test_jobs_must_be_a_number_from_one(cli: Cli) -> None:
    refused = cli("build", "--jobs", "0")
    assert (
        refused.returncode == 2
        and "jobs must be a whole number from 1 up, found 0" in refused.stderr
    )


def test_the_cache(cli: Cli, tmp_path: Path) -> None:
    assert cli("cache").returncode == 5
    assert "no index at 'index'" in cli("cache").stderr
    cli("build")
    lines = cli("cache").stdout.splitlines()
    assert lines[0].startswith("index/cache.sqlite: 0.0 MB, limit 536.9 MB")
    assert [line.split()[:2] for line in lines[1:]] == [
        ["facts", "2"],
        ["bodies", "2"],
        ["vectors", "0"],
    ]
    value = parsed(cli("cache", "--limit", "2.5", "--json"), "cache")
    assert (value["limit"], value["kinds"]["bodies"]["entries"]) == (2_500_000, 2)
    assert parsed(cli("cache", "--prune", "--json"), "cache")["limit"] == 2_500_000
    emptied = parsed(cli("cache", "--limit", "0", "--json"), "cache")
    assert [kind["entries"] for kind in emptied["kinds"].values()] == [0, 0, 0]
    assert parsed(cli("cache", "--clear", "--json"), "cache")["bytes"] == 0
    assert not (tmp_path / "index" / "cache.sqlite").exists()
    assert cli("cache", "--limit", "-1").returncode == 2


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_watch(cli: Cli, write_kb: WriteKb, tmp_path: Path, environment: dict[str, str]) -> None:
    pytest.importorskip("watchfiles")
    with subprocess.Popen(
        [sys.executable, "-m", "kbassist", "watch", "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        cwd=tmp_path,
        env=environment,
    ) as process:
        assert process.stdout is not None

        def following() -> dict[str, object]:
            assert process.stdout is not None
            value: dict[str, object] = json.loads(process.stdout.readline())
            return value

        assert following()["generation"] == "gen-000001"
        write_kb({"b.md": "# Fees\n\nThe fee is 2 USDT.\n"})
        assert following()["generation"] == "gen-000002"
        write_kb({"bad.md": "---\nupdated: soon\n---\nx\n"})
        error = following()["error"]
        assert isinstance(error, dict) and "bad.md:2" in json.dumps(error)
        (tmp_path / "kb" / "bad.md").unlink()
        assert following()["changed"] is False
        (tmp_path / "kb" / "notes.txt").write_text("no article")
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=30)
    assert (process.returncode, out, err) == (0, "", "")


def test_watch_without_its_library(cli: Cli, tmp_path: Path) -> None:
    code = (
        "import sys; sys.modules['watchfiles'] = None; sys.argv[1:] = ['watch'];"
        "from kbassist.cli import main; main()"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, encoding="utf-8", cwd=tmp_path
    )
    assert run.returncode == 1
    assert "pip install 'kbassist[watch]'" in run.stderr
