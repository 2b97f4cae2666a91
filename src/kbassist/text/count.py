"""Counting tokens: the unit of the chunk budget."""

from __future__ import annotations

import re

from kbassist.text.chars import CJK, UNSPACED

_GLYPH = rf"[^\W_{CJK}{UNSPACED}]"
_TOKEN = re.compile(rf"[{CJK}{UNSPACED}]|{_GLYPH}+(?:['’._-]+{_GLYPH}+)*")


def count_tokens(text: str) -> int:
    """Count the tokens of a text.

    Args:
        text: Any string.

    Returns:
        One for each Han character, kana or Hangul syllable, one for each word (letters and digits
        with inner `'`, `-`, `_`, `.`), none for punctuation and symbols.
    """
    return len(_TOKEN.findall(text))
