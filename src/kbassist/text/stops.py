"""Stop words: words that every question has and no answer is about.

They are never dropped, only marked, so that a query can weigh them down. The lists are
`stopwords/zh.txt` and `stopwords/en.txt`: one word per line, `#` starts a comment. In the Chinese
list a word with a leading `+` is content although it holds a stop character (目的, 有效): the
longest entry at a position wins.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

from kbassist.text.fold import fold
from kbassist.text.lists import entries


def _entries(name: str) -> Iterator[str]:
    return filter(None, map(fold, entries("kbassist.text", "stopwords", name)))


@cache
def english_stops() -> frozenset[str]:
    """Return the English stop words, folded but not stemmed."""
    return frozenset(_entries("en.txt"))


@cache
def _chinese_stops() -> dict[str, bool]:
    """Map each entry of the Chinese list to whether it is a stop word."""
    return {entry.lstrip("+"): entry[0] != "+" for entry in _entries("zh.txt")}


@cache
def _longest() -> int:
    return max(map(len, _chinese_stops()))


def stop_flags(run: str) -> list[bool]:
    """Mark the characters of a CJK run that belong to stop words.

    Args:
        run: Folded characters of a script without spaces.

    Returns:
        One flag per character; entries are matched from left to right, the longest first.
    """
    stops, longest = _chinese_stops(), _longest()
    flags: list[bool] = []
    at = 0
    while at < len(run):
        known = (run[at : at + size] for size in range(longest, 0, -1))
        entry = next((word for word in known if word in stops), run[at])
        flags += [stops.get(entry, False)] * len(entry)
        at += len(entry)
    return flags
