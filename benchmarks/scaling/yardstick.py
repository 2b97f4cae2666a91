"""A bare pipeline to compare with: bm25s, a float32 product, a convex combination, and ids.

It gets what kbassist's own index holds: the same terms with the same scores, and one vector a
chunk. From the text of a question it makes the ids of ten chunks, and nothing else: no corrections,
no filters, no ranking anew, no texts.
"""

# mypy: disable-error-code="import-not-found, import-untyped"

from __future__ import annotations

from pathlib import Path

import bm25s
import numpy as np
from numpy.typing import NDArray

from kbassist import Assistant
from kbassist.index.bm25_files import INDPTR_NAME, ROWS_NAME
from kbassist.index.vector_files import CODES_NAME, decoded
from kbassist.index.vectors import OWNERS_NAME

K = 10


class Yardstick:
    """The pipeline, everything in memory."""

    def __init__(self, assistant: Assistant) -> None:
        index = assistant.index
        self._terms = index.analyzer.terms
        self._embed = index.static._embed  # which keeps nothing of what was asked before
        indptr = np.load(index.folder / INDPTR_NAME)
        rows = np.load(index.folder / ROWS_NAME)
        parts = index.bm25._parts([(term, 1.0) for term in index.bm25.vocabulary])
        scores = [index.bm25.impacts(part, rows[part.places], part.places) for part in parts]
        self._bm25 = bm25s.BM25(method="lucene")
        self._bm25.vocab_dict = {part.term: number for number, part in enumerate(parts)}
        self._bm25.nonoccurrence_array = None
        self._bm25.scores = {
            "data": np.concatenate(scores),
            "indices": rows,
            "indptr": indptr,
            "num_docs": len(index.bm25),
        }
        self._vectors = self._first_entries(index.folder, len(index.bm25))

    @staticmethod
    def _first_entries(folder: Path, count: int) -> NDArray[np.float32]:
        """The vector of each whole chunk: the first of its entries."""
        owners = np.load(folder / OWNERS_NAME)
        codes = np.load(folder / CODES_NAME, mmap_mode="r")
        rows, first = np.unique(owners, return_index=True)
        vectors = np.zeros((count, codes.shape[1]), dtype=np.float32)
        for start in range(0, len(rows), 1 << 16):
            block = slice(start, start + (1 << 16))
            vectors[rows[block]] = decoded(codes[first[block]])
        return vectors

    def prepared(self, question: str) -> tuple[list[int], NDArray[np.float32]]:
        """A question's terms and vector."""
        known = self._bm25.vocab_dict
        ids = [known[term] for term in self._terms(question) if term in known]
        return ids, self._embed([question])[0]

    def search(self, ids: list[int], vector: NDArray[np.float32]) -> NDArray[np.int64]:
        """Rows of the best ten chunks."""
        size = len(self._vectors)
        scores = self._bm25.get_scores_from_ids(ids) if ids else np.zeros(size, dtype=np.float32)
        top = float(scores.max())
        fused = scores * (0.5 / top if top > 0 else 0.0)
        fused += 0.5 * np.maximum(self._vectors @ vector, 0.0)
        best = np.argpartition(fused, size - K)[size - K :]
        found: NDArray[np.int64] = best[np.argsort(-fused[best], kind="stable")]
        return found

    def __call__(self, question: str) -> NDArray[np.int64]:
        """Rows of the best ten chunks for a question."""
        return self.search(*self.prepared(question))
