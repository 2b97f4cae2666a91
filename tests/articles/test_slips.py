from __future__ import annotations

import pytest

from kbassist.errors import ArticleError
from tests.articles.test_frontmatter import front, parse

NEVER_CLOSED = [
    "---\nid: a\naudience: staff\n\n# T\n\ntext\n",
    "---\nid: a\naudience: staff\n--\n\n# T\n\ntext\n",
    "---\nid: a\naudience: staff\n--\n\n# T\n\ntext\n\n---\n\nmore\n",
    "---\nid: a\naudience: staff\n ---\n\n# T\n\ntext\n",
    "---\nid: a\naudience: staff\n———\n\n# T\n\ntext\n",
    " ---\nid: a\naudience: staff\n\n# T\n\ntext\n",
    "---\n# a note\nauthor: x\n\nAudience: staff\n\ntext\n",
    "---\naudience：staff\n\n# T\n\ntext\n",
    '---\n{\n  "audience": "staff"\n}\n\n# T\n',
    '+++\naudience = "staff"\n\n# T\n',
]


@pytest.mark.parametrize("text", NEVER_CLOSED)
@pytest.mark.parametrize("lead", ["", "\ufeff", "\n \n", "<!-- note -->\n"])
def test_front_matter_that_is_never_closed(text: str, lead: str) -> None:
    with pytest.raises(ArticleError) as error:
        parse(lead + text)
    line = lead.count("\n") + 1
    assert error.value.line == line
    assert f"front matter opened on line {line} is never closed" in error.value.message
    assert "alone on a line" in error.value.hint


def test_it_names_the_line_that_was_meant_to_close_it() -> None:
    with pytest.raises(ArticleError, match="never closed: line 3 is '--'"):
        parse("---\naudience: staff\n--\ntext\n")


def test_marks_that_open_nothing() -> None:
    with pytest.raises(ArticleError, match="opened on line 1 is indented"):
        parse("  ---\naudience: staff\n  ---\ntext\n")
    with pytest.raises(ArticleError, match="line 1 is '----', which opens no front matter"):
        parse("----\naudience: staff\n----\ntext\n")
    _, warnings = parse("----\ntitle: T\n----\ntext\n")
    assert [str(item) for item in warnings] == [
        "dir/a.md:1: line 1 is '----', which opens no front matter, but 'title: T' follows it; "
        "write exactly --- alone on that line"
    ]
    _, warnings = parse("\nid: a\naudience: staff\n---\n\ntext\n")
    assert [str(item) for item in warnings] == [
        "dir/a.md:2: front matter is closed but never opened: 'audience: staff' is mere text; "
        "put --- alone on a line before line 2"
    ]


@pytest.mark.parametrize(
    ("block", "line", "shown", "hint"),
    [
        ("id mine", 2, "'id mine'", "id: mine"),
        ("id mine\naudience staff", 2, "'id mine'", "id: mine"),
        ("audience：staff", 2, "'audience：staff'", "audience: staff"),
        ("# note\n\n标题 甲\naudience：staff", 5, "'audience：staff'", "audience: staff"),
        ("title: A\naudience：staff", 3, "'audience：staff'", "audience: staff"),
        ("title: A\naudience:staff", 3, "'audience:staff'", "audience: staff"),
        ("author: A\naudience:staff", 3, "'audience:staff'", "audience: staff"),
        ("author: A: b\n  audience: staff", 3, "'audience: staff'", "audience: staff"),
        ("\taudience: staff\ntitle: A", 2, "'audience: staff'", "never with tabs"),
        ('{\n  "title": "A"\n  "audience": "staff"\n}', 3, "title", "ASCII colon"),
    ],
)
def test_lines_that_hold_no_key(block: str, line: int, shown: str, hint: str) -> None:
    with pytest.raises(ArticleError) as error:
        front(block)
    assert error.value.line == line
    assert "is not written as key and value" in error.value.message
    assert shown in error.value.message
    assert hint in error.value.hint


def test_a_key_that_became_more_of_the_value_before_it() -> None:
    with pytest.raises(ArticleError, match="'title' holds the key 'audience'") as error:
        front("id: a\ntitle: A\n  audience：staff")
    assert (error.value.line, "line of its own" in error.value.hint) == (3, True)


@pytest.mark.parametrize(
    "text",
    ["---\n\nStatus and title of a thing: prose.\n", "---\nWhat the\nstatus is, and more\n---\n\nText.\n",
     "---\n\n# Heading\n\ntitle: in prose\n", "---\nWords first.\ntitle: later\n",
     "---\nNote: words\n\nNot a key. title: no\n", "***\naudience: staff\n", "---\nid mine\n"],
)  # fmt: skip
def test_a_thematic_break_and_prose_are_never_bad(text: str) -> None:
    meta, warnings = parse(text)
    assert meta.audience == ("public",)
    assert warnings == []
