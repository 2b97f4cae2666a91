from __future__ import annotations

import os
import re
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist.text.analyzer import (
    FRAGMENT_WEIGHT,
    OWN_WORDS_STOP_WEIGHT,
    STOP_WEIGHT,
    STRADDLE_WEIGHT,
    Analyzer,
)
from kbassist.text.fold import fold, simplified

ANALYZER = Analyzer()
GLUE = "aZé0 1.,-_/@:'+%提幣帳的らﾊﾞ한\u0301\u3099\u200b\ud800\x00😀㎏½０Ａक\u093f"
TEXTS = st.text() | st.text(st.sampled_from(GLUE), max_size=40)


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("", ""),
        ("？！ 😀 …—\n", ""),
        ("提币慢", "提 提币 币 币慢 慢"),
        ("提幣，慢", "提 提币 币 慢"),
        ("Withdrawals withdrawing", "withdraw withdraw"),
        ("user’s café", "user cafe"),
        ("USDT-TRC20", "usdt-trc20 usdttrc20 usdt trc20 trc 20"),
        ("ERC20", "erc20 erc 20"),
        ("erc 20", "erc 20"),
        ("BTC/USDT", "btc/usdt btcusdt btc usdt"),
        ("API_KEY", "api_key apikey api key"),
        ("ERR_4003", "err_4003 err4003 err 4003"),
        ("E1001", "e1001 e 1001"),
        ("(-1021)", "-1021 1021"),
        ("错-1021", "错 -1021 1021"),
        ("0x1A2b3c4d", "0x1a2b3c4d"),
        ("9f86d081884c7d659a2feaa0c55ad015", "9f86d081884c7d659a2feaa0c55ad015"),
        ("2FA", "2fa 2 fa"),
        ("v1.2.3", "v1.2.3 v 1.2.3"),
        ("127.0.0.1", "127.0.0.1"),
        ("1,000.50", "1000.50 1000.5"),
        ("1000.50", "1000.50 1000.5"),
        ("0.0005BTC", "0.0005btc 0.0005 btc"),
        ("24小时", "24 小 小时 时"),
        ("24h", "24h 24 h"),
        ("５０％", "50% 50"),
        ("12:30", "12:30 12 30"),
        ("clientOrderId", "clientorderid client order id"),
        ("guide.md", "guide.md guid md"),
        ("help@harbor.example", "help@harbor.example help harbor.example harbor exampl"),
        (
            "https://www.harbor.example/fees/",
            "www.harbor.example/fees www.harbor.example harbor.example harbor exampl fee",
        ),
        ("TRC20链", "trc20 trc 20 链"),
        ("출금", "출 출금 금"),
        ("привет हिन्दी", "привет हिन्दी"),
    ],
)
def test_terms(text: str, terms: str) -> None:
    assert ANALYZER.terms(text) == terms.split()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ERC-20", "ERC20"),
        ("ERC-20", "erc 20"),
        ("ERC20", "erc 20"),
        ("BTC/USDT", "btcusdt"),
        ("MetaMask", "meta mask"),
        ("sign-in", "signin"),
        ("1,000", "1000"),
        ("提幣", "提币"),
        ("帳戶", "账户"),
    ],
)
def test_spellings_meet(one: str, other: str) -> None:
    assert set(ANALYZER.terms(one)) & set(ANALYZER.terms(other))


def test_tokens_have_places_in_the_original() -> None:
    text = "①提幣ＵＳＤＴ-20 cafe\u0301!"
    places = [(t.term, text[t.start : t.end], t.kind) for t in ANALYZER.tokens(text)]
    assert places == [
        ("1", "①", "number"),
        ("提", "提", "char"),
        ("提币", "提幣", "bigram"),
        ("币", "幣", "char"),
        ("usdt-20", "ＵＳＤＴ-20", "whole"),
        ("usdt20", "ＵＳＤＴ-20", "joined"),
        ("usdt", "ＵＳＤＴ", "part"),
        ("20", "20", "part"),
        ("cafe", "cafe\u0301", "word"),
    ]


@pytest.mark.parametrize(
    ("question", "stops", "evidence"),
    [
        ("怎么提币？", "怎 怎么 么", "提币"),
        ("币怎么提", "怎 怎么 么", "币 提"),
        ("请问提币没到账怎么办", "请 请问 问 怎 怎么 么 么办 办", "提币 币没 没到 到账"),
        ("目的", "", "目的"),
        ("什么意思", "什 什么 么", "意思"),
        ("How do I withdraw my coins?", "how do i my", "withdraw coin"),
        ("TRC20", "", "trc20"),
        ("HB-1007 USDT-TRC20", "", "hb-1007 hb1007 1007 usdt-trc20 usdttrc20 usdt trc20"),
        ("E1001", "", "e1001 1001"),
        ("24 小时", "", "小时"),
        ("Don’t you", "don't you", ""),
        ("怎么办", "怎 怎么 么 么办 办", ""),
        ("！？ …", "", ""),
    ],
)
def test_query_evidence(question: str, stops: str, evidence: str) -> None:
    query = ANALYZER.query(question)
    assert [term.term for term in query if term.stop] == stops.split()
    assert [term.term for term in query if term.evidence] == evidence.split()


def test_query_weights() -> None:
    weights = {term.term: term.weight for term in ANALYZER.query("他的币 币 币 ERC20")}
    assert weights["币"] == 3.0
    assert weights["他的"] == STOP_WEIGHT
    assert weights["的币"] == STRADDLE_WEIGHT
    assert weights["erc"] == 1.0
    assert weights["20"] == FRAGMENT_WEIGHT


def test_stop_words_count_more_in_the_askers_own_words() -> None:
    weights = {term.term: term.weight for term in ANALYZER.query("我的币 ERC20")}
    assert weights["我的"] == OWN_WORDS_STOP_WEIGHT
    assert weights["的币"] == OWN_WORDS_STOP_WEIGHT
    assert weights["币"] == 1.0
    assert weights["20"] == FRAGMENT_WEIGHT


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_terms_and_tokens_agree(text: str) -> None:
    tokens = ANALYZER.tokens(text)
    assert ANALYZER.terms(text) == [token.term for token in tokens]
    assert [token.start for token in tokens] == sorted(token.start for token in tokens)
    for token in tokens:
        assert 0 <= token.start < token.end <= len(text)
        assert token.term


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_folding_first_changes_nothing(text: str) -> None:
    terms = ANALYZER.terms(text)
    assert ANALYZER.terms(fold(text, keep_case=True)) == terms
    assert ANALYZER.terms("".join(map(simplified, text))) == terms
    if not re.search("[a-z][A-Z]", fold(text, keep_case=True)):
        assert ANALYZER.terms(fold(text)) == terms


@settings(max_examples=300, deadline=None)
@given(TEXTS)
def test_a_query_asks_for_the_terms_of_its_text(text: str) -> None:
    query = ANALYZER.query(text)
    assert [term.term for term in query] == list(dict.fromkeys(ANALYZER.terms(text)))
    assert all(term.weight > 0 and not (term.stop and term.evidence) for term in query)


def test_long_text() -> None:
    assert len(ANALYZER.terms("提" * 50_000)) == 99_999
    assert max(map(len, ANALYZER.terms("a-" * 20_000 + "b" * 20_000))) <= 256


def test_nothing_depends_on_the_hash_seed() -> None:
    program = (
        "from kbassist.text.analyzer import Analyzer\n"
        "a = Analyzer()\n"
        "print(a.fingerprint, a.terms('USDT-TRC20 提幣 help@harbor.example'), a.query('我的 ERC-20'))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-X", "utf8", "-c", program],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        ).stdout
        for seed in ("0", "1", "4711")
    }
    assert len(outputs) == 1
    assert ANALYZER.fingerprint.encode() in outputs.pop()
