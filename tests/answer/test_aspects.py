"""What a question asks of its subject, and what the subject is."""

from __future__ import annotations

import pytest

from kbassist.answer.aspects import asks_anew, happens, names_only, subject


@pytest.mark.parametrize("text", ["那要多久？", "and how long?", "what about the fee", "被拒了呢"])
def test_another_thing_is_asked(text: str) -> None:
    assert asks_anew(text)


@pytest.mark.parametrize("text", ["那 ERC20 呢？", "and for BTC?", "也要这么久吗", "这是什么原因"])
def test_the_same_is_asked(text: str) -> None:
    assert not asks_anew(text)


def test_something_happens() -> None:
    assert happens("what if I lose it?")
    assert happens("那丢了怎么办")
    assert not happens("how long?")


@pytest.mark.parametrize("text", ["那 ERC20 呢？", "and for BTC instead?", "那充币呢", "护照"])
def test_a_name_and_nothing_else(text: str) -> None:
    assert names_only(text)


@pytest.mark.parametrize(
    "text", ["护照可以吗", "and how long?", "那怎么提现", "多久", "is BTC safe"]
)
def test_more_than_a_name(text: str) -> None:
    assert not names_only(text)


@pytest.mark.parametrize(
    ("text", "question", "expected"),
    [
        ("提币手续费是多少", "那要多久", "提币"),
        ("TRC-20 withdrawal fee?", "and how long?", "TRC-20 withdrawal"),
        ("How do I close my account", "how long?", "close account"),
        ("How do I enable 2FA?", "what if I lose it?", "2FA"),
        ("How do I enable 2FA?", "how long?", "enable 2FA"),
        ("怎么绑定谷歌验证器", "那丢了呢", "谷歌验证器"),
        ("什么是资金费率", "多久收一次", "什么是资金费率"),
        ("提币，提币，提币", "多久", "提币"),
    ],
)
def test_the_subject(text: str, question: str, expected: str) -> None:
    assert subject(text, question) == expected
