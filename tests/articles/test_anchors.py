from __future__ import annotations

import pytest

from kbassist.articles.anchors import Numbered, key_part, slug, split_attributes


@pytest.mark.parametrize(
    ("heading", "anchor"),
    [
        ("Hello World", "hello-world"),
        ("Fees / limits", "fees--limits"),
        ("What's new?", "whats-new"),
        ("snake_case and-dash", "snake_case-and-dash"),
        ("如何充值 USDT？", "如何充值-usdt"),
        ("🚀 Start", "-start"),
        ("Ünïcode Ÿ", "ünïcode-ÿ"),
        ("हिन्दी", "हिन्दी"),
        ("！？", ""),
    ],
)
def test_slugs_like_github(heading: str, anchor: str) -> None:
    assert slug(heading) == anchor


@pytest.mark.parametrize(
    ("heading", "text", "anchor"),
    [
        ("A {#b}", "A", "b"),
        ("A {#b .c}", "A", "b"),
        ("A { .c #b }", "A", "b"),
        ("A {: #b }", "A", "b"),
        ("A {: word }", "A", ""),
        ('A {id="b" x=1}', "A", "b"),
        ("A { .section}", "A", ""),
        ("A {}", "A", ""),
        ("GET /orders/{id}", "GET /orders/{id}", ""),
        ("A {#b} c", "A {#b} c", ""),
    ],
)
def test_takes_attributes_off_a_heading(heading: str, text: str, anchor: str) -> None:
    assert split_attributes(heading) == (text, anchor)


def test_attributes_take_no_exponential_time() -> None:
    heading = "A {" + "#a" * 5000 + " .b" * 5000 + " !}"
    assert split_attributes(heading) == (heading, "")


def test_key_parts_are_safe_in_a_path() -> None:
    assert [key_part(name) for name in ("a/b c", "", "-x-", "提币")] == [
        "a-b-c",
        "section",
        "x",
        "提币",
    ]


def test_numbers_names_that_are_taken() -> None:
    anchors = Numbered()
    taken = [anchors.take(name) for name in ("a", "a-1", "a", "a", "b")]
    assert taken == ["a", "a-1", "a-2", "a-3", "b"]
    keys = Numbered("~", 2)
    assert [keys.take(name) for name in ("a", "a", "a~2")] == ["a", "a~2", "a~2~2"]
