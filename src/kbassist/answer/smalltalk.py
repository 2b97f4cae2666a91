"""Messages that ask nothing: greetings, thanks, a farewell, a thumb.

What counts is listed in `phrases/courtesies.txt`; a message is small talk where nothing else is in
it.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from kbassist.text.fold import fold
from kbassist.text.lists import entries
from kbassist.text.words import ATOM

LONGEST = 100
"""Characters of a message that may be small talk; more is never only that."""
_PICTURES = ("So", "Sk")
"""Unicode categories of emoji and of what changes their colour."""


def asks_nothing(text: str) -> bool:
    """Whether a message is empty, signs, or small talk.

    Args:
        text: any string.
    """
    return ATOM.search(_courtesies().sub(" ", fold(text))) is None


def is_small_talk(text: str) -> bool:
    """Whether a message greets, thanks, says goodbye or shows an emoji, and nothing else.

    Args:
        text: any string; one that is empty, or of punctuation alone, says nothing at all.
    """
    if len(text) > LONGEST or not asks_nothing(text):
        return False
    return any(char.isalnum() or unicodedata.category(char) in _PICTURES for char in text)


@cache
def _courtesies() -> re.Pattern[str]:
    """The entries, the longest first; those in Latin letters match whole words only."""
    found = set(map(fold, entries("kbassist.answer", "phrases", "courtesies.txt"))) - {""}
    return re.compile(
        "|".join(
            rf"\b{re.escape(entry)}\b" if entry.isascii() else re.escape(entry)
            for entry in sorted(found, key=lambda entry: (-len(entry), entry))
        )
    )
