"""How much the vectors count for a question: decided by its text alone."""

from __future__ import annotations

from kbassist.config import SearchSettings
from kbassist.text.count import count_tokens
from kbassist.text.phrasing import asks_for_fact, in_own_words
from kbassist.types import WeightReason

OWN_WORDS_WEIGHT = 0.65
"""Everyday words: what is meant says more than which words are used."""
SHORT_WEIGHT = 0.6
NAMING_WEIGHT = 0.45
"""A longer question, or one for a fact, mostly holds words of the text that answers it."""
SHORT = 8
"""Most tokens of a short question."""
EQUAL_WEIGHT = 0.5
"""Ranks are fused as in the paper; the weights above were measured for scores."""


def vector_weight(question: str, settings: SearchSettings) -> tuple[float, WeightReason]:
    """Weight of the vector leg, in [0, 1], and why.

    Measured on the development sets (docs/decisions.md, `python benchmarks/fusion.py`).

    Args:
        question: as asked.
        settings: a number in them holds for every question.
    """
    if not isinstance(settings.vector_weight, str):
        return settings.vector_weight, "fixed"
    if settings.fusion == "rrf":
        return EQUAL_WEIGHT, "equal"
    if in_own_words(question):
        return OWN_WORDS_WEIGHT, "own_words"
    if count_tokens(question) <= SHORT and not asks_for_fact(question):
        return SHORT_WEIGHT, "short"
    return NAMING_WEIGHT, "naming"
