"""An open index: one generation, searched by one or both legs.

Filters become a mask over rows before a leg ranks anything, so a hidden article can neither be
returned nor displace one that is visible.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kbassist.articles.fingerprint import READS
from kbassist.errors import IndexIncompatible, UsageError
from kbassist.index.arrays import broken, open_array
from kbassist.index.bm25 import Bm25
from kbassist.index.filters import Filters, unknown_key
from kbassist.index.generation import check_files, live_folder, rebuild_command
from kbassist.index.manifest import read_local, read_manifest
from kbassist.index.store import Store
from kbassist.text.analyzer import Analyzer, QueryTerm
from kbassist.types import MODES, ArticleMeta, Mode

if TYPE_CHECKING:
    from kbassist.embed.protocol import Embedder
    from kbassist.index.vectors import Vectors

CHUNK_ARTICLES_NAME = "chunks.article.npy"
"""int32 array: row of the article that each chunk belongs to."""

Mask = NDArray[np.bool_]


class Index:
    """One generation, opened read-only; it may be shared between threads."""

    def __init__(self, path: Path) -> None:
        """Open the live generation of an index directory.

        Raises:
            IndexMissing: there is no index at the path.
            IndexBroken: a file is missing or damaged.
            IndexIncompatible: built by another format, analyzer or chunker.
        """
        self.path = path
        self.folder = live_folder(path)
        rebuild = rebuild_command(path)
        self.manifest = read_manifest(self.folder, rebuild=rebuild)
        self.analyzer = Analyzer()
        for part, built, here in (
            ("analyzer", self.manifest.analyzer, self.analyzer.fingerprint),
            ("chunker", self.manifest.chunker.partition("+")[0], READS),
        ):
            if built != here:
                raise IndexIncompatible(
                    f"{path}: built with the {part} {built!r}, but this kbassist has {here!r}",
                    hint=f"Rebuild it: {rebuild}",
                )
        check_files(self.folder, self.manifest)
        self.store = Store(self.folder)
        self.bm25 = Bm25.open(self.folder)
        self._masks: dict[tuple[str, ...], Mask | None] = {}

    @property
    def generation(self) -> str:
        """Name of the open generation."""
        return self.folder.name

    @cached_property
    def kb(self) -> Path | None:
        """The kb folder that the index was built from; None where it is not there."""
        local = read_local(self.folder)
        if local is None:
            return None
        kb = Path(os.path.normpath(self.path.resolve() / local.kb))
        return kb if kb.is_dir() else None

    @cached_property
    def chunk_articles(self) -> NDArray[np.int32]:
        """Row of the article that each chunk belongs to, shape (n,)."""
        file = self.folder / CHUNK_ARTICLES_NAME
        array = open_array(file, np.int32)
        if len(array) != len(self.bm25):
            raise broken(file, f"holds {len(array)} values for {len(self.bm25)} chunks")
        return array

    @cached_property
    def vectors(self) -> Vectors | None:
        """The vector leg; None in a lexical index."""
        if self.manifest.embedder is None:
            return None
        from kbassist.index.vectors import Vectors

        return Vectors.open(self.folder)

    @cached_property
    def embedder(self) -> Embedder | None:
        """The model that the vectors were made with; None in a lexical index.

        Raises:
            ModelError: it cannot be loaded.
            IndexIncompatible: the model of that name is not the one that built the index.
        """
        if self.manifest.embedder is None:
            return None
        from kbassist.embed.registry import open_embedder

        embedder = open_embedder(self.manifest.embedder)
        if embedder is None or embedder.fingerprint != self.manifest.embedder_fingerprint:
            raise IndexIncompatible(
                f"{self.path}: its vectors were not made with the model that"
                f" {self.manifest.embedder!r} names now",
                hint=f"Rebuild it: {rebuild_command(self.path)} --embedder MODEL",
            )
        return embedder

    def mode(self, wanted: Mode | None) -> Mode:
        """The mode to search in: what was asked for, else hybrid where there are vectors.

        Raises:
            UsageError: an unknown mode, or one that needs vectors in a lexical index.
        """
        if wanted is None:
            return "lexical" if self.manifest.embedder is None else "hybrid"
        if wanted not in MODES:
            raise UsageError(f"no such mode: {wanted!r}", hint=f"Modes are {', '.join(MODES)}.")
        if wanted != "lexical" and self.manifest.embedder is None:
            raise UsageError(
                f"the mode {wanted!r} needs vectors, and {str(self.path)!r} has none",
                hint="Use --mode lexical, or rebuild with --embedder NAME.",
            )
        return wanted

    def mask(self, filters: Filters) -> Mask | None:
        """Which rows a caller may and wants to see, shape (n,); None where that is all of them.

        Raises:
            FilterError: a key that no article has, or a kind that does not exist.
        """
        allowed = self._permitted(tuple(sorted(set(filters.audience))))
        conditions = filters.conditions()
        if not conditions:
            return allowed
        articles = self._articles_mask(self._matching(conditions))
        return articles if allowed is None else articles & allowed

    def may_see(self, meta: ArticleMeta, audience: Sequence[str]) -> bool:
        """Whether a caller that names these audience labels may see the article."""
        labels = set(meta.audience) & set(self.manifest.restricted_audiences)
        return not labels or bool(labels & set(audience))

    def evidence_weights(self, terms: Sequence[QueryTerm]) -> dict[str, float]:
        """Term → query weight × idf, for terms in the index whose match counts as evidence."""
        return {
            term.term: term.weight * self.bm25.idf(term.term)
            for term in terms
            if term.evidence and self.bm25.df(term.term)
        }

    def _permitted(self, audience: tuple[str, ...]) -> Mask | None:
        if audience not in self._masks:
            named = set(audience)
            restrictions = self.store.restrictions()
            hidden = [row for row, labels in restrictions.items() if not labels & named]
            self._masks[audience] = ~self._articles_mask(hidden) if hidden else None
        return self._masks[audience]

    def _matching(self, conditions: dict[str, tuple[str, ...]]) -> list[int]:
        found: set[int] | None = None
        for key, values in conditions.items():
            articles = set(self.store.with_facet(key, values))
            if not articles and key not in (keys := self.store.facet_keys()):
                raise unknown_key(key, keys)
            found = articles if found is None else found & articles
        return sorted(found or ())

    def _articles_mask(self, rows: Sequence[int]) -> Mask:
        articles = np.zeros(self.manifest.counts["articles"], dtype=np.bool_)
        articles[np.asarray(rows, dtype=np.int64)] = True
        mask: Mask = articles[self.chunk_articles]
        return mask
