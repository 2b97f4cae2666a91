"""An open index: one generation, searched by one or both legs.

Filters become a mask over rows before a leg ranks anything, so a hidden article can neither be
returned nor displace one that is visible.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from kbassist.articles.fingerprint import READS
from kbassist.checks import shown
from kbassist.embed.registry import absolute_if_folder
from kbassist.errors import IndexBroken, IndexIncompatible, UsageError
from kbassist.index.arrays import broken, open_array
from kbassist.index.bm25 import Bm25
from kbassist.index.correct import Corrector
from kbassist.index.files import unreadable
from kbassist.index.filters import Filters, restricting
from kbassist.index.generation import check_files, live_folder, rebuild_command, stamp
from kbassist.index.known import check_known
from kbassist.index.manifest import MANIFEST_NAME, Manifest, read_local, read_manifest
from kbassist.index.store import CHUNK_ARTICLES_NAME, Store
from kbassist.index.synonym_files import read_synonyms
from kbassist.index.titles import Titles
from kbassist.index.words import Words
from kbassist.kept import Kept
from kbassist.text.analyzer import Analyzer, QueryTerm
from kbassist.types import MODES, ArticleMeta, Mode

if TYPE_CHECKING:
    from kbassist.embed.protocol import Embedder
    from kbassist.embed.static import StaticEmbedder
    from kbassist.index.maxsim import MaxSim
    from kbassist.index.vectors import Vectors

OPENING_TRIES = 10
"""How often an index is opened anew when builds collect what is being opened."""


FILTERS_KEPT = 16
"""Filters last asked for whose rows are kept, a byte a chunk each: a bot asks for the same ones."""

Mask = NDArray[np.bool_]


class Index:
    """One generation, opened read-only; it may be shared between threads.

    Everything but the embedding model is opened at once, by absolute path: an open index goes on
    working when later builds collect its generation or the process changes its directory.
    """

    def __init__(self, path: Path, folder: Path | None = None) -> None:
        """Open a generation of an index directory.

        Args:
            path: the index directory.
            folder: of the generation; by default the live one's.

        Raises:
            IndexMissing: there is no index at the path.
            IndexBroken: a file is missing, damaged or cannot be read.
            IndexIncompatible: built by another format, analyzer or chunker.
        """
        self.path = path
        self.folder = Path(os.path.abspath(folder or live_folder(path)))
        manifest = self.folder / MANIFEST_NAME
        self._stamp = stamp(manifest)
        self._kb = self._built_from()
        self.analyzer = Analyzer()
        try:
            self.manifest = self._checked_manifest()
            self.store = Store(self.folder)
            self.bm25 = Bm25.open(self.folder)
            self.chunk_articles = self._open_chunk_articles()
            self.vectors = self._open_vectors()
            self.words = Words(self.folder)
            self.titles = Titles(self.folder)
            self.corrector = Corrector(self.folder)
            self.synonyms = read_synonyms(self.folder, self.analyzer)
        except OSError as error:
            raise unreadable(error, self.folder) from None
        if not manifest.exists():  # and maybe it was not when what may be missing was looked for
            raise broken(manifest, "was removed while the index was opened")
        self._model = absolute_if_folder(self.manifest.embedder)
        self._masks: tuple[date | None, dict[tuple[str, ...], Mask | None]] = (None, {})
        self._filtered: Kept[Mask] = Kept(FILTERS_KEPT)

    def _checked_manifest(self) -> Manifest:
        rebuild = partial(rebuild_command, self.path)
        manifest = read_manifest(self.folder, rebuild=rebuild)
        for part, built, here in (
            ("analyzer", manifest.analyzer, self.analyzer.fingerprint),
            ("chunker", manifest.chunker.partition("+")[0], READS),
        ):
            if built != here:
                raise IndexIncompatible(
                    f"{self.path}: built with the {part} {built!r}, but this kbassist has {here!r}",
                    hint=f"Rebuild it: {rebuild()}",
                )
        check_files(self.folder, manifest)
        return manifest

    def _open_chunk_articles(self) -> NDArray[np.int32]:
        """Row of the article that each chunk belongs to, shape (n,)."""
        file = self.folder / CHUNK_ARTICLES_NAME
        array = open_array(file, np.int32)
        if len(array) != len(self.bm25):
            raise broken(file, f"holds {len(array)} values for {len(self.bm25)} chunks")
        return array

    def _open_vectors(self) -> Vectors | None:
        """The vector leg; None in a lexical index."""
        if self.manifest.embedder is None:
            return None
        from kbassist.index.vectors import Vectors

        return Vectors.open(self.folder)

    def _built_from(self) -> Path | None:
        local = read_local(self.folder)
        if local is None:
            return None
        return Path(os.path.normpath(self.folder.parent.resolve() / local.kb))

    @property
    def generation(self) -> str:
        """Name of the open generation."""
        return self.folder.name

    @property
    def is_live(self) -> bool:
        """Whether the open generation is the live one; raises UnusableIndex where none is."""
        live = live_folder(self.folder.parent)
        return live == self.folder and stamp(live / MANIFEST_NAME) == self._stamp

    @property
    def kb(self) -> Path | None:
        """The kb folder that the index was built from; None where it is not there now."""
        return self._kb if self._kb is not None and self._kb.is_dir() else None

    @cached_property
    def embedder(self) -> Embedder | None:
        """The model that the vectors were made with; None in a lexical index.

        Raises:
            ModelError: it cannot be loaded.
            IndexIncompatible: the model of that name is not the one that built the index.
        """
        if self._model is None:
            return None
        from kbassist.embed.registry import open_embedder

        embedder = open_embedder(self._model, download=False)
        if embedder is None or embedder.fingerprint != self.manifest.embedder_fingerprint:
            raise IndexIncompatible(
                f"{self.path}: its vectors were not made with the model that"
                f" {self.manifest.embedder!r} names now",
                hint=f"Rebuild it: {rebuild_command(self.path)}",
            )
        return embedder

    @cached_property
    def static(self) -> StaticEmbedder:
        """The bundled model, whatever the vectors were made with.

        Raises:
            ModelError: it is damaged.
            IndexIncompatible: the index was built with another version of it.
        """
        from kbassist.embed.registry import bundled_model

        model = bundled_model()
        if model.fingerprint != self.manifest.words:
            raise IndexIncompatible(
                f"{self.path}: built with the bundled model {self.manifest.words!r}, but this"
                f" kbassist has {model.fingerprint!r}",
                hint=f"Rebuild it: {rebuild_command(self.path)}",
            )
        return model

    @cached_property
    def maxsim(self) -> MaxSim:
        """Soft coverage by the bundled model.

        Raises:
            ModelError, IndexIncompatible: as `static`.
        """
        from kbassist.index.maxsim import MaxSim

        return MaxSim(self.words, self.bm25.vocabulary, self.static)

    def mode(self, wanted: Mode | None) -> Mode:
        """The mode to search in: what was asked for, else hybrid where there are vectors.

        Raises:
            UsageError: an unknown mode, or one that needs vectors in a lexical index.
        """
        if wanted is None:
            return "lexical" if self.manifest.embedder is None else "hybrid"
        if wanted not in MODES:
            raise UsageError(
                f"no such mode: {shown(wanted)}", hint=f"Modes are {', '.join(MODES)}."
            )
        if wanted != "lexical" and self.manifest.embedder is None:
            raise UsageError(
                f"the mode {wanted!r} needs vectors, and {str(self.path)!r} has none",
                hint="Use the mode 'lexical', or rebuild the index with an embedder.",
            )
        return wanted

    def mask(self, filters: Filters, today: date) -> Mask | None:
        """Which rows a caller may and wants to see, shape (n,); None where that is all of them.

        Articles that are not valid on the day are left out.

        Raises:
            FilterError: a key, locale or product that no article has which the caller may see, or a
                kind that does not exist.
        """
        restricted = self.manifest.restricted_audiences
        audience = tuple(sorted(set(filters.audience) & set(restricted)))
        allowed = self._permitted(audience, today)
        conditions = filters.conditions()
        if not conditions:
            return allowed
        for key, values in conditions.items():
            check_known(self.store, self.may_see, key, values, audience)
        wanted = self._filtered.get(
            tuple(conditions.items()), lambda: self._articles_mask(self._matching(conditions))
        )
        return wanted if allowed is None else wanted & allowed

    def may_see(self, meta: ArticleMeta, audience: Sequence[str]) -> bool:
        """Whether a caller that names these audience labels may see the article."""
        labels = restricting(meta, self.manifest.restricted_audiences)
        return not labels or not set(labels).isdisjoint(audience)

    def evidence_weights(self, terms: Sequence[QueryTerm]) -> dict[str, float]:
        """Term → query weight × idf, for terms whose match counts as evidence.

        Those that no chunk has are included: what is missing is what tells most.
        """
        idf = self.bm25.idf
        return {term.term: term.weight * idf(term.term) for term in terms if term.evidence}

    def _permitted(self, audience: tuple[str, ...], today: date) -> Mask | None:
        day, masks = self._masks
        if day != today:
            masks = {}
            self._masks = (today, masks)
        if audience not in masks:
            named = set(audience)
            restrictions = self.store.restrictions()
            hidden = [row for row, labels in restrictions.items() if not labels & named]
            hidden += self.store.out_of_validity(today)
            masks[audience] = ~self._articles_mask(hidden) if hidden else None
        return masks[audience]

    def _matching(self, conditions: dict[str, tuple[str, ...]]) -> list[int]:
        found: set[int] | None = None
        for key, values in conditions.items():
            articles = set(self.store.with_facet(key, values))
            found = articles if found is None else found & articles
        return sorted(found or ())

    def _articles_mask(self, rows: Sequence[int]) -> Mask:
        articles = np.zeros(self.manifest.counts["articles"], dtype=np.bool_)
        articles[np.asarray(rows, dtype=np.int64)] = True
        mask: Mask = articles[self.chunk_articles]
        return mask


def open_index(path: Path) -> Index:
    """Open the live generation, or the one that replaced it while it was being opened.

    Raises:
        UnusableIndex: as `Index`.
    """
    for _ in range(OPENING_TRIES):
        live = live_folder(path)
        try:
            return Index(path, live)
        except IndexBroken:
            if live_folder(path) == live and live.is_dir():
                raise
    return Index(path)
