from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import WriteKb
from tests.coverage.small_kb import article, compared

TOLD = "After you change the password, withdrawals from the wallet are paused for 24 hours."


def told(write_kb: WriteKb, folder: Path, left: str, right: str) -> list[tuple[str, str, str]]:
    found = compared(
        write_kb,
        folder,
        {
            "a": article("passwords", f"## Waiting {{#w}}\n\n{left}"),
            "b": article("wallet-safety", f"## Pauses {{#p}}\n\n{right}"),
            "c": article("other", "## Colours\n\nThe background may be dark or light."),
        },
    )
    return [(each.kind, each.left_value, each.right_value) for each in found.contradictions]


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (TOLD, TOLD.replace("24", "48"), [("number", "24 hour", "48 hour")]),
        (TOLD, TOLD.replace("24 hours", "1 day"), []),
        (TOLD, TOLD.replace("password", "phone number").replace("wallet", "bank"), []),
        ("For example: " + TOLD, TOLD.replace("24", "48"), []),
        (
            "API keys for the trading bot expire at most 90 days after they were created.",
            "API keys for the trading bot expire at most 30 days after they were created.",
            [("limit", "90 day", "30 day")],
        ),
        (
            "API keys for the trading bot expire at most 90 days after they were created.",
            "API keys for the trading bot expire usually 30 days after they were created.",
            [],
        ),
        (
            "The old trading bot connections will be switched off on 1 March 2027.",
            "The old trading bot connections will be switched off on 1 April 2027.",
            [("date", "2027-03-01", "2027-04-01")],
        ),
        (
            "Deposits of stablecoins from the cold wallet are accepted over TRC-20 only.",
            "Deposits of stablecoins from the cold wallet are accepted over ERC-20 only.",
            [("network", "trc20", "erc20")],
        ),
        (
            "Deposits of stablecoins from the cold wallet are accepted over TRC-20.",
            "Deposits of stablecoins from the cold wallet are accepted over ERC-20.",
            [],
        ),
        (
            "A withdrawal that was submitted to the blockchain cannot be cancelled by support.",
            "A withdrawal that was submitted to the blockchain can be cancelled by support.",
            [("negation", "cannot", "")],
        ),
        (
            "If a withdrawal was not submitted to the blockchain, support cancels the order.",
            "If a withdrawal was submitted to the blockchain, support cancels the order.",
            [],
        ),
    ],
)
def test_pairs(
    write_kb: WriteKb, tmp_path: Path, left: str, right: str, expected: list[tuple[str, str, str]]
) -> None:
    assert told(write_kb, tmp_path, left, right) == expected


def test_chinese(write_kb: WriteKb, tmp_path: Path) -> None:
    found = compared(
        write_kb,
        tmp_path,
        {
            "a": article(
                "mima",
                "## 暂停\n\n修改登录密码以后，钱包暂停提币 24 小时。\n\n内部转账提交以后不能撤销。",
                "zh-Hans",
            ),
            "b": article(
                "anquan",
                "## 保护期\n\n修改登录密码以后，钱包会暂停提币 48 小时。\n\n内部转账提交以后可以撤销。",
                "zh-Hans",
            ),
        },
    )
    assert [(one.kind, one.left_text[:4], one.right_text[:4]) for one in found.contradictions] == [
        ("number", "修改登录", "修改登录"),
        ("negation", "内部转账", "内部转账"),
    ]


def test_a_negation_in_the_middle_of_a_chinese_sentence(write_kb: WriteKb, tmp_path: Path) -> None:
    texts = {
        name: article(f"{name}-page", f"## {name}\n\n提币页面{says}批量提交多个地址。", "zh-Hans")
        for name, says in (("tibi", "支持"), ("dizhi", "不支持"))
    }
    found = compared(write_kb, tmp_path, texts).contradictions
    assert [(one.kind, one.left_value, one.right_value) for one in found] == [
        ("negation", "不", "")
    ]


def test_what_is_told_with_many_values_has_a_subject_elsewhere(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    texts = {
        name: article(f"{name}-page", f"## About\n\n{TOLD.replace('24', hours)}")
        for name, hours in (("north", "24"), ("south", "48"), ("east", "72"))
    }
    assert compared(write_kb, tmp_path, texts).contradictions == ()


def test_two_products_may_differ(write_kb: WriteKb, tmp_path: Path) -> None:
    texts = {
        name: article(
            f"{name}-page", f"## About\n\n{TOLD.replace('24', hours)}", products=f"[{name}]"
        )
        for name, hours in (("spot", "24"), ("margin", "48"))
    }
    assert compared(write_kb, tmp_path, texts).contradictions == ()


def test_sections_side_by_side_in_one_article_may_differ(write_kb: WriteKb, tmp_path: Path) -> None:
    body = f"## Spot\n\n{TOLD}\n\n## Margin\n\n{TOLD.replace('24', '48')}"
    assert compared(write_kb, tmp_path, {"a": article("pauses", body)}).contradictions == ()
