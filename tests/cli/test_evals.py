"""`kbassist eval` as a process."""

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

from kbassist.records.schemas import schema
from tests.conftest import WriteKb
from tests.evals.small import build, write

SCHEMA = schema()
Result = subprocess.CompletedProcess[str]
Cli = Callable[..., Result]


@pytest.fixture
def questions(tmp_path: Path) -> Path:
    return write(tmp_path / "small.jsonl")


@pytest.fixture
def cli(write_kb: WriteKb, tmp_path: Path) -> Cli:
    build(write_kb, tmp_path)

    def run(*arguments: str | Path) -> Result:
        return subprocess.run(
            [sys.executable, "-m", "kbassist", "eval", *map(str, arguments)],
            capture_output=True,
            encoding="utf-8",
            env={**os.environ, "KBASSIST_INDEX": str(tmp_path / "index")},
            check=False,
        )

    return run


def parsed(result: Result, definition: str) -> dict[str, Any]:
    """The one object on standard output, checked against its schema."""
    assert result.stdout.count("\n") == 1, result.stderr
    value = json.loads(result.stdout)
    schema = {"$ref": f"#/$defs/{definition}", "$defs": SCHEMA["$defs"]}
    jsonschema.Draft202012Validator(schema).validate(value)
    assert isinstance(value, dict)
    return value


def test_run_for_people(cli: Cli, questions: Path) -> None:
    result = cli("run", questions)
    assert (result.returncode, result.stderr) == (0, "")
    rows = {line.split()[0]: line.split() for line in result.stdout.splitlines() if line.strip()}
    assert rows["slice"][2:6] == ["nDCG@10", "recall@1", "recall@5", "recall@10"]
    assert rows["plain"][1:4] == ["3", "1.000", "1.000"]
    assert rows["far"][1:3] == ["1", "–"]
    assert "abstention: precision 0.667, recall 0.667, F1 0.667" in result.stdout


def test_run_for_programs_with_result_file_and_report(
    cli: Cli, questions: Path, tmp_path: Path
) -> None:
    out, report = tmp_path / "out", tmp_path / "report.html"
    result = cli("run", questions, "--json", "--split", "dev", "--out", out, "--report", report)
    assert (result.returncode, result.stderr) == (0, "")
    (record,) = parsed(result, "eval_run")["results"]
    assert (record["dataset"], record["split"], record["mode"]) == ("small", "dev", "lexical")
    written = json.loads((out / "small-dev-lexical.json").read_text(encoding="utf-8"))
    assert written["dataset_digest"] == record["dataset_digest"]
    assert written["index"]["analyzer"] == record["index"]["analyzer"]
    assert len(written["outcomes"]) == record["questions"]
    assert report.read_text(encoding="utf-8").startswith("<!doctype html>")


def test_both_legs_where_nothing_else_is_said(
    cli: Cli, write_kb: WriteKb, questions: Path, tmp_path: Path
) -> None:
    build(write_kb, tmp_path, embedder="bundled")
    result = cli("run", questions, "--json", "--out", tmp_path)
    (record,) = parsed(result, "eval_run")["results"]
    assert (record["mode"], record["index"]["embedder"]) == ("hybrid", "bundled")
    assert (tmp_path / "small-all-hybrid.json").is_file()
    assert cli("run", questions, "--mode", "vector").returncode == 0


def test_a_gate_that_is_not_reached(cli: Cli, questions: Path, tmp_path: Path) -> None:
    people = cli("run", questions, "--fail-under", "action accuracy=0.9")
    assert people.returncode == 6
    assert people.stderr.startswith("error: small: action accuracy: 0.7143, wanted 0.9000\nhint: ")
    assert "recall@5" in people.stdout
    programs = cli("run", questions, "--fail-under", "action accuracy=0.9", "--json")
    assert programs.returncode == 6
    assert parsed(programs, "eval_run")["shortfalls"] == [
        "small: action accuracy: 0.7143, wanted 0.9000"
    ]
    gates = tmp_path / "gates.toml"
    gates.write_text('[small]\n"action accuracy" = 0.7\n[other]\n"ndcg@10" = 1\n', encoding="utf-8")
    assert cli("run", questions, "--gates", gates).returncode == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--fail-under", "ndcg=1"), "no such measure: 'ndcg'"),
        (("--split", "train"), "no such split: 'train'"),
        (("--mode", "vector"), "the mode 'vector' needs vectors"),
    ],
)
def test_usage_errors(cli: Cli, questions: Path, arguments: tuple[str, ...], message: str) -> None:
    result = cli("run", questions, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith(f"error: {message}")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "set.jsonl: holds no questions"),
        ('{"id": "a", "text": "b", "relevant": ["fees"]}\n' * 6 + "{bad\n", "set.jsonl:2: the id"),
        (
            '{"id": "a", "text": "b", "relevant": ["fee"]}\n',
            "set.jsonl:1: a: no article 'fee'; did you mean 'fees'?",
        ),
    ],
)
def test_datasets_that_cannot_be_used(cli: Cli, tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text(text, encoding="utf-8")
    result = cli("run", path)
    assert (result.returncode, result.stdout) == (2, "")
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_bad_json_on_line_7(cli: Cli, tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    good = "".join(f'{{"id": "q{n}", "text": "b", "relevant": ["fees"]}}\n' for n in range(6))
    path.write_text(good + '{"id": "q7", "text"\n', encoding="utf-8")
    result = cli("run", path, "--json")
    assert result.returncode == 2
    error = parsed(result, "error")["error"]
    assert error["code"] == "dataset"
    assert "set.jsonl:7: bad JSON" in error["message"]


def test_compare_misses_and_export(cli: Cli, questions: Path, tmp_path: Path) -> None:
    cli("run", questions, "--out", tmp_path)
    result = tmp_path / "small-all-lexical.json"
    same = parsed(cli("compare", result, result, "--json"), "eval_compare")
    assert (same["won"], same["lost"]) == ([], [])
    assert "0 won by RR@10" in cli("compare", result, result).stdout
    found = parsed(cli("misses", questions, "--json"), "eval_misses")
    assert found["asked"] == 7
    assert {(miss["id"], miss["cause"]) for miss in found["misses"]} >= {
        ("q6", "confidence too high"),
        ("q4", "confidence too low"),
    }
    assert "confidence too high (1)" in cli("misses", questions).stdout
    written = parsed(cli("export", result, "--out", tmp_path / "trec", "--json"), "eval_written")
    assert [Path(path).suffix for path in written["written"]] == [".run", ".qrels"]


def test_sweep_only_on_dev(cli: Cli, questions: Path) -> None:
    points = parsed(
        cli("sweep", questions, "--set", "max_question_chars=100,200", "--json"), "eval_sweep"
    )
    assert sorted(point["settings"]["max_question_chars"] for point in points["points"]) == [
        100,
        200,
    ]
    refused = cli("sweep", questions, "--set", "candidates=10", "--split", "test")
    assert refused.returncode == 2
    assert "a sweep may not see the split 'test'" in refused.stderr
    assert cli("sweep", questions, "--set", "candidates").returncode == 2


def test_init_and_add(cli: Cli, tmp_path: Path) -> None:
    drafted, path = tmp_path / "easy.jsonl", tmp_path / "own.jsonl"
    nothing = cli("init", drafted)  # the small help centre lists no phrasings
    assert (nothing.returncode, drafted.exists()) == (2, False)
    added = cli(
        "add", path, "提现收多少", "--relevant", "fees#fees", "--span", "1.5 USDT", "--json"
    )
    assert parsed(added, "eval_written") == {"schema_version": 1, "written": [str(path)]}
    cli("add", path, "天气如何", "--expect", "abstain")
    assert path.read_text(encoding="utf-8") == (
        '{"id": "q-0001", "text": "提现收多少", "relevant": {"fees#fees": 1}, '
        '"answer_span": "1.5 USDT"}\n'
        '{"id": "q-0002", "text": "天气如何", "expect": "abstain"}\n'
    )
    wrong = cli("add", path, "多少钱", "--relevant", "fess")
    assert (wrong.returncode, wrong.stderr.count("did you mean 'fees'")) == (2, 1)


def test_without_the_extra_the_command_says_what_to_install(
    questions: Path, tmp_path: Path
) -> None:
    code = "import sys; sys.modules['ir_measures'] = None; from kbassist.cli import main; main()"
    result = subprocess.run(
        [sys.executable, "-c", code, "eval", "run", str(questions)],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert result.returncode == 1
    assert "pip install 'kbassist[evals]'" in result.stderr


def test_datasets_of_one_name_and_gates_for_others_are_refused(
    cli: Cli, questions: Path, tmp_path: Path
) -> None:
    (tmp_path / "other").mkdir()
    twin = write(tmp_path / "other" / "small.jsonl")
    twice = cli("run", questions, twin)
    assert (twice.returncode, "two datasets are named 'small'" in twice.stderr) == (2, True)
    gates = tmp_path / "gates.toml"
    gates.write_text('[smal]\n"ndcg@10" = 1\n', encoding="utf-8")
    missing = cli("run", questions, "--gates", gates)
    assert (missing.returncode, "has no gates for 'small'" in missing.stderr) == (2, True)


def test_an_empty_index_is_an_error_never_a_score(
    write_kb: WriteKb, questions: Path, tmp_path: Path
) -> None:
    from kbassist import build_index

    (tmp_path / "drafts").mkdir()
    (tmp_path / "drafts" / "a.md").write_text("---\nstatus: draft\n---\n\nText.\n", "utf-8")
    build_index(tmp_path / "drafts", tmp_path / "none")
    path = tmp_path / "far.jsonl"
    path.write_text('{"id": "q", "text": "weather", "expect": "abstain"}\n', encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-m", "kbassist", "eval", "run", str(path), "--index", tmp_path / "none"],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert (result.returncode, result.stdout) == (2, "")
    assert "is empty: every question would get the same score" in result.stderr


def test_the_figures_are_printed_even_where_files_cannot_be_written(
    cli: Cli, questions: Path, tmp_path: Path
) -> None:
    (tmp_path / "small-all-lexical.json").mkdir()
    people = cli("run", questions, "--out", tmp_path)
    assert people.returncode == 1
    assert "recall@5" in people.stdout
    assert people.stderr.startswith("error: ")
    programs = cli("run", questions, "--out", tmp_path, "--json")
    assert parsed(programs, "error")["error"]["message"].endswith("Is a directory")
