"""The systems and the forms in which each is measured."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the tables."""

    system: str
    form: str
    """What the system's module is told."""
    label: str
    """What the tables call the form."""
    module: str
    legs: str
    """`keyword`, `vectors` or `hybrid`."""
    packages: tuple[str, ...]
    """Distributions whose versions are recorded."""
    configured: str
    """One sentence for the table of configurations."""

    @property
    def key(self) -> str:
        """Name of the entry in the results and on the command line."""
        return f"{self.system}:{self.form}"


_BIGRAMS = "words and Han bigrams by one regular expression"
_LANGCHAIN = ("langchain", "langchain-classic", "langchain-community", "langchain-core")
_LLAMA = (
    "llama-index-core",
    "llama-index-retrievers-bm25",
    "llama-index-vector-stores-faiss",
)
_FUSED = "QueryFusionRetriever, reciprocal rank, no generated questions, flat faiss store"

ENTRIES: tuple[Entry, ...] = (
    Entry("rank-bm25", "default", "default", "on_rank_bm25", "keyword", ("rank-bm25",),
          "BM25Okapi, `text.split(\" \")` as in the README; pickled"),
    Entry("rank-bm25", "chinese", "best for Chinese", "on_rank_bm25", "keyword", ("rank-bm25",),
          f"the same with {_BIGRAMS}"),
    Entry("bm25s", "default", "default", "on_bm25s", "keyword", ("bm25s",),
          "`bm25s.tokenize` with English stop words and stemmer as in the README"),
    Entry("bm25s", "chinese", "best for Chinese", "on_bm25s", "keyword", ("bm25s",),
          f"the same with `token_pattern`: {_BIGRAMS}"),
    Entry("LangChain", "default", "default", "on_langchain", "hybrid", _LANGCHAIN,
          "BM25Retriever (`str.split`) and FAISS store in EnsembleRetriever, weights 0.5 and 0.5"),
    Entry("LangChain", "chinese", "best for Chinese", "on_langchain", "hybrid", _LANGCHAIN,
          f"the same with `preprocess_func`: {_BIGRAMS}"),
    Entry("LlamaIndex", "default", "default", "on_llamaindex", "hybrid", _LLAMA,
          f"BM25Retriever (default pattern, English stemmer) and vectors in {_FUSED}"),
    Entry("LlamaIndex", "chinese", "best for Chinese", "on_llamaindex", "hybrid", _LLAMA,
          f"the same with `token_pattern`: {_BIGRAMS}; set again by hand after loading"),
    Entry("LlamaIndex", "chinese-reloaded", "the same, only loaded", "on_llamaindex", "hybrid",
          _LLAMA, "the same, loaded with `from_persist_dir` alone, which forgets the pattern"),
    Entry("Haystack", "default", "default", "on_haystack", "hybrid", ("haystack-ai",),
          "InMemoryDocumentStore (BM25L, CJK character by character), both retrievers,"
          " DocumentJoiner with reciprocal rank fusion"),
    Entry("Haystack", "chinese", "best for Chinese", "on_haystack", "hybrid", ("haystack-ai",),
          f"the same with `bm25_tokenization_regex`: {_BIGRAMS}"),
    Entry("txtai", "default", "default", "on_txtai", "hybrid", ("txtai", "torch"),
          "Embeddings with `hybrid` and `content`; Unicode word segmentation; vectors exact to"
          " 5,000, approximate (IVF) above"),
    Entry("txtai", "chinese", "best for Chinese", "on_txtai", "hybrid", ("txtai", "torch"),
          f"the same with `scoring.tokenizer.regexp`: {_BIGRAMS}"),
    Entry("kbassist", "hybrid", "hybrid", "on_kbassist", "hybrid", ("kbassist",),
          "`build_index` and `Assistant.search`; nothing set but the embedder"),
    Entry("kbassist", "chunks", "hybrid, from chunks", "on_kbassist", "hybrid", ("kbassist",),
          "the same, built with the articles' chunks in its cache and without an index"),
    Entry("kbassist", "lexical", "lexical", "on_kbassist", "keyword", ("kbassist",),
          "`build_index` and `Assistant.search`; nothing set"),
    Entry("kbassist", "vector", "vectors alone", "on_kbassist", "vectors", ("kbassist",),
          "`Assistant.search(mode=\"vector\")`: what the untrained embedder finds without words,"
          " for reference"),
)  # fmt: skip


def packages_of(entries: Iterable[Entry]) -> set[str]:
    """Distributions of some entries."""
    return {name for entry in entries for name in entry.packages}
