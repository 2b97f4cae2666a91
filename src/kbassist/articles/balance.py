"""Make every `Open` in a flow have its `Close`, whatever the HTML in the article does."""

from __future__ import annotations

from dataclasses import replace

from kbassist.articles.flow import Close, Event, Head, Open, Piece
from kbassist.types import Block


def balance(events: list[Event]) -> list[Event]:
    """Drop stray closes, close what stays open, and open up folded parts that hold headings."""
    if not any(isinstance(event, Open | Close) for event in events):
        return events
    return _unfold(_pair(_fuse(events)))


def _fuse(events: list[Event]) -> list[Event]:
    """A `<summary>` that stands apart from its `<details>` becomes its title."""
    fused: list[Event] = []
    for event in events:
        last = fused[-1] if fused else None
        if (
            isinstance(event, Piece)
            and event.block.kind == "heading"
            and isinstance(last, Open)
            and last.name
            and not last.title
        ):
            fused[-1] = replace(last, title=event.block.text, span=event.block.span)
        else:
            fused.append(event)
    return fused


def _pair(events: list[Event]) -> list[Event]:
    """Match closes with opens by name; an open without close ends where the next thing begins."""
    opened: list[int] = []
    unclosed: set[int] = set()
    stray: set[int] = set()
    for index, event in enumerate(events):
        if isinstance(event, Open):
            opened.append(index)
        elif isinstance(event, Close):
            match = _find(opened, events, event.name)
            if match is None:
                stray.add(index)
            else:
                unclosed.update(opened[match + 1 :])
                del opened[match:]
    unclosed.update(opened)
    if not stray and not unclosed:
        return events
    return _repaired(events, stray, unclosed)


def _find(opened: list[int], events: list[Event], name: str) -> int | None:
    for position in range(len(opened) - 1, -1, -1):
        event = events[opened[position]]
        if isinstance(event, Open) and event.name == name:
            return position
        if not name or (isinstance(event, Open) and not event.name):
            return None
    return None


def _repaired(events: list[Event], stray: set[int], unclosed: set[int]) -> list[Event]:
    paired: list[Event] = []
    pending: list[int] = []  # for each forced open, how many proper scopes are open inside it
    for index, event in enumerate(events):
        if index in stray:
            continue
        ends = isinstance(event, Head) or (isinstance(event, Open) and bool(event.title))
        ends = ends or isinstance(event, Close)
        while pending and pending[-1] == 0 and ends:
            paired.append(Close())
            pending.pop()
        if index in unclosed:
            pending.append(0)
        elif pending and isinstance(event, Open):
            pending[-1] += 1
        elif pending and isinstance(event, Close):
            pending[-1] -= 1
        paired.append(event)
    return paired + [Close() for _ in pending]


def _unfold(events: list[Event]) -> list[Event]:
    """A folded part that holds headings is not one answer: its title becomes a paragraph."""
    holds: set[int] = set()
    opened: list[int] = []
    for index, event in enumerate(events):
        if isinstance(event, Open):
            opened.append(index)
        elif isinstance(event, Close):
            opened.pop()
        elif isinstance(event, Head):
            holds.update(opened)
    result: list[Event] = []
    for index, event in enumerate(events):
        if isinstance(event, Open) and event.question and index in holds:
            result.append(Open(name=event.name))
            if event.title and event.span is not None:
                result.append(Piece(Block("paragraph", event.span, event.title)))
        else:
            result.append(event)
    return result
