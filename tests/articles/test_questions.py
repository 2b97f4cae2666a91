from __future__ import annotations

import pytest

from kbassist.articles.questions import is_question, question_text


@pytest.mark.parametrize(
    "heading",
    [
        "Where is my deposit?", "提币没到账？", "How to withdraw", "how do I withdraw", "What is a memo",
        "What's new", "Why was it rejected", "Can I cancel", "Do I need a tag", "Is my account safe",
        "如何提币", "怎么联系客服", "提币没到账怎么办", "为什么还在审核", "什么是 Memo", "Memo 是什么",
        "為什麼提幣失敗", "可以撤销吗", "1. 如何充币", "Q3: 手续费", "问：手续费", "（2）哪些币要填",
    ],
)  # fmt: skip
def test_questions(heading: str) -> None:
    assert is_question(heading)


@pytest.mark.parametrize(
    "heading",
    [
        "", "Fees", "Withdrawals", "However it goes", "Canada", "Issue 5", "Areas", "Whatever", "Dots",
        "提币手续费", "什么都没有", "常见问题", "注意事项", "Question of trust", "QR codes", "Can", "Is",
    ],
)  # fmt: skip
def test_no_questions(heading: str) -> None:
    assert not is_question(heading)


@pytest.mark.parametrize(
    ("heading", "question"),
    [
        ("Q: Why?", "Why?"),
        ("Q12：多久？", "多久？"),
        ("问题 3：多久？", "多久？"),
        ("2. How?", "How?"),
        ("2FA 是什么", "2FA 是什么"),
        ("Q:", "Q:"),
    ],
)
def test_label_and_number_are_taken_off(heading: str, question: str) -> None:
    assert question_text(heading) == question
