from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from kbassist.errors import DatasetError
from kbassist.evals.result import Cited, Outcome, Result, read_result, write_result

OUTCOME = Outcome(
    id="q1",
    text="提币\u2028多久？",
    slice="wallet",
    locale="zh-Hans",
    expect="answer",
    relevant={"withdraw": 2},
    labels={"withdraw#time": 2},
    ranking=["withdraw", "fees"],
    action="answer",
    reason="evidence",
    confidence=0.1 + 0.2,
    citations=[Cited("withdraw", "time", "withdraw.md:9-9", "**三分钟**到账。")],
    article_right=True,
    section_right=True,
    lines_right=True,
    span_right=None,
    search_ms=1.25,
    ask_ms=2.5,
    tags=["a", "b"],
)

RESULT = Result(
    dataset="golden",
    dataset_digest="ab" * 32,
    split="dev",
    mode="lexical",
    index={"generation": "0001", "embedder": None, "articles": 3},
    today="2026-11-21",
    settings={"fusion": "convex", "vector_weight": 0.5},
    library="0.1.0",
    outcomes=(OUTCOME, replace(OUTCOME, id="q2", citations=[], span_right=False)),
)


def test_what_is_written_is_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "result.json"
    write_result(RESULT, path)
    assert read_result(path) == RESULT
    text = path.read_text(encoding="utf-8")
    assert "**三分钟**到账。" in text
    assert text.endswith("}\n")
    assert json.loads(text)["version"] == 1


def test_its_name() -> None:
    assert RESULT.name == "golden/dev (lexical)"


@pytest.mark.parametrize(
    ("changes", "right"),
    [
        ({}, True),
        ({"span_right": True}, True),
        ({"span_right": False}, False),
        ({"section_right": False}, False),
        ({"lines_right": False}, False),
        ({"action": "abstain"}, False),
        ({"article_right": False}, True),
        ({"expect": "abstain"}, False),
        ({"expect": "abstain", "action": "abstain", "section_right": False}, True),
        ({"expect": "clarify", "action": "clarify", "section_right": False}, True),
        ({"expect": "clarify", "action": "abstain"}, False),
    ],
)
def test_when_an_outcome_is_right(changes: dict[str, Any], right: bool) -> None:
    assert replace(OUTCOME, **changes).right is right


def failure(path: Path) -> str:
    with pytest.raises(DatasetError) as caught:
        read_result(path)
    assert caught.value.hint == "Write one: kbassist eval run DATASET --out FOLDER"
    return caught.value.message


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    path = tmp_path / "none.json"
    assert failure(path) == f"{path}: cannot be read: No such file or directory"
    assert failure(tmp_path) == f"{tmp_path}: cannot be read: Is a directory"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff\xfe",
        b"[" * 100_000,
        b"null",
        b"5",
        b'"version"',
        b"[]",
        b"[1]",
        b"{}",
        b'{"outcomes": []}',
        b'{"version": 1}',
        b'{"version": 1, "outcomes": []}',
    ],
    ids=str,
)
def test_files_that_are_no_results(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "result.json"
    path.write_bytes(content)
    assert failure(path).startswith(f"{path}: is no result file")


def write_changed(path: Path, **changes: Any) -> None:
    write_result(RESULT, path)
    table = {**json.loads(path.read_text(encoding="utf-8")), **changes}
    path.write_text(json.dumps(table), encoding="utf-8")


@pytest.mark.parametrize(
    "changes",
    [
        {"outcomes": None},
        {"outcomes": 5},
        {"outcomes": "text"},
        {"outcomes": [5]},
        {"outcomes": [{}]},
        {"outcomes": [{"citations": []}]},
        {"outcomes": [{"citations": None}]},
        {"outcomes": [{"citations": [{"quote": "x"}]}]},
        {"mode": "guess"},
    ],
    ids=str,
)
def test_tables_of_another_shape(tmp_path: Path, changes: dict[str, Any]) -> None:
    path = tmp_path / "result.json"
    write_changed(path, **changes)
    (field,) = changes
    assert failure(path).startswith(f"{path}: is no result file: {field}")


def test_a_result_without_outcomes_or_with_one_twice(tmp_path: Path) -> None:
    path = tmp_path / "result.json"
    write_result(replace(RESULT, outcomes=()), path)
    assert failure(path) == f"{path}: holds no outcomes"
    write_result(replace(RESULT, outcomes=(OUTCOME, OUTCOME)), path)
    assert failure(path) == f"{path}: holds a question twice"


@pytest.mark.parametrize("version", [0, 2, "1", None])
def test_another_version(tmp_path: Path, version: object) -> None:
    path = tmp_path / "result.json"
    write_changed(path, version=version)
    assert failure(path) == f"{path}: is of version {version!r}, this kbassist reads 1"
