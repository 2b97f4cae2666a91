"""LlamaIndex: BM25Retriever and a faiss store in a QueryFusionRetriever, reciprocal rank fusion.

No questions are generated (`num_queries=1`); a mock stands for the language model that the
retriever demands all the same. The faiss index takes inner products: with the distances of the
example in the documentation, rank fusion would put the farthest first.
"""

# mypy: disable-error-code="import-not-found, misc"

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import Stemmer
from llama_index.core import StorageContext, VectorStoreIndex, load_index_from_storage
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.llms import MockLLM
from llama_index.core.retrievers import QueryFusionRetriever
from llama_index.core.retrievers.fusion_retriever import FUSION_MODES
from llama_index.core.schema import BaseNode, TextNode
from llama_index.retrievers.bm25 import BM25Retriever
from llama_index.vector_stores.faiss import FaissVectorStore

from ..embedder import DIMENSION, shared
from ..pieces import Piece
from ..tokens import BIGRAMS
from . import K, Search

_PATTERNS: dict[str, dict[str, Any]] = {
    "default": {},
    "chinese": {"token_pattern": BIGRAMS},
    "chinese-reloaded": {"token_pattern": BIGRAMS},
}


class _Hashed(BaseEmbedding):
    def _get_text_embedding(self, text: str) -> list[float]:
        return self._get_text_embeddings([text])[0]

    def _get_text_embeddings(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = shared().embed_documents(texts).tolist()
        return rows

    def _get_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        return self._get_text_embedding(query)


def build(pieces: Sequence[Piece], folder: Path, form: str) -> None:
    """Index and save."""
    nodes: list[BaseNode] = [TextNode(id_=piece.id, text=piece.text) for piece in pieces]
    store = FaissVectorStore(faiss_index=faiss.IndexFlatIP(DIMENSION))
    context = StorageContext.from_defaults(vector_store=store)
    index = VectorStoreIndex(nodes, storage_context=context, embed_model=_Hashed())
    keyword = BM25Retriever.from_defaults(
        nodes=nodes,
        similarity_top_k=K,
        stemmer=Stemmer.Stemmer("english"),
        language="english",
        **_PATTERNS[form],
    )
    index.storage_context.persist(persist_dir=str(folder / "index"))
    keyword.persist(str(folder / "bm25"))


def open_index(folder: Path, form: str) -> Search:
    """Load and search."""
    place = str(folder / "index")
    store = FaissVectorStore.from_persist_dir(place)
    context = StorageContext.from_defaults(vector_store=store, persist_dir=place)
    index = load_index_from_storage(context, embed_model=_Hashed())
    keyword = BM25Retriever.from_persist_dir(str(folder / "bm25"))
    if form == "chinese":  # what persist() forgets, set again by hand
        keyword.token_pattern = BIGRAMS
    retriever = QueryFusionRetriever(
        [index.as_retriever(similarity_top_k=K), keyword],
        llm=MockLLM(),
        mode=FUSION_MODES.RECIPROCAL_RANK,
        similarity_top_k=K,
        num_queries=1,
        use_async=False,
    )

    def search(question: str) -> list[str]:
        return [found.node.node_id for found in retriever.retrieve(question)]

    return search
