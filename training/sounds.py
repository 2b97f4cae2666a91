"""Pinyin of Han characters without tones, from the package pypinyin (MIT)."""

from __future__ import annotations

import unicodedata
from functools import cache

import numpy as np
from numpy.typing import NDArray

FIRST, LAST = 0x3400, 0x9FFF
"""The Han characters of the basic plane."""


@cache
def readings() -> dict[str, str]:
    """The usual syllable of each character: ASCII letters, ü as v."""
    from pypinyin.constants import PINYIN_DICT

    found = {}
    for code, tones in PINYIN_DICT.items():
        if FIRST <= code <= LAST:
            plain = unicodedata.normalize("NFD", tones.split(",")[0]).replace("u\u0308", "v")
            found[chr(code)] = "".join(c for c in plain if c.isascii() and c.isalpha())
    return found


def syllable_of(char: str) -> str:
    """The syllable of a character; empty where it has none."""
    return readings().get(char, "")


def table() -> tuple[NDArray[np.uint16], list[str]]:
    """Number of each character's syllable from `FIRST` on, and the syllables; 0 is none."""
    syllables = ["", *sorted({syllable for syllable in readings().values() if syllable})]
    numbers = {syllable: number for number, syllable in enumerate(syllables)}
    codes = map(chr, range(FIRST, LAST + 1))
    return np.array([numbers[syllable_of(char)] for char in codes], dtype=np.uint16), syllables
