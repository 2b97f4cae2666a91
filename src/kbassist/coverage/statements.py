"""The sentences, steps and table rows of an index, with what each tells."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from kbassist.answer.facts import Quantity
from kbassist.answer.units import unit_texts
from kbassist.articles.plain import render_fragment
from kbassist.coverage import values
from kbassist.coverage.findings import Place
from kbassist.coverage.places import SectionText, place_of
from kbassist.coverage.values import Day
from kbassist.index.reader import Index
from kbassist.text.chars import HAN
from kbassist.types import Chunk, UnitKind

MAX_LENGTH = 600
"""Characters of a statement; what is longer is no sentence but a listing."""
LEAST_CHUNKS = 500
"""In a small knowledge base every word is common, and still tells what a sentence is about."""

_NO_SUBJECT = re.compile(rf"\d|cannot$|[{HAN}]$")
"""Terms that do not tell what a statement is about; of Chinese, neighbours of two do."""
_CODE = re.compile(r"[{}=\\]|\$\w|--\w|::|\w\(\)|\w/\w+/\w")
"""What sentences about money and time do not hold, and listings and commands do."""
_MARKED = re.compile(r"[*_`\[\]|&~!#\n:]|^\s*(?:[-+>]|\d+[.)])")
"""Signs that may be markup: a text without any is as it is rendered."""


@dataclass(frozen=True)
class Statement:
    """One sentence, step, item or table row."""

    section: SectionText
    chunk: Chunk
    kind: UnitKind
    text: str
    """Plain text, a row of a table without its head."""
    start_line: int
    end_line: int
    index: Index
    """Gives the weight of words."""
    head: str = ""
    """Plain text of the head of the table that a row stands in."""

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """Term → weight, for terms that tell what it is about: no stop words, no numbers."""
        return {
            term.term: term.weight * _idf(self.index, term.term)
            for term in self.index.analyzer.query(self.text)
            if term.evidence and not _NO_SUBJECT.match(term.term)
        }

    @cached_property
    def dates(self) -> list[Day]:
        """Dates, in order."""
        return values.dates(self.text)

    @cached_property
    def amounts(self) -> list[Quantity]:
        """Numbers that count something, in order."""
        return values.amounts(self.text)

    @cached_property
    def names(self) -> frozenset[str]:
        """Coins, networks, error codes and versions: what it is about, to the letter."""
        return values.names(f"{self.head} {self.text}")

    @cached_property
    def senses(self) -> frozenset[str]:
        """In which sense it tells its numbers."""
        return values.senses(f"{self.head} {self.text}")

    @property
    def place(self) -> Place:
        """Where it stands."""
        return place_of(self.section.meta, self.chunk, self.start_line, self.end_line)

    @property
    def language(self) -> str:
        """Language without script or region; Simplified and Traditional Chinese are one."""
        return self.section.meta.locale.partition("-")[0]


def _idf(index: Index, term: str) -> float:
    """How rare a word is, as among `LEAST_CHUNKS` chunks where the index has fewer."""
    df = index.bm25.df(term)
    return math.log(1 + (max(len(index.bm25), LEAST_CHUNKS) - df + 0.5) / (df + 0.5))


def statements(index: Index, sections: Sequence[SectionText]) -> Iterator[Statement]:
    """Every sentence, step, item and row, by section; no code, no questions, no listings.

    Args:
        index: gives the weight of words.
        sections: those of the index.
    """
    for section in sections:
        for chunk in section.chunks:
            head = ""
            for unit, raw in zip(chunk.units, unit_texts(chunk), strict=True):
                row = unit.kind == "row"
                if unit.kind == "header":
                    head = render_fragment(raw.split("\n")[0], table_row=True)
                if unit.kind in ("header", "code") or len(raw) > MAX_LENGTH or _CODE.search(raw):
                    continue
                text = render_fragment(raw, table_row=row) if _MARKED.search(raw) else raw.strip()
                if text and text[-1] not in "?？":
                    lines = (unit.span.start_line, unit.span.end_line)
                    above = head if row else ""
                    yield Statement(section, chunk, unit.kind, text, *lines, index, above)
