"""What the bundled model knows about spelling: how characters sound, and which words there are.

An index whose vectors come from another model, or that has none, uses it too: only the small files
of the model are opened, and its vectors never.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kbassist.embed.codes import hash_text
from kbassist.embed.registry import BUNDLED_MODEL, MODELS
from kbassist.embed.static import KEYS, SOUNDS, describe, open_file
from kbassist.embed.units import Keys, Kind, Sounds, Vocabulary, key

MAX_SYLLABLES = 8
"""Longer stretches of pinyin are not taken apart: nobody types them without a space."""


class Spelling:
    """Sounds of characters, and the words of a model; read-only, threads may share it."""

    def __init__(self, vocabulary: Vocabulary, syllables: Sequence[str]) -> None:
        """Describe what is known.

        Args:
            vocabulary: of a model, with its table of sounds.
            syllables: every pinyin syllable without tone, in Latin letters.
        """
        self._vocabulary = vocabulary
        self._syllables = frozenset(filter(None, syllables))
        self._longest = max(map(len, self._syllables), default=0)

    def of_pairs(self, pairs: NDArray[np.uint32]) -> tuple[Keys, NDArray[np.bool_]]:
        """Keys of the sounds of pairs of characters, and which pairs have one.

        Args:
            pairs: code points, shape (n, 2).
        """
        starts = np.arange(0, 2 * len(pairs), 2, dtype=np.int64)
        return self._vocabulary.sounds.of_pairs(pairs.reshape(-1), starts)

    def of_letters(self, letters: str) -> int:
        """Key of the sound that pinyin without tones spells, the same as that of characters."""
        return int(_keys([letters], Kind.SOUND)[0])

    def syllables(self, word: str) -> list[str]:
        """A word as pinyin syllables, as few as possible; empty where it is not pinyin.

        Args:
            word: small Latin letters without tone marks.

        Returns:
            The syllables, joined the word; of two ways with equally few the one whose first
            syllables are longer.
        """
        best: list[list[str] | None] = [[]]
        for end in range(1, len(word) + 1):
            found = [
                [*before, word[start:end]]
                for start in range(max(0, end - self._longest), end)
                if (before := best[start]) is not None and word[start:end] in self._syllables
            ]
            shown = [way for way in found if len(way) <= MAX_SYLLABLES]
            best.append(
                min(shown, key=lambda way: (len(way), [-len(s) for s in way]), default=None)
            )
        return best[-1] or []

    def knows(self, term: str) -> bool:
        """Whether the model has a unit for a stem, or for a pair of characters: it was often read.

        Args:
            term: a term of the analyzer, of Latin letters or of two characters.
        """
        kind = Kind.WORD if term.isascii() else Kind.BIGRAM
        return bool(self._vocabulary.find(_keys([term], kind))[0] >= 0)


def open_spelling(folder: Path) -> Spelling:
    """Open the spelling files of a static model.

    Args:
        folder: of the model.

    Raises:
        ModelError: a file is missing or damaged, or of another version.
    """
    about, _ = describe(folder)
    keys, numbers = (open_file(folder, name, about, check=True) for name in (KEYS, SOUNDS))
    syllables = about["syllables"]
    sounds = Sounds(about["first"], numbers, syllables)
    return Spelling(Vocabulary(keys, about["buckets"], sounds), syllables)


@cache
def bundled_spelling() -> Spelling:
    """The spelling of the bundled model, opened once.

    Raises:
        ModelError: as `open_spelling`.
    """
    return open_spelling(MODELS / BUNDLED_MODEL)


def _keys(texts: Sequence[str], kind: Kind) -> Keys:
    return key(np.array([hash_text(text) for text in texts], dtype=np.uint64), kind)
