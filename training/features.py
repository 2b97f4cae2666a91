"""The texts of the pool as rows of the vocabulary with counts."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from multiprocessing import Pool
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbassist.embed.units import Vocabulary, units
from training.vocabulary import PROCESSES, steps

_MOST = 255


class Features(NamedTuple):
    """Texts as sparse rows (CSR)."""

    rows: NDArray[np.int32]
    counts: NDArray[np.float32]
    """How often each unit occurs in its text."""
    starts: NDArray[np.int64]
    """Where each text's units start; one more entry than texts."""

    def lengths(self) -> NDArray[np.int64]:
        """Distinct units of each text."""
        return np.diff(self.starts)


def featurise(texts: Sequence[str], vocabulary: Vocabulary) -> Features:
    """The distinct units of every text."""
    with Pool(PROCESSES) as pool:
        pieces = pool.map(partial(_piece, vocabulary), list(steps(texts)), chunksize=1)
    lengths = np.concatenate([lengths for _, _, lengths in pieces])
    return Features(
        np.concatenate([rows for rows, _, _ in pieces]),
        np.concatenate([counts for _, counts, _ in pieces]),
        np.concatenate(([0], np.cumsum(lengths))),
    )


def _piece(
    vocabulary: Vocabulary, texts: Sequence[str]
) -> tuple[NDArray[np.int32], NDArray[np.float32], NDArray[np.int64]]:
    rows, owners = units(texts, vocabulary)
    distinct, counts = np.unique(owners * np.int64(len(vocabulary)) + rows, return_counts=True)
    lengths = np.bincount(distinct // len(vocabulary), minlength=len(texts))
    return (
        (distinct % len(vocabulary)).astype(np.int32),
        np.minimum(counts, _MOST).astype(np.float32),
        lengths,
    )
