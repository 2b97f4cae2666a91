"""Matrix products in the calling thread alone.

OpenBLAS shares a product of 262,144 multiplications and more among threads. On a machine that has
other work to do, waiting for the others takes a hundred times as long as the product: of words with
the terms of a question 24 ms instead of 0.3, with two threads on two busy cores. Smaller products
stay where they are.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

MOST = 200_000
"""Multiplications of one call."""


def by_rows(left: Matrix, right: Matrix) -> Matrix:
    """`left @ right`, some rows of the left at a time; for a tall left one."""
    step = max(1, MOST // max(right.size, 1))
    if len(left) <= step:
        return left @ right
    product = np.empty((len(left), right.shape[1]), dtype=np.float32)
    for start in range(0, len(left), step):
        np.matmul(left[start : start + step], right, out=product[start : start + step])
    return product


def by_terms(left: Matrix, right: Matrix) -> Matrix:
    """`left @ right`, some terms of the sums at a time; for a wide left one."""
    step = max(1, MOST // max(len(left) * right.shape[1], 1))
    product = left[:, :step] @ right[:step]
    for start in range(step, len(right), step):
        product += left[:, start : start + step] @ right[start : start + step]
    return product
