"""The asker's own language first, where a section is there in both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from kbassist.answer.evidence import origin
from kbassist.text.language import UNDETERMINED, detect_query
from kbassist.types import Hit


def in_own_language(hits: Sequence[Hit], question: str, reads: str | None = None) -> list[Hit]:
    """Hits with each section moved up to where a translation of it stands before it.

    Only a section with the same anchor is taken for the translation: articles that keep their
    anchors across languages say so, and a guess would quote another section.

    Args:
        hits: best first, from rank 1 on.
        question: whose language is preferred; nothing is moved where it cannot be told.
        reads: primary language that is preferred instead, where the caller knows it.

    Returns:
        The same hits; their ranks say the new order, their scores are the search's.
    """
    asked = reads or detect_query(question).partition("-")[0]
    if asked == UNDETERMINED:
        return list(hits)
    own: dict[tuple[str, str], list[Hit]] = {}
    for hit in hits:
        if language(hit) == asked:
            own.setdefault(_section(hit), []).append(hit)
    moved: dict[str, Hit] = {}
    for hit in hits:
        for twin in own.get(_section(hit), ()) if language(hit) != asked else ():
            moved.setdefault(twin.chunk.id, twin)
        moved.setdefault(hit.chunk.id, hit)
    return [replace(hit, rank=rank) for rank, hit in enumerate(moved.values(), 1)]


def language(hit: Hit) -> str:
    """Primary language of the article, such as `zh`."""
    return hit.article.locale.partition("-")[0]


def _section(hit: Hit) -> tuple[str, str]:
    return origin(hit), hit.chunk.anchor
