from __future__ import annotations

import pytest

from kbassist.articles.parser import parse_inline
from kbassist.articles.plain import render_fragment, render_html, render_inline


@pytest.mark.parametrize(
    ("markdown", "plain"),
    [
        ("**[!UICONTROL Save]** in [!DNL Harbor (web)]", "Save in Harbor (web)"),
        ("![Map](a.png){width=40%} and [x](y){:target=\"_blank\"}.", "Map and x."),
        ("Part {#part} of `{#code}`", "Part of {#code}"),
        ("GET /orders/{id} and {a: 1}", "GET /orders/{id} and {a: 1}"),
        ("[What is **this**][what-is-this]", "What is this"),
        ("a[0][key] and [1][2]", "a[0][key] and [1][2]"),
        ("[x] [Transfer assets][send-crypto] [Beta][Android]", "[x] Transfer assets [Beta][Android]"),
        ("Contents: [[toc]]", "Contents:"),
        ("Tap :material-menu: here, at 10:30:00", "Tap here, at 10:30:00"),
        ("账号**：**请填138****8000", "账号：请填138****8000"),
        ("请看**说明。**谢谢", "请看说明。谢谢"),
        ("2 ** 3 and a**b", "2 ** 3 and a**b"),
        ("[guide](../My Files/the guide.md) [a](see the book)", "guide [a](see the book)"),
        ("[K](/docs/{{< param \"v\" >}}/#x)。", "K。"),
        ("![](<a b.png>)x", "x"),
        ("one<br/>two  \nthree", "one\ntwo\nthree"),
        ("a <b>b</b> <i>c</i><!-- d --> <unknown-tag x='1'>e", "a b c e"),
        ("<https://a.example/x> <me@harbor.example>", "https://a.example/x me@harbor.example"),
        ("&lt;b&gt; &amp; &#20013;", "<b> & 中"),
    ],
)  # fmt: skip
def test_plain_text(markdown: str, plain: str) -> None:
    assert render_inline(parse_inline(markdown)) == plain


@pytest.mark.parametrize(
    ("raw", "plain"),
    [
        ("> > quoted\n> > twice", "quoted twice"),
        ("  3. **step** one\n     goes on", "step one goes on"),
        ("[text][name] and `code`", "text and code"),
        ("[a]: not a definition here", "[a]: not a definition here"),
    ],
)
def test_fragments(raw: str, plain: str) -> None:
    assert render_fragment(raw) == plain


def test_row_and_html_fragments() -> None:
    assert render_fragment("| a | **b** |", table_row=True) == "a | b"
    assert render_html("</p>\n</td>") == ""
    assert render_html("one</p><p>two [x](y) **z**") == "one\ntwo x z"
