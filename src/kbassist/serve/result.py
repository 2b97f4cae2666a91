"""What a tool gives back, and keeping it within a budget of tokens.

A result has two forms, since clients differ: most show a model the text, some the object, a few
both. Each form is complete by itself, and the budget holds for both together.
"""

from __future__ import annotations

import json
from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from kbassist.text.count import count_tokens, head

MIN_TOKENS = 200
"""The least budget: what a result without any article text may need."""
MAX_TOKENS = 20_000

Step = TypeVar("Step")


@dataclass(frozen=True, slots=True)
class Result:
    """One result, as an object and as a text that says the same."""

    record: dict[str, Any]
    text: str
    failed: bool = False

    @property
    def tokens(self) -> int:
        """Of both forms together, by `count_tokens`."""
        return count_tokens(self.text) + count_tokens(compact(self.record))


def compact(record: object) -> str:
    """An object as a client writes it for a model."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"))


def fitting(steps: Sequence[Step], make: Callable[[Step], Result], max_tokens: int) -> Result:
    """The first result that keeps within the budget; the last one where none does.

    Args:
        steps: how much to say, from all to the least; the tokens of their results go down, or
            nearly so.
        make: the result of a step.
        max_tokens: of both forms together.
    """
    everything = make(steps[0])
    if everything.tokens <= max_tokens or len(steps) == 1:
        return everything
    low, high = 1, len(steps) - 1
    while low < high:
        middle = (low + high) // 2
        if make(steps[middle]).tokens <= max_tokens:
            high = middle
        else:
            low = middle + 1
    for step in steps[low:-1]:  # they may not quite go down, and the half be off
        found = make(step)
        if found.tokens <= max_tokens:
            return found
    return make(steps[-1])


def beginning(text: str, tokens: int) -> str:
    """The longest beginning of a text with at most so many tokens; its own words to the letter."""
    cut = head(text, tokens)
    return cut if cut == text else cut[:-1]


def shortened(text: str, tokens: int) -> str:
    """The longest beginning of whole sentences, items or rows; of words where not one fits."""
    if count_tokens(text) <= tokens:
        return text
    from kbassist.text.sentences import sentence_spans

    ends = [end for _, end in sentence_spans(text)]
    fits = bisect_right(ends, tokens, key=lambda end: count_tokens(text[:end]))
    return text[: ends[fits - 1]].rstrip() if fits else beginning(text, tokens)


def clipped(text: str, tokens: int) -> str:
    """A name on one line, cut with `…` where it has more tokens."""
    return head(" ".join(text.split()), tokens)


def flat(text: str) -> str:
    """A name on one line, so that what follows cannot pass for a line of the result's own."""
    return " ".join(text.splitlines())


def filled(**members: Any) -> dict[str, Any]:
    """An object without the members that say nothing: null, false, empty."""
    return {
        name: value
        for name, value in members.items()
        if value is not None and value is not False and value != [] and value != {} and value != ""
    }


def quoted(text: str) -> str:
    """Article text with `> ` before every line, so that none can stand outside its quote."""
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())
