from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.text.count import count_tokens
from kbassist.text.passages import passages
from kbassist.text.sentences import sentence_spans


def test_neighbouring_sentences_up_to_the_budget() -> None:
    text = "先登录账户。再点提币。填写地址。最后确认。"
    assert [count_tokens(part) for part in ("先登录账户。", "再点提币。", "填写地址。")] == [
        5,
        4,
        4,
    ]
    assert passages(text, 9) == ["先登录账户。再点提币。", "填写地址。最后确认。"]
    assert passages(text, 8) == ["先登录账户。", "再点提币。填写地址。", "最后确认。"]


def test_a_sentence_over_the_budget_stands_alone() -> None:
    text = "Open the app. Choose the network that the other exchange sent you. Confirm."
    assert [part.strip() for part in passages(text, 4)] == [
        "Open the app.",
        "Choose the network that the other exchange sent you.",
        "Confirm.",
    ]


@pytest.mark.parametrize("text", ["", " \n ", "One sentence only.", "一句话。再一句。"])
def test_what_fits_has_no_parts(text: str) -> None:
    assert passages(text, 60) == []


@given(st.text(alphabet="ab c.。！\n提币1", max_size=60), st.integers(1, 12))
def test_every_sentence_is_in_one_part(text: str, tokens: int) -> None:
    parts = passages(text, tokens)
    sentences = [text[start:end] for start, end in sentence_spans(text)]
    assert not parts or "".join(parts) == "".join(sentences)
    for part in parts:
        inside = [text[start:end] for start, end in sentence_spans(text) if text[start:end] in part]
        assert count_tokens(part) <= tokens or len(inside) == 1 or part in sentences
