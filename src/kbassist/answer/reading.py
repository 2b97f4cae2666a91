"""What a passage holds, as vectors: worked out once, and kept for the passages quoted last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Lock

import numpy as np

from kbassist.answer.units import unit_texts
from kbassist.embed.protocol import Embedder, Matrix
from kbassist.types import Chunk

KEPT = 512
"""Passages whose sentences are kept, about 20 KB each: a few passages answer most questions."""
KEPT_TERMS = 16384
"""Terms whose vectors are kept, 1 KB each: most passages share most of their words."""
MOST_SENTENCES = 60
"""Sentences of a passage that are compared with a question as evidence."""


@dataclass(frozen=True, slots=True)
class Reading:
    """One passage; all rows are vectors of length 1."""

    sentences: Matrix
    """The first sentences, then the same behind the headings; of a passage without units its text
    stands for them."""
    rest: Matrix
    """Its units beyond those; few passages have any."""
    terms: tuple[str, ...]
    """Its distinct terms, single characters left out where there are longer ones."""

    @property
    def units(self) -> tuple[Matrix, Matrix]:
        """Vectors of all units, in two parts."""
        return self.sentences[: len(self.sentences) // 2], self.rest


class Readings:
    """Reads passages with one analyzer and one model; threads may share it."""

    def __init__(
        self,
        terms: Callable[[str], list[str]],
        embedder: Embedder,
        kept: int = KEPT,
        kept_terms: int = KEPT_TERMS,
    ) -> None:
        """Start with nothing read.

        Args:
            terms: the analyzer's terms of a text.
            embedder: the bundled model.
            kept: passages that are kept, 1 up; the one read longest ago goes first.
            kept_terms: terms that are kept, 0 up; all are forgotten when there are more.
        """
        self._terms = terms
        self._embedder = embedder
        self._most, self._most_terms = kept, kept_terms
        self._kept: OrderedDict[tuple[str, str], Reading] = OrderedDict()
        self._vectors: dict[str, Matrix] = {}
        self._lock = Lock()

    @property
    def kept(self) -> tuple[int, int]:
        """Number of passages and of terms that are kept."""
        return len(self._kept), len(self._vectors)

    def of(self, chunk: Chunk) -> Reading:
        """The reading of a passage."""
        name = chunk.id, chunk.hash
        with self._lock:
            found = self._kept.get(name)
            if found is not None:
                self._kept.move_to_end(name)
                return found
        found = self._read(chunk)
        with self._lock:
            self._kept[name] = found
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)
        return found

    def vectors(self, terms: Sequence[str]) -> Matrix:
        """A row for each term, float32 (n, d)."""
        with self._lock:
            known = {term: self._vectors[term] for term in terms if term in self._vectors}
        new = [term for term in terms if term not in known]
        if new:
            # Copies: a row of the batch would keep all of it.
            rows = map(np.copy, self._embedder.embed_queries(new))
            fresh = dict(zip(new, rows, strict=True))
            known |= fresh
            with self._lock:
                if len(self._vectors) + len(fresh) > self._most_terms:
                    self._vectors.clear()
                if len(fresh) <= self._most_terms:
                    self._vectors |= fresh
        return np.array([known[term] for term in terms])

    def _read(self, chunk: Chunk) -> Reading:
        texts = unit_texts(chunk) or [chunk.text]
        first, rest = texts[:MOST_SENTENCES], texts[MOST_SENTENCES:]
        heading = " ".join((chunk.title, *chunk.heading_path))
        whole = "\n".join((chunk.title, *chunk.heading_path, *chunk.questions, chunk.text))
        held = dict.fromkeys(self._terms(whole))
        terms = [term for term in held if len(term) > 1] or list(held)
        headed = [f"{heading} {text}" for text in first]
        vectors = self._embedder.embed_queries([*first, *headed, *rest])
        middle = 2 * len(first)
        return Reading(vectors[:middle], vectors[middle:], tuple(terms))
