"""How a question is put."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.text.phrasing import asks_for_fact, in_own_words


@pytest.mark.parametrize(
    "question",
    [
        "我的提现为什么还没到账",
        "提幣一直沒有到帳",
        "怎麼開啟兩步驗證",
        "这个币可以充吗",
        "充值到账了么？",
        "ＷＨＹ is my deposit late",
        "I can’t log in",
        "i'm locked out",
        "how do withdrawals work",
        "help, my phone is gone",
    ],
)
def test_own_words(question: str) -> None:
    assert in_own_words(question)


@pytest.mark.parametrize(
    "question",
    [
        "提现手续费",
        "TRC20 最低充值额",
        "withdrawal fee",
        "candy crypto iceberg order",
        "how long",
        "",
    ],
)
def test_others(question: str) -> None:
    assert not in_own_words(question)


@pytest.mark.parametrize(
    "question", ["何時到帳", "提现要多少手续费", "哪些国家", "WHO verifies id", "how many people"]
)
def test_a_fact_is_asked_for(question: str) -> None:
    assert asks_for_fact(question)


@given(st.text())
def test_any_text_is_one_or_the_other(text: str) -> None:
    assert in_own_words(text) in (True, False)
    assert asks_for_fact(text) in (True, False)
