"""Filters and permissions: which articles a caller sees, before anything is ranked."""

from __future__ import annotations

from pathlib import Path

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
    store = (assistant.index.folder / "chunks.sqlite").read_bytes()
    assert b"fee of draft" not in store
    assert b"fee of staff" in store


def test_a_key_that_no_article_has_is_an_error(assistant: Assistant) -> None:
    with pytest.raises(FilterError, match=r"no article has the key 'regoin'") as error:
        found(assistant, where={"regoin": ("HK",)})
    assert "Did you mean 'region'?" in error.value.hint


def test_a_kind_that_does_not_exist_is_an_error(assistant: Assistant) -> None:
    with pytest.raises(FilterError, match="no such kind: 'fqa'"):
        found(assistant, kind=("fqa",))


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
    ]
