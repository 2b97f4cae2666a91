"""Budgets: what fits, and how texts are cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.serve.result import Result, beginning, clipped, filled, fitting, quoted, shortened
from kbassist.text.count import count_tokens

TEXTS = st.text(st.sampled_from("ab1 .-_'提币カ。\n|！?"), max_size=60)


def of_words(count: int) -> Result:
    return Result({"text": "a " * count}, "b " * count)


def test_tokens_are_those_of_both_forms() -> None:
    assert Result({"ref": "提币"}, "two words").tokens == 3 + 2


@given(st.integers(0, 60), st.integers(0, 200))
def test_the_most_that_fits(most: int, budget: int) -> None:
    found = fitting(range(most, -1, -1), of_words, budget)
    best = max((n for n in range(most + 1) if of_words(n).tokens <= budget), default=0)
    assert found == of_words(best)


@given(st.lists(st.integers(0, 30), min_size=1, max_size=12), st.integers(0, 70))
def test_what_fits_where_steps_do_not_quite_go_down(sizes: list[int], budget: int) -> None:
    found = fitting(sizes, of_words, budget)
    assert found.tokens <= budget or found == of_words(sizes[-1])


@given(TEXTS, st.integers(0, 20))
def test_cut_texts_begin_the_text_and_keep_the_budget(text: str, tokens: int) -> None:
    for cut in (beginning(text, tokens), shortened(text, tokens)):
        assert text.startswith(cut)
        assert count_tokens(cut) <= tokens
    assert count_tokens(clipped(text, tokens)) <= tokens


@pytest.mark.parametrize(
    ("text", "tokens", "cut"),
    [
        ("提币到账。要十分钟。", 6, "提币到账。"),
        ("提币到账。要十分钟。", 9, "提币到账。要十分钟。"),
        ("提币到账。要十分钟。", 2, "提币"),
        (
            "| a | b |\n|---|---|\n| one | two |\n| three | four |",
            5,
            "| a | b |\n|---|---|\n| one | two |",
        ),
    ],
)
def test_whole_sentences_and_rows(text: str, tokens: int, cut: str) -> None:
    assert shortened(text, tokens) == cut


def test_clipped_is_one_line() -> None:
    assert clipped("a\n b\tc", 9) == "a b c"
    assert clipped("a b c", 2) == "a b…"


def test_filled() -> None:
    assert filled(a=None, b=False, c=[], d="", e=0, f=0.0, g="x") == {"e": 0, "f": 0.0, "g": "x"}


def test_no_line_stands_outside_its_quote() -> None:
    assert quoted("a\n\nb\x0bc\u2028d\x85e\r\nf") == "> a\n>\n> b\n> c\n> d\n> e\n> f"
