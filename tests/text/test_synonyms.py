"""Synonyms: found as the analyzer reads a question, the longest phrase at each place."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.text.analyzer import Analyzer
from kbassist.text.synonyms import SynonymGroup, Synonyms, make_group, merge_groups

TOKENS = Analyzer().tokens


def group(*phrases: str, wrong: Sequence[str] = ()) -> SynonymGroup:
    made = make_group(phrases, wrong, TOKENS)
    assert made is not None
    return made


def names(groups: Sequence[SynonymGroup]) -> list[tuple[list[str], list[str]]]:
    return [([p.text for p in one.phrases], [p.text for p in one.misspelt]) for one in groups]


WITHDRAW = group("提币", "提现", "withdrawal", "cash out", wrong=["体币", "withdrawl"])
WHITELIST = group("提币白名单", "withdrawal whitelist")
ERC = group("ERC-20", "以太链")
SYNONYMS = Synonyms([WITHDRAW, WHITELIST, ERC], TOKENS)

FOUND = [
    ("提币要多久", [("提币", "提币", False)]),
    ("我的 提現 没到", [("提現", "提币", False)]),
    ("my withdrawals fail", [("withdrawals", "提币", False)]),
    ("Cashing out today", [("Cashing out", "提币", False)]),
    ("erc20 or ERC-20?", [("erc20", "ERC-20", False), ("ERC-20", "ERC-20", False)]),
    ("关掉提币白名单", [("提币白名单", "提币白名单", False)]),
    ("体币 withdrawl", [("体币", "提币", True), ("withdrawl", "提币", True)]),
    ("cash", []),
    ("提 币", [("提 币", "提币", False)]),
    ("发票", []),
    ("", []),
]


@pytest.mark.parametrize(("text", "expected"), FOUND)
def test_finds(text: str, expected: list[tuple[str, str, bool]]) -> None:
    found = [
        (text[at.start : at.end], at.group.phrases[0].text, at.misspelt)
        for at in SYNONYMS.find(text)
    ]
    assert found == expected


def test_a_latin_phrase_is_no_part_of_a_word() -> None:
    assert Synonyms([group("tag", "memo")], TOKENS).find("stage, tagline") == []


def test_a_proper_spelling_wins_over_a_wrong_one() -> None:
    synonyms = Synonyms([group("充币", "x1", wrong=["提现"]), WITHDRAW], TOKENS)
    (match,) = synonyms.find("提现")
    assert (match.group, match.misspelt) == (WITHDRAW, False)


def test_single_characters_and_signs_are_left_out() -> None:
    assert names([group("币", "?!", "coin", "Coins", "硬币")]) == [(["coin", "硬币"], [])]
    assert make_group(["币", "…"], ["x"], TOKENS) is None
    assert not Synonyms([], TOKENS)


def test_groups_that_share_a_phrase_are_one() -> None:
    merged = merge_groups(
        [
            group("提币", "提现", wrong=["cash out"]),
            group("memo", "tag"),
            group("withdrawal", "cash out"),
            group("Withdrawals", "提现", wrong=["体现"]),
        ]
    )
    assert names(merged) == [
        (["提币", "提现", "withdrawal", "cash out"], ["体现"]),
        (["memo", "tag"], []),
    ]


PHRASES = st.sampled_from(["提币", "提现", "withdraw", "memo", "tag", "地址", "钱包地址", "2FA"])


@given(st.lists(st.lists(PHRASES, min_size=1, max_size=4), max_size=6))
def test_merged_groups_share_nothing_and_lose_nothing(lists: list[list[str]]) -> None:
    merged = merge_groups([group(*phrases) for phrases in lists])
    units = [phrase.units for one in merged for phrase in one.phrases]
    assert len(units) == len(set(units))
    assert {p.text for one in merged for p in one.phrases} == {p for some in lists for p in some}
    for phrases in lists:
        (home,) = [one for one in merged if phrases[0] in {p.text for p in one.phrases}]
        assert set(phrases) <= {p.text for p in home.phrases}


@given(st.text(max_size=40), PHRASES, st.text(max_size=40))
def test_matches_lie_in_the_text_and_do_not_overlap(before: str, phrase: str, after: str) -> None:
    text = f"{before} {phrase} {after}"
    synonyms = Synonyms([group("提币", "提现", "withdraw"), group("memo", "tag"),
                         group("地址", "钱包地址"), group("2FA", "MFA")], TOKENS)  # fmt: skip
    found = synonyms.find(text)
    assert any(phrase in text[at.start : at.end] for at in found)
    assert all(0 <= at.start < at.end <= len(text) for at in found)
    assert all(one.end <= two.start for one, two in pairwise(found))
