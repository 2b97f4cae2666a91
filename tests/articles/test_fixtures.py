from __future__ import annotations

import re

from tests.articles.cases import article, cases, chunks, show_chunks, show_sections


@cases("sections.md")
def test_sections(source: str, expected: str) -> None:
    assert show_sections(article(source)) == expected


@cases("questions.md")
def test_questions(source: str, expected: str) -> None:
    assert show_sections(article(source)) == expected


@cases("wild.md")
def test_wild_markdown(source: str, expected: str) -> None:
    assert show_chunks(chunks(source), article(source).text) == expected


@cases("chunks.md")
def test_chunks(source: str, expected: str, request: object) -> None:
    title = str(getattr(request, "node", ""))
    budget = re.search(r"budget (\d+)", title)
    size = int(budget[1]) if budget else 320
    assert show_chunks(chunks(source, size, min(32, size // 4)), article(source).text) == expected
