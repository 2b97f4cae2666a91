"""A chunk as the peers see it. Light to import: a cold start counts what this module costs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

LANGUAGES = ("zh", "en")
KB_NAME = "kb"
"""Folder of the articles, inside the folder of one size."""

_CHUNKS_NAME = "chunks.jsonl"


@dataclass(frozen=True, slots=True)
class Piece:
    """One chunk as the peers see it."""

    id: str
    lang: str
    heading: str
    """The innermost heading, or the title."""
    alone: bool
    """Whether its section has no other chunk."""
    body: str
    """The words under the heading."""
    text: str
    """What is indexed: title and headings in the first line, then the body."""


def write_pieces(pieces: Sequence[Piece], folder: Path) -> None:
    """Save the chunks of one size."""
    with (folder / _CHUNKS_NAME).open("w", encoding="utf-8") as out:
        for piece in pieces:
            out.write(json.dumps(asdict(piece), ensure_ascii=False) + "\n")


def read_pieces(folder: Path) -> list[Piece]:
    """The chunks that `write_pieces` wrote."""
    with (folder / _CHUNKS_NAME).open(encoding="utf-8") as lines:
        return [Piece(**json.loads(line)) for line in lines]
