"""One small static embedder for every system: hashed character n-grams, a fixed projection.

Nothing is learned and nothing is downloaded: it stands for any static model, so that the systems
differ in what they do with vectors and not in the vectors. A text's pairs and triples of characters
are hashed into buckets, each counts 1 + ln(tf), and the weighted rows of a seeded Gaussian matrix
add up to the vector (Johnson and Lindenstrauss 1984; Weinberger et al. 2009).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import cast

import numpy as np
from numpy.typing import NDArray

DIMENSION = 256
NAME = "hashed-ngrams"
"""What kbassist's registry calls it."""

_SEED = 20261121
_BITS = 14
_FIRST, _SECOND = np.uint32(2654435761), np.uint32(2246822519)

Matrix = NDArray[np.float32]
Progress = Callable[[int, int], None]


class HashedEmbedder:
    """Vectors of length 1; zeros for a text without two characters."""

    def __init__(self) -> None:
        source = np.random.default_rng(_SEED)
        self._rows = source.standard_normal((1 << _BITS, DIMENSION), dtype=np.float32)

    @property
    def fingerprint(self) -> str:
        """Names everything that decides a vector."""
        return f"{NAME}-{_BITS}-{DIMENSION}-{_SEED}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return DIMENSION

    @property
    def passage(self) -> None:
        """Whole chunks only, as in the other systems."""
        return None

    def embed_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Vectors of passages, float32 (n, 256)."""
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for place, text in enumerate(texts):
            vectors[place] = self._embed(text)
        if progress is not None:
            progress(len(texts), len(texts))
        return vectors

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        """Vectors of questions, made in the same way."""
        return self.embed_documents(texts)

    def _embed(self, text: str) -> Matrix:
        buckets, counts = np.unique(_buckets(text), return_counts=True)
        weights = (1.0 + np.log(counts)).astype(np.float32)
        vector: Matrix = weights @ self._rows[buckets]
        length = float(np.linalg.norm(vector))
        return (vector / np.float32(length)).astype(np.float32) if length > 0 else vector


def _buckets(text: str) -> NDArray[np.uint32]:
    """The bucket of every pair and triple of characters; white space is one space."""
    folded = " ".join(text.lower().split())
    points = np.frombuffer(folded.encode("utf-32-le", "replace"), dtype=np.uint32)
    pairs = points[:-1] * _FIRST ^ points[1:] * _SECOND
    triples = pairs[:-1] * _FIRST ^ points[2:] * _SECOND
    mixed = np.concatenate((pairs, triples)) * _FIRST
    return mixed >> np.uint32(32 - _BITS)


@cache
def shared() -> HashedEmbedder:
    """The one instance of a process."""
    return HashedEmbedder()


def transform(texts: Sequence[str]) -> Matrix:
    """What txtai calls for its method 'external'."""
    return shared().embed_documents(list(texts))


def register() -> str:
    """Make the embedder known to kbassist's registry in this process; its name there."""
    from kbassist.embed.protocol import Embedder
    from kbassist.embed.registry import LOADERS, Loader

    def load(_: str) -> Embedder:
        return shared()

    cast("dict[str, Loader]", LOADERS)[NAME] = load
    return NAME
