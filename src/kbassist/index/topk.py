"""The k best of many scores under one total order: higher score first, then lower row."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.floating[Any]]


def top_k(scores: FloatArray, k: int) -> NDArray[np.int64]:
    """Positions of the k highest scores, best first, equal scores by position.

    Equal to `np.lexsort((positions, -scores))[:k]`, without sorting what is not returned: ties on
    the boundary go to the lowest positions, whatever the partition does with them.

    Args:
        scores: shape (n,), without NaN.
        k: how many to return; all where fewer than k are there.

    Returns:
        int64, shape (min(k, n),).

    Raises:
        ValueError: k is negative, or a score is NaN.
    """
    if k < 0:
        raise ValueError(f"k must not be negative, found {k}")
    if np.isnan(scores).any():
        raise ValueError("scores must not be NaN")
    count = len(scores)
    if k == 0 or count == 0:
        return np.empty(0, dtype=np.int64)
    if k >= count:
        chosen = np.arange(count, dtype=np.int64)
    else:
        boundary = np.partition(scores, count - k)[count - k]
        above = np.flatnonzero(scores > boundary)
        level = np.flatnonzero(scores == boundary)[: k - len(above)]
        chosen = np.concatenate((above, level)).astype(np.int64, copy=False)
    return chosen[np.lexsort((chosen, -scores[chosen]))]


def top_rows(scores: FloatArray, eligible: NDArray[np.bool_], k: int) -> NDArray[np.int64]:
    """The k best among the eligible rows; what is not eligible never takes a place.

    Args:
        scores: shape (n,); those of eligible rows without NaN.
        eligible: bool, shape (n,).
        k: how many to return at most.

    Returns:
        Rows, int64, best first, equal scores by row.
    """
    rows = np.flatnonzero(eligible).astype(np.int64, copy=False)
    return rows[top_k(scores[rows], k)]
