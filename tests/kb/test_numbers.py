"""Numbers agree: between the two languages, and between a table and whoever quotes it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from kbassist.types import Article, Section
from tests.kb.facts import AT_HOME, QUOTES, Quote
from tests.kb.harbor import (
    articles,
    blocks,
    by_anchor,
    codes,
    everything,
    linked,
    numbers,
    steps,
    tabled,
    tables,
    texts,
    translations,
)

Sections = list[Section]

PAIRS = translations()
NAMES = [translation.meta.id for _, translation in PAIRS]


def pairs_of_sections(
    original: Article, translation: Article
) -> list[tuple[str, Sections, Sections]]:
    """Anchor, sections under it, and those of the translation: the same number in the same order."""
    here, there = by_anchor(original), by_anchor(translation)
    written = [anchor for anchor in here if anchor.isascii()]
    assert written == [new for old, new in zip(here, there, strict=True) if old.isascii()]
    return [(anchor, here[anchor], there[new]) for anchor, new in zip(here, there, strict=True)]


@pytest.mark.parametrize(("original", "translation"), PAIRS, ids=NAMES)
def test_translations_have_the_same_sections_tables_and_steps(
    original: Article, translation: Article
) -> None:
    for _, here, there in pairs_of_sections(original, translation):
        for left, right in zip(tables(here), tables(there), strict=True):
            for row, twin in zip(left[1:], right[1:], strict=True):
                assert sorted(numbers(row.text)) == sorted(numbers(twin.text)), row.text
                assert codes(row.text) == codes(twin.text), row.text
        for left, right in zip(steps(here), steps(there), strict=True):
            for step, twin in zip(left, right, strict=True):
                assert set(numbers(step.text)) == set(numbers(twin.text)), step.text


@pytest.mark.parametrize(("original", "translation"), PAIRS, ids=NAMES)
def test_translations_say_the_same_numbers(original: Article, translation: Article) -> None:
    for anchor, here, there in pairs_of_sections(original, translation):
        left, right = (" ".join(block.text for block in blocks(half)) for half in (here, there))
        assert set(numbers(left)) == set(numbers(right)), anchor
        assert codes(left) == codes(right), anchor


@pytest.mark.parametrize("name", sorted(articles()))
def test_every_quantity_is_at_home_or_the_article_leads_to_its_home(name: str) -> None:
    """Times, amounts and rates stand in a table of the article, in an article that it links to, or
    among those that are at home in its text."""
    article = articles()[name]
    known = tabled(article) | set(AT_HOME.get(article.meta.translation_of or name, ()))
    for target in linked(article):
        known |= everything(target)
    assert sorted(everything(article) - known) == []


@pytest.mark.parametrize("name", sorted(AT_HOME))
def test_what_is_said_to_be_at_home_is_there(name: str) -> None:
    twins = [twin for original, twin in PAIRS if original.meta.id == name]
    for article in (articles()[name], *twins):
        assert sorted(set(AT_HOME[name]) - everything(article)) == []


@pytest.mark.parametrize("quote", QUOTES, ids=lambda quote: f"{quote.home} {quote.row}")
def test_quoted_cells_agree_with_their_table(quote: Quote) -> None:
    name, anchor = quote.home.split("#")
    rows = [row for table in tables(by_anchor(articles()[name])[anchor]) for row in table]
    (row,) = [row for row in rows if row.text.startswith(quote.row)]
    cell = numbers(row.text.split(" | ")[quote.cell])
    found = [
        (
            article.meta.path,
            match[0],
            [number for group in match.groups("") for number in numbers(group)],
        )
        for article in articles().values()
        for text in texts(article)
        for match in phrase(quote).finditer(text)
        if article.meta.locale == "zh-Hans"
    ]
    assert found, "nobody quotes it: drop the phrase"
    assert [item for item in found if not is_part(item[2], cell)] == []


def phrase(quote: Quote) -> re.Pattern[str]:
    """The phrase of a quote as a pattern: `N` stands for a number."""
    return re.compile(
        re.sub(r"(?<![A-Za-z\\])N(?![A-Za-z])", r"(\\d[\\d,]*(?:\\.\\d+)?)", quote.phrase)
    )


def is_part(quoted: list[Decimal], cell: list[Decimal]) -> bool:
    """Whether the numbers quoted are those of the cell, or some of them in order."""
    rest = iter(cell)
    return all(number in rest for number in quoted)
