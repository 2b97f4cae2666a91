"""The example help centre is clean, and of faults planted in it exactly those are found."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from kbassist.lint.run import lint
from tests.conftest import HARBOR
from tests.lint.helpers import TODAY

PLANTED = ("KB202", "KB701", "KB801")


def test_clean() -> None:
    report = lint(HARBOR, today=TODAY)
    assert report.files >= 170
    assert [finding for finding in report.findings if finding.severity != "info"] == []
    assert report.count("info") <= 10


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(HARBOR, tmp_path / "kb"))


def replace(path: Path, old: str, new: str) -> int:
    """Replace what stands once in a file, and return its line."""
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")
    return text.count("\n", 0, text.index(old)) + 1


def test_planted_faults(copy: Path) -> None:
    assert lint(copy, today=TODAY, select=PLANTED).findings == ()
    zh, en = copy / "zh" / "wallet", copy / "en" / "wallet"
    expected = {
        ("zh/wallet/deposit-how-to.md", "KB202", replace(
            zh / "deposit-how-to.md", "bank-transfer.md#channels", "bank-transfer.md#chanels")),
        ("zh/wallet/seed-phrases.md", "KB202", replace(
            zh / "seed-phrases.md", "#own-wallet", "#my-wallet")),
        ("zh/wallet/custody.md", "KB701", replace(
            zh / "custody.md", review_line(zh / "custody.md"), "review_by: 2026-11-01")),
        ("en/wallet/seed-phrases.md", "KB801", plant(en / "seed-phrases.md")),
    }  # fmt: skip
    found = lint(copy, today=TODAY).findings
    assert {(f.path, f.code, f.line) for f in found if f.severity != "info"} == expected


PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
"""Of BIP-39's own test vectors."""


def review_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8").split("\n")
    return next(line for line in lines if line.startswith("review_by:"))


def plant(path: Path) -> int:
    """Leak a seed phrase at the end of an article, and return its line."""
    text = path.read_text(encoding="utf-8")
    path.write_text(f"{text}\nSupport once wrote `{PHRASE}` here.\n", encoding="utf-8", newline="")
    return text.count("\n") + 2
