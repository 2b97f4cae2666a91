"""The units of a text that the bundled model may have a vector for.

A run of CJK characters has its characters and every stretch of two to four of them; a word has its
Snowball stem, and neighbouring words a unit together. A pair of characters or a word that the model
does not know is spelled out: the pair by its sound (pinyin without tones, so that 发飘 is near
发票), the word by its letter n-grams (fastText: Bojanowski et al. 2017), or, where it is pinyin
typed in Latin letters, by that sound. A unit is known by 32 bits of a hash; among 200,000 units a
foreign one is taken for one of them once in 20,000 cases.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import IntEnum
from functools import cache
from itertools import accumulate
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from kbassist.embed.codes import DIGIT, LETTER, RUN, Codes, Hashes, Places, encode, hash_text, power

VERSION = 1
"""Raised whenever a text gets other units."""

LETTERS = (3, 4, 5)
"""Lengths of the letter n-grams of an unknown word."""

_CACHE_SIZE = 1 << 16

T = TypeVar("T", bound=np.generic)
Keys = NDArray[np.uint32]
Owners = NDArray[np.int32]


class Kind(IntEnum):
    """What a unit is; part of its key, so that equal spellings of two kinds stay apart."""

    CHARACTER = 1
    BIGRAM = 2
    TRIGRAM = 3
    FOURGRAM = 4
    WORD = 5
    PAIR = 6
    LETTERS = 7
    SOUND = 8


class Found(NamedTuple):
    """Units of one kind over a batch of texts; arrays of one length."""

    keys: Keys
    starts: Places
    """Where each starts among the code points of the batch."""


class Sounds:
    """Pinyin without tones, by character."""

    def __init__(self, first: int, numbers: NDArray[np.uint16], syllables: Sequence[str]) -> None:
        """Describe a table.

        Args:
            first: code point of the first entry.
            numbers: number of the syllable of each character from there on, 0 for none.
            syllables: the syllables in Latin letters; number 0 is empty.
        """
        self._first = first
        self._numbers = numbers
        self._hashes = np.array([hash_text(syllable) for syllable in syllables], dtype=np.uint64)
        self._powers = np.array([power(len(syllable)) for syllable in syllables], dtype=np.uint64)

    def of_pairs(self, codes: NDArray[np.uint32], starts: Places) -> tuple[Keys, NDArray[np.bool_]]:
        """Keys of the sounds of the pairs at these places, and which pairs have one."""
        left, right = self._number(codes[starts]), self._number(codes[starts + 1])
        joined = self._hashes[left] + self._hashes[right] * self._powers[left]
        return key(joined, Kind.SOUND), (left > 0) & (right > 0)

    def _number(self, codes: NDArray[np.uint32]) -> NDArray[np.uint16]:
        places = codes.astype(np.int64) - self._first
        inside = (places >= 0) & (places < len(self._numbers))
        return np.where(inside, self._numbers[np.where(inside, places, 0)], 0).astype(np.uint16)


_MARKS = np.array(
    [0x9E3779B97F4A7C15 * kind & (2**64 - 1) for kind in range(max(Kind) + 1)], dtype=np.uint64
)
"""What the hashes of each kind are marked with."""


def key(hashes: Hashes, kind: Kind) -> Keys:
    """Keys of units of one kind."""
    return _mixed(hashes ^ _MARKS[kind])


def keys_of(kinds: Mapping[Kind, Hashes]) -> list[Keys]:
    """Keys of units of several kinds, worked out together: most calls are for a few units."""
    sizes = [len(hashes) for hashes in kinds.values()]
    marks = np.repeat(_MARKS[list(kinds)], sizes)
    return parted(_mixed(np.concatenate(list(kinds.values())) ^ marks), sizes)


def parted(values: NDArray[T], sizes: Sequence[int]) -> list[NDArray[T]]:
    """An array in parts of these sizes; `np.split` takes ten times as long."""
    ends = [*accumulate(sizes)]
    return [values[end - size : end] for end, size in zip(ends, sizes, strict=True)]


def _mixed(mixed: Hashes) -> Keys:
    """32 bits, well mixed (the finaliser of SplitMix64: Steele, Lea and Flood 2014)."""
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    mixed = (mixed ^ (mixed >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return (mixed >> np.uint64(32)).astype(np.uint32)


def runs(text: Codes) -> dict[Kind, Found]:
    """Characters of CJK runs, and stretches of two, three and four of them."""
    inside = fits = text.classes == RUN
    starts: dict[Kind, Places] = {}
    hashes: dict[Kind, Hashes] = {}
    for size, kind in enumerate((Kind.CHARACTER, Kind.BIGRAM, Kind.TRIGRAM, Kind.FOURGRAM), 1):
        if size > 1:
            fits = fits[:-1] & inside[size - 1 :]
        starts[kind] = np.flatnonzero(fits)
        hashes[kind] = text.hashes(starts[kind], starts[kind] + size)
    keys = zip(starts.items(), keys_of(hashes), strict=True)
    return {kind: Found(found, places) for (kind, places), found in keys}


class Words(NamedTuple):
    """Words and numbers of a batch; arrays of one length."""

    starts: Places
    ends: Places
    spelt: Hashes
    """Hash of each as written (folded)."""
    stems: Hashes
    """Hash of each word's stem; of a number as written."""


def words(text: Codes) -> Words:
    """Stretches of letters, and stretches of digits."""
    classes = np.where(text.classes >= LETTER, text.classes, 0).astype(np.int8)
    before = np.zeros_like(classes)
    before[1:] = classes[:-1]
    starts = (classes != before).nonzero()[0]
    ends = np.concatenate((starts[1:], (len(classes),)))
    real = classes[starts] > 0
    starts, ends = starts[real], ends[real]
    spelt = text.hashes(starts, ends)
    return Words(starts, ends, spelt, _stems(text, starts, ends, spelt))


def pairs(text: Codes, found: Words) -> Found:
    """Neighbouring words or numbers, with one character between them at most."""
    near = found.starts[1:] - found.ends[:-1] <= 1
    near &= text.owners[found.starts[1:]] == text.owners[found.starts[:-1]]
    left, right = found.stems[:-1][near], found.stems[1:][near]
    joined = left * np.uint64(0xD6E8FEB86659FD93) + right
    return Found(key(joined, Kind.PAIR), found.starts[:-1][near])


def letters(text: Codes, starts: Places, ends: Places) -> Found:
    """Letter n-grams of words, apart where a word begins or ends with them."""
    every, places = [], []
    for size in LETTERS:
        longer = np.flatnonzero(ends - starts > size)
        counts = (ends - starts)[longer] - size + 1
        offsets = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts)
        begin = np.repeat(starts[longer], counts) + offsets
        edge = (offsets == 0) + 2 * (offsets == np.repeat(counts - 1, counts))
        hashes = text.hashes(begin, begin + size)
        hashes += edge.astype(np.uint64) * np.uint64(0xA0761D6478BD642F)
        every.append(hashes)
        places.append(begin)
    return Found(key(np.concatenate(every), Kind.LETTERS), np.concatenate(places))


class Vocabulary:
    """The units that have a row of their own, and the rows that the rest share."""

    def __init__(self, keys: Keys, buckets: int, sounds: Sounds) -> None:
        """Describe a vocabulary.

        Args:
            keys: ascending and distinct; the place of a key is its row.
            buckets: rows behind those, shared by hash by the bigrams that have none.
            sounds: pinyin by character.
        """
        self.keys = keys
        self.buckets = buckets
        self.sounds = sounds

    def __len__(self) -> int:
        """Number of rows."""
        return len(self.keys) + self.buckets

    def find(self, keys: Keys) -> NDArray[np.int64]:
        """Row of each key, -1 for one that has none."""
        if not len(self.keys):
            return np.full(len(keys), -1, dtype=np.int64)
        rows = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
        return np.where(self.keys[rows] == keys, rows, -1)

    def share(self, keys: Keys) -> NDArray[np.int64]:
        """Row of each key among the shared ones; there must be some."""
        return len(self.keys) + (keys % np.uint32(self.buckets)).astype(np.int64)

    @property
    def shares(self) -> bool:
        return self.buckets > 0


def units(texts: Sequence[str], vocabulary: Vocabulary) -> tuple[NDArray[np.int64], Owners]:
    """The units of texts that have a row, others spelled out.

    Args:
        texts: any strings.
        vocabulary: of the model.

    Returns:
        Rows, int64 (m,), and the text that each belongs to, int32 (m,), ascending.
    """
    text = encode(texts)
    out: list[tuple[NDArray[np.int64], Places]] = []

    def known(*found: Found) -> list[NDArray[np.bool_]]:
        """Take the units that have a row; which have, for each kind."""
        rows = vocabulary.find(np.concatenate([one.keys for one in found]))
        starts = np.concatenate([one.starts for one in found])
        here = rows >= 0
        out.append((rows[here], starts[here]))
        return parted(here, [len(one.keys) for one in found])

    stretches, found = runs(text), words(text)
    bigrams = stretches.pop(Kind.BIGRAM)
    stems = Found(key(found.stems, Kind.WORD), found.starts)
    *_, known_bigrams, known_words = known(*stretches.values(), pairs(text, found), bigrams, stems)
    strange = ~known_bigrams
    starts = bigrams.starts[strange]
    if vocabulary.shares:
        out.append((vocabulary.share(bigrams.keys[strange]), starts))
    keys, sounding = vocabulary.sounds.of_pairs(text.codes, starts)
    new = ~known_words
    spelt = Found(key(found.spelt[new], Kind.SOUND), found.starts[new])
    _, known_sounds = known(Found(keys[sounding], starts[sounding]), spelt)
    new[new] = ~known_sounds
    new &= text.classes[found.starts] != DIGIT
    if new.any():
        known(letters(text, found.starts[new], found.ends[new]))

    rows = np.concatenate([part for part, _ in out])
    owners = text.owners[np.concatenate([places for _, places in out])]
    order = np.argsort(owners, kind="stable")
    return rows[order], owners[order]


_stem_hashes: dict[int, int] = {}


def _stems(text: Codes, starts: Places, ends: Places, spelt: Hashes) -> Hashes:
    if not len(spelt):
        return spelt
    distinct, first, place = np.unique(spelt, return_index=True, return_inverse=True)
    stems = []
    for hashed, at in zip(distinct.tolist(), first.tolist(), strict=True):
        stem = _stem_hashes.get(hashed)
        if stem is None:
            stem = hash_text(_stemmer()(text.text(int(starts[at]), int(ends[at]))))
            if len(_stem_hashes) >= _CACHE_SIZE:
                _stem_hashes.clear()
            _stem_hashes[hashed] = stem
        stems.append(stem)
    return np.array(stems, dtype=np.uint64)[place]


@cache
def _stemmer() -> Callable[[str], str]:
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer("english", 0).stemWord
    return stem
