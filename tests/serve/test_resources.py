"""Articles as resources: addresses that survive any id, pages, and nothing that is restricted."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist.errors import NotFound, UsageError
from kbassist.serve import resources
from kbassist.serve.knowledge import Knowledge
from tests.conftest import HARBOR
from tests.serve.conftest import CHINESE_ID, SECRET


def test_an_address() -> None:
    assert resources.uri("zh/提币 1") == "kbassist://article/zh%2F%E6%8F%90%E5%B8%81%201"


def test_an_article(help_centre: Knowledge) -> None:
    meta, text = resources.read(help_centre.now(), "kbassist://article/missing-memo")
    assert meta.path == "zh/wallet/missing-memo.md"
    assert text == (HARBOR / meta.path).read_text("utf-8-sig")


def test_every_listed_address_can_be_read(awkward: Knowledge) -> None:
    view = awkward.now()
    page = resources.page(view, None)
    assert page.next_cursor is None
    for meta in page.articles:
        assert resources.read(view, resources.uri(meta.id))[0] == meta
    assert CHINESE_ID in [meta.id for meta in page.articles]


def test_an_address_that_was_not_escaped(awkward: Knowledge) -> None:
    plain = "kbassist://article/deep/" + "-".join(["path"] * 30)
    assert resources.read(awkward.now(), plain)[0].path.startswith("deep/")


def test_pages(help_centre: Knowledge) -> None:
    view = help_centre.now()
    first = resources.page(view, None)
    second = resources.page(view, first.next_cursor)
    ids = [meta.id for meta in first.articles + second.articles]
    assert ids == [meta.id for meta in view.visible()]
    assert second.next_cursor is None
    with pytest.raises(UsageError):
        resources.page(view, "x")


def test_a_restricted_article_is_not_there(awkward: Knowledge, staff: Knowledge) -> None:
    address = resources.uri("internal")
    assert SECRET in resources.read(staff.now(), address)[1]
    with pytest.raises(NotFound) as hidden:
        resources.read(awkward.now(), address)
    with pytest.raises(NotFound) as missing:
        resources.read(awkward.now(), resources.uri("intern"))
    assert str(hidden.value).replace("internal", "intern") == str(missing.value)
    assert "internal" not in [meta.id for meta in resources.page(awkward.now(), None).articles]


@given(st.text(st.characters(codec=None)), st.booleans())
def test_anything_else_is_not_found(help_centre: Knowledge, text: str, prefixed: bool) -> None:
    with pytest.raises(NotFound) as caught:
        resources.read(help_centre.now(), resources.SCHEME + text if prefixed else text)
    str(caught.value).encode()
