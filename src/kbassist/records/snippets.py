"""Parts of a text around what matched, within a budget of tokens."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING

from kbassist.text.count import count_tokens, head
from kbassist.text.sentences import sentence_spans

if TYPE_CHECKING:
    from kbassist.text.analyzer import Analyzer

Spans = Sequence[tuple[int, int]]


def matches(text: str, terms: Collection[str], analyzer: Analyzer) -> list[tuple[int, int]]:
    """Character spans of the words that match, merged where they touch or overlap."""
    spans = sorted((t.start, t.end) for t in analyzer.tokens(text) if t.term in terms)
    merged: list[tuple[int, int]] = []
    for start, end in spans:
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def beginning(text: str, tokens: int) -> str:
    """The beginning of a text, cut after a sentence where that leaves at least half of it.

    Args:
        text: any string.
        tokens: the most that are left, 0 up.
    """
    cut = head(text, tokens)
    if cut == text:
        return text
    ends = [end for _, end in sentence_spans(text) if end < len(cut)]
    whole = text[: ends[-1]].rstrip() if ends else ""
    heads_table = not whole.rpartition("\n")[2].strip("|:- ")  # which says nothing without a row
    return cut if heads_table or len(whole) * 2 < len(cut) else whole + "…"


def snippet(text: str, found: Spans, tokens: int) -> str:
    """The neighbouring sentences with most matched characters that fit; `…` for what is left out.

    Args:
        text: any string.
        found: character spans that matched, ascending; without any, the beginning is left.
        tokens: the most that are left (`count_tokens`), 1 up. Of a sentence that is longer, what
            follows its first match.
    """
    if count_tokens(text) <= tokens or not found:
        return beginning(text, tokens)
    start, end = _best(text, sentence_spans(text), found, tokens)
    if start == end:
        start = found[0][0]
        cut = head(text[start:], tokens)
        end = start + len(cut.removesuffix("…"))
    return f"{'…' if start else ''}{text[start:end].strip()}{'…' if end < len(text) else ''}"


def _best(text: str, sentences: Spans, found: Spans, tokens: int) -> tuple[int, int]:
    """The run of sentences that fits and matches most; of several the longest, then the first."""
    sizes = [count_tokens(text[start:end]) for start, end in sentences]
    matched = [sum(b - a for a, b in found if start <= a < end) for start, end in sentences]
    best, chosen = (0, 0), (0, 0)
    first = filled = weight = 0
    for last, (_, end) in enumerate(sentences):
        filled, weight = filled + sizes[last], weight + matched[last]
        while filled > tokens:
            filled, weight = filled - sizes[first], weight - matched[first]
            first += 1
        if (weight, filled) > best:
            best, chosen = (weight, filled), (sentences[first][0], end)
    return chosen if best[0] else (0, 0)
