"""Counting tokens: the unit of the chunk budget."""

from __future__ import annotations

import re

from kbassist.text.chars import CJK, UNSPACED

_RUN = re.compile(rf"[{CJK}{UNSPACED}]+")
_WORD = re.compile(r"[^\W_]+(?:['’._-]+[^\W_]+)*")


def count_tokens(text: str) -> int:
    """Count the tokens of a text.

    Args:
        text: Any string.

    Returns:
        One for each Han character, kana or Hangul syllable, one for each word (letters and digits
        with inner `'`, `-`, `_`, `.`), none for punctuation and symbols.
    """
    spaced, runs = _RUN.subn(" ", text)
    return len(text) - len(spaced) + runs + len(_WORD.findall(spaced))
