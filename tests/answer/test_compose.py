"""What is quoted of the best article, and how it is put together."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kbassist import Answer, AnswerSettings, Assistant, build_index
from kbassist.answer.compose import SECOND_SECTION, marked
from tests.answer.claim_examples import citation
from tests.conftest import WriteKb

SECTIONS = """# 删除频道

## 步骤

打开频道设置，点按删除频道，再确认一次。

## 后果

删除频道之后，频道里的消息不能恢复。

## 别的事

成员名单在社区主页上，按加入的时间排列。
"""


@pytest.fixture
def assistant(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    build_index(write_kb({"a.md": SECTIONS}), tmp_path / "index")
    return Assistant.open(tmp_path / "index")


def ask(assistant: Assistant, question: str, max_chars: int) -> Answer:
    settings = AnswerSettings(max_chars=max_chars, answer_threshold=0.0)
    return Assistant.open(assistant.index.path, answers=settings).ask(question)


def test_a_second_section_that_is_nearly_as_good_is_quoted_too(assistant: Assistant) -> None:
    answer = ask(assistant, "删除频道", 420)
    assert [c.number for c in answer.citations] == [1, 2]
    assert [c.heading_path for c in answer.citations] == [
        hit.chunk.heading_path for hit in answer.hits[:2]
    ]
    assert answer.hits[1].score >= SECOND_SECTION * answer.hits[0].score
    first, second = (citation.quote for citation in answer.citations)
    assert answer.text == f"{first} [1]\n\n{second} [2]"


def test_it_must_fit_into_what_is_left_of_the_budget(assistant: Assistant) -> None:
    whole = ask(assistant, "删除频道", 420)
    length = sum(len(citation.quote) for citation in whole.citations)
    assert len(ask(assistant, "删除频道", length).citations) == 2
    assert [c.number for c in ask(assistant, "删除频道", length - 1).citations] == [1]


def test_a_section_that_is_much_less_good_is_not_quoted(assistant: Assistant) -> None:
    answer = ask(assistant, "成员名单按什么排列", 420)
    assert answer.hits[1].score < SECOND_SECTION * answer.hits[0].score
    (citation,) = answer.citations
    assert citation.heading_path == ("别的事",)


def test_nothing_is_said_twice(write_kb: WriteKb, tmp_path: Path) -> None:
    twice = "# 手续费\n\n## TRON\n\n每笔提现收一枚。\n\n## Solana\n\n每笔提现收一枚。\n"
    build_index(write_kb({"a.md": twice}), tmp_path / "index")
    answer = ask(Assistant.open(tmp_path / "index"), "每笔提现收多少手续费", 420)
    assert [citation.quote for citation in answer.citations] == ["每笔提现收一枚。"]


HEAD = "| Coin | Fee |\n|---|---|"


@pytest.mark.parametrize(
    ("quotes", "text"),
    [
        ((HEAD, "| A | 1 |", "| C | 3 |"), f"{HEAD}\n| A | 1 |\n| C | 3 |\n\n[1][2][3]"),
        (
            (f"{HEAD}\n| A | 1 |", "| Network | Time |\n| :-- | --: |", "| B | 2 |"),
            f"{HEAD}\n| A | 1 |\n\n[1]\n\n| Network | Time |\n| :-- | --: |\n| B | 2 |\n\n[2][3]",
        ),
        ((HEAD, "x"), f"{HEAD}\n\n[1]\n\nx [2]"),
    ],
)
def test_rows_of_one_table_stay_together_and_two_tables_apart(
    quotes: tuple[str, ...], text: str
) -> None:
    assert marked([citation(number, quote) for number, quote in enumerate(quotes, 1)]) == text


def test_rows_of_another_section_are_another_table() -> None:
    other = replace(citation(2, "| B | 2 |"), chunk_id="a#y:1")
    assert marked([citation(1, f"{HEAD}\n| A | 1 |"), other]) == (
        f"{HEAD}\n| A | 1 |\n\n[1]\n\n| B | 2 |\n\n[2]"
    )
