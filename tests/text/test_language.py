from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist.text.language import detect_document, detect_query


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("提币一直没到账怎么办？", "zh-Hans"),
        ("提幣一直沒到帳怎麼辦？", "zh-Hant"),
        ("为什么我的账户被冻结了", "zh-Hans"),
        ("台幣入金要多久", "zh-Hant"),
        ("什么是合约", "zh-Hans"),
        ("上下中大", "zh-Hans"),
        ("USDT 提现没到账怎么办", "zh-Hans"),
        ("USDT TRC20 BTC ETH 提幣", "zh-Hant"),
        ("Express Merchant Zone 入口", "zh-Hans"),
        ("How do I use the 提币 button", "en"),
        ("What is 港湾", "en"),
        ("how long does a withdrawal take", "en"),
        ("HELP ME WITHDRAW", "en"),
        ("withdrawal", "en"),
        ("is there a café near me that takes crypto", "en"),
        ("なぜ出金できないのですか", "ja"),
        ("출금이 안 돼요", "ko"),
        ("¿Cómo puedo retirar mis fondos de la cuenta?", "es"),
        ("Warum ist meine Auszahlung noch nicht möglich?", "de"),
        ("Почему вывод средств до сих пор не работает", "ru"),
        ("USDT-TRC20", "und"),
        ("12345", "und"),
        ("？！… 😀", "und"),
        ("", "und"),
        ("\ud800\x00", "und"),
    ],
)
def test_questions(text: str, language: str) -> None:
    assert detect_query(text) == language


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (
            "# 提币\n\n请打开 `withdraw` 页面，选择 USDT。\n\n```\nGET the list of all\n```\n",
            "zh-Hans",
        ),
        ("# 充值\n\nDeposit Withdraw Convert Earn Futures Margin 這裡是說明頁面內容", "zh-Hant"),
        ("# Withdrawals\n\nOpen the wallet, choose a network and confirm. 提币\n", "en"),
        (
            "Como puedo retirar mis fondos de la cuenta si ya no tengo acceso al correo y he perdido "
            "la clave de acceso a mi cuenta del banco",
            "es",
        ),
        ("https://harbor.example/some/page", "und"),
        ("", "und"),
    ],
)
def test_documents(text: str, language: str) -> None:
    assert detect_document(text) == language


def test_statistics_are_not_loaded_for_chinese_and_english() -> None:
    program = (
        "import sys\n"
        "from kbassist.text.language import detect_query as d\n"
        "print(d('提幣沒到帳怎麼辦'), d('提币'), d('how to withdraw'), d('USDT 提现 fee'))\n"
        "print([m for m in ('langdetect', 'opencc', 'Stemmer') if m in sys.modules])\n"
    )
    result = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", program], capture_output=True, text=True, check=True
    )
    assert result.stdout.splitlines() == ["zh-Hant zh-Hans en zh-Hans", "[]"]


@settings(max_examples=100, deadline=None)
@given(st.text())
def test_any_text_has_one_answer(text: str) -> None:
    assert detect_query(text) == detect_query(text) != ""
    assert detect_document(text) == detect_document(text) != ""
