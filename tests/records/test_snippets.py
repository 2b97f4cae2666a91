from __future__ import annotations

from itertools import count, islice

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.records.snippets import beginning, matches, snippet
from kbassist.text.analyzer import Analyzer
from kbassist.text.count import count_tokens

TEXT = "先看状态。手续费是 1.5 USDT。没到账再联系我们。手续费不退。"


def test_matches_are_merged_words() -> None:
    text = "提现手续费 of a Withdrawal"
    spans = matches(text, {"提现", "手续", "续费", "withdraw"}, Analyzer())
    assert [text[a:b] for a, b in spans] == ["提现手续费", "Withdrawal"]


def around(word: str, tokens: int) -> str:
    starts = islice(count(), len(TEXT))
    return snippet(TEXT, [(n, n + len(word)) for n in starts if TEXT.startswith(word, n)], tokens)


@pytest.mark.parametrize(
    ("word", "tokens", "shown"),
    [
        ("手续费", 99, TEXT),
        ("手续费", 9, "…手续费是 1.5 USDT。…"),
        ("手续费", 11, "先看状态。手续费是 1.5 USDT。…"),
        ("手续费", 19, "…手续费是 1.5 USDT。没到账再联系我们。手续费不退。"),
        ("联系", 13, "…没到账再联系我们。手续费不退。"),
        ("手续费", 3, "…手续费…"),
        ("联系", 4, "…联系我们…"),
        ("没有这个词", 5, "先看状态。…"),
        ("没有这个词", 9, "先看状态。手续费是 1.5…"),
    ],
)
def test_snippets(word: str, tokens: int, shown: str) -> None:
    assert around(word, tokens) == shown


@pytest.mark.parametrize(
    ("tokens", "shown"),
    [(99, TEXT), (5, "先看状态。…"), (4, "先看状态…"), (3, "先看状…"), (0, "…")],
)
def test_beginnings(tokens: int, shown: str) -> None:
    assert beginning(TEXT, tokens) == shown


@given(
    st.text(st.sampled_from("ab 提。.!\n|1-"), max_size=60),
    st.lists(st.tuples(st.integers(0, 60), st.integers(1, 9)), max_size=4),
    st.integers(1, 30),
)
def test_a_snippet_is_a_part_and_within_its_budget(
    text: str, spans: list[tuple[int, int]], tokens: int
) -> None:
    found = sorted((a, min(a + n, len(text))) for a, n in spans if a < len(text))
    shown = snippet(text, found, tokens)
    assert count_tokens(shown) <= tokens
    assert shown.removeprefix("…").removesuffix("…") in text
