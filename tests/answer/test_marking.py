"""Marking matched words."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kbassist import Assistant
from kbassist.answer.marking import _free, _merged, marked_words, marker, matched, unmarked
from kbassist.answer.rendering import plain_text
from kbassist.text.analyzer import Analyzer

ANALYZER = Analyzer()


@pytest.mark.parametrize(
    ("text", "question", "marked"),
    [
        ("提币手续费是 1 USDT。", "提币 手续费", "**提币手续费**是 1 USDT。"),
        ("Withdrawals are free.", "the withdrawal", "**Withdrawals** are free."),
        ("1. 先付 1 元。 [1]", "1", "1. 先付 **1** 元。 [1]"),
        ("看[提币](提币.md)和 `提币`。", "提币", "看[**提币**](提币.md)和 `提币`。"),
        ("**提币** 和 提币", "提币", "**提币** 和 **提币**"),
        ("```\n提币\n```\n\n提币", "提币", "```\n提币\n```\n\n**提币**"),
        ("    提币\n\n提币", "提币", "    提币\n\n**提币**"),
        (
            "| 提币 | 费 |\n|---|---|\n| a | 提币 |",
            "提币",
            "| **提币** | 费 |\n|---|---|\n| a | **提币** |",
        ),
        ("https://a.example/usdt usdt", "usdt", "https://a.example/usdt **usdt**"),
        ("![提币](提币.png) <b>提币</b>", "提币", "![提币](提币.png) <b>**提币**</b>"),
        ("提幣已到帳", "提币到账", "**提幣**已**到帳**"),
        ("没有匹配", "提币", "没有匹配"),
    ],
)
def test_marked_words(text: str, question: str, marked: str) -> None:
    assert marked_words(text, ANALYZER.terms(question), ANALYZER) == marked


def test_other_marks() -> None:
    terms = ANALYZER.terms("提币")
    marked = marked_words("**提币**提币 `提币`", terms, ANALYZER, "<mark>", "</mark>")
    assert marked == "**<mark>提币</mark>**<mark>提币</mark> `提币`"


PIECES = [
    "提币",
    "手续费",
    "**提币**",
    "`提币`",
    "[提币](a_提币.md)",
    "![提币](x.png)",
    "| 提币 |",
    "*提币*",
]
LINES = ["- ", "1. ", "> ", "# ", "", "    ", "```\n", "|---|\n"]


@settings(max_examples=40)
@given(
    st.lists(
        st.tuples(st.sampled_from(LINES), st.lists(st.sampled_from(PIECES), max_size=3)), max_size=5
    )
)
def test_marks_change_nothing_else(lines: list[tuple[str, list[str]]]) -> None:
    text = "\n".join(start + " ".join(pieces) for start, pieces in lines)
    marked = marked_words(text, ANALYZER.terms("提币"), ANALYZER, "\x01", "\x02")
    assert marked.replace("\x01", "").replace("\x02", "") == text
    bold = marked_words(text, ANALYZER.terms("提币"), ANALYZER)
    assert plain_text(bold) == plain_text(text)
    blocks = [token.type for token in MarkdownIt().enable("table").parse(text)]
    assert [token.type for token in MarkdownIt().enable("table").parse(bold)] == blocks


def test_what_an_answer_matched(assistant: Assistant) -> None:
    answer = assistant.ask("提币手续费多少，怎么绑定谷歌验证器？")
    first, second = answer.parts
    assert {"手续", "续费"} <= set(matched(first)) and "绑定" in matched(second)
    assert set(matched(answer)) >= {*matched(first), *matched(second)}
    mark = marker(assistant.index.analyzer, ("<", ">"))
    assert "<手续费>" in mark(first.text, first) and "<绑定>" in mark(second.text, second)
    assert unmarked(first.text, first) == first.text


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 5)), max_size=12),
    st.lists(st.tuples(st.integers(0, 40), st.integers(0, 9)), max_size=12),
)
def test_spans_that_overlap_nothing_closed_are_free(
    words: list[tuple[int, int]], closed: list[tuple[int, int]]
) -> None:
    spans = _merged((start, start + length) for start, length in words)
    stretches = [(start, start + length) for start, length in closed if length]
    free = [(s, e) for s, e in spans if not any(a < e and s < b for a, b in stretches)]
    assert list(_free(spans, _merged(stretches))) == free


def test_many_words_and_many_closed_stretches_take_no_time() -> None:
    text = "提币 `x` " * 20_000
    assert marked_words(text, {"提币"}, ANALYZER).count("**") == 40_000
