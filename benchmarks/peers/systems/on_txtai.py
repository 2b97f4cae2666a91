"""txtai: an Embeddings database with `hybrid` and `content` on, vectors from a function."""

# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from txtai import Embeddings

from .. import embedder
from ..pieces import Piece
from ..tokens import BIGRAMS
from . import K, Search

_OPTIONS: dict[str, dict[str, Any]] = {
    "default": {},
    "chinese": {
        "scoring": {
            "method": "bm25",
            "terms": True,
            "normalize": True,
            "tokenizer": {"regexp": BIGRAMS},
        }
    },
}


def build(pieces: Sequence[Piece], folder: Path, form: str) -> None:
    """Index and save."""
    embeddings = Embeddings(
        method="external",
        transform=f"{embedder.__name__}.transform",
        hybrid=True,
        content=True,
        **_OPTIONS[form],
    )
    embeddings.index((piece.id, piece.text, None) for piece in pieces)
    embeddings.save(str(folder))


def open_index(folder: Path, form: str) -> Search:
    """Load and search."""
    embeddings = Embeddings()
    embeddings.load(str(folder))

    def search(question: str) -> list[str]:
        return [found["id"] for found in embeddings.search(question, K)]

    return search
