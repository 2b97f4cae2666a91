from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist.text.count import count_tokens


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
