"""The units of a chunk as text, as blocks that belong together, and as runs of the source."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from kbassist.types import Chunk, Span, Unit

_CONTINUED = (";", "；", ",", "，")
"""A sentence that ends so is read on with the next."""


@dataclass(frozen=True, slots=True)
class Block:
    """Units that belong together."""

    kind: Literal["prose", "steps", "table", "list"]
    """`prose` is a sentence, a code fence, or one item of a list that is too long to quote."""
    units: tuple[int, ...]
    """Positions in the chunk's units, adjacent and ascending."""
    headers: frozenset[int] = frozenset()
    """Those that are a table's head."""

    def is_header(self, unit: int) -> bool:
        return unit in self.headers


def unit_texts(chunk: Chunk) -> list[str]:
    """Raw slice of each unit, cut out of `chunk.source`."""
    offsets: list[tuple[Span, int]] = []
    position = 0
    for span in chunk.spans:
        offsets.append((span, position))
        position += span.end - span.start + 1
    texts = []
    for unit in chunk.units:
        span, at = next(
            (span, at)
            for span, at in offsets
            if span.start <= unit.span.start and unit.span.end <= span.end
        )
        start = at + unit.span.start - span.start
        texts.append(chunk.source[start : start + unit.span.end - unit.span.start])
    return texts


def blocks_of(
    units: Sequence[Unit], texts: Sequence[str], together: Callable[[Sequence[str]], bool]
) -> list[Block]:
    """Group units into blocks, in order.

    Args:
        units: of a chunk.
        texts: their raw slices.
        together: whether the items of a list, by their texts, are short enough to be one block.
    """
    blocks: list[Block] = []
    for kind, positions in groupby(range(len(units)), key=lambda i: _kind(units[i])):
        group = tuple(positions)
        if kind == "table":
            blocks += _tables(units, group)
        elif kind == "steps" or (kind == "list" and together([texts[i] for i in group])):
            blocks.append(Block(kind, group))
        elif kind == "list":
            blocks += [Block("prose", (i,)) for i in group]
        else:
            blocks += _sentences(texts, group)
    return blocks


def runs(chunk: Chunk, chosen: Sequence[int]) -> list[list[int]]:
    """Group chosen units into runs that stand next to each other in one span of the source."""
    groups: list[list[int]] = []
    for i in chosen:
        previous = groups[-1][-1] if groups else None
        if previous == i - 1 and _same_span(chunk, i - 1, i):
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups


def _kind(unit: Unit) -> Literal["prose", "steps", "table", "list"]:
    if unit.kind == "step":
        return "steps"
    if unit.kind in ("header", "row"):
        return "table"
    return "list" if unit.kind == "item" else "prose"


def _tables(units: Sequence[Unit], group: Sequence[int]) -> list[Block]:
    """Tables that follow each other, each from its header on."""
    starts = [i for i in group if units[i].kind == "header" or i == group[0]]
    ends = [*starts[1:], group[-1] + 1]
    return [
        Block(
            "table",
            tuple(range(start, end)),
            frozenset({start} if units[start].kind == "header" else ()),
        )
        for start, end in zip(starts, ends, strict=True)
    ]


def _sentences(texts: Sequence[str], group: Sequence[int]) -> list[Block]:
    """Sentences, those that end with a semicolon or comma together with the next."""
    blocks: list[Block] = []
    open_units: list[int] = []
    for i in group:
        open_units.append(i)
        if not texts[i].rstrip().endswith(_CONTINUED) or i == group[-1]:
            blocks.append(Block("prose", tuple(open_units)))
            open_units = []
    return blocks


def _same_span(chunk: Chunk, a: int, b: int) -> bool:
    first, second = chunk.units[a].span, chunk.units[b].span
    return any(span.start <= first.start and second.end <= span.end for span in chunk.spans)
