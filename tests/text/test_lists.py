"""Word lists of the package."""

from __future__ import annotations

from kbassist.text.lists import entries, sections


def test_entries_come_without_comments() -> None:
    found = list(entries("kbassist.text", "stopwords", "en.txt"))
    assert "the" in found
    assert not any("#" in entry or not entry.strip() for entry in found)


def test_sections_are_lists_by_name() -> None:
    found = sections("kbassist.answer", "phrases", "person.txt")
    assert next(iter(found)) == "persons"
    assert "人工客服" in found["persons"]
    assert "real person" in found["persons"]
    assert not any(entry.startswith(("#", "[")) for each in found.values() for entry in each)
