"""Matrix products in the calling thread alone.

OpenBLAS shares a product of 262,144 multiplications and more among threads. On a machine that has
other work to do, waiting for the others takes a hundred times as long as the product: of words with
the terms of a question 24 ms instead of 0.3, with two threads on two busy cores. Smaller products
stay where they are.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

MOST = 200_000
"""Multiplications of one call."""


def blocks(rows: int, each: int) -> Iterator[slice]:
    """Rows in blocks of which each may be multiplied in one call.

    Args:
        rows: how many there are.
        each: multiplications of one row.
    """
    step = max(1, MOST // max(each, 1))
    return (slice(start, start + step) for start in range(0, rows, step))


def by_terms(left: Matrix, right: Matrix) -> Matrix:
    """`left @ right`, some terms of the sums at a time; for a wide left one."""
    step = max(1, MOST // max(len(left) * right.shape[1], 1))
    product = left[:, :step] @ right[:step]
    for start in range(step, len(right), step):
        product += left[:, start : start + step] @ right[start : start + step]
    return product
