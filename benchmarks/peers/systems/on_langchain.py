"""LangChain: BM25Retriever and a FAISS store in an EnsembleRetriever, half the weight each.

The store saves itself; BM25Retriever has no format of its own and is pickled.
"""

# mypy: disable-error-code="import-not-found, misc"

from __future__ import annotations

import pickle
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from langchain_classic.retrievers import EnsembleRetriever
from langchain_community.retrievers import BM25Retriever
from langchain_community.vectorstores import FAISS
from langchain_core.documents import Document
from langchain_core.embeddings import Embeddings

from ..embedder import shared
from ..pieces import Piece
from ..tokens import bigrams
from . import K, Search

_NAME = "bm25.pickle"
_OPTIONS: dict[str, dict[str, Any]] = {"default": {}, "chinese": {"preprocess_func": bigrams}}


class _Hashed(Embeddings):
    def embed_documents(self, texts: list[str]) -> list[list[float]]:
        rows: list[list[float]] = shared().embed_documents(texts).tolist()
        return rows

    def embed_query(self, text: str) -> list[float]:
        return self.embed_documents([text])[0]


def build(pieces: Sequence[Piece], folder: Path, form: str) -> None:
    """Index and save."""
    documents = [Document(page_content=piece.text, metadata={"id": piece.id}) for piece in pieces]
    keyword = BM25Retriever.from_documents(documents, k=K, **_OPTIONS[form])
    FAISS.from_documents(documents, _Hashed()).save_local(str(folder))
    with (folder / _NAME).open("wb") as file:
        pickle.dump(keyword, file, protocol=pickle.HIGHEST_PROTOCOL)


def open_index(folder: Path, form: str) -> Search:
    """Load and search."""
    with (folder / _NAME).open("rb") as file:
        keyword = pickle.load(file)
    store = FAISS.load_local(str(folder), _Hashed(), allow_dangerous_deserialization=True)
    vector = store.as_retriever(search_kwargs={"k": K})
    retriever = EnsembleRetriever(retrievers=[keyword, vector], weights=[0.5, 0.5])

    def search(question: str) -> list[str]:
        return [document.metadata["id"] for document in retriever.invoke(question)][:K]

    return search
