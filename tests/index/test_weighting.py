"""The weight of the vector leg."""

from __future__ import annotations

import pytest

from kbassist.config import SearchSettings
from kbassist.index.weighting import NAMING_WEIGHT, OWN_WORDS_WEIGHT, SHORT_WEIGHT, vector_weight


@pytest.mark.parametrize(
    ("question", "weight", "reason"),
    [
        ("我的提现为什么还没到账", OWN_WORDS_WEIGHT, "own_words"),
        ("why is my withdrawal late", OWN_WORDS_WEIGHT, "own_words"),
        ("提现手续费", SHORT_WEIGHT, "short"),
        ("withdrawal fee for TRC20", SHORT_WEIGHT, "short"),
        ("哪些国家不支持", NAMING_WEIGHT, "naming"),
        ("when do fees change", NAMING_WEIGHT, "naming"),
        ("通过波场网络提现时平台收取的网络手续费标准", NAMING_WEIGHT, "naming"),
        ("network fee of a withdrawal to another exchange on weekends", NAMING_WEIGHT, "naming"),
    ],
)
def test_by_question(question: str, weight: float, reason: str) -> None:
    assert vector_weight(question, SearchSettings()) == (weight, reason)


def test_a_number_holds_for_every_question() -> None:
    settings = SearchSettings(vector_weight=0.2)
    found = {vector_weight(text, settings) for text in ("why me", "fee", "who", "")}
    assert found == {(0.2, "fixed")}


def test_ranks_are_fused_alike_for_every_question() -> None:
    settings = SearchSettings(fusion="rrf")
    found = {vector_weight(text, settings) for text in ("why me", "fee", "who")}
    assert found == {(0.5, "equal")}
