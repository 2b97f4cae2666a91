"""Many questions in one process: a line in, a line out."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.in_process import Ran, ran, validate

QUESTIONS = ("提币一直没到账怎么办？", "withdrawal fee", "How do I enable 2FA?")


@pytest.fixture(autouse=True)
def _index(harbor: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KBASSIST_INDEX", str(harbor))


def of(path: Path, text: str, *words: str) -> Ran:
    path.write_text(text, encoding="utf-8", newline="")
    return ran(*words, "--batch", str(path))


@pytest.mark.parametrize("command", ["search", "ask"])
@pytest.mark.parametrize("more", [(), ("--brief",), ("--max-tokens", "300"), ("-k", "2")])
def test_each_line_is_what_the_command_prints_for_it(
    tmp_path: Path, command: str, more: tuple[str, ...]
) -> None:
    found = of(tmp_path / "q.txt", "\n".join(QUESTIONS), command, *more)
    assert (found.status, found.err) == (0, "")
    definition = command + ("_brief" if more == ("--brief",) else "")
    for number, (question, record) in enumerate(zip(QUESTIONS, found.objects, strict=True), 1):
        validate(record, definition)
        assert list(record)[:2] == ["schema_version", "line"]
        alone = ran(command, question, "--json", *more).objects[0]
        assert record["question"] == question
        assert record.pop("line") == number
        if more[:1] != ("--max-tokens",):  # the number costs a token as well
            assert record == alone


def test_lines_may_be_objects_with_ids_and_may_be_wrong(tmp_path: Path) -> None:
    lines = [
        "\ufeff" + json.dumps({"question": "withdrawal fee", "id": "a"}),
        "",
        '{"question": "提币\\n没到账", "id": 7}',
        "？？？",
        "x" * 4001,
        '{"question": 3}',
        json.dumps({"question": ["x"] * 9999}),
        '{"question": "fee", "id": [1]}',
        '{"question": "fee", "locale": "en"}',
        "{fee}",
        "[fee]",
        "  2FA \r",
        '{"question":' * 100_000,
    ]
    found = of(tmp_path / "q.jsonl", "\n".join(lines), "search", "--brief")
    assert (found.status, found.err) == (0, "")
    told = [(one["line"], one.get("id"), one.get("error", {}).get("code")) for one in found.objects]
    assert told == [
        (1, "a", None),
        (3, 7, None),
        (4, None, "empty_question"),
        (5, None, "question_too_long"),
        *((line, None, "usage") for line in range(6, 11)),
        (11, None, None),
        (12, None, None),
        (13, None, "usage"),
    ]
    assert found.objects[1]["question"] == "提币\n没到账"
    assert found.objects[-2]["question"] == "2FA"
    for record in found.objects:
        validate(record, "error" if "error" in record else "search_brief")
    messages = [one["error"]["message"] for one in found.objects if "error" in one]
    assert messages[3].startswith("the question must be text, found ['x', 'x'")
    assert max(map(len, messages)) <= 201
    assert [messages[2], *messages[4:6]] == [
        "the question must be text, found 3",
        "the id must be text or a whole number, found [1]",
        "no such member: 'locale'",
    ]
    again = ran("ask", "--batch", "-", text="\n".join(lines).removeprefix("\ufeff"))
    assert [(one["line"], "error" in one) for one in again.objects] == [
        (line, code is not None) for line, _, code in told
    ]


@pytest.mark.parametrize("command", ["search", "ask"])
def test_an_answer_comes_before_the_next_question_is_known(harbor: Path, command: str) -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "kbassist", command, "--batch", "-", "--index", str(harbor)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        encoding="utf-8",
        env={**os.environ, "PYTHONUNBUFFERED": "0"},
    )
    with process:
        assert process.stdin is not None and process.stdout is not None
        for number, question in enumerate(QUESTIONS, 1):
            process.stdin.write(f"{question}\n")
            process.stdin.flush()
            record = json.loads(process.stdout.readline())
            assert (record["line"], record["question"]) == (number, question)
        process.stdin.close()
        assert process.stdout.read() == ""
    assert process.returncode == 0


@pytest.mark.parametrize("command", ["search", "ask"])
def test_what_concerns_all_questions_ends_the_stream(
    tmp_path: Path, command: str, harbor: Path
) -> None:
    def error(found: Ran, status: int) -> str:
        assert found.status == status
        told = found.one("error")
        assert "line" not in told
        code: str = told["error"]["code"]
        return code

    path = tmp_path / "q.txt"
    assert error(of(path, "fee\nfee", command, "--filter", "regoin=hk"), 2) == "filter"
    assert error(of(path, "fee\nfee", command, "--mode", "fuzzy"), 2) == "usage"
    assert error(of(path, "fee\nfee", command, "--explain"), 2) == "usage"
    assert error(of(path, "fee\nfee", command, "fee"), 2) == "usage"
    assert error(of(path, " \n\n", command), 2) == "usage"
    assert error(of(path, "", command), 2) == "usage"
    assert error(of(path, "fee", command, "--index", str(tmp_path)), 5) == "index_missing"
    assert error(ran(command, "--batch", str(tmp_path / "none")), 2) == "usage"
    assert error(ran(command, "--batch", str(tmp_path)), 2) == "usage"
    path.write_bytes("fee\n提币\n".encode() + b"\xff\xfe\n")
    found = ran(command, "--batch", str(path))
    assert found.status == 2
    assert found.objects[-1]["error"]["message"].startswith(f"{str(path)!r} is not valid UTF-8")


def test_a_budget_that_is_too_small_for_a_question_is_said_in_its_line(tmp_path: Path) -> None:
    found = of(tmp_path / "q.txt", "fee\n提币", "search", "--max-tokens", "5")
    assert [(one["line"], one["error"]["code"]) for one in found.objects] == [
        (1, "usage"),
        (2, "usage"),
    ]
    assert found.status == 0


def test_a_reader_that_goes_away_is_no_error(harbor: Path, tmp_path: Path) -> None:
    path = tmp_path / "q.txt"
    path.write_text("withdrawal fee\n" * 200, encoding="utf-8")
    command = f"{sys.executable} -m kbassist search --batch {path} --index {harbor} | head -n 1"
    result = subprocess.run(
        ["bash", "-c", f"set -o pipefail; {command}"], capture_output=True, text=True, check=False
    )
    assert (result.returncode, result.stderr) == (0, "")
    assert result.stdout.count("\n") == 1
