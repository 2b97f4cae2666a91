"""`rollback` and `verify` as processes, and what a second writer is told."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kbassist import build_index
from kbassist.index.generation import live_folder
from kbassist.index.lock import Lock
from kbassist.records.schemas import schema
from tests.conftest import WriteKb

SCHEMA = schema()
TEXT = "# Withdrawals\n\nA withdrawal costs {} USDT.\n"

Result = subprocess.CompletedProcess[str]
Cli = Callable[..., Result]


@pytest.fixture
def cli(write_kb: WriteKb, tmp_path: Path) -> Cli:
    """The command line, on an index of two generations."""
    for cost in (1, 2):
        build_index(write_kb({"fees.md": TEXT.format(cost)}), tmp_path / "index")

    def run(*arguments: str) -> Result:
        return subprocess.run(
            [sys.executable, "-m", "kbassist", *arguments],
            capture_output=True,
            encoding="utf-8",
            cwd=tmp_path,
            env={**os.environ, "KBASSIST_INDEX": "index", "KBASSIST_KB": "kb"},
            check=False,
        )

    return run


def parsed(result: Result, definition: str) -> dict[str, Any]:
    """The one object on standard output, checked against its schema."""
    assert result.stdout.count("\n") == 1 and result.stderr == ""
    value = json.loads(result.stdout)
    schema = {"$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]}
    jsonschema.Draft202012Validator(schema).validate(value)
    assert isinstance(value, dict)
    return value


def test_rollback(cli: Cli, tmp_path: Path) -> None:
    result = cli("rollback")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == "Back to gen-000001 (was gen-000002) in index, verified\n"
    assert live_folder(tmp_path / "index").name == "gen-000001"
    value = parsed(cli("rollback", "gen-000002", "--json"), "rollback")
    assert (value["generation"], value["before"]) == ("gen-000002", "gen-000001")
    assert value["changed"] is True
    again = cli("rollback", "gen-000002")
    assert again.stdout == "Live already: gen-000002 in index, verified\n"


def test_rollback_to_what_is_not_there(cli: Cli) -> None:
    result = cli("rollback", "gen-000009")
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == (
        "error: no generation 'gen-000009' in 'index'\n"
        "hint: There are gen-000001, gen-000002 (live). Keep more of them with build --keep.\n"
    )
    value = parsed(cli("rollback", "gen-000009", "--json"), "error")
    assert value["error"]["code"] == "usage"


def test_rollback_lists(cli: Cli) -> None:
    result = cli("rollback", "--list")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout == (
        "gen-000001      1 article, 1 chunk, bundled\ngen-000002 live 1 article, 1 chunk, bundled\n"
    )
    value = parsed(cli("rollback", "--list", "--json"), "generations")
    assert [one["live"] for one in value["generations"]] == [False, True]
    both = cli("rollback", "gen-000001", "--list")
    assert both.returncode == 2 and "--list lists all" in both.stderr


def test_verify(cli: Cli, tmp_path: Path) -> None:
    result = cli("verify")
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.startswith("gen-000002 live sound: ") and result.stdout.count("\n") == 1
    value = parsed(cli("verify", "--all", "--json"), "verify")
    assert value["sound"] is True
    assert [one["generation"] for one in value["generations"]] == ["gen-000001", "gen-000002"]
    assert all(one["files"] > 8 and one["bytes"] > 9000 for one in value["generations"])

    (tmp_path / "index" / "gen-000002" / "bm25.rows.npy").write_bytes(b"")
    result = cli("verify", "--all")
    assert result.returncode == 5
    assert result.stdout.startswith("gen-000001      sound: ") and result.stdout.count("\n") == 1
    assert result.stderr.startswith("error: index/gen-000002/bm25.rows.npy: 0 bytes, built with ")
    assert "hint: Rebuild the index: kbassist build kb --index index --full" in result.stderr
    value = parsed(result := cli("verify", "--json"), "verify")
    assert result.returncode == 5 and value["sound"] is False
    assert value["generations"][0]["fault"]["code"] == "index_broken"
    assert cli("verify", "--index", "nowhere").returncode == 5


def test_a_second_writer(cli: Cli, tmp_path: Path) -> None:
    lock = Lock(tmp_path / "index")
    lock.acquire("build")
    for command in (("build", "--wait", "0.2"), ("rollback", "--wait", "0.2")):
        result = cli(*command)
        assert (result.returncode, result.stdout) == (7, "")
        assert f"'index' is being written: build in process {os.getpid()}" in result.stderr
        assert "; waited 0.2 seconds" in result.stderr
    value = parsed(cli("build", "--json"), "error")
    assert value["error"]["code"] == "index_busy"
    assert cli("ask", "What does a withdrawal cost?").returncode == 0
    lock.release()
    assert cli("build", "--wait", "nan").returncode == 2


def test_build_keeps_generations(cli: Cli, tmp_path: Path) -> None:
    (tmp_path / "kb" / "fees.md").write_text(TEXT.format(3))
    assert cli("build", "--keep", "3").returncode == 0
    assert cli("rollback", "--list").stdout.count("\n") == 3
    refused = cli("build", "--full", "--keep", "0")
    assert refused.returncode == 2 and "keep must be" in refused.stderr
