"""Late interaction: how well a chunk's words cover a question's, by meaning.

For each term of the question the likeness of the nearest term of the chunk, averaged by
weight · idf: the MaxSim of ColBERT (Khattab and Zaharia 2020) over static vectors, weighted as in
BERTScore (Zhang et al. 2020). One vector of a whole passage hides which part of the question it
answers; this does not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from kbassist.embed.protocol import Matrix
from kbassist.embed.static import StaticEmbedder
from kbassist.index.vocabulary import Vocabulary
from kbassist.index.words import Words


@dataclass(frozen=True, slots=True)
class Asked:
    """A question's terms, embedded."""

    vectors: Matrix
    """float32 (t, d), each of length 1, or 0 for a term that the model knows nothing of."""
    numbers: NDArray[np.int64]
    """Number of each in the vocabulary, -1 where no chunk has it; shape (t,)."""
    weights: NDArray[np.float64]
    """weight · idf of each, shape (t,), >= 0."""


class MaxSim:
    """Soft coverage of questions by chunks; threads may share it."""

    def __init__(self, words: Words, vocabulary: Vocabulary, model: StaticEmbedder) -> None:
        """Take what an index knows of its words.

        Args:
            words: of the chunks.
            vocabulary: of the index.
            model: the bundled one; one that reads a text as a whole is too slow for single terms.
        """
        self._words = words
        self._vocabulary = vocabulary
        self._model = model

    def asked(self, weights: Mapping[str, float], question: str | None = None) -> Asked | None:
        """A question's terms; None where none of them counts.

        Args:
            weights: term → weight · idf. Single characters count only where there is nothing else.
            question: that will be embedded next: it takes no longer along with its new terms.
        """
        terms = [term for term in weights if len(term) > 1] or list(weights)
        worth = np.array([weights[term] for term in terms], dtype=np.float64)
        if not worth.sum() > 0:
            return None
        find = self._vocabulary.find
        numbers = np.array([-1 if (n := find(term)) is None else n for term in terms])
        return Asked(self._vectors(terms, numbers, question), numbers, worth)

    def _vectors(
        self, terms: Sequence[str], numbers: NDArray[np.int64], question: str | None
    ) -> Matrix:
        """Vectors of a question's terms; those of the index are not analysed again."""
        vectors = np.zeros((len(terms), self._model.dimension), dtype=np.float32)
        here = numbers >= 0
        known = numbers[here]
        sums = self._model.sums(*self._words.units(known))
        vectors[here] = sums * self._words.scales(known)[:, None]
        if not here.all():
            new = [term for term, known in zip(terms, here.tolist(), strict=True) if not known]
            beside = [] if question is None else [question]
            vectors[~here] = self._model.embed_queries([*new, *beside])[: len(new)]
        return vectors

    def coverage(
        self, asked: Asked, rows: Sequence[int] | NDArray[np.integer]
    ) -> NDArray[np.float64]:
        """Soft coverage of the question by chunks, in [0, 1]; a term that one holds counts 1.

        Args:
            asked: the question.
            rows: of the chunks, shape (c,).

        Returns:
            float64 (c,).

        Raises:
            IndexBroken: a row or a term is not there.
        """
        words, counts = self._words.of(np.asarray(rows, dtype=np.int64))
        filled = counts > 0
        covered = np.zeros(len(rows))
        if len(words):
            distinct, place = _distinct(words, len(self._vocabulary))
            starts = (counts.cumsum() - counts)[filled]
            likeness = self._likeness(asked, distinct).take(place, axis=0)
            nearest = np.maximum.reduceat(likeness, starts, axis=0)
            covered[filled] = np.clip(nearest, 0.0, 1.0) @ asked.weights / asked.weights.sum()
        return covered

    def _likeness(self, asked: Asked, words: NDArray[np.int64]) -> Matrix:
        """Cosine of each word (ascending) with each term of the question; 1 of one with itself."""
        units, counts = self._words.units(words)
        likeness = np.zeros((len(words), len(asked.vectors)), dtype=np.float32)
        known = counts > 0
        if len(units):
            starts = (counts.cumsum() - counts)[known]
            distinct, place = _distinct(units, len(self._model))
            products = self._model.products(distinct, asked.vectors).take(place, axis=0)
            likeness[known] = np.add.reduceat(products, starts, axis=0)
            likeness *= self._words.scales(words)[:, None]
        at = np.minimum(np.searchsorted(words, asked.numbers), len(words) - 1)
        same = np.flatnonzero(words[at] == asked.numbers)
        likeness[at[same], same] = 1.0
        return likeness


def _distinct(
    numbers: NDArray[np.integer], count: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The distinct numbers below a count, ascending, and the place of each number among them.

    What `np.unique` gives, several times as fast for a few thousand numbers.

    Raises:
        IndexError: a number is not below the count.
    """
    there = np.zeros(count, dtype=np.bool_)
    there[numbers] = True
    distinct = there.nonzero()[0]
    places = np.empty(count, dtype=np.int32)
    places[distinct] = np.arange(len(distinct), dtype=np.int32)
    return distinct, places.take(numbers)
