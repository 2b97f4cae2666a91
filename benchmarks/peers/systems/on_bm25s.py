"""bm25s as its README uses it: English stop words and stemmer, saved with the corpus."""

# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import bm25s
import Stemmer

from ..pieces import Piece
from ..tokens import BIGRAMS
from . import K, Search

_PATTERNS: dict[str, dict[str, Any]] = {"default": {}, "chinese": {"token_pattern": BIGRAMS}}


def _tokenize(texts: list[str] | str, form: str) -> Any:
    return bm25s.tokenize(
        texts,
        stopwords="en",
        stemmer=Stemmer.Stemmer("english"),
        show_progress=False,
        **_PATTERNS[form],
    )


def build(pieces: Sequence[Piece], folder: Path, form: str) -> None:
    """Index and save."""
    retriever = bm25s.BM25()
    tokens = _tokenize([piece.text for piece in pieces], form)
    retriever.index(tokens, show_progress=False)
    corpus = [{"id": piece.id, "text": piece.text} for piece in pieces]
    retriever.save(str(folder), corpus=corpus)


def open_index(folder: Path, form: str) -> Search:
    """Load and search."""
    retriever = bm25s.BM25.load(str(folder), load_corpus=True)

    def search(question: str) -> list[str]:
        tokens = _tokenize(question, form)
        documents, _ = retriever.retrieve(tokens, k=K, show_progress=False)
        return [document["id"] for document in documents[0]]

    return search
