"""Known-item queries: made from a chunk by rule, and that chunk is the only right answer.

Two kinds for each language: a heading in question form, and a span of words from inside the text.
A heading is used only where no other chunk has it, a span only where no other chunk contains it.
This tests whether a system finds what it was given; it says nothing about paraphrases.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import islice
from pathlib import Path

from .pieces import LANGUAGES, Piece

KINDS = ("heading", "span")
QUERIES_NAME = "queries.json"
PER_GROUP = 100

_FORMS = {
    "zh": ("{}怎么操作？", "请问{}是什么意思？", "在哪里可以看到{}？", "如何理解{}？"),
    "en": (
        "How does {} work?",
        "Where can I read about {}?",
        "What should I know about {}?",
        "Can you explain {}?",
    ),
}
_HEADING = {
    "zh": re.compile(r"(?=.*[\u4e00-\u9fff]{3}).{4,30}"),
    "en": re.compile(r"(?=[^a-z]*[a-z])[A-Za-z][A-Za-z0-9' -]* [A-Za-z0-9' -]{1,50}"),
}
_SPAN = {
    "zh": re.compile(r"[\u4e00-\u9fff]{12}"),
    "en": re.compile(r"(?<![\w'-])[A-Za-z]{2,}(?: [A-Za-z]{2,}){6}(?![\w'-])"),
}


@dataclass(frozen=True, slots=True)
class Query:
    """One question with its answer."""

    text: str
    lang: str
    kind: str
    chunk: str
    """Id of the chunk that it was made from."""
    timed: bool
    """Whether it is among the 200 whose time is taken."""


def make_queries(pieces: Sequence[Piece], count: int = PER_GROUP) -> list[Query]:
    """At most `count` queries of each language and kind, every second one timed."""
    order = sorted(pieces, key=lambda piece: hashlib.sha256(piece.id.encode()).digest())
    makers: dict[str, Callable[[Sequence[Piece], str], Iterator[tuple[str, str]]]] = {
        "heading": _headings,
        "span": _spans,
    }
    return [
        Query(text, lang, kind, chunk, number % 2 == 0)
        for kind in KINDS
        for lang in LANGUAGES
        for number, (text, chunk) in enumerate(islice(makers[kind](order, lang), count))
    ]


def _headings(pieces: Sequence[Piece], lang: str) -> Iterator[tuple[str, str]]:
    used = Counter(piece.heading.strip().casefold() for piece in pieces)
    for piece in pieces:
        heading = piece.heading.strip().rstrip("?？。.:：")
        if (
            piece.lang == lang
            and piece.alone
            and piece.body.strip()
            and used[piece.heading.strip().casefold()] == 1
            and _HEADING[lang].fullmatch(heading)
        ):
            yield _FORMS[lang][_number(piece.id) % len(_FORMS[lang])].format(heading), piece.id


def _spans(pieces: Sequence[Piece], lang: str) -> Iterator[tuple[str, str]]:
    texts = [piece.text for piece in pieces]
    for piece in pieces:
        if piece.lang != lang:
            continue
        spans = _SPAN[lang].findall(piece.body)
        if not spans:
            continue
        span = spans[_number(piece.id) % len(spans)]
        if sum(span in text for text in texts) == 1:
            yield span, piece.id


def _number(text: str) -> int:
    return int.from_bytes(hashlib.sha256(f"query {text}".encode()).digest()[:8], "big")


def write_queries(queries: Sequence[Query], folder: Path) -> None:
    """Save the queries of one size."""
    rows = [asdict(query) for query in queries]
    text = json.dumps(rows, ensure_ascii=False, indent=1)
    (folder / QUERIES_NAME).write_text(text, encoding="utf-8")


def read_queries(folder: Path) -> list[Query]:
    """The queries that `write_queries` wrote."""
    text = (folder / QUERIES_NAME).read_text(encoding="utf-8")
    return [Query(**row) for row in json.loads(text)]
