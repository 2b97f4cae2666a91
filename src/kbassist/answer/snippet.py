"""Choosing the units of a chunk that answer a question.

A unit's gain is the summed weight of the query terms in it that the chunk's headings do not hold:
those are why the chunk was found and say nothing about where in it to look. Where no unit has any,
the question is about the section as a whole, and the quote begins where the section does. What
cannot be read in part (steps, a table, a list) is a block, and quoted whole or row by row.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from kbassist.answer.units import Block, blocks_of, unit_texts
from kbassist.config import AnswerSettings
from kbassist.text.count import count_tokens
from kbassist.types import Chunk

MAX_CHARS = AnswerSettings().max_chars

MAX_BLOCK_CHARS = 1600
"""Steps and tables are quoted whole up to this length: half a procedure, or a table that ends
without a sign, costs a customer more than a long answer."""

MAX_LIST_CHARS = 700
"""Bullet points are quoted together up to this length, else one by one."""

CONTEXT_CHARS = 220
"""Prose just before and just after a block is quoted with it up to this length each."""

MAX_ROWS = 3
"""Rows that match best are quoted with the header alone when they are no more than these."""

SECOND_RUN = 0.5
"""A block apart from the first is added when its gain is at least this share of the best."""

Terms = Callable[[str], list[str]]


@dataclass(frozen=True, slots=True)
class Budget:
    """How long a quote may be; whichever limit is reached first."""

    max_chars: int = MAX_CHARS
    max_tokens: int | None = None
    """By `count_tokens`; None for no limit."""

    def holds(self, texts: Iterable[str]) -> bool:
        """Whether some texts together are within both limits."""
        return self.within(list(texts), self.max_chars)

    def near(self, texts: Sequence[str], chars: int) -> bool:
        """The same by another limit in characters, lower where `max_chars` is below its default."""
        return self.within(texts, chars * min(1.0, self.max_chars / MAX_CHARS))

    def within(self, texts: Sequence[str], chars: float) -> bool:
        """Whether some texts together are within a limit in characters and `max_tokens`."""
        if sum(map(len, texts)) > chars:
            return False
        return self.max_tokens is None or sum(map(count_tokens, texts)) <= self.max_tokens


DEFAULT_BUDGET = Budget()

_IMAGE_ONLY = re.compile(r"(?:\[?!\[[^\]]*\]\([^)]*\)(?:\]\([^)]*\))?\s*)+")
_OPEN_ENDED = (":", "：", ";", "；", ",", "，")


@dataclass(frozen=True, slots=True)
class _Choice:
    """A chunk cut into blocks, with the gain of every unit."""

    blocks: Sequence[Block]
    texts: Sequence[str]
    found: Sequence[Mapping[str, float]]
    """For each unit the query terms in it, those of the headings left out, with their weights."""

    gains: Sequence[float]
    """Their sum for each unit."""
    budget: Budget

    def gain(self, block: Block) -> float:
        return max(self.gains[i] for i in block.units)

    def length(self, units: Sequence[int]) -> int:
        return sum(len(self.texts[i]) for i in units)

    def fits(self, blocks: Iterable[int]) -> bool:
        """Whether some blocks, by their places, are together within the budget."""
        return self.budget.holds(
            self.texts[i] for place in blocks for i in self.blocks[place].units
        )

    def within(self, units: Sequence[int], chars: float, tokens: bool = True) -> bool:
        """Whether some units are within a limit in characters and, unless told, in tokens."""
        budget = self.budget if tokens else DEFAULT_BUDGET
        return budget.within([self.texts[i] for i in units], chars)

    def is_image(self, i: int) -> bool:
        return _IMAGE_ONLY.fullmatch(self.texts[i]) is not None


def choose_units(
    chunk: Chunk,
    weights: Mapping[str, float],
    terms: Terms,
    *,
    likeness: Callable[[], Sequence[float]] | None = None,
    budget: Budget = DEFAULT_BUDGET,
) -> list[int]:
    """Positions in `chunk.units` to quote, ascending.

    Args:
        chunk: the passage to quote from.
        weights: query term → weight (query weight × idf), for terms that count as evidence.
        terms: the analyzer's terms of a text.
        likeness: of each of the chunk's units with the question, for where none has a term of it.
        budget: of what can be cut. A single sentence, item or code fence, a step list, and a table
            or its rows that match may exceed it, since they are never torn.

    Returns:
        Positions; empty only where the chunk has no units.
    """
    if not chunk.units:
        return []
    texts = unit_texts(chunk)
    if budget.holds(texts):
        return list(range(len(texts)))
    blocks = blocks_of(chunk.units, texts, lambda items: budget.near(items, MAX_LIST_CHARS))
    found = _found(chunk, texts, weights, terms)
    gains = [sum(matched.values()) for matched in found]
    if not any(gains) and likeness is not None:
        gains = [max(value, 0.0) for value in likeness()]
    choice = _Choice(blocks, texts, found, gains, budget)
    place = max(range(len(choice.blocks)), key=lambda i: (choice.gain(choice.blocks[i]), -i))
    block = choice.blocks[place]
    if block.kind == "prose":
        chosen = _prose(choice, place)
    else:
        part = _rows(choice, block) if block.kind == "table" else None
        chosen = part if part is not None else _whole(choice, place)
    return _trimmed(choice, chosen)


def _found(
    chunk: Chunk, texts: Sequence[str], weights: Mapping[str, float], terms: Terms
) -> list[dict[str, float]]:
    known = set(terms("\n".join((chunk.title, *chunk.heading_path, *chunk.questions))))
    telling = {term: weight for term, weight in weights.items() if term not in known}
    return [
        {}
        if _IMAGE_ONLY.fullmatch(text)
        else {term: telling[term] for term in dict.fromkeys(terms(text)) if term in telling}
        for text in texts
    ]


def _prose(choice: _Choice, place: int) -> list[int]:
    """The best sentences, others that match nearly as well, and what stands around them."""
    blocks = choice.blocks
    taken = {place}
    wanted = SECOND_RUN * choice.gain(blocks[place])
    for i in sorted(range(len(blocks)), key=lambda i: (-choice.gain(blocks[i]), i)):
        if choice.gain(blocks[i]) >= wanted > 0 and choice.fits(taken | {i}):
            taken.add(i)
    full = False
    for step in (1, -1):
        i = place + step
        while 0 <= i < len(blocks) and (i in taken or (not full and choice.fits(taken | {i}))):
            taken.add(i)
            i += step
        if step == 1 and i < len(blocks) and _leads_to(choice, place, i):
            taken.add(i)
            full = True
    return [unit for i in sorted(taken) for unit in blocks[i].units]


def _leads_to(choice: _Choice, place: int, block: int) -> bool:
    """Whether a sentence introduces a block: steps, a table or a list that stands close behind."""
    between = [unit for i in range(place + 1, block) for unit in choice.blocks[i].units]
    return (
        choice.blocks[block].kind != "prose"
        and choice.length(between) <= CONTEXT_CHARS
        and choice.length(choice.blocks[block].units) <= MAX_BLOCK_CHARS
    )


def _rows(choice: _Choice, block: Block) -> list[int] | None:
    """The header and the few rows that match best; None where no few rows stand out.

    A term that the header holds names a column, so it tells no row from another.
    """
    header = [i for i in block.units if block.is_header(i)]
    columns = {term for i in header for term in choice.found[i]}
    gains = {
        i: sum(weight for term, weight in choice.found[i].items() if term not in columns)
        for i in block.units
        if i not in header
    }
    best = max(gains.values(), default=0.0)
    matching = [i for i, gain in gains.items() if gain == best > 0]
    few = 0 < len(matching) <= MAX_ROWS and len(matching) < len(gains)
    return [*header, *matching] if few else None


def _whole(choice: _Choice, place: int) -> list[int]:
    """A block with the prose before and after it; the part with its best unit if it is long."""
    block = choice.blocks[place]
    units = list(block.units)
    steps = block.kind == "steps"
    if not choice.within(units, MAX_BLOCK_CHARS, tokens=not steps):
        return _beginning(choice, block) if steps else _around(choice, block)
    before = _context(choice, units, range(units[0] - 1, -1, -1))
    after = _context(choice, [*before, *units], range(units[-1] + 1, len(choice.texts)))
    return sorted([*before, *units, *after])


def _beginning(choice: _Choice, block: Block) -> list[int]:
    """Steps from the first to the best, and those after it while they fit."""
    best = max(block.units, key=lambda i: (choice.gains[i], -i))
    units = [i for i in block.units if i <= best]
    for i in range(best + 1, block.units[-1] + 1):
        if choice.length([*units, i]) > MAX_BLOCK_CHARS:
            break
        units.append(i)
    return units


def _around(choice: _Choice, block: Block) -> list[int]:
    """The best row behind its header, or the best item, and those after it while they fit."""
    best = max(block.units, key=lambda i: (choice.gains[i], -i))
    units = sorted({best, *(i for i in block.units if block.is_header(i))})
    for i in range(units[-1] + 1, block.units[-1] + 1):
        if not choice.within([*units, i], MAX_BLOCK_CHARS // 2):
            break
        units.append(i)
    return units


def _context(choice: _Choice, quoted: Sequence[int], away: range) -> list[int]:
    """Units of prose next to what is quoted, going away from it, while they fit."""
    prose = {i for block in choice.blocks if block.kind == "prose" for i in block.units}
    found: list[int] = []
    for i in away:
        near = choice.budget.near([choice.texts[j] for j in (*found, i)], CONTEXT_CHARS)
        if i not in prose or not near or not choice.within([*quoted, *found, i], math.inf):
            break
        found.append(i)
    return found


def _trimmed(choice: _Choice, chosen: list[int]) -> list[int]:
    """Without images and loose lead-ins at the end of the quote, and images at its start."""
    kept = list(chosen)
    while len(kept) > 1 and choice.is_image(kept[0]):
        kept.pop(0)
    last = len(choice.texts) - 1
    while len(kept) > 1 and (
        choice.is_image(kept[-1])
        or (kept[-1] != last and choice.texts[kept[-1]].rstrip().endswith(_OPEN_ENDED))
    ):
        kept.pop()
    return kept
