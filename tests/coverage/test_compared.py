"""Faults planted in a copy of the example help centre are found, and the clean one has none."""

from __future__ import annotations

import shutil

import pytest

from kbassist import Assistant, build_index
from kbassist.coverage.compared import Compared, compare
from tests.conftest import HARBOR
from tests.coverage.planted import plant


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Compared:
    kb = tmp_path_factory.mktemp("planted") / "kb"
    shutil.copytree(HARBOR, kb)
    plant(kb)
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
