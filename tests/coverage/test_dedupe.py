from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kbassist.coverage.dedupe import Group, alike, same_letters
from kbassist.coverage.log import Asked
from kbassist.coverage.mask import Masker
from kbassist.embed.registry import bundled_model


def groups(*texts: str, product: str | None = None) -> list[Group]:
    asked = [
        Asked(text, date(2026, 11, 16 + at % 7), 1, None, product, f"log:{at}")
        for at, text in enumerate(texts, 1)
    ]
    return same_letters(asked, Masker())


def counts(found: Sequence[Group]) -> list[tuple[str, int]]:
    return [(group.text, group.count) for group in found]


def test_case_width_script_and_punctuation_make_no_difference() -> None:
    found = groups("Dark Mode?", "dark  mode", "ＤＡＲＫ mode!!", "提幣沒到賬", "提币没到账？")
    assert counts(found) == [("Dark Mode?", 3), ("提幣沒到賬", 2)]
    assert found[0].variants == ("dark  mode", "ＤＡＲＫ mode!!")
    assert found[0].source == "log:1"
    assert found[0].sources == ["log:1", "log:2", "log:3"]
    assert found[0].weeks == {"2026-11-16": 3}


def test_masked_questions_that_differ_in_their_secret_are_one() -> None:
    assert counts(groups("a@b.co gets no code", "c@d.org gets no code")) == [
        ("[email] gets no code", 2)
    ]


def test_spellings_of_one_question_join_the_commonest() -> None:
    embed = bundled_model().embed_queries
    found = alike(
        groups(
            "passport photo keeps getting refused please",
            "passport photo keeps getting refused",
            "passport photo keeps getting refused!",
            "请问实名认证不通过",
            "实名认证不通过",
        ),
        embed,
    )
    assert counts(found) == [
        ("passport photo keeps getting refused", 3),
        ("请问实名认证不通过", 2),
    ]


def test_numbers_and_negations_keep_questions_apart() -> None:
    embed = bundled_model().embed_queries
    texts = (
        "why does my withdrawal take 24 hours to arrive",
        "why does my withdrawal take 48 hours to arrive",
        "充值到账以后可以马上提现",
        "充值到账以后不可以马上提现",
    )
    assert len(alike(groups(*texts), embed)) == 4


def test_products_are_counted_apart() -> None:
    both = [*groups("how do I cancel", product="spot"), *groups("how do I cancel", product="api")]
    assert len(alike(both, bundled_model().embed_queries)) == 2


def test_nothing() -> None:
    assert alike([], bundled_model().embed_queries) == []
