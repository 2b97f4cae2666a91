from __future__ import annotations

import pytest
from markdown_it.token import Token

from kbassist.articles.parse import parse_article, read_article
from kbassist.kb_config import KbConfig
from tests.articles.cases import article


def test_title_comes_from_front_matter_h1_heading_or_file() -> None:
    assert article("---\ntitle: A\n---\n# B\n").meta.title == "A"
    assert article("## C\n\n# B\n").meta.title == "B"
    assert article("### C\n\ntext\n").meta.title == "C"
    assert article("text\n").meta.title == "page"


def test_default_id_and_url_follow_the_path() -> None:
    config = KbConfig(base_url="https://help.harbor.example")
    meta = article("text", "zh/提币 说明.md", config).meta
    assert meta.id == "zh/提币 说明"
    assert meta.url == "https://help.harbor.example/zh/%E6%8F%90%E5%B8%81%20%E8%AF%B4%E6%98%8E"
    assert article("text", "zh/a.b.md").meta.id == "zh/a.b"
    assert article("text", "zh/a.md").meta.url is None
    assert (
        article("---\nurl: https://x.example/\n---\n", "a.md", config).meta.url
        == "https://x.example/"
    )


def test_a_path_with_a_hash_gives_an_id_without() -> None:
    assert article("text", "a #1.md").meta.id == "a %231"


@pytest.mark.parametrize(
    ("text", "locale"),
    [
        ("# 提币\n\n提币一直没有到账，请先查看提币记录里的状态。\n", "zh-Hans"),
        ("# 提幣\n\n提幣一直沒有到賬，請先查看提幣記錄裡的狀態。\n", "zh-Hant"),
        ("# Withdraw\n\nOpen the wallet and tap withdraw to send your coins away.\n", "en"),
        ("---\nlocale: fr\n---\n提币一直没有到账\n", "fr"),
        ("", "und"),
    ],
)
def test_locale(text: str, locale: str) -> None:
    assert article(text, "1.md").meta.locale == locale


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("## How do I pay?\n\na\n\n## Why?\n\nb\n", "faq"),
        ("**Q:** One?\n\n**A:** a\n\n**Q:** Two?\n\n**A:** b\n", "faq"),
        ("Memo\n: a number\n\nTxID\n: a hash\n", "glossary"),
        ("# Pay\n\n1. Open\n2. Tap\n", "guide"),
        ("# Pay\n\n- Open\n- Tap\n", "feature"),
        ("---\nkind: notice\n---\n1. Open\n2. Tap\n", "notice"),
    ],
)
def test_kind(text: str, kind: str) -> None:
    assert article(text).meta.kind == kind


def test_text_is_what_offsets_refer_to() -> None:
    found = article("\ufeff---\r\ntitle: A\r\n---\r\n# B\r\n\r\ntext\r\n")
    assert found.text == "---\ntitle: A\n---\n# B\n\ntext\n"
    block = found.sections[0].blocks[0]
    assert found.text[block.span.start : block.span.end] == "text"
    assert (block.span.start_line, block.span.end_line) == (6, 6)


@pytest.mark.parametrize(
    "text",
    ["", "\n \n", "---\ntitle: A\n---\n", "<!-- note -->\n", "---\n", "[a]: http://x.example\n"],
)
def test_an_article_without_text_is_not_bad(text: str) -> None:
    found, warnings = parse_article(text.encode(), "a.md", KbConfig())
    assert found.sections == ()
    assert [item.message for item in warnings] == ["no text: nothing of this file can be found"]


def test_an_article_of_nothing_but_headings() -> None:
    _, warnings = parse_article(b"---\nid: a\n---\n# T\n\n## U\n", "a.md", KbConfig())
    assert [str(item) for item in warnings] == [
        "a.md:4: only headings: there is nothing to quote below them"
    ]


@pytest.mark.parametrize(
    ("locales", "locale", "line"),
    [
        (("zh",), "en", 2),
        (("zh",), "zh-Hans", None),
        (("zh",), "zh-Hant", None),
        (("zh-CN", "en-GB"), "zh-Hans", None),
        (("zh-CN", "en-GB"), "en", None),
        (("zh-Hans",), "zh-Hant", 2),
        (("pt",), "pt-BR", None),
        ((), "fr", None),
    ],
)
def test_locales_of_the_settings(locales: tuple[str, ...], locale: str, line: int | None) -> None:
    raw = f"---\nlocale: {locale}\n---\nbody\n".encode()
    _, warnings = parse_article(raw, "a.md", KbConfig(locales=locales))
    message = f"a.md:2: locale {locale!r} is not among the locales of kbassist.toml"
    assert [str(item) for item in warnings] == ([message] if line else [])


def test_warns_of_a_comment_that_is_never_closed() -> None:
    text = "# T\n\n`<!--` and\n\n```\n<!--\n```\n\n<!-- a -->\n\ntext\n\n<!-- b\n\nlost\n"
    _, warnings = parse_article(text.encode(), "a.md", KbConfig())
    assert [(item.line, item.message) for item in warnings] == [
        (13, "a comment is never closed: everything after it is hidden")
    ]


def test_a_fence_that_is_opened_inside_a_comment_hides_nothing() -> None:
    text = "# T\n\n<!--\n```bash\n# old\n-->\n```bash\nls\n```\n\n<!-- c -->\n\ntext\n"
    _, warnings = parse_article(text.encode(), "a.md", KbConfig())
    assert warnings == []


def test_tokens_of_the_parser_have_the_lines_of_the_file() -> None:
    tokens: list[Token] = []
    read_article(b"---\nid: a\n---\n\n# T\n\n[x](y.md)\n", "a.md", KbConfig(), tokens)
    places = {token.type: token.map for token in tokens if token.map}
    assert places["heading_open"] == [4, 5]
    assert places["paragraph_open"] == [6, 7]


def test_text_that_the_parser_drops_is_kept_as_one_paragraph() -> None:
    found = article("> " * 200 + "deep")
    assert [block.text.split()[-1] for section in found.sections for block in section.blocks] == [
        "deep"
    ]


@pytest.mark.parametrize(
    "text",
    [
        "[" * 20_000,
        "*a " * 20_000,
        "> " * 5_000 + "x",
        "- " * 3_000 + "x",
        "<a " * 20_000,
        '<a "' * 5_000,
        "![](" * 10_000,
        "{{< " * 10_000,
        "::: a\n" * 300,
        "<details>" * 3_000,
        "`" * 20_000,
        "| a " * 3_000 + "|\n" + "|---" * 3_000 + "|\n",
        "{:" * 10_000,
        "[!UICONTROL " * 5_000,
        "Q: a\n" * 3_000,
        "a\n: b\n\n" * 2_000,
    ],
    ids=range(16),
)
def test_hostile_text_takes_no_more_than_seconds(text: str) -> None:
    assert article(text).text == text


@pytest.mark.parametrize(
    ("body", "heading"),
    [
        ("先看这里。\n\n## 费用 {#fee}\n\n每笔一元。\n", ""),
        ("# 提币\n\n先看这里。\n\n## 费用 {#fee}\n\n每笔一元。\n", "提币"),
        ("## 费用 {#fee}\n\n每笔一元。\n", "费用"),
        ("先看这里。\n\n## 页首 {#top}\n\n每笔一元。\n", "页首"),
    ],
)
def test_phrasings_of_the_text_before_the_first_heading(body: str, heading: str) -> None:
    text = f"---\nquestions:\n  top: [怎么收费]\n---\n\n{body}"
    article, warnings = parse_article(text.encode(), "a.md", KbConfig())
    assert [s.heading for s in article.sections if "怎么收费" in s.questions] == [heading]
    assert (article.meta.questions, warnings) == ((), [])
