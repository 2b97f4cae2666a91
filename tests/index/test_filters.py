"""Filters and permissions: which articles a caller sees, before anything is ranked."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kbassist import Assistant, Filters, build_index
from kbassist.errors import FilterError
from kbassist.index.filters import facets, parse_where
from kbassist.types import ArticleMeta
from tests.conftest import WriteKb

ARTICLE = "---\nid: {id}\nlocale: {locale}\nkind: {kind}\n{more}---\nWithdrawal fee of {id}.\n"


def article(id: str, locale: str = "en", kind: str = "faq", more: str = "") -> str:
    return ARTICLE.format(id=id, locale=locale, kind=kind, more=more)


@pytest.fixture
def assistant(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    kb = write_kb(
        {
            "a.md": article("a", "zh-Hans", "faq", "products: [wallet, spot]\nregion: HK\n"),
            "b.md": article("b", "zh-Hant", "guide", "products: wallet\nregion: [HK, SG]\n"),
            "c.md": article("c", "en", "faq", "products: [spot]\nregion: SG\n"),
            "staff.md": article("staff", more="audience: staff\n"),
            "member.md": article("member", more="audience: [member, novice]\n"),
            "both.md": article("both", more="audience: [public, staff]\n"),
            "novice.md": article("novice", more="audience: novice\n"),
            "draft.md": article("draft", more="status: draft\n"),
            "old.md": article("old", more="status: archived\n"),
        }
    )
    build_index(kb, tmp_path / "index")
    return Assistant.open(tmp_path / "index")


def found(assistant: Assistant, **filters: object) -> list[str]:
    hits = assistant.search("withdrawal fee", top_k=50, filters=Filters(**filters))  # type: ignore[arg-type]
    return sorted(hit.article.id for hit in hits)


OPEN = ["a", "b", "c", "novice"]


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({}, OPEN),
        ({"locale": ("en",)}, ["c", "novice"]),
        ({"locale": ("zh",)}, ["a", "b"]),
        ({"locale": ("ZH-hant",)}, ["b"]),
        ({"locale": ("zh-Hant", "en")}, ["b", "c", "novice"]),
        ({"locale": ("zh_CN",)}, ["a"]),
        ({"locale": ("zh-TW", "fr")}, ["b"]),
        ({"locale": ("fr",)}, []),
        ({"where": {"title": ("a",)}}, ["a"]),
        ({"kind": ("faq",)}, ["a", "c", "novice"]),
        ({"kind": ("faq",), "products": ("spot",), "locale": ("en",)}, ["c"]),
        ({"products": ("wallet",)}, ["a", "b"]),
        ({"where": {"region": ("hk",)}}, ["a", "b"]),
        ({"where": {"region": ("HK", "SG")}}, ["a", "b", "c"]),
        ({"where": {"region": ("SG",), "products": ("spot",)}}, ["c"]),
        ({"where": {"region": ("nowhere",)}}, []),
        ({"where": {"audience": ("novice",)}}, ["novice"]),
        ({"audience": ("staff",)}, sorted([*OPEN, "staff", "both"])),
        ({"audience": ("member",)}, sorted([*OPEN, "member"])),
        ({"audience": ("member", "staff")}, sorted([*OPEN, "member", "staff", "both"])),
        ({"audience": ("novice",)}, OPEN),
    ],
)
def test_who_sees_what(
    assistant: Assistant, filters: dict[str, object], expected: list[str]
) -> None:
    assert found(assistant, **filters) == expected


def test_hidden_articles_take_no_place(assistant: Assistant) -> None:
    hits = assistant.search("withdrawal fee of staff", top_k=1)
    assert [hit.article.id for hit in hits] != ["staff"]
    assert len(hits) == 1


def test_drafts_are_not_in_the_index_at_all(assistant: Assistant) -> None:
    metas = assistant.index.store.articles()
    assert {meta.id for meta in metas}.isdisjoint({"draft", "old"})
    folder = assistant.index.folder
    store = b"".join((folder / name).read_bytes() for name in ("chunks.sqlite", "texts.utf8.npy"))
    assert b"fee of draft" not in store
    assert b"fee of staff" in store


def test_a_key_that_no_article_has_is_an_error(assistant: Assistant) -> None:
    with pytest.raises(FilterError, match=r"no article has the key 'regoin'") as error:
        found(assistant, where={"regoin": ("HK",)})
    assert "Did you mean 'region'?" in error.value.hint


def test_a_kind_that_does_not_exist_is_an_error(assistant: Assistant) -> None:
    with pytest.raises(FilterError, match="no such kind: 'fqa'"):
        found(assistant, kind=("fqa",))


def test_kinds_are_checked_under_any_name(assistant: Assistant) -> None:
    with pytest.raises(FilterError, match="no such kind: 'fqa'"):
        found(assistant, where={"kind": ("fqa",)})


@pytest.mark.parametrize(
    ("filters", "named", "hint"),
    [
        ({"locale": ("klingon",)}, "the locale 'klingon'", "Known values: en, zh-Hans, zh-Hant."),
        ({"locale": ("zh,en",)}, "the locale 'zh,en'", "Known values"),
        ({"locale": ("\udcfe",)}, r"the locale '\\udcfe'", "Known values"),
        ({"where": {"locale": ("english",)}}, "the locale 'english'", "zh-Hans"),
        ({"products": ("spto",)}, "the product 'spto'", "Did you mean 'spot'?"),
    ],
)
def test_a_locale_or_product_that_no_article_has_is_an_error(
    assistant: Assistant, filters: dict[str, object], named: str, hint: str
) -> None:
    with pytest.raises(FilterError, match=named) as error:
        found(assistant, **filters)
    assert hint in error.value.hint


def test_what_restricted_articles_are_labelled_with_stays_hidden(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    secret = article("s", "fr", more="audience: staff\nproducts: project-x\ncase: 7\n")
    kb = write_kb({"a.md": article("a", more="products: spot\n"), "s.md": secret})
    build_index(kb, tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index")
    for filters in (
        {"products": ("project-x",)},
        {"where": {"case": ("7",)}},
        {"products": ("project-y",)},
    ):
        with pytest.raises(FilterError, match="no article has the") as error:
            found(assistant, **filters, audience=("member", "novice"))
        assert not {"project-x", "fr", "case"} & set(re.findall(r"[\w-]+", error.value.hint))
        if filters != {"products": ("project-y",)}:
            assert found(assistant, **filters, audience=("staff",)) == ["s"]


def test_a_knowledge_base_without_products(write_kb: WriteKb, tmp_path: Path) -> None:
    build_index(write_kb({"a.md": article("a")}), tmp_path / "index")
    with pytest.raises(FilterError, match="no article has the product 'spot'") as error:
        found(Assistant.open(tmp_path / "index"), products=("spot",))
    assert error.value.hint == "No article names one."


@pytest.mark.parametrize(
    ("filters", "message"),
    [
        ({"locale": "en"}, "locale must be a tuple of texts, found 'en'"),
        ({"kind": "faq"}, "kind must be a tuple of texts, found 'faq'"),
        ({"products": 5}, "products must be a tuple of texts, found 5"),
        ({"products": (5,)}, r"products must be a tuple of texts, found \(5,\)"),
        ({"audience": None}, "audience must be a tuple of texts, found None"),
        ({"where": {"region": "hk"}}, r"where\['region'\] must be a tuple of texts, found 'hk'"),
        ({"where": ("region", "hk")}, "where must be a mapping"),
        ({"where": {1: ("hk",)}}, "a key of where must be text, found 1"),
    ],
)
def test_wrong_shapes_are_errors_that_show_the_right_one(
    filters: dict[str, Any], message: str
) -> None:
    with pytest.raises(FilterError, match=message):
        Filters(**filters)
    with pytest.raises(FilterError) as error:
        Filters(locale="en")  # type: ignore[arg-type]
    assert error.value.hint == "Write ('en',)."


def test_lists_and_sets_are_as_good_as_tuples() -> None:
    given: Any = Filters(locale=["en"], products={"b", "a"}, where={"region": ["hk"]})  # type: ignore[arg-type, dict-item]
    assert given == Filters(locale=("en",), products=("a", "b"), where={"region": ("hk",)})


def test_pairs() -> None:
    assert parse_where(["a=1", "b = x=y ", "a=2"]) == {"a": ("1", "2"), "b": ("x=y",)}
    for bad in ("a", "=1", "a=", ""):
        with pytest.raises(FilterError, match="not a filter"):
            parse_where([bad])


def test_facets_are_sorted_and_folded() -> None:
    meta = ArticleMeta("x", "x.md", "X", "zh-Hans", "faq", metadata={"Region": ["HK", {"a": 1}]})
    assert facets(meta) == [
        ("Region", "hk"),
        ("audience", "public"),
        ("id", "x"),
        ("kind", "faq"),
        ("locale", "zh"),
        ("locale", "zh-hans"),
        ("path", "x.md"),
        ("title", "x"),
    ]
