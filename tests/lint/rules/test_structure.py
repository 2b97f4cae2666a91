"""Headings, sections and what is never closed."""

from __future__ import annotations

from tests.conftest import WriteKb
from tests.lint.helpers import article, check, places


def test_headings_that_leave_a_level_out(write_kb: WriteKb) -> None:
    text = "### First\n\na\n\n## Second\n\na\n\n#### Fourth\n\na\n\n## Fifth\n\n> ###### Quoted\n"
    found = check(write_kb({"a.md": text}), "KB401")
    assert found == [("a.md", 9, "level 4 ('Fourth') follows level 2: a step is left out")]


def test_headings_without_a_space(write_kb: WriteKb) -> None:
    text = (
        "# A\n\n##提币步骤\n\n```\n##code\n```\n\n## Right\n\nText\n###Fees\n\n#topic\n\n##\n\n"
        "<pre>\n##html\n</pre>\n\n`a\n##b`\n"
    )
    assert check(write_kb({"a.md": text}), "KB402") == [
        ("a.md", 3, "'##提币步骤' is no heading: the space after ## is missing"),
        ("a.md", 12, "'###Fees' is no heading: the space after ### is missing"),
    ]


def test_sections_without_text(write_kb: WriteKb) -> None:
    text = (
        "# A\n\nText.\n\n## Empty\n\n## Parent\n\n### Child\n\nText.\n\n## How much?\n\n"
        "<!-- later -->\n\n## Component\n\n<Fees />\n\n## Last\n"
    )
    kb = write_kb({"a.md": text})
    assert check(kb, "KB403") == [
        ("a.md", 5, "nothing stands below the heading 'Empty'"),
        ("a.md", 21, "nothing stands below the heading 'Last'"),
    ]
    assert check(kb, "KB404") == [("a.md", 13, "the question 'How much?' has no answer")]


def test_written_out_questions_without_an_answer(write_kb: WriteKb) -> None:
    text = "# A\n\n**问：** 能找回吗？\n\n**问：** 要多久？\n\n**答：** 三天。\n"
    assert check(write_kb({"a.md": text}), "KB404") == [
        ("a.md", 3, "the question '能找回吗？' has no answer")
    ]


def test_articles_without_text(write_kb: WriteKb) -> None:
    kb = write_kb(
        {
            "a.md": article("", title="A"),
            "b.md": "# B\n\n## C\n",
            "d/_index.md": article("", id="d"),
        }
    )
    assert places(kb, "KB405") == [("a.md", 1), ("b.md", 1)]
    assert places(kb, "KB403") == []


def test_comments_and_fences_that_are_never_closed(write_kb: WriteKb) -> None:
    kb = write_kb(
        {
            "a.md": "Text.\n\n<!-- later\n\n## Gone\n",
            "b.md": "Text.\n\n<!--\n```bash\n# in a comment\n-->\n```bash\nls\n```\n\n<!--\nx\n-->\n",
            "c.md": "Text.\n\n```json\n{}\n\n## Gone\n",
            "d.md": "- item\n\n  ~~~\n  code\n  ~~~\n\n> ```\n> quoted\n> ```\n",
        }
    )
    assert places(kb, "KB406") == [("a.md", 3)]
    assert places(kb, "KB407") == [("c.md", 3)]


def test_sections_too_long_to_cite(write_kb: WriteKb) -> None:
    files = {
        "a.md": "# A\n\n"
        + "词" * 30
        + "\n\n## B\n\n"
        + "词" * 31
        + "\n\n```\n"
        + "x " * 50
        + "\n```\n",
        "kbassist.toml": "[lint]\nmax_section_tokens = 30\n",
    }
    assert check(write_kb(files), "KB408") == [
        ("a.md", 5, "the section 'B' has 31 words and characters; more than 30 is hard to cite")
    ]
