"""What the example help centre holds: enough of every kind, each article written for itself."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter, defaultdict
from datetime import date

import pytest

from kbassist.articles.glossary import read_terms
from kbassist.text.sentences import sentence_spans
from kbassist.types import KINDS, Article
from tests.kb.harbor import articles, blocks, by_anchor, loaded, translations

EVERY = sorted(articles().values(), key=lambda article: article.meta.path)
PRODUCTS = {"account", "wallet", "spot", "margin", "perpetual", "api", "security"}
TODAY = date(2026, 11, 21)
MAX_REPEATS = 2


def of(locale: str) -> list[Article]:
    return [article for article in EVERY if article.meta.locale == locale]


def test_it_loads_without_a_word_of_complaint() -> None:
    assert loaded().problems == ()
    assert loaded().warnings == ()


def test_it_is_large_enough_in_every_kind_and_product() -> None:
    assert len(of("zh-Hans")) >= 70
    assert len(of("en")) >= 45
    assert len(of("zh-Hant")) >= 3
    for locale in ("zh-Hans", "en"):
        assert {article.meta.kind for article in of(locale)} == set(KINDS)
        assert {label for article in of(locale) for label in article.meta.products} == PRODUCTS


def test_most_english_articles_are_translations_and_some_chinese_have_none() -> None:
    translated = [article for article in of("en") if article.meta.translation_of]
    assert 0.8 * len(of("en")) < len(translated) < len(of("en"))
    originals = {article.meta.translation_of for article in translated}
    assert len([article for article in of("zh-Hans") if article.meta.id not in originals]) >= 10


@pytest.mark.parametrize(
    ("original", "translation"), translations(), ids=[t.meta.id for _, t in translations()]
)
def test_a_translation_is_the_same_article(original: Article, translation: Article) -> None:
    here, there = original.meta, translation.meta
    assert here.path.split("/", 1)[1] == there.path.split("/", 1)[1]
    assert (here.kind, here.products, here.audience) == (there.kind, there.products, there.audience)
    if there.locale == "en":
        assert there.id == f"{here.id}-en"


def test_the_dates_make_sense() -> None:
    for article in EVERY:
        meta = article.meta
        assert meta.updated is not None and meta.updated <= TODAY, meta.path
        assert meta.review_by is not None and meta.review_by > meta.updated, meta.path
        if meta.kind == "notice":
            assert meta.valid_from and meta.valid_until, meta.path
        else:
            assert meta.review_by > TODAY, meta.path


def test_staff_notes_are_hidden_and_nothing_else_is() -> None:
    for article in EVERY:
        in_staff = "/staff/" in article.meta.path
        assert in_staff == (article.meta.audience == ("staff",)), article.meta.path


@pytest.mark.parametrize("locale", ["zh-Hans", "zh-Hant", "en"])
def test_no_phrasing_is_claimed_twice(locale: str) -> None:
    claimed: defaultdict[str, list[str]] = defaultdict(list)
    for article in of(locale):
        for text in phrasings(article):
            key = re.sub(r"\W", "", unicodedata.normalize("NFKC", text).casefold())
            claimed[key].append(article.meta.path)
    assert {text: paths for text, paths in claimed.items() if len(paths) > 1} == {}


def phrasings(article: Article) -> list[str]:
    """What customers type, as the front matter lists it."""
    own = [text for section in article.sections for text in section.questions]
    return [text for text in dict.fromkeys([*article.meta.questions, *own])
            if text not in {section.heading for section in article.sections}]  # fmt: skip


def test_several_faq_articles_answer_many_questions() -> None:
    many = [
        article.meta.id
        for article in of("zh-Hans")
        if article.meta.kind == "faq" and len(phrasings(article)) >= 20
    ]
    assert len(many) >= 3, many


def test_no_sentence_is_a_template() -> None:
    """A sentence of some length stands in one article, or in two that say so for a reason."""
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for article in EVERY:
        for block in blocks(list(article.sections)):
            for start, end in sentence_spans(block.text):
                sentence = block.text[start:end].strip()
                if len(sentence) >= (16 if article.meta.locale != "en" else 45):
                    holders[sentence].add(article.meta.path)
    assert {text: paths for text, paths in holders.items() if len(paths) > MAX_REPEATS} == {}


def test_lengths_differ_as_real_ones_do() -> None:
    for locale, short, long in (("zh-Hans", 350, 1_800), ("en", 1_000, 4_000)):
        lengths = [sum(len(b.text) for b in blocks(list(a.sections))) for a in of(locale)]
        assert sum(length < short for length in lengths) >= 3, sorted(lengths)
        assert sum(length > long for length in lengths) >= 3, sorted(lengths)


def test_no_two_articles_share_a_skeleton() -> None:
    """Section by section, the same kinds of block with the same number of parts: a template."""
    shapes = Counter(shape for article in of("zh-Hans") if len(shape := skeleton(article)) >= 6)
    assert [shape for shape, count in shapes.items() if count > 1] == []


def skeleton(article: Article) -> tuple[tuple[str, int], ...]:
    return tuple((block.kind, len(block.children)) for block in blocks(list(article.sections)))


def test_the_glossary_names_the_same_things_in_both_languages() -> None:
    chinese, english = (read_terms(articles()[name]) for name in ("glossary", "glossary-en"))
    assert len(chinese) == len(english) >= 60
    for left, right in zip(chinese, english, strict=True):
        known = {name.casefold() for name in left.names}
        assert known & {name.casefold() for name in right.names}, (left.name, right.name)
    for terms in (chinese, english):
        assert all(term.aliases for term in terms)
        assert sum(bool(term.misspellings) for term in terms) >= 15


def test_the_glossary_has_the_same_sections_in_both_languages() -> None:
    chinese, english = (by_anchor(articles()[name]) for name in ("glossary", "glossary-en"))
    assert [(a, len(s)) for a, s in chinese.items()] == [(a, len(s)) for a, s in english.items()]
