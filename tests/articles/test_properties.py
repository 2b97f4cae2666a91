from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kbassist.articles.chunk import chunk_article
from kbassist.articles.parse import parse_article
from kbassist.config import ChunkSettings
from kbassist.errors import ArticleError
from kbassist.kb_config import KbConfig
from kbassist.text.count import count_tokens
from kbassist.types import Article, Chunk
from tests.articles.documents import Page, pages, texts

QUICK, LONG = 150, 10_000
BUDGETS = st.sampled_from([ChunkSettings(), ChunkSettings(24, 6), ChunkSettings(8, 2)])


def profile(examples: int) -> Callable[[Any], Any]:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


def check_slices(article: Article, chunks: list[Chunk]) -> None:
    """Spans in range, in order and trimmed; lines right; units inside spans and in order."""
    text = article.text
    assert len({chunk.id for chunk in chunks}) == len(chunks)
    for chunk in chunks:
        assert chunk.spans
        assert chunk.source == "\n".join(text[span.start : span.end] for span in chunk.spans)
        for span in chunk.spans:
            piece = text[span.start : span.end]
            assert piece and piece == piece.strip()
            assert span.start_line == text.count("\n", 0, span.start) + 1
            assert span.end_line == text.count("\n", 0, span.end - 1) + 1
        for spans in (chunk.spans, [unit.span for unit in chunk.units]):
            for one, two in pairwise(spans):
                assert one.end <= two.start
        for unit in chunk.units:
            quote = text[unit.span.start : unit.span.end]
            assert quote and quote == quote.strip()
            assert any(s.start <= unit.span.start and unit.span.end <= s.end for s in chunk.spans)
        assert len(set(chunk.questions)) == len(chunk.questions)


def check_no_overlap(chunks: list[Chunk]) -> None:
    """No character belongs to two chunks, repeated table heads apart."""
    headers = {unit.span for chunk in chunks for unit in chunk.units if unit.kind == "header"}
    units = {unit.span for chunk in chunks for unit in chunk.units}
    end = 0
    for span in sorted(units, key=lambda span: span.start):
        assert span.start >= end
        end = span.end
    spans = [span for chunk in chunks for span in chunk.spans if span not in headers]
    spans.sort(key=lambda span: span.start)
    for one, two in pairwise(spans):
        assert one.end <= two.start or any(
            one.start <= header.start and header.end <= one.end for header in headers
        )


def check_any_text(text: str, budget: ChunkSettings) -> None:
    try:
        article, _ = parse_article(text.encode(), "a.md", KbConfig())
    except ArticleError:
        return
    chunks = chunk_article(article, budget)
    check_slices(article, chunks)
    check_no_overlap(chunks)
    if any(block.text for section in article.sections for block in section.blocks):
        assert chunks


def check_cover(page: Page, budget: ChunkSettings) -> None:
    """Every visible word can be found, no hidden one can."""
    article, _ = parse_article(page.text.encode(), "a.md", KbConfig())
    chunks = chunk_article(article, budget)
    check_slices(article, chunks)
    check_no_overlap(chunks)
    said = " ".join(
        part
        for chunk in chunks
        for part in (chunk.text, *chunk.heading_path, chunk.title, *chunk.questions)
    )
    found = {word.strip("*`.?？|:()[]<>") for word in said.split()}
    assert not [word for word in page.visible if word not in found]
    assert not [word for word in page.hidden if word in said]
    for chunk in chunks:
        assert count_tokens(chunk.text) <= budget.max_tokens


def check_stable_ids(pages: list[Page], new: Page, position: int, budget: ChunkSettings) -> None:
    """A section that comes or goes changes nothing in the others."""
    parts = [f"## Part {page.prefix}\n\n{page.text}" for page in pages]
    position = min(position, len(parts))
    grown = [*parts[:position], f"## New part\n\n{new.text}", *parts[position:]]

    def hashes(texts: list[str]) -> dict[str, str]:
        text = "# Title\n\nIntro.\n\n" + "\n".join(texts)
        article, _ = parse_article(text.encode(), "a.md", KbConfig())
        return {chunk.id: chunk.hash for chunk in chunk_article(article, budget)}

    before, after = hashes(parts), hashes(grown)
    assert {name: after.get(name) for name in before} == before


PARTS = st.tuples(*(pages(name, titled=False) for name in "abc")).map(list)


@profile(QUICK)
@given(texts, BUDGETS)
def test_any_text(text: str, budget: ChunkSettings) -> None:
    check_any_text(text, budget)


@profile(QUICK)
@given(pages(), BUDGETS)
def test_chunks_cover_the_text(page: Page, budget: ChunkSettings) -> None:
    check_cover(page, budget)


@profile(QUICK)
@given(PARTS, pages("n", titled=False), st.integers(0, 3), BUDGETS)
def test_ids_are_stable(parts: list[Page], new: Page, at: int, budget: ChunkSettings) -> None:
    check_stable_ids(parts, new, at, budget)


@pytest.mark.long
@profile(LONG)
@given(texts, BUDGETS)
def test_any_text_long(text: str, budget: ChunkSettings) -> None:
    check_any_text(text, budget)


@pytest.mark.long
@profile(LONG)
@given(pages(), BUDGETS)
def test_chunks_cover_the_text_long(page: Page, budget: ChunkSettings) -> None:
    check_cover(page, budget)
