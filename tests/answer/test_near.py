"""Where nothing passes, what came nearest is named: only what the caller may see."""

from __future__ import annotations

from pathlib import Path

import pytest

from kbassist import Assistant, Filters, build_index
from kbassist.answer.near import Condition, NearMisses, near_answer, near_search
from kbassist.config import parse_day
from tests.conftest import WriteKb

ARTICLES = {
    "a.md": "---\nid: a\nlocale: en\nproducts: [wallet]\nregion: HK\n---\n# Withdrawal fee\n\nThe fee is 1 USDT.\n",
    "b.md": "---\nid: b\nlocale: en\nproducts: [spot]\nregion: SG\n---\n# Trading fee\n\nThe fee is 0.1 %.\n",
    "staff.md": "---\nid: staff\nlocale: en\naudience: staff\nproducts: [desk]\nregion: Atlantis\n---\n# Zebra\n\nZebra crossing.\n",
    "old.md": "---\nid: old\nlocale: en\nregion: Lemuria\nvalid_until: 2020-01-01\n---\n# Zebra\n\nZebra of old.\n",
}


@pytest.fixture
def assistant(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    build_index(write_kb(ARTICLES), tmp_path / "index", embedder="none")
    return Assistant.open(tmp_path / "index", today=parse_day("2026-11-21", "today"))


def near(assistant: Assistant, question: str, filters: Filters) -> NearMisses:
    assert assistant.search(question, filters=filters) == []
    index, settings = assistant.index, assistant.settings
    return near_search(index, question, None, filters, settings, assistant.today)


def test_filters_that_leave_no_article(assistant: Assistant) -> None:
    filters = Filters(products=("wallet",), where={"region": ("sg",)})
    found = near(assistant, "withdrawal fee", filters)
    assert found.why == "no article passes the filters"
    assert found.filters == (Condition("products=wallet", 1, ()), Condition("region=sg", 1, ()))
    assert [choice.article_id for choice in found.without_filters] == ["a", "b"]


def test_filters_that_leave_others(assistant: Assistant) -> None:
    found = near(assistant, "trading", Filters(products=("wallet",)))
    assert found.why.startswith("none of the articles that pass the filters has anything in common")
    assert [choice.ref for choice in found.without_filters] == ["b.md:9-9"]


def test_a_value_that_no_article_has(assistant: Assistant) -> None:
    found = near(assistant, "fee", Filters(where={"region": ("HKG", "SGP")}))
    assert found.filters == (
        Condition("region=HKG", 0, ("hk",)),
        Condition("region=SGP", 0, ("sg",)),
    )


def test_without_filters(assistant: Assistant) -> None:
    found = near(assistant, "quokka", Filters())
    assert found == NearMisses(
        "nothing in the articles has anything in common with it", None, (), ()
    )


@pytest.mark.parametrize("region", ["atlantis", "atlanti", "lemuria", "lemuri"])
def test_what_the_caller_may_not_see_is_neither_named_nor_counted(
    assistant: Assistant, region: str
) -> None:
    found = near(assistant, "zebra", Filters(where={"region": (region,)}))
    assert found.filters == (Condition(f"region={region}", 0, ()),)
    assert found.without_filters == ()
    assert found.why == "no article passes the filters"
    assert found.did_you_mean is None


def test_a_permission_is_kept_when_the_filters_go(assistant: Assistant) -> None:
    filters = Filters(audience=("staff",), products=("wallet",))
    found = near(assistant, "zebra", filters)
    assert [choice.article_id for choice in found.without_filters] == ["staff"]
    filters = Filters(audience=("staff",), where={"region": ("atlanti",)})
    assert near(assistant, "zebra", filters).filters[0].did_you_mean == ("atlantis",)


def test_an_answer_says_what_it_would_have_needed(assistant: Assistant) -> None:
    filters = Filters(products=("spot",))
    answer = assistant.ask("withdrawal to another galaxy fee", filters=filters)
    settings = assistant.settings, assistant.answers
    assert answer.action == "abstain"
    found = near_answer(assistant.index, answer, None, filters, settings, assistant.today)
    assert found.why == (
        f"the best hit answers it with a probability of {answer.confidence:.2f}; it is quoted from"
        " 0.5 up"
    )
    assert [choice.article_id for choice in answer.related] == ["b"]
    assert [choice.article_id for choice in found.without_filters] == ["a"]
    assert found.did_you_mean is None
