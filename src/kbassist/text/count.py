"""Counting tokens: the unit of every budget."""

from __future__ import annotations

import re
from itertools import islice

from kbassist.text.chars import CJK, UNSPACED

_RUN = re.compile(rf"[{CJK}{UNSPACED}]+")
_WORD = re.compile(r"[^\W_]+(?:['’._-]+[^\W_]+)*")
_LETTER = rf"(?:(?![{CJK}{UNSPACED}])[^\W_])"
_TOKEN = re.compile(rf"[{CJK}{UNSPACED}]|{_LETTER}+(?:['’._-]+{_LETTER}+)*")
"""What `count_tokens` counts, one by one; slower than that."""


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


def head(text: str, tokens: int) -> str:
    """The beginning of a text: at most so many tokens, `…` in place of the rest.

    Args:
        text: any string.
        tokens: 0 or more; for 0 nothing is left but `…`.

    Returns:
        The text itself where it has no more tokens.
    """
    if count_tokens(text) <= tokens:
        return text
    end = 0
    for token in islice(_TOKEN.finditer(text), tokens):
        end = token.end()
    return text[:end] + "…"
