"""What a passage holds, as vectors: worked out once, and kept for the passages quoted last."""

from __future__ import annotations

from dataclasses import dataclass

from kbassist.answer.units import unit_texts
from kbassist.embed.protocol import Embedder, Matrix
from kbassist.kept import Kept
from kbassist.types import Chunk

KEPT = 512
"""Passages whose sentences are kept, about 20 KB each: a few passages answer most questions."""
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

    @property
    def units(self) -> tuple[Matrix, Matrix]:
        """Vectors of all units, in two parts."""
        return self.sentences[: len(self.sentences) // 2], self.rest


class Readings:
    """Reads passages with one model; threads may share it."""

    def __init__(self, embedder: Embedder, kept: int = KEPT) -> None:
        """Start with nothing read.

        Args:
            embedder: the bundled model.
            kept: passages that are kept, 1 up; the one read longest ago goes first.
        """
        self._embedder = embedder
        self._kept: Kept[Reading] = Kept(kept)

    @property
    def kept(self) -> int:
        """Number of passages that are kept."""
        return len(self._kept)

    def of(self, chunk: Chunk) -> Reading:
        """The reading of a passage."""
        return self._kept.get((chunk.id, chunk.hash), lambda: self._read(chunk))

    def _read(self, chunk: Chunk) -> Reading:
        texts = unit_texts(chunk) or [chunk.text]
        first, rest = texts[:MOST_SENTENCES], texts[MOST_SENTENCES:]
        heading = " ".join((chunk.title, *chunk.heading_path))
        headed = [f"{heading} {text}" for text in first]
        vectors = self._embedder.embed_queries([*first, *headed, *rest])
        middle = 2 * len(first)
        return Reading(vectors[:middle], vectors[middle:])
