"""Choosing the units of a chunk that answer a question.

A unit's gain is the summed weight of the query terms in it; terms that the chunk's headings already
hold count less, because they are why the chunk was found and say little about where in it to look.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from kbassist.types import Chunk, Span, Unit

MAX_CHARS = 420
"""Budget of a snippet in characters of raw Markdown: about eight lines of a terminal."""

MAX_PROCEDURE_CHARS = 1600
"""Numbered steps are quoted from the first to the last up to this length: half a procedure costs a
customer more than a long answer."""

HEADING_DISCOUNT = 0.2
"""Factor for terms that the chunk's title, heading path or questions hold as well."""

LEAD_BONUS = 0.15
"""Share of the total weight that the first unit is given: answers start with what matters."""

SECOND_RUN = 0.5
"""A unit apart from the first run is added when its gain is at least this share of the best."""

Terms = Callable[[str], list[str]]


def choose_units(
    chunk: Chunk,
    weights: Mapping[str, float],
    terms: Terms,
    *,
    max_chars: int = MAX_CHARS,
) -> list[int]:
    """Positions in `chunk.units` to quote, ascending.

    Args:
        chunk: the passage to quote from.
        weights: query term → weight (query weight × idf), for terms that count as evidence.
        terms: the analyzer's terms of a text.
        max_chars: budget in characters; a single unit that exceeds it is still quoted whole.

    Returns:
        Positions; empty only where the chunk has no units.
    """
    units = chunk.units
    if not units:
        return []
    lengths = [unit.span.end - unit.span.start for unit in units]
    if sum(lengths) <= max_chars:
        return list(range(len(units)))
    slices = unit_texts(chunk)
    gains = _gains(chunk, slices, weights, terms)
    best = max(range(len(units)), key=lambda i: (gains[i], -i))
    chosen = set(_with_context(units, best, max_chars))
    room = max_chars - sum(lengths[i] for i in chosen)
    for i in sorted(range(len(units)), key=lambda i: (-gains[i], i)):
        alone = units[i].kind in ("sentence", "item", "code")
        if i in chosen or not alone or lengths[i] > room:
            continue
        if gains[i] >= SECOND_RUN * gains[best] > 0:
            chosen.add(i)
            room -= lengths[i]
    return _extend(sorted(chosen), lengths, room)


def unit_texts(chunk: Chunk) -> list[str]:
    """Raw slice of each unit, cut out of `chunk.source`."""
    offsets: list[tuple[Span, int]] = []
    position = 0
    for span in chunk.spans:
        offsets.append((span, position))
        position += span.end - span.start + 1
    slices = []
    for unit in chunk.units:
        span, at = next(
            (span, at)
            for span, at in offsets
            if span.start <= unit.span.start and unit.span.end <= span.end
        )
        start = at + unit.span.start - span.start
        slices.append(chunk.source[start : start + unit.span.end - unit.span.start])
    return slices


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


def _same_span(chunk: Chunk, a: int, b: int) -> bool:
    first, second = chunk.units[a].span, chunk.units[b].span
    return any(span.start <= first.start and second.end <= span.end for span in chunk.spans)


def _gains(
    chunk: Chunk, slices: Sequence[str], weights: Mapping[str, float], terms: Terms
) -> list[float]:
    heading = " ".join((chunk.title, *chunk.heading_path, *chunk.questions))
    known = set(terms(heading))
    value = {
        term: weight * (HEADING_DISCOUNT if term in known else 1.0)
        for term, weight in weights.items()
    }
    gains = [
        sum(value[term] for term in sorted(set(terms(text)) & value.keys())) for text in slices
    ]
    gains[0] += LEAD_BONUS * sum(value.values())
    return gains


def _with_context(units: Sequence[Unit], best: int, max_chars: int) -> list[int]:
    """The best unit with what it cannot be read without: earlier steps, a lead-in, a table head."""
    kind = units[best].kind
    if kind == "row":
        head = max((i for i in range(best) if units[i].kind == "header"), default=None)
        return [best] if head is None else [head, best]
    if kind != "step":
        return [best]
    first, last = best, best
    while first > 0 and units[first - 1].kind == "step":
        first -= 1
    while last + 1 < len(units) and units[last + 1].kind == "step":
        last += 1
    if units[last].span.end - units[first].span.start <= MAX_PROCEDURE_CHARS:
        return list(range(first, last + 1))
    if units[best].span.end - units[first].span.start <= max_chars:
        return list(range(first, best + 1))
    return [best]


def _extend(chosen: list[int], lengths: Sequence[int], room: int) -> list[int]:
    """Fill what is left of the budget forward from the first run, then backward."""
    taken = set(chosen)
    after, before = chosen[0] + 1, chosen[0] - 1
    while after in taken:
        after += 1
    while after < len(lengths) and after not in taken and lengths[after] <= room:
        taken.add(after)
        room -= lengths[after]
        after += 1
    while before >= 0 and lengths[before] <= room:
        taken.add(before)
        room -= lengths[before]
        before -= 1
    return sorted(taken)
