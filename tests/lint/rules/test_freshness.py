"""Dates."""

from __future__ import annotations

from tests.conftest import WriteKb
from tests.lint.helpers import article, check, places


def test_reviews(write_kb: WriteKb) -> None:
    kb = write_kb(
        {
            "a.md": article("Text.\n", title="A", review_by="2026-11-20"),
            "b.md": article("Text.\n", title="B", review_by="2026-11-21"),
            "c.md": article("Text.\n", title="C", review_by="2026-01-01", status="draft"),
            "d.md": article("Text.\n", title="D", review_by="2026-01-01", valid_until="2026-02-01"),
        }
    )
    assert check(kb, "KB701") == [("a.md", 3, "its review was due on 2026-11-20, 1 day ago")]


def test_days_to_come(write_kb: WriteKb) -> None:
    kb = write_kb(
        {
            "a.md": article("Text.\n", updated="2026-11-22"),
            "b.md": article("Text.\n", title="B", updated="2026-11-21"),
        }
    )
    assert places(kb, "KB702") == [("a.md", 2)]
