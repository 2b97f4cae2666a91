from __future__ import annotations

from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.coverage.parity import parity
from kbassist.coverage.places import sections
from tests.conftest import WriteKb
from tests.coverage.small_kb import article, compared

ZH = "## 限额 {#limits}\n\n每天最多提 5 万 USDT，等 24 小时。\n\n## 步骤 {#steps}\n\n1. 打开钱包。\n2. 点提币。"
EN = "## Limits {#limits}\n\nAt most 50,000 USDT a day, wait 24 hours.\n\n## Steps {#steps}\n\n1. Open the wallet.\n2. Tap Withdraw."


def found(
    write_kb: WriteKb, folder: Path, en: str, **more: str
) -> tuple[list[tuple[str, str, str]], list[tuple[str, str, str]]]:
    got = compared(
        write_kb,
        folder,
        {
            "zh": article("tibi", ZH, "zh-Hans", updated="2026-05-01"),
            "en": article(
                "tibi-en", en, translation_of="tibi", **{"updated": "2026-06-01", **more}
            ),
        },
    )
    return (
        [(one.kind, one.locale, one.text) for one in got.parity],
        [(one.kind, one.left_value, one.right_value) for one in got.contradictions],
    )


def test_a_true_translation_has_no_finding(write_kb: WriteKb, tmp_path: Path) -> None:
    assert found(write_kb, tmp_path, EN) == ([], [])


def test_older_than_its_source(write_kb: WriteKb, tmp_path: Path) -> None:
    gaps, _ = found(write_kb, tmp_path, EN, updated="2026-04-01")
    assert gaps == [("outdated", "en", "was updated on 2026-04-01, its source on 2026-05-01")]


@pytest.mark.parametrize(
    ("old", "new", "gaps", "told"),
    [
        ("24 hours", "48 hours", [], [("number", "24 hour", "48 hour")]),
        ("24 hours", "a while", [("number", "en", "does not say 24 hours")], []),
        ("24 hours", "1 day", [], []),
        ("50,000", "5,000", [], [("number", "50000 usdt", "5000 usdt")]),
        ("\n2. Tap", "\n2. Log in.\n3. Tap", [("steps", "en", "has 3 numbered steps, its source 2")], []),
        ("\n2. Tap Withdraw.", "\n2. Tap Withdraw.\n\n## Fees {#fees}\n\nNone.",
         [("section", "zh-Hans", "lacks the section 'Fees'")], []),
    ],
)  # fmt: skip
def test_what_differs(
    write_kb: WriteKb,
    tmp_path: Path,
    old: str,
    new: str,
    gaps: list[tuple[str, str, str]],
    told: list[tuple[str, str, str]],
) -> None:
    assert found(write_kb, tmp_path, EN.replace(old, new)) == (gaps, told)


def test_sections_without_anchors_belong_together_by_their_place(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    got = compared(
        write_kb,
        tmp_path,
        {
            "zh": article("a", "## 限额\n\n每天 5 次。\n\n## 时间\n\n24 小时。", "zh-Hans"),
            "en": article(
                "b", "## Limits\n\n5 times a day.\n\n## Times\n\n48 hours.", translation_of="a"
            ),
        },
    )
    assert got.parity == ()
    assert [one.right_value for one in got.contradictions] == ["48 hour"]


@pytest.mark.parametrize(
    ("zh", "en", "expected"),
    [
        ("不支持", "Supported", ("not support", "support")),
        ("支持", "Not supported", ("support", "not support")),
        ("不支持", "Not supported", None),
        ("无需审核", "Review is required", ("not need", "need")),
        ("支持", "Supported", None),
    ],
)
def test_lines_that_deny_each_other(
    write_kb: WriteKb, tmp_path: Path, zh: str, en: str, expected: tuple[str, str] | None
) -> None:
    got = compared(
        write_kb,
        tmp_path,
        {
            "zh": article(
                "a", f"## 网络 {{#n}}\n\n| 网络 | 充币 |\n|---|---|\n| TRC-20 | {zh} |", "zh-Hans"
            ),
            "en": article(
                "b",
                f"## Networks {{#n}}\n\n| Network | Deposit |\n|---|---|\n| TRC-20 | {en} |",
                translation_of="a",
            ),
        },
    )
    told = [(one.left_value, one.right_value) for one in got.contradictions]
    assert told == ([] if expected is None else [expected])


def test_missing_translations(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb(
        {
            "a.md": article("a", "甲。", "zh-Hans"),
            "a-en.md": article("a-en", "A.", translation_of="a"),
            "b.md": article("b", "乙。", "zh-Hant"),
            "c.md": article("c", "丙。", "zh-Hans", translate="false"),
            "d.md": article("d", "D."),
        }
    )
    build_index(kb, tmp_path / "index")
    index = Assistant.open(tmp_path / "index").index
    own = list(sections(index.store))
    gaps = parity(own, index.static).disparities
    assert [(one.article_id, one.locale) for one in gaps] == [("b", "en"), ("d", "zh")]
    chosen = parity(own, index.static, locales=("zh-Hans", "fr")).disparities
    assert [(one.article_id, one.locale) for one in chosen] == [
        ("a", "fr"),
        ("b", "fr"),
        ("d", "fr"),
        ("d", "zh"),
    ]


def test_nothing_is_missing_where_no_article_translates_another(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    texts = {"a": article("a", "甲。", "zh-Hans"), "b": article("b", "B.")}
    assert compared(write_kb, tmp_path, texts).parity == ()
