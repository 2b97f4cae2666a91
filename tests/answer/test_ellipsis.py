"""Ellipsis: short questions that lean on the earlier ones, and short ones that do not."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist.answer.ellipsis import dependence, own_text
from kbassist.answer.smalltalk import asks_nothing

CASES = [
    line.rstrip("\n")
    for line in (Path(__file__).parent / "followup_cases.txt").open(encoding="utf-8")
    if line[0] in ">="
]


@pytest.mark.parametrize(
    "question",
    [
        "那手续费呢？",
        "那手續費呢？",
        "and for ERC-20?",
        "多久",
        "how long?",
        "那要多久到账",
        "what about fees",
        "它安全吗",
        "WHAT ABOUT FEES",
        "Ａｎｄ ｆｏｒ ＥＲＣ－２０？",
        "that 多久",
    ],
)
def test_an_elliptical_question_leans(question: str) -> None:
    assert dependence(question) == "full"


@pytest.mark.parametrize(
    "question",
    [
        "怎么提现",
        "什么是强平",
        "提币没到账，客服也不回复，怎么办",
        "withdrawal fee",
        "how long does it take to withdraw BTC to my own wallet",
        "is there a withdrawal limit for new accounts",
        "HB-1007",
        "HB-1007 怎么办",
        "1021",
        "https://harbor.example/login 这个能点吗",
        "顺便问下提币限额",
        "by the way, can I stake ETH",
        "I sent USDT to the wrong address, can I get it back",
    ],
)
def test_a_complete_question_stands_alone(question: str) -> None:
    assert dependence(question) == "none"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("护照可以吗", "some"),
        ("what happens to my balance", "some"),
        ("那怎么提现", "some"),
        ("那怎么取消", "full"),
        ("顺便问下要多久", "some"),  # announces another subject and names none
        ("其他币种怎么提现", "none"),  # 其他 is no pronoun
        ("visa", "none"),
        ("visa?", "some"),
    ],
)
def test_degrees(question: str, expected: str) -> None:
    assert dependence(question) == expected


def test_more_signs_allow_more_words() -> None:
    assert dependence("信用卡可以绑定") == "none"
    assert dependence("那信用卡可以绑定") == "some"
    assert dependence("那信用卡也可以绑定") == "full"


def test_a_pronoun_with_a_word_to_stand_for_is_no_sign() -> None:
    assert dependence("it expired yesterday, extend passport") == "full"
    assert dependence("extend passport visa, it expired yesterday") == "none"


@pytest.mark.parametrize("text", ["", " \n", "？？", "谢谢", "好的，知道了！", "ok thanks", "收到"])
def test_thanks_and_signs_ask_nothing(text: str) -> None:
    assert asks_nothing(text)
    assert dependence(text) == "none"


@pytest.mark.parametrize("text", ["ok and?", "好的，多久？", "a", "1"])
def test_a_word_beside_thanks_asks_something(text: str) -> None:
    assert not asks_nothing(text)


def test_own_text_is_as_written() -> None:
    assert own_text("那 ＥＲＣ－２０ 的手續費呢？") == "ＥＲＣ－２０"
    assert own_text("銀行卡要怎麼綁定 for my Passport?") == "銀行卡 綁定 Passport"
    assert own_text("多久？") == ""


def test_listed_follow_ups_are_seen_and_complete_questions_left_alone() -> None:
    leaning = [case for case in CASES if case[0] == ">"]
    alone = [case for case in CASES if case[0] == "="]
    assert len(leaning) >= 60 and len(alone) >= 40
    missed = [case for case in leaning if dependence(case.split(" | ")[1]) == "none"]
    wrong = [case for case in alone if dependence(case.split(" | ")[1]) != "none"]
    surely_wrong = [case for case in wrong if dependence(case.split(" | ")[1]) == "full"]
    assert len(missed) <= 0.05 * len(leaning), missed
    assert len(wrong) <= 0.1 * len(alone), wrong
    assert surely_wrong == []


@settings(max_examples=60)
@given(st.text(alphabet="那还有它这的呢吗多久手续费提币 andforitE20-?？,.1\n", max_size=40))
def test_any_text_has_a_degree_and_its_own_words_are_in_it(text: str) -> None:
    degree = dependence(text)
    assert degree in ("none", "some", "full")
    assert all(part in text for part in own_text(text).split())
    if asks_nothing(text):
        assert degree == "none"
