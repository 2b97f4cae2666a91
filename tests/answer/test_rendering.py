"""Answers as Markdown and plain text, and matched words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from kbassist.answer.rendering import markdown, marked_words, plain, plain_text
from kbassist.text.analyzer import Analyzer
from kbassist.types import Answer
from tests.answer.claim_examples import answer, citation

ANALYZER = Analyzer()

CITED = replace(
    citation(1, "手续费是 **1 USDT**。", "提币 [手续费]", date(2026, 9, 30)),
    heading_path=("按*网络*",),
    url="https://a.example/fees#x",
)
ANSWER = answer(CITED, text="手续费是 **1 USDT**。 [1]")


def test_plain() -> None:
    assert plain(ANSWER) == (
        "手续费是 1 USDT。 [1]\n\n"
        "Sources\n"
        "[1] 提币 [手续费] › 按*网络*\n"
        "    https://a.example/fees#x · updated 2026-09-30"
    )
    assert "\n\n来源\n[1]" in plain(ANSWER, sources="来源")


def test_markdown() -> None:
    text = markdown(ANSWER)
    assert text == (
        "手续费是 **1 USDT**。 [1]\n\n"
        "**Sources**\n\n"
        r"- \[1\] [提币 \[手续费\] › 按\*网络\*](<https://a.example/fees#x>) · updated 2026-09-30"
    )
    html = MarkdownIt().render(text)
    assert '<a href="https://a.example/fees#x">提币 [手续费] › 按*网络*</a>' in html
    assert "<li>[1] <a" in html


@pytest.mark.parametrize(
    ("change", "mark"),
    [
        (
            {"source": "changed", "verified": "stale"},
            "⚠ stale: edited since the index was built; these lines no longer hold the quote",
        ),
        (
            {"source": "changed", "verified": "source"},
            "⚠ stale: edited since the index was built; these lines are as quoted",
        ),
        ({"source": "deleted", "verified": "stale"}, "⚠ stale: no longer in the knowledge base"),
        (
            {"past_review": True, "review_by": date(2026, 10, 1)},
            "⚠ past its review date, 2026-10-01",
        ),
    ],
)
def test_a_stale_source_says_so(change: dict[str, object], mark: str) -> None:
    stale = answer(replace(CITED, **change), text="x [1]")  # type: ignore[arg-type]
    assert mark in plain(stale) and mark in markdown(stale)
    assert "⚠" not in plain(ANSWER) + markdown(ANSWER)


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a.example/ x", None])
def test_only_web_addresses_become_links(url: str | None) -> None:
    text = markdown(answer(replace(CITED, url=url), text="x [1]"))
    assert "](" not in text
    assert "(a.md:1-1)" in text


def test_an_answer_without_text() -> None:
    nothing = Answer("?", "abstain", "no_hits", "", (), ())
    assert plain(nothing) == markdown(nothing) == ""


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("**重要**：见[页面](a.md#x)。 [1]", "重要：见页面。 [1]"),
        ("3. 打开 `App`\n4. 提交 [2]", "3. 打开 App\n4. 提交 [2]"),
        ("- 甲\n  - 乙\n- 丙 [1]", "- 甲\n  - 乙\n- 丙 [1]"),
        ("| 网络 | 费 |\n|---|---|\n| TRON | 1 |\n\n[1][2]", "网络 | 费\nTRON | 1\n\n[1][2]"),
        ("```json\n{\n  1\n}\n```\n\n[1]", "{\n  1\n}\n\n[1]"),
        ("## 标题\n\n> 引文\n\n文字", "标题\n\n引文\n\n文字"),
        ("第一行\n第二行 [1]", "第一行第二行 [1]"),
        ("![图](a.png)说明<br>下一行", "图说明\n下一行"),
        ("", ""),
    ],
)
def test_plain_text(text: str, shown: str) -> None:
    assert plain_text(text) == shown


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
