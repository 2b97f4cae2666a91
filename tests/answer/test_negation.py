"""Contradictions by a negation."""

from __future__ import annotations

import pytest

from kbassist.answer.negation import denied_word, negation_conflict, phrase_pattern


@pytest.mark.parametrize(
    ("claim", "source", "conflict"),
    [
        ("不能撤销。", "可以撤销。", "negation"),
        ("可以撤销。", "不能撤销。", "denied: 撤销"),
        ("不能撤销。", "可以撤销。未付款的订单会关闭。", "denied: 撤销"),
        ("无法撤销。", "不能撤销。", ""),
        ("不收手续费。", "手续费全免。", ""),
        ("没有问题可以关闭。", "不需要时关闭。", ""),
        ("不仅可以充值。", "可以充值。", ""),
        ("Staff may ask for it.", "Staff never ask for it.", "denied: ask"),
        ("There is no fee.", "The fee is small. You cannot change it.", "denied: fee"),
        ("No fee is charged.", "The fee is not charged.", ""),
        ("Withdrawals are paused.", "You cannot make withdrawals.", ""),
        ("No more than three.", "At most three.", ""),
        ("24 小时内不能提币。", "提币会暂停 24 小时。", ""),
    ],
)
def test_conflicts(claim: str, source: str, conflict: str) -> None:
    pieces = [
        piece for piece in source.replace(". ", ".\n").replace("。", "。\n").split("\n") if piece
    ]
    assert negation_conflict(claim, pieces) == conflict


@pytest.mark.parametrize(
    ("name", "text", "found"),
    [
        ("no_claim", "你好，请稍等", True),
        ("no_claim", "他说你好", False),
        ("no_claim", "希望以上内容能帮到您", True),
        ("no_claim", "this is high", False),
        ("stops", "it was suspended", True),
        ("weak_negations", "carefree", False),
    ],
)
def test_phrases(name: str, text: str, found: bool) -> None:
    assert (phrase_pattern(name).search(text) is not None) is found


@pytest.mark.parametrize(
    ("claim", "source", "word"),
    [
        ("请勿自助认领。", "币不会丢，自助认领即可。", "自助"),
        ("离得太远不会失败。", "离得太远会失败。", "失败"),
        ("Nobody cannot sign in.", "Nobody can sign in.", "sign"),
        ("不能撤销。", "转出后不能撤销。", ""),
        ("不收手续费。", "全部免费。", ""),
    ],
)
def test_a_word_that_is_denied(claim: str, source: str, word: str) -> None:
    assert denied_word(claim, source) == word
