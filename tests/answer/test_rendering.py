"""Answers as Markdown and plain text, and matched words."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from markdown_it import MarkdownIt

from kbassist import Assistant
from kbassist.answer.rendering import Form, markdown, plain, plain_text, render, said
from kbassist.answer.several import join
from kbassist.errors import UsageError
from kbassist.text.analyzer import Analyzer
from kbassist.types import Action, Answer, Choice
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
    assert plain(ANSWER, sources=False) == "手续费是 1 USDT。 [1]"
    asked = replace(ANSWER, question="提币手续费是多少？")
    assert "\n\n来源\n[1]" in plain(asked) and plain(asked).endswith("更新于 2026-09-30")


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
    assert plain(stale, notes=False).endswith("updated 2026-09-30")
    assert markdown(stale, notes=False).endswith("updated 2026-09-30")


@pytest.mark.parametrize("url", ["javascript:alert(1)", "https://a.example/ x", None])
def test_only_web_addresses_become_links(url: str | None) -> None:
    text = markdown(answer(replace(CITED, url=url), text="x [1]"))
    assert "](" not in text
    assert "(a.md:1-1)" in text


def test_a_section_is_listed_once() -> None:
    elsewhere = replace(CITED, number=2, heading_path=("其他",))
    again = replace(CITED, number=3)
    both = answer(CITED, elsewhere, again, text="x [1]\n\ny [2]\n\nz [3]")
    assert plain(both).split("Sources\n")[1].splitlines()[::2] == [
        "[1][3] 提币 [手续费] › 按*网络*",
        "[2] 提币 [手续费] › 其他",
    ]
    assert markdown(both).count("- \\[1\\]\\[3\\] [") == 1
    local = [replace(one, url=None, updated=None) for one in (CITED, again)]
    assert plain(answer(*local)).endswith("› 按*网络*\n    a.md:1-1, a.md:1-1")


def near(action: Action, **change: Any) -> Answer:
    return replace(Answer("How?", action, "r", "", (), ()), **change)


def test_what_is_said_where_nothing_is_quoted() -> None:
    choice = Choice("Which *fee*?", "a", "a#x:1", "Fees", "a.md:1-2", None)
    asked = near("clarify", choices=(choice,))
    assert render(asked, "plain", ANALYZER) == ""
    assert render(asked, "plain", ANALYZER, near=True) == (
        "Which of these do you mean?\n- Which *fee*?"
    )
    assert render(asked, "markdown", ANALYZER, near=True) == (
        "Which of these do you mean?\n\n- Which \\*fee\\*?"
    )
    nothing = near("abstain", question="怎么办？")
    assert render(nothing, "plain", ANALYZER, near=True) == "知识库里没有这个问题的答案。"
    related = replace(nothing, related=(choice,))
    assert render(related, "plain", ANALYZER, near=True).splitlines()[1:] == [
        "也许这些能帮到您：",
        "- Which *fee*?",
    ]
    handed = near("handoff", related=(choice,))
    assert render(handed, "plain", ANALYZER, near=True) == ""


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


STEPS = replace(
    citation(1, "先准备好手机。\n\n1. 打开。\n2. 扫描。", "验证器"), heading_path=("绑定",)
)
CODE = citation(1, "```json\n{\n  1\n}\n```", "接口")


def test_a_procedure_is_given_with_its_heading() -> None:
    steps = answer(STEPS, text=f"{STEPS.quote} [1]")
    assert said(steps) == "**绑定**\n\n先准备好手机。\n\n1. 打开。\n2. 扫描。 [1]"
    assert plain(steps).startswith("绑定\n\n先准备好手机。\n\n1. 打开。\n2. 扫描。 [1]\n\nSources")
    untitled = answer(replace(STEPS, heading_path=()), text=f"{STEPS.quote} [1]")
    assert said(untitled).startswith("**验证器**\n\n")


def test_a_row_keeps_its_header_and_code_its_fence(assistant: Assistant) -> None:
    table = assistant.ask("Solana 提币手续费")
    shown = assistant.render(table)
    assert shown.startswith(
        "| 币种 | 网络 | 最小提币量 | 手续费（每笔） |\n|---|---|---|---|\n| USDT |"
    )
    assert assistant.render(table, "plain").startswith(
        "币种 | 网络 | 最小提币量 | 手续费（每笔）\n"
    )
    fenced = answer(CODE, text=f"{CODE.quote}\n\n[1]")
    assert markdown(fenced).startswith("```json\n{\n  1\n}\n```\n\n[1]")
    assert plain(fenced).startswith("{\n  1\n}\n\n[1]")


def test_parts_stand_under_their_questions() -> None:
    asked = Answer("a? *b*?", "abstain", "low_confidence", "", (), ())
    first = replace(answer(CITED), question="a?", text="手续费是 **1 USDT**。 [1]", confidence=0.8)
    last = replace(asked, question="*b*?")
    both = join(asked, (first, last))
    assert said(both).split("\n\n") == [
        "**a?**",
        "手续费是 **1 USDT**。 [1]",
        "**\\*b\\*?**",
        "No answer to this in the knowledge base.",
    ]
    assert "*b*?\n\nNo answer to this in the knowledge base.\n\nSources\n[1]" in plain(both)
    again = join(asked, (first, replace(first, question="c?")))
    assert said(again).endswith("**c?**\n\n[1]")


@pytest.mark.parametrize(
    ("form", "marked"),
    [("markdown", "**手续费**是 **1 USDT**。"), ("plain", "*手续费*是 1 USDT。")],
)
def test_matched_words_are_marked(assistant: Assistant, form: Form, marked: str) -> None:
    hits = assistant.search("手续费", top_k=1)
    quoted = replace(CITED, chunk_id=hits[0].chunk.id)
    given = replace(answer(quoted, text="手续费是 **1 USDT**。 [1]"), hits=tuple(hits))
    assert assistant.render(given, form, mark=True).startswith(marked)
    assert "*手续费*" not in assistant.render(given, form)
    assert render(given, form, ANALYZER, ("<", ">")).startswith("<手续费>是")


def test_an_unknown_form(assistant: Assistant) -> None:
    with pytest.raises(UsageError, match="must be markdown or plain, found 'html'"):
        assistant.render(ANSWER, "html")  # type: ignore[arg-type]
