"""How a question is put: in the asker's own words, or by the name of what it asks for.

Whoever asks about a case of their own (我的…怎么…, "why can't I …") uses everyday words, few of
which an article repeats; other questions mostly hold a name that the text holds too.
docs/decisions.md has what the difference is worth.
"""

from __future__ import annotations

import re

from kbassist.text.fold import fold

_OWN_WORDS = re.compile(
    "我|怎么|怎样|咋|如何|为什么|为啥|吗|呢|啊|么$|么[?]|能不能|能否|可以|可不可以|要不要|是否|有没有"
    "|会不会|没有|没法|无法|不了|不能"
    r"|\b(?:i|i'\w+|my|me|we|our|you|why|can|can't|cannot|should|don't|doesn't|won't|is there)\b"
    r"|\bhow (?:do|does|can|to|should|would|is|are)\b"
)
_FACT = re.compile(
    "什么时候|何时|哪|谁|多少|几"
    r"|\b(?:when|who|where|which|how (?:many|much|long|old|far))\b"
)


def in_own_words(question: str) -> bool:
    """Whether a question speaks of the asker's own case: I, my, how do, can, why; 我, 怎么, 吗.

    Args:
        question: any string, in any spelling that `fold` makes one.
    """
    return _OWN_WORDS.search(fold(question)) is not None


def asks_for_fact(question: str) -> bool:
    """Whether a question asks who, when, where, which or how many."""
    return _FACT.search(fold(question)) is not None
