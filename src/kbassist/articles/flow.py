"""The flat stream between the Markdown reader and the section builder."""

from __future__ import annotations

from dataclasses import dataclass

from kbassist.types import Block, Span


@dataclass(frozen=True, slots=True)
class Head:
    """A heading that opens a section."""

    level: int
    text: str
    anchor: str
    """Explicit id, or empty."""
    span: Span


@dataclass(frozen=True, slots=True)
class Open:
    """A container begins; headings inside do not reach beyond its `Close`."""

    title: str = ""
    """With a title and a span the container is a section of its own, a pseudo-section."""
    span: Span | None = None
    question: bool = False
    """Whether the title is a question and the content its answer."""
    name: str = ""
    """The HTML tag or component that opened it; empty for a Markdown container."""


@dataclass(frozen=True, slots=True)
class Close:
    """The innermost open container of that name ends."""

    name: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """A block of text."""

    block: Block


@dataclass(frozen=True, slots=True)
class Rule:
    """A thematic break: text after it no longer belongs to the answer before it."""


@dataclass(frozen=True, slots=True)
class Target:
    """An explicit anchor that stands alone, for the heading that follows."""

    name: str


Event = Head | Open | Close | Piece | Rule | Target


def as_blocks(events: list[Event]) -> list[Block]:
    """What remains of a flow inside a list item or a quotation: no sections, only blocks."""
    blocks: list[Block] = []
    for event in events:
        if isinstance(event, Piece):
            blocks.append(event.block)
        elif isinstance(event, Head) and event.text:
            blocks.append(Block("heading", event.span, event.text))
        elif isinstance(event, Open) and event.span is not None and event.title:
            blocks.append(Block("paragraph", event.span, event.title))
    return blocks
