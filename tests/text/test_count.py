from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist.text.count import count_tokens, head


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("，。！ ?!-_'", 0),
        ("提币没到账", 5),
        ("提幣，未到帳。", 5),
        ("How do I withdraw?", 4),
        ("USDT-TRC20 提现", 3),
        ("it's v1.2.3 user’s a_b", 4),
        ("end. Next", 2),
        ("24小时", 3),
        ("カタカナ", 4),
        ("출금", 2),
        ("𠮷", 1),
        ("😀", 0),
    ],
)
def test_values(text: str, count: int) -> None:
    assert count_tokens(text) == count


@settings(max_examples=200, deadline=None)
@given(st.text(), st.text())
def test_a_line_break_separates(left: str, right: str) -> None:
    assert count_tokens(left + "\n" + right) == count_tokens(left) + count_tokens(right)


@pytest.mark.parametrize(
    ("text", "tokens", "beginning"),
    [
        ("提币没到账", 5, "提币没到账"),
        ("提币没到账。", 2, "提币…"),
        ("USDT-TRC20 提现", 1, "USDT-TRC20…"),
        ("How do I withdraw?", 3, "How do I…"),
        ("24小时", 2, "24小…"),
        ("提币", 0, "…"),
        ("😀", 0, "😀"),
    ],
)
def test_the_beginning(text: str, tokens: int, beginning: str) -> None:
    assert head(text, tokens) == beginning


@settings(max_examples=300, deadline=None)
@given(st.text(st.sampled_from("ab1 .-_'提币カ\u0e01。\n")), st.integers(0, 9))
def test_the_beginning_has_no_more_tokens_than_asked_for(text: str, tokens: int) -> None:
    beginning = head(text, tokens)
    assert count_tokens(beginning) == min(tokens, count_tokens(text))
    assert beginning == text or text.startswith(beginning[:-1])
