"""The learned vectors as the files of the package."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbassist.embed.static import (
    DESCRIPTION,
    FORMAT,
    KEYS,
    SOUNDS,
    VECTORS,
    WEIGHTS,
    ZERO,
)
from kbassist.embed.units import VERSION, Kind, Vocabulary
from training import sounds
from training.settings import NAME, Settings
from training.vocabulary import Kinds

LEVELS = 7
"""Values lie in -7 to 7."""
_LARGEST = 255
_SHARE = 0.999
"""The share of the rows whose weights fit; the rest is cut."""

Matrix = NDArray[np.float32]


class Quantised(NamedTuple):
    """Rows as 4-bit values times a whole weight."""

    values: NDArray[np.int8]
    """(n, d), -7 to 7."""
    weights: NDArray[np.uint8]
    """(n,), 0 for a row that says nothing."""

    def matrix(self) -> Matrix:
        """What the model computes with, up to one factor."""
        return self.values.astype(np.float32) * self.weights[:, None]


def quantise(vectors: Matrix) -> Quantised:
    """Choose each row's weight so that its largest value just fits, then round.

    Args:
        vectors: float32 (n, d).
    """
    largest = np.abs(vectors).max(axis=1)
    unit = np.quantile(largest, _SHARE) / (LEVELS * _LARGEST)
    weights = np.clip(np.ceil(largest / (LEVELS * unit)), 0, _LARGEST)
    step = np.maximum(weights, 1)[:, None] * unit
    values = np.clip(np.rint(vectors / step), -LEVELS, LEVELS)
    return Quantised(values.astype(np.int8), weights.astype(np.uint8))


def reweigh(vectors: Matrix, kinds: Kinds, settings: Settings) -> Matrix:
    """Give each unit's vector another length: `Settings.exponent` and `Settings.emphasis`."""
    exponent, emphasis = np.ones((2, max(Kind) + 1))
    for kind, value in settings.exponent.items():
        exponent[kind], emphasis[kind] = value, settings.emphasis[kind]
    lengths = np.maximum(np.linalg.norm(vectors, axis=1), 1e-9)
    wanted = emphasis[kinds] * (lengths / settings.typical) ** exponent[kinds]
    weighed: Matrix = vectors * (wanted / lengths).astype(np.float32)[:, None]
    return weighed


def export(vectors: Matrix, vocabulary: Vocabulary, folder: Path) -> None:
    """Write the model; equal input gives equal bytes."""
    folder.mkdir(parents=True, exist_ok=True)
    found = quantise(vectors)
    half = vectors.shape[1] // 2
    stored = (found.values + ZERO).astype(np.uint8)
    numbers, syllables = sounds.table()
    arrays = {
        KEYS: vocabulary.keys,
        VECTORS: stored[:, :half] | (stored[:, half:] << 4),
        WEIGHTS: found.weights,
        SOUNDS: numbers,
    }
    for name, array in arrays.items():
        np.save(folder / name, np.ascontiguousarray(array), allow_pickle=False)
    about = {
        "format": FORMAT,
        "name": NAME,
        "units": VERSION,
        "buckets": vocabulary.buckets,
        "first": sounds.FIRST,
        "syllables": syllables,
        "files": {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in arrays
        },
    }
    text = json.dumps(about, indent=1, sort_keys=True) + "\n"
    (folder / DESCRIPTION).write_text(text, encoding="utf-8", newline="\n")
