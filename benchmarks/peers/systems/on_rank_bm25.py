"""rank-bm25 as its README uses it; it has no format of its own, so the object is pickled."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from pathlib import Path

from rank_bm25 import BM25Okapi

from ..pieces import Piece
from ..tokens import bigrams
from . import K, Search

_NAME = "bm25.pickle"


def _spaces(text: str) -> list[str]:
    return text.split(" ")


_TOKENIZERS: dict[str, Callable[[str], list[str]]] = {"default": _spaces, "chinese": bigrams}


def build(pieces: Sequence[Piece], folder: Path, form: str) -> None:
    """Index and save."""
    tokenize = _TOKENIZERS[form]
    engine = BM25Okapi([tokenize(piece.text) for piece in pieces])
    documents = [(piece.id, piece.text) for piece in pieces]
    with (folder / _NAME).open("wb") as file:
        pickle.dump((engine, documents), file, protocol=pickle.HIGHEST_PROTOCOL)


def open_index(folder: Path, form: str) -> Search:
    """Load and search."""
    tokenize = _TOKENIZERS[form]
    with (folder / _NAME).open("rb") as file:
        engine, documents = pickle.load(file)

    def search(question: str) -> list[str]:
        found = engine.get_top_n(tokenize(question), documents, n=K)
        return [document[0] for document in found]

    return search
