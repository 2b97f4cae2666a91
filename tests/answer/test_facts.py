"""Quantities and identifiers."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.answer.facts import Quantity, identifiers, names, quantities


def told(text: str, words: bool = False) -> list[tuple[str, str]]:
    return [(f"{q.value.normalize():f}", q.unit) for q in quantities(text, words=words)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("需要 10 到 30 分钟", [("10", "minute"), ("30", "minute")]),
        ("10–30 minutes", [("10", "minute"), ("30", "minute")]),
        ("提现10分钟", [("10", "minute")]),
        ("24h内", [("24", "hour")]),
        ("3 个工作日", [("3", "workday")]),
        ("within five business days", [("5", "workday")]),
        ("二十四小时", [("24", "hour")]),
        ("手续费 0.10%", [("0.1", "%")]),
        ("$25 and 1,000.50 USDT", [("25", "usd"), ("1000.5", "usdt")]),
        ("5 万美元", [("50000", "usd")]),
        ("1.5USDT", [("1.5", "usdt")]),
        ("2026-09-30", [("2026", ""), ("9", ""), ("30", "")]),
        ("2026 年 9 月 30 日", [("2026", ""), ("9", ""), ("30", "")]),
        ("1. 打开\n2. 选择", []),
        ("第 2 步，步骤 3, step 4", []),
        ("[页面](a.md#l10)", []),
        ("TRC-20 和 HB-1007", []),
        ("重置 2FA", []),
        ("一个账户，一般", []),
    ],
)
def test_quantities(text: str, expected: list[tuple[str, str]]) -> None:
    assert told(text) == expected


def test_numbers_in_words_without_a_unit() -> None:
    assert told("共三种", words=False) == []
    assert told("共三种", words=True) == [("3", "")]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (("24", "hour"), ("1", "day"), True),
        (("60", "minute"), ("1", "hour"), True),
        (("3", "workday"), ("3", "day"), False),
        (("1.50", "usdt"), ("1.5", "usdt"), True),
        (("1.5", "usdt"), ("1.5", "usdc"), False),
        (("1.5", ""), ("1.5", "usdt"), True),
        (("1", "month"), ("30", "day"), False),
        (("2", "%"), ("3", "%"), False),
    ],
)
def test_the_same_quantity(one: tuple[str, str], other: tuple[str, str], same: bool) -> None:
    first, second = Quantity(Decimal(one[0]), one[1]), Quantity(Decimal(other[0]), other[1])
    assert first.same(second) is same
    assert second.same(first) is same


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("TRC-20、ERC20 和 USDT", ["trc20", "erc20", "usdt"]),
        ("写信给 help@harbor.example。", ["help@harbor.example"]),
        ("错误码 HB-1007", ["hb1007"]),
        ("KYC、SMS 和 2FA，24h，10USDT", []),
        ("Do NOT share it", []),
        ("BTC手续费20", ["btc"]),
        ("ＴＲＣ－２０", ["trc20"]),
    ],
)
def test_identifiers(text: str, expected: list[str]) -> None:
    assert identifiers(text) == expected


def test_names() -> None:
    assert names("走 TRC 20 网络", "trc20")
    assert names("usdt", "usdt")
    assert not names("the method", "eth")


@given(st.text("0123456789.,%年天小时一二三万 USDT-$～to", max_size=30))
def test_any_text_agrees_with_itself(text: str) -> None:
    known = quantities(text, words=True)
    assert all(any(q.same(other) for other in known) for q in quantities(text))
    assert all(names(text, name) for name in identifiers(text))
