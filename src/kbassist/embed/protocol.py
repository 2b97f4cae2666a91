"""What an embedding model must offer, and the one rule for its vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from kbassist.errors import ModelError

Matrix = NDArray[np.float32]

Progress = Callable[[int, int], None]
"""Called with the number of texts done and the number of all."""


class Embedder(Protocol):
    """A model that turns texts into vectors whose inner product is their likeness.

    Every vector is float32 of length 1; a text that says nothing (empty, blank) gets zeros. The
    same texts in the same order give the same bytes.
    """

    @property
    def fingerprint(self) -> str:
        """Names everything that decides a vector, and no path: equal means interchangeable."""

    @property
    def dimension(self) -> int:
        """Length of a vector, d."""

    @property
    def passage(self) -> int | None:
        """Tokens (`count_tokens`) of the passages that are embedded beside a longer text.

        None for a model that reads a whole text well. Part of the fingerprint.
        """

    def embed_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        """Vectors of passages to be found, float32 (n, d); (0, d) for no texts.

        Raises:
            ModelError: the model returned something unusable.
        """

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        """Vectors of questions, float32 (n, d); (0, d) for no texts.

        Raises:
            ModelError: the model returned something unusable.
        """


def unit_rows(matrix: NDArray[Any], dimension: int) -> Matrix:
    """Scale the rows of a model's output to length 1; rows of zeros stay zeros.

    Args:
        matrix: numbers of any type, shape (n, dimension).
        dimension: the length that a row must have.

    Returns:
        float32 (n, dimension).

    Raises:
        ModelError: another shape, or a value that is not finite.
    """
    values = np.asarray(matrix, dtype=np.float64)
    if values.ndim != 2 or values.shape[1] != dimension:
        raise ModelError(f"the model returned shape {values.shape}, expected (n, {dimension})")
    if not np.isfinite(values).all():
        row = int(np.flatnonzero(~np.isfinite(values).all(axis=1))[0])
        raise ModelError(f"the model returned values that are not finite for text {row}")
    lengths = np.sqrt(np.square(values).sum(axis=1, keepdims=True))
    return (values / np.where(lengths > 0, lengths, 1.0)).astype(np.float32)
