"""Adam (Kingma and Ba 2015) on the rows that a batch touches, in one pass over their memory."""

from __future__ import annotations

import numba
import numpy as np
from numpy.typing import NDArray

Matrix = NDArray[np.float32]

_MEAN, _SQUARE = np.float32(0.9), np.float32(0.999)
_TINY = np.float32(1e-8)


class Adam:
    """State of the optimiser; `vectors` and `weights` are changed in place."""

    def __init__(self, vectors: Matrix, weights: Matrix) -> None:
        """Start.

        Args:
            vectors: float32 (n, d).
            weights: logarithms of the units' weights, float32 (n,).
        """
        self.vectors, self.weights = vectors, weights
        self._state = (np.zeros_like(vectors), np.zeros_like(vectors))
        self._weight_state = (np.zeros_like(weights), np.zeros_like(weights))
        self._steps = 0

    def step(
        self,
        rows: NDArray[np.int64],
        gradient: Matrix,
        units: Matrix,
        scale: Matrix,
        rates: tuple[float, float],
    ) -> None:
        """Take one step.

        Args:
            rows: distinct, (u,).
            gradient: of the loss by the units' scaled vectors, (u, d).
            units: the scaled vectors, (u, d).
            scale: exp of the weights, (u,).
            rates: of the vectors and of the weights.
        """
        self._steps += 1
        fix = [1 - float(decay) ** self._steps for decay in (_MEAN, _SQUARE)]
        _update(
            rows, gradient, units, scale,
            self.vectors, *self._state, self.weights, *self._weight_state,
            np.float32(rates[0] / fix[0]), np.float32(rates[1] / fix[0]), np.float32(fix[1]),
        )  # fmt: skip


@numba.njit(parallel=True)
def _update(  # type: ignore[no-untyped-def]  # compiled by the types that it is called with
    rows, gradient, units, scale, vectors, mean, square, weights, weight_mean, weight_square,
    rate, weight_rate, fix,
):  # fmt: skip
    for place in numba.prange(len(rows)):
        row = rows[place]
        slope = np.float32(0)
        for column in range(vectors.shape[1]):
            slope += gradient[place, column] * units[place, column]
            part = gradient[place, column] * scale[place]
            mean[row, column] = _MEAN * mean[row, column] + (1 - _MEAN) * part
            square[row, column] = _SQUARE * square[row, column] + (1 - _SQUARE) * part * part
            vectors[row, column] -= (
                rate * mean[row, column] / (np.sqrt(square[row, column] / fix) + _TINY)
            )
        weight_mean[row] = _MEAN * weight_mean[row] + (1 - _MEAN) * slope
        weight_square[row] = _SQUARE * weight_square[row] + (1 - _SQUARE) * slope * slope
        weights[row] -= weight_rate * weight_mean[row] / (np.sqrt(weight_square[row] / fix) + _TINY)
