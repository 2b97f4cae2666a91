"""Cutting a question into its parts."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist.answer.parts import MAX_PARTS, Part, split
from kbassist.evals.model import Question, make_dataset
from tests.conftest import REPOSITORY


def texts(question: str) -> tuple[str, ...]:
    return tuple(part.question for part in split(question))


def test_a_part_keeps_the_words_that_it_was_asked_in() -> None:
    first, second = split("提现要多久，手续费多少？")
    assert first == Part("提现要多久", "提现要多久") and not first.leans
    assert second == Part("手续费多少？", "提现 手续费多少？") and second.leans


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("提现要多久，手续费多少？", ("提现要多久", "提现 手续费多少？")),
        ("提现要多久？手续费多少？", ("提现要多久？", "提现 手续费多少？")),
        ("提現要多久，手續費多少？", ("提現要多久", "提現 手續費多少？")),
        (
            "How do I enable 2FA and what if I lose my phone?",
            ("How do I enable 2FA", "enable 2FA what if I lose my phone?"),
        ),
        (
            "What is the withdrawal fee and how long does it take?",
            ("What is the withdrawal fee", "withdrawal fee how long does it take?"),
        ),
        (
            "怎么绑定谷歌验证器，手机丢了怎么办？",
            ("怎么绑定谷歌验证器", "绑定谷歌验证器 手机丢了怎么办？"),
        ),
        ("忘了填 tag 能找回吗 手续费多少", ("忘了填 tag 能找回吗", "忘了填 tag 手续费多少")),
        (
            "我昨天换了手机号，现在能提币吗？另外通行密钥在哪里删除？",
            ("我昨天换了手机号，现在能提币吗？", "昨天换 通行密钥在哪里删除？"),
        ),
    ],
)
def test_two_questions(question: str, parts: tuple[str, ...]) -> None:
    assert texts(question) == parts


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "1. 提现要多久 2. 手续费多少 3. 最低多少",
            ("提现要多久", "提现 手续费多少", "提现 最低多少"),
        ),
        ("关于提现：①多久②手续费多少", ("提现 多久", "提现 手续费多少")),
        ("想问几个问题：\n1、提现要多久\n2、怎么开户", ("提现要多久", "提现 怎么开户")),
        (
            "(1) How do I verify? (2) Which documents?",
            ("How do I verify?", "verify Which documents?"),
        ),
    ],
)
def test_lists(question: str, parts: tuple[str, ...]) -> None:
    assert texts(question) == parts


@pytest.mark.parametrize(
    "question",
    [
        "提币一直没到账怎么办？",
        "充值和提现的手续费是多少？",
        "what are maker and taker fees",
        "How do I know that the wire arrived and is safe?",
        "How do deposits and withdrawals work?",
        "一直显示审核中，怎么办？",
        "限价单一提交就被取消，是 bug 吗？",
        "我想换手机号，可以吗？",
        "Is it safe? Is that normal?",
        "When half of my order executes, which percentage applies?",
        "My wire was returned, why?",
        "https://a.example/?a=1,b=2 打不开怎么办？",
        "升级到 L2 要 1.5 天还是 2 天？",
        "如果 30 天没登录，账户会怎么样？",
        "",
        "？？？",
    ],
)
def test_one_question(question: str) -> None:
    assert texts(question) == (question,)


def test_no_more_than_four() -> None:
    question = "提现要多久？手续费多少？最低多少？最高多少？网络怎么选？"
    parts = texts(question)
    assert len(parts) == MAX_PARTS
    assert parts[-1].endswith("最高多少？网络怎么选？")


def test_a_guess_stays_with_its_question() -> None:
    assert texts("为什么提币被拒？是地址错了吗？手续费退多少？") == (
        "为什么提币被拒？是地址错了吗？",
        "提币 手续费退多少？",
    )


def test_the_labelled_questions() -> None:
    """Of the development half: all that ask two things; few of the others, which mostly do too."""
    several = others = 0
    counts = [0, 0]
    for name in ("harbor-zh", "harbor-en"):
        lines = (REPOSITORY / "evals" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        dataset = make_dataset(name, (Question(**json.loads(line)) for line in lines))
        for question in dataset.split("dev"):
            is_split = len(split(question.text)) > 1
            multi = question.slice == "multi-part"
            counts[multi] += 1
            several += multi and is_split
            others += is_split and not multi
    assert several == counts[True] == 15
    assert others <= 20 and counts[False] == 314


@settings(max_examples=50)
@given(st.text("提现手续费多少吗怎么，？?.,\n 1②and how", max_size=40))
def test_any_text(question: str) -> None:
    parts = texts(question)
    assert 1 <= len(parts) <= MAX_PARTS
    assert len(parts) > 1 or parts == (question.strip(),)
    assert all(part == part.strip() for part in parts)
    assert len(parts) == 1 or all(parts)
