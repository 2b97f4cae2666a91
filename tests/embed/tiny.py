"""A model small enough to be read: twelve units, four values a vector, and the files it lies in."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kbassist.embed.codes import encode, hash_text
from kbassist.embed.static import DESCRIPTION, FORMAT, KEYS, SOUNDS, VECTORS, WEIGHTS, ZERO
from kbassist.embed.units import VERSION, Kind, Sounds, Vocabulary, key, letters, pairs, words

Unit = tuple[Kind, str]

FIRST = ord("发")
"""The first character with a sound; the table runs up to 飘."""
SYLLABLES = ("", "fa", "piao", "ti")
SPOKEN = {"发": 1, "票": 2, "飘": 2, "提": 3}

UNITS: dict[Unit, tuple[int, tuple[int, int, int, int]]] = {
    (Kind.CHARACTER, "币"): (20, (1, 0, 0, 0)),
    (Kind.CHARACTER, "提"): (10, (0, 1, 0, 0)),
    (Kind.BIGRAM, "提币"): (100, (7, -7, 0, 0)),
    (Kind.BIGRAM, "发票"): (90, (0, 0, 7, 0)),
    (Kind.TRIGRAM, "提币费"): (120, (0, 0, 0, 7)),
    (Kind.FOURGRAM, "提币手续"): (130, (2, 3, 4, 5)),
    (Kind.WORD, "withdraw"): (110, (7, -6, 0, 1)),
    (Kind.WORD, "fee"): (80, (0, 0, 0, 6)),
    (Kind.WORD, "20"): (30, (0, -1, 0, 0)),
    (Kind.PAIR, "withdraw fee"): (140, (3, 0, 0, 7)),
    (Kind.SOUND, "fapiao"): (60, (0, 0, 6, 1)),
    (Kind.LETTERS, "draw"): (40, (1, 1, 1, 1)),
}
"""Each unit with its weight and its vector."""

SHARED = ((5, (0, 0, 1, 1)), (6, (1, 1, 0, 0)))
"""Weight and vector of the rows that unknown bigrams share."""


def key_of(unit: Unit) -> int:
    """The key of a unit, given as its text; a word as its stem, letters from inside a word."""
    kind, text = unit
    if kind == Kind.PAIR:
        codes = encode([text])
        return int(pairs(codes, words(codes)).keys[0])
    if kind == Kind.LETTERS:
        codes = encode([f"-{text}-"])
        inside = letters(codes, np.array([0]), np.array([len(text) + 2]))
        place = np.flatnonzero((inside.starts == 1) & (_sizes(len(text) + 2) == len(text)))
        return int(inside.keys[place[0]])
    return int(key(np.array([hash_text(text)], dtype=np.uint64), kind)[0])


def vocabulary(units: Iterable[Unit] = UNITS, buckets: int = 0) -> tuple[Vocabulary, list[Unit]]:
    """A vocabulary of these units, and the unit of each row."""
    rows = sorted(units, key=key_of)
    keys = np.array([key_of(unit) for unit in rows], dtype=np.uint32)
    return Vocabulary(keys, buckets, sounds()), rows


def sounds() -> Sounds:
    return Sounds(FIRST, _numbers(), SYLLABLES)


def write_model(folder: Path, **changes: Any) -> Path:
    """Write the model's files; `changes` are to its description."""
    known, rows = vocabulary(buckets=len(SHARED))
    table = [UNITS[unit] for unit in rows] + list(SHARED)
    values = np.array([vector for _, vector in table], dtype=np.int64) + ZERO
    half = values.shape[1] // 2
    folder.mkdir(parents=True, exist_ok=True)
    for name, array in (
        (KEYS, known.keys),
        (WEIGHTS, np.array([weight for weight, _ in table], dtype=np.uint8)),
        (VECTORS, (values[:, :half] | values[:, half:] << 4).astype(np.uint8)),
        (SOUNDS, _numbers()),
    ):
        np.save(folder / name, array)
    describe(folder, **changes)
    return folder


def describe(folder: Path, **changes: Any) -> None:
    """Write the description that fits the files which are there."""
    about = {
        "name": "tiny",
        "format": FORMAT,
        "units": VERSION,
        "buckets": len(SHARED),
        "first": FIRST,
        "syllables": SYLLABLES,
        "files": {
            name: hashlib.sha256((folder / name).read_bytes()).hexdigest()
            for name in (KEYS, WEIGHTS, VECTORS, SOUNDS)
        },
    }
    (folder / DESCRIPTION).write_text(json.dumps({**about, **changes}), encoding="utf-8")


def _numbers() -> np.ndarray[tuple[int], np.dtype[np.uint16]]:
    numbers = np.zeros(ord("飘") - FIRST + 1, dtype=np.uint16)
    for char, number in SPOKEN.items():
        numbers[ord(char) - FIRST] = number
    return numbers


def _sizes(length: int, sizes: Sequence[int] = (3, 4, 5)) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Length of each n-gram that `letters` finds in one word of this length, in its order."""
    counts = [length - size + 1 if length > size else 0 for size in sizes]
    return np.repeat(np.array(sizes), counts)
