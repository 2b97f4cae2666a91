"""Haystack: an InMemoryDocumentStore, both of its retrievers, and a DocumentJoiner.

The tutorial on hybrid retrieval ranks the joined documents with a downloaded model; without one the
joiner fuses by reciprocal ranks. The store saves itself as JSON and indexes anew when it is loaded.
"""

# mypy: disable-error-code="import-not-found, misc, untyped-decorator"

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from haystack import Document, Pipeline, component
from haystack.components.joiners import DocumentJoiner
from haystack.components.retrievers.in_memory import (
    InMemoryBM25Retriever,
    InMemoryEmbeddingRetriever,
)
from haystack.document_stores.in_memory import InMemoryDocumentStore

from ..embedder import shared
from ..pieces import Piece
from ..tokens import BIGRAMS
from . import K, Search

_NAME = "documents.json"
_OPTIONS: dict[str, dict[str, Any]] = {
    "default": {},
    "chinese": {"bm25_tokenization_regex": BIGRAMS},
}


@component
class _HashedTextEmbedder:
    @component.output_types(embedding=list[float])
    def run(self, text: str) -> dict[str, list[float]]:
        return {"embedding": shared().embed_queries([text])[0].tolist()}


def build(pieces: Sequence[Piece], folder: Path, form: str) -> None:
    """Index and save."""
    vectors = shared().embed_documents([piece.text for piece in pieces])
    store = InMemoryDocumentStore(**_OPTIONS[form])
    store.write_documents(
        [
            Document(id=piece.id, content=piece.text, embedding=vector.tolist())
            for piece, vector in zip(pieces, vectors, strict=True)
        ]
    )
    store.save_to_disk(str(folder / _NAME))


def open_index(folder: Path, form: str) -> Search:
    """Load and search."""
    store = InMemoryDocumentStore.load_from_disk(str(folder / _NAME))
    pipeline = Pipeline()
    pipeline.add_component("embedder", _HashedTextEmbedder())
    pipeline.add_component("keyword", InMemoryBM25Retriever(store, top_k=K))
    pipeline.add_component("vector", InMemoryEmbeddingRetriever(store, top_k=K))
    pipeline.add_component("joiner", DocumentJoiner(join_mode="reciprocal_rank_fusion", top_k=K))
    pipeline.connect("embedder.embedding", "vector.query_embedding")
    pipeline.connect("keyword", "joiner")
    pipeline.connect("vector", "joiner")

    def search(question: str) -> list[str]:
        inputs = {"embedder": {"text": question}, "keyword": {"query": question}}
        return [document.id for document in pipeline.run(inputs)["joiner"]["documents"]]

    return search
