"""Claims with the quotes that support them or do not, written by hand for these tests."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from kbassist.types import Answer, Citation, Span

PATH = Path(__file__).parent / "claim_examples.jsonl"


@dataclass(frozen=True, slots=True)
class Example:
    """A quote with claims that cite it."""

    chosen: bool
    """Whether the thresholds were chosen on it; else it was written afterwards."""
    title: str
    quote: str
    supported: tuple[str, ...]
    unsupported: tuple[str, ...]


def examples(chosen: bool) -> list[Example]:
    records = [json.loads(line) for line in PATH.read_text(encoding="utf-8").splitlines()]
    made = [
        Example(
            record["set"] == "chosen",
            record["title"],
            record["quote"],
            tuple(record["supported"]),
            tuple(record["unsupported"]),
        )
        for record in records
    ]
    return [example for example in made if example.chosen == chosen]


def citation(number: int, quote: str, title: str = "", updated: date | None = None) -> Citation:
    return Citation(
        number=number,
        article_id="a",
        chunk_id="a#x:1",
        title=title,
        heading_path=(),
        anchor="x",
        url=None,
        path="a.md",
        span=Span(0, len(quote), 1, 1 + quote.count("\n")),
        quote=quote,
        content_hash="0",
        updated=updated,
        review_by=None,
        past_review=False,
        source="unchanged",
        verified="source",
    )


def answer(*citations: Citation, text: str = "") -> Answer:
    return Answer("?", "answer", "evidence", text, citations, ())
