"""Faults planted in a copy of the example help centre are found, and the clean one has none."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.coverage.compared import Compared, compare
from tests.conftest import HARBOR


def replaced(kb: Path, path: str, old: str, new: str) -> None:
    file = kb / path
    text = file.read_text(encoding="utf-8")
    assert text.count(old) == 1, (path, old)
    file.write_text(text.replace(old, new), encoding="utf-8")


def added(kb: Path, path: str, text: str) -> None:
    file = kb / path
    file.write_text(file.read_text(encoding="utf-8").rstrip() + f"\n\n{text}\n", encoding="utf-8")


def section(path: str, heading: str) -> str:
    """The text under a heading of the example help centre, without the heading."""
    parts = (HARBOR / path).read_text(encoding="utf-8").split("\n## ")
    (found,) = [part for part in parts if part.startswith(heading)]
    return found.partition("\n")[2].strip()


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    kb = tmp_path_factory.mktemp("planted") / "kb"
    shutil.copytree(HARBOR, kb)
    added(
        kb,
        "zh/security/sim-swap.md",
        "## 白名单 {#whitelist}\n\n白名单开启后新添加的地址，等待 48 小时才能提币。",
    )
    replaced(
        kb,
        "en/wallet/card-purchase.md",
        "withdrawable after 72 hours",
        "withdrawable after 96 hours",
    )
    replaced(
        kb, "en/wallet/internal-transfer.md", "| Can be undone | No |", "| Can be undone | Yes |"
    )
    added(
        kb,
        "en/security/passkeys.md",
        "## Addresses {#addresses}\n\nA saved address can be edited, or deleted and added again.",
    )
    again = section("zh/wallet/internal-transfer.md", "转错人了").replace("到账即成定局。", "")
    added(kb, "zh/wallet/travel-rule.md", f"## 转给了别人 {{#other-person}}\n\n{again}")
    again = section("en/wallet/bank-transfer.md", "Paying out").replace("nearly always", "mostly")
    added(kb, "en/wallet/custody.md", f"## Out to a bank {{#bank}}\n\n{again}")
    (kb / "en/wallet/seed-phrases.md").unlink()
    (kb / "en/api/clock-drift.md").unlink()
    replaced(kb, "en/trading/order-types.md", "updated: 2026-", "updated: 2025-")
    index = kb.parent / "index"
    build_index(kb, index)
    return compare(Assistant.open(index).index)


def test_planted_contradictions_are_found(planted: Compared) -> None:
    found = {
        (each.kind, each.left.path, each.right.path, each.left_value, each.right_value)
        for each in planted.contradictions
    }
    assert found == {
        (
            "number",
            "zh/wallet/address-whitelist.md",
            "zh/security/sim-swap.md",
            "24 hour",
            "48 hour",
        ),
        (
            "number",
            "zh/wallet/card-purchase.md",
            "en/wallet/card-purchase.md",
            "72 hour",
            "96 hour",
        ),
        (
            "negation",
            "zh/wallet/internal-transfer.md",
            "en/wallet/internal-transfer.md",
            "not can",
            "can",
        ),
        ("negation", "en/wallet/address-whitelist.md", "en/security/passkeys.md", "can't", ""),
    }


def test_planted_duplicates_are_found(planted: Compared) -> None:
    assert {(each.left.path, each.right.path) for each in planted.duplicates} == {
        ("en/wallet/bank-transfer.md", "en/wallet/custody.md"),
        ("zh/wallet/internal-transfer.md", "zh/wallet/travel-rule.md"),
    }


def test_planted_gaps_between_languages_are_found(planted: Compared) -> None:
    found = sorted((each.kind, each.article_id, each.locale) for each in planted.parity)
    assert found == [
        ("missing", "clock-drift", "en"),
        ("missing", "seed-phrases", "en"),
        ("outdated", "order-types-en", "en"),
        ("section", "custody", "zh-Hans"),
        ("section", "passkeys", "zh-Hans"),
        ("section", "sim-swap-en", "en"),
        ("section", "travel-rule-en", "en"),
    ]


def test_the_clean_help_centre_has_none(assistant: Assistant) -> None:
    assert compare(assistant.index) == Compared((), (), ())
