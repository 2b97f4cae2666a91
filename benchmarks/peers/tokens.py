"""The tokenizer of the form 'best for Chinese': words and pairs of neighbouring Han characters.

It is one regular expression, because that is what most peers accept. The whole match is empty and
stands in a look-ahead, so that pairs may overlap; `findall` returns its only group.
"""

from __future__ import annotations

import re

_HAN = r"\u3400-\u9fff\uf900-\ufaff"
_WORD = rf"[^\W{_HAN}]"

BIGRAMS = rf"(?=((?<!{_WORD}){_WORD}+|[{_HAN}]{{2}}|(?<![{_HAN}])[{_HAN}](?![{_HAN}])))"
"""For text in lower case."""

_find = re.compile(BIGRAMS).findall


def bigrams(text: str) -> list[str]:
    """The tokens of a text, as every peer finds them with `BIGRAMS`."""
    tokens: list[str] = _find(text.lower())
    return tokens
