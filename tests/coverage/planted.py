"""Faults for a copy of the example help centre, which a report must find."""

from __future__ import annotations

from pathlib import Path

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


def plant(kb: Path) -> None:
    """Write four contradictions, two near-duplicates, two missing translations and an outdated one.

    Args:
        kb: a copy of the example help centre.
    """
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
