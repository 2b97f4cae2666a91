"""Titles and questions that two places claim."""

from __future__ import annotations

from tests.conftest import WriteKb
from tests.lint.helpers import article, check, places


def test_titles(write_kb: WriteKb) -> None:
    kb = write_kb(
        {
            "a.md": article("一。\n", title="手续费"),
            "b.md": article("二。\n", id="b", title="“手续费”"),
            "c.md": article("三。\n", title="手续费", status="draft"),
            "d.md": article("Four.\n", title="手续费", locale="en"),
        }
    )
    assert check(kb, "KB501") == [("b.md", 3, "the title '“手续费”' is also that of a.md")]


QUESTIONS = """---
id: {id}
questions:
  top:
    - How much?
  fees:
    - how much
    - "What does it cost?"
  limits:
    - what does it cost
---

Text.

## Fees

One.

## Limits

Two.
"""


def test_one_phrasing_for_two_sections(write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": QUESTIONS.format(id="a")})
    [(path, line, message)] = check(kb, "KB502")
    assert (path, line) == ("a.md", 10)
    assert message == (
        "the question 'what does it cost' is for 'Limits' here and for 'Fees' in a.md:8"
    )


def test_one_phrasing_for_two_articles(write_kb: WriteKb) -> None:
    def asked(name: str, **keys: str) -> str:
        return article("Text of one article.\n", id=name, questions="[what is gas]", **keys)

    kb = write_kb(
        {
            "a.md": asked("a"),
            "b.md": asked("b"),
            "c.md": asked("c", translation_of="a"),
            "d.md": asked("d", locale="zh"),
            "e.md": asked("e", audience="[staff]"),
            "f.md": asked("f", status="draft"),
        }
    )
    assert places(kb, "KB502") == [("b.md", 3), ("c.md", 3)]


def test_a_phrasing_that_stands_twice(write_kb: WriteKb) -> None:
    text = (
        "---\nquestions:\n  a:\n    - how much\n    - how long\n    - how much\n  b:\n    - how much\n"
        "products: [x]\n---\n\n## A\n\nOne.\n\n## B\n\nTwo.\n"
    )
    assert check(write_kb({"a.md": text}), "KB503") == [
        ("a.md", 6, "the question 'how much' stands on line 4 already")
    ]
