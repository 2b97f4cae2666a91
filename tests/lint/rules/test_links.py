"""Links and anchors: what leads nowhere, and what only looks so."""

from __future__ import annotations

import pytest

from tests.conftest import WriteKb
from tests.lint.helpers import article, check, places

TARGET = "# Fees\n\n## Daily limits\n\nTwo.\n\n## 手续费 {#fees}\n\nOne.\n"


def test_a_file_that_is_not_there(write_kb: WriteKb) -> None:
    text = "See [limits](../wallet/limit.md),\nor [all](limits.md) of it.\n\n- [a](x/b.pdf)\n"
    kb = write_kb({"wallet/a.md": text, "wallet/limits.md": TARGET})
    assert check(kb, "KB201") == [
        ("wallet/a.md", 1, "link '../wallet/limit.md': there is no wallet/limit.md"),
        ("wallet/a.md", 4, "link 'x/b.pdf': there is no wallet/x/b.pdf"),
    ]


@pytest.mark.parametrize(
    "href",
    [
        "limits.md",
        "./limits.md",
        "../wallet/limits.md#fees",
        "/wallet/limits.md",
        "/wallet/limits",
        "limits",
        "limits.html#daily-limits",
        "limits.md?x=1#%E6%89%8B%E7%BB%AD%E8%B4%B9",
        "#top",
        "#main-content",
        "#here",
        "https://else.example/limits.md",
        "mailto:a@b.example",
        "tel:+123",
        "/elsewhere/page",
        "/docs/other.md",
        "{{ site.url }}/limits.md",
        "../../beyond",
        "",
    ],
)
def test_what_is_there_or_cannot_be_told(write_kb: WriteKb, href: str) -> None:
    text = f'# A\n\nSee [it]({href}).\n\n<a name="here"></a>\n'
    kb = write_kb({"wallet/a.md": text, "wallet/limits.md": TARGET + "\n## 手续费\n"})
    assert places(kb, "KB201", "KB202", "KB203") == []


def test_an_anchor_that_is_not_there(write_kb: WriteKb) -> None:
    text = "# A\n\nSee [daily](limits.md#dayly-limits)\nand [above](#begin).\n"
    kb = write_kb({"a.md": text, "limits.md": TARGET})
    assert check(kb, "KB202") == [
        ("a.md", 3, "link 'limits.md#dayly-limits': limits.md has no anchor 'dayly-limits'"),
        ("a.md", 4, "link '#begin': this article has no anchor 'begin'"),
    ]


def test_lines_of_links_after_front_matter_in_tables_lists_and_html(write_kb: WriteKb) -> None:
    body = (
        "\n| a | b |\n|---|---|\n| [x](#1) | y |\n| z | [x](#2) |\n\n"
        "- one\n  [x](#3) and [y](#3)\n\n> quoted\n> [x](#4)\n\n"
        '<p>\n  <a href="#5">five</a>\n</p>\n\n[`code`\nand](#6) [ref][r]\n\n[r]: #7\n'
    )
    kb = write_kb({"a.md": article(body, title="A")})
    assert places(kb, "KB202") == [
        ("a.md", 7),
        ("a.md", 8),
        ("a.md", 11),
        ("a.md", 11),
        ("a.md", 14),
        ("a.md", 17),
        ("a.md", 21),
        ("a.md", 21),
    ]


def test_comments_and_code_have_no_links(write_kb: WriteKb) -> None:
    text = "# A\n\n<!-- [x](gone.md) -->\n\n`[x](gone.md)`\n\n```\n[x](gone.md)\n```\n"
    assert places(write_kb({"a.md": text}), "KB2") == []


def test_anchors_that_come_from_elsewhere_are_not_judged(write_kb: WriteKb) -> None:
    text = "# A\n\n{{< include part.md >}}\n\nSee [it](#part).\n"
    assert places(write_kb({"a.md": text}), "KB202") == []


def test_tags_that_take_nothing_in(write_kb: WriteKb) -> None:
    text = "# A\n\n<br />\n<img src='https://x.example/a.png' alt='' />\n\nSee [it](#part).\n"
    assert places(write_kb({"a.md": text}), "KB202") == [("a.md", 6)]


def test_capitals(write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": "[d](limits.md#Daily-Limits)\n", "limits.md": TARGET})
    assert places(kb, "KB202") == []
    assert places(kb, "KB203") == [("a.md", 1)]


def test_domains(write_kb: WriteKb) -> None:
    text = (
        "[a](https://help.harbor.example/x) [b](https://harbor.example)\n"
        "[c](https://harb0r.example/login) <https://notharbor.example>\n\n"
        "![d](//cdn.example/a.png)\n"
    )
    files = {"a.md": text, "kbassist.toml": '[lint]\nofficial_domains = ["harbor.example"]\n'}
    assert check(write_kb(files), "KB204") == [
        ("a.md", 2, "link to harb0r.example, which is no official domain"),
        ("a.md", 2, "link to notharbor.example, which is no official domain"),
        ("a.md", 4, "image from cdn.example, which is no official domain"),
    ]
    assert places(write_kb({**files, "kbassist.toml": ""}), "KB204") == []


def test_addresses_of_the_help_centre_itself(write_kb: WriteKb) -> None:
    base = "https://help.example"
    text = f"[a]({base}/zh/b#x)\n[b]({base}/zh/c)\n[c]({base}/status)\n[d]({base}/)\n"
    kb = write_kb({"zh/a.md": text, "zh/b.md": "B.\n", "kbassist.toml": f'base_url = "{base}"\n'})
    assert check(kb, "KB205") == [("zh/a.md", 2, f"no article has the address '{base}/zh/c'")]


def test_links_without_a_target(write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": "See [the page]() and [x](#).\n"})
    assert check(kb, "KB206") == [("a.md", 1, "the link 'the page' leads nowhere")]


def test_articles_that_readers_cannot_open(write_kb: WriteKb) -> None:
    kb = write_kb(
        {
            "a.md": "[draft](b.md)\n[staff](c.md)\n",
            "b.md": article("Later. [staff](c.md)\n", status="draft"),
            "c.md": article("For us. [draft](b.md)\n", audience="[staff]"),
        }
    )
    assert places(kb, "KB207") == [("a.md", 1), ("c.md", 4)]
    assert places(kb, "KB208") == [("a.md", 2)]
