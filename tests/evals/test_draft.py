from __future__ import annotations

from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.errors import DatasetError, UsageError
from kbassist.evals.draft import EASY, add, draft, next_id, write_questions
from kbassist.evals.model import Question
from kbassist.evals.read import read_dataset
from tests.conftest import WriteKb
from tests.evals.small import QUESTIONS


@pytest.fixture
def assistant(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    kb = write_kb(
        {
            "a.md": "---\nid: a\nlocale: zh-Hans\nquestions: {fee: [手续费多少, 收几个 U]}\n---\n\n"
            "## 费用 {#fee}\n\n每笔一元。\n",
            "b.md": "---\nid: b\nlocale: zh-Hans\naudience: staff\n---\n\n## 怎么升级？\n\n先冻结。\n",
            "c.md": "---\nid: c\nlocale: en\n---\n\n## How long does it take?\n\nA minute.\n",
        }
    )
    build_index(kb, tmp_path / "index")
    return Assistant.open(tmp_path / "index")


def test_drafts_are_easy_questions_of_public_articles(assistant: Assistant) -> None:
    found = draft(assistant)
    assert [(question.text, dict(question.relevant)) for question in found] == [
        ("手续费多少", {"a#fee": 1}),
        ("收几个 U", {"a#fee": 1}),
        ("How long does it take?", {"c#how-long-does-it-take": 1}),
    ]
    assert {question.slice for question in found} == {EASY}
    assert [question.id for question in found] == ["easy-0001", "easy-0002", "easy-0003"]


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "new" / "set.jsonl"
    write_questions(QUESTIONS, path)
    assert list(read_dataset(path).questions) == QUESTIONS


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    path.write_text("{}\n", encoding="utf-8")
    with pytest.raises(UsageError, match="is there already"):
        write_questions(QUESTIONS, path)
    with pytest.raises(UsageError, match="no article lists a question"):
        write_questions([], tmp_path / "other.jsonl")


def test_questions_are_appended_with_the_next_id(assistant: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    assert next_id(path) == "q-0001"
    add(Question(id="q-0001", text="多少钱", relevant={"a#fee": 1}), path, assistant)
    path.write_text(path.read_text("utf-8").rstrip("\n"), encoding="utf-8")  # as an editor may
    assert next_id(path) == "q-0002"
    add(Question(id="q-0002", text="天气", expect="abstain"), path, assistant)
    assert [question.text for question in read_dataset(path).questions] == ["多少钱", "天气"]


def test_a_taken_id_or_a_wrong_label_changes_nothing(assistant: Assistant, tmp_path: Path) -> None:
    path = tmp_path / "set.jsonl"
    add(Question(id="q-0001", text="多少钱", relevant={"a": 1}), path, assistant)
    before = path.read_bytes()
    with pytest.raises(DatasetError, match="the id 'q-0001' is taken"):
        add(Question(id="q-0001", text="天气", expect="abstain"), path, assistant)
    with pytest.raises(DatasetError, match="no anchor 'fees' in 'a'; did you mean 'fee'"):
        add(Question(id="q-0002", text="多少钱", relevant={"a#fees": 1}), path, assistant)
    assert path.read_bytes() == before


def test_only_json_lines_are_written(assistant: Assistant, tmp_path: Path) -> None:
    sheet = tmp_path / "set.csv"
    sheet.write_text("question,article\n多少钱,a\n", encoding="utf-8")
    before = sheet.read_bytes()
    with pytest.raises(UsageError, match=r"only a \.jsonl file can be written"):
        add(Question(id="q", text="天气", expect="abstain"), sheet, assistant)
    with pytest.raises(UsageError, match=r"only a \.jsonl file can be written"):
        write_questions(QUESTIONS, tmp_path / "new.tsv")
    assert sheet.read_bytes() == before


def test_a_phrasing_of_two_articles_expects_either_and_ended_ones_are_left_out(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    head = "---\nid: {}\nlocale: en\nquestions: [how long]\n{}---\n\nA minute.\n"
    kb = write_kb(
        {
            "x.md": head.format("x", ""),
            "y.md": head.format("y", ""),
            "z.md": head.format("z", "valid_until: 2020-01-01\n"),
        }
    )
    build_index(kb, tmp_path / "two")
    (question,) = draft(Assistant.open(tmp_path / "two"))
    assert question.relevant == {"x": 1, "y": 1}
