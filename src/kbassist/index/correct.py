"""Words that a question may have meant, for words that the index does not have.

Latin words: terms of the index within a few edits (restricted Damerau-Levenshtein distance, also
called optimal string alignment: one edit inserts, deletes or replaces a letter or swaps two
neighbours; Damerau 1964, Boytsov 2011 §2.2). Pairs of Chinese characters: pairs of the index that
sound the same and share one character. Pinyin in Latin letters: pairs that sound so.
"""

from __future__ import annotations

import math
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby, islice, pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from kbassist.embed.spelling import Spelling
from kbassist.index.arrays import open_array
from kbassist.index.vocabulary import OFFSETS_NAME, TERMS_NAME

SHORTEST = 4
"""Letters of the shortest word that is corrected: shorter ones are near too many others."""
LONG = 8
"""Letters from which two edits are allowed instead of one."""
CLEAR = 3.0
"""A candidate is clear where it is this many times as strong as any other that is as near."""
BOUND = 0.05
"""Least strength of a pair: what stands together by chance, as 置文 in 设置文件, is no word."""

_LONGEST = 30
"""Letters beyond which a word is pasted, not typed."""
_TRIED = 40
"""Equally near candidates whose chunks are counted at most."""
_TAKEN = 5
"""Pairs that each two syllables of pinyin may stand for."""
_HAN_BYTES = 3
"""Length in UTF-8 of each character from U+0800 on in the basic plane."""

Count = Callable[[str], int]
"""Number of chunks with a term that anyone may see."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """What may be meant: a term of the index."""

    term: str
    distance: int
    """Edits for a word, 1 for a pair, 0 for pinyin."""
    strength: float
    """Chunks that have it, for a word. How firmly its characters belong together, for a pair:
    chunks with both side by side / sqrt(chunks with one · chunks with the other), in (0, 1]
    (Ochiai 1957); for pinyin the sum over its pairs."""
    clear: bool
    """Whether no other term is as likely: none is as near and nearly as strong."""


_Ways = dict[str, Candidate]
"""Per last character, the likeliest characters for the syllables up to a place."""


class Corrector:
    """Finds candidates in the vocabulary of one index; threads may share it.

    The files are mapped at once, since a later build may collect them; the tables that the search
    needs are made when the first unknown term is met.
    """

    def __init__(self, folder: Path) -> None:
        """Map the vocabulary of a generation.

        Raises:
            IndexBroken: a file of it is missing or damaged.
        """
        self._blob = open_array(folder / TERMS_NAME, np.uint8)
        self._offsets = open_array(folder / OFFSETS_NAME, np.int64)
        self._lock = threading.Lock()
        self._by_sound: tuple[NDArray[np.int64], NDArray[np.uint32]] | None = None

    def words(self, stem: str, letters: int, count: Count) -> list[Candidate]:
        """Terms of small Latin letters that are near a word, the likeliest first.

        Likelier is what is nearer, then what begins with the same letter (few mistakes are in the
        first: Pollock and Zamora 1984), then what more chunks have.

        Args:
            stem: of the word, folded.
            letters: length of the word as typed; one of fewer than `SHORTEST` is near nothing.
            count: of a term's chunks that may be named; a term with none is no candidate.
        """
        typable = SHORTEST <= letters <= _LONGEST and SHORTEST - 1 <= len(stem) <= letters + 1
        if not (typable and stem.isascii() and stem.isalpha()):
            return []
        near = self._latin.near(stem, 2 if letters >= LONG else 1)
        found = ((term, edits, term[0] != stem[0]) for term, edits in near)
        return _best(found, lambda term: float(count(term)))

    def pairs(self, typed: str, count: Count, spelling: Spelling) -> list[Candidate]:
        """Pairs of characters that sound like a pair and share one with it, the strongest first.

        Args:
            typed: two Chinese characters of the basic plane, folded.
            count: as for `words`.
            spelling: how characters sound.
        """
        codes = np.array([[ord(char) for char in typed]], dtype=np.uint32)
        keys, sounding = spelling.of_pairs(codes)
        if not sounding[0]:
            return []
        found = (
            (term, 1, False)
            for term in self._sounding(int(keys[0]), spelling)
            if (term[0] == typed[0]) != (term[1] == typed[1])
        )
        return _best(found, lambda term: _bond(term, count))

    def pinyin(
        self, syllables: Sequence[str], count: Count, spelling: Spelling
    ) -> Candidate | None:
        """Characters that pinyin spells, in pairs that the index has side by side.

        Args:
            syllables: two up, without tones.
            count: as for `words`.
            spelling: how characters sound.

        Returns:
            The characters with the greatest sum of strengths, overlapping pairs included; None
            where some syllable has none. More than two syllables are clear: they fit by chance
            seldom.
        """
        ways: list[_Ways] = [{"": Candidate("", 0, 0.0, True)}, {}]
        for sounds in pairwise(syllables):
            found = self._sounding(spelling.of_letters("".join(sounds)), spelling)
            pairs = _best(((term, 0, False) for term in found), lambda term: _bond(term, count))
            ways.append(_longer(ways[-2], ways[-1], pairs[:_TAKEN]))
        return min(ways[-1].values(), key=_order, default=None)

    @cached_property
    def _latin(self) -> _Latin:
        lengths = np.diff(self._offsets)
        letters = (self._blob >= ord("a")) & (self._blob <= ord("z"))
        until = np.concatenate(([0], np.cumsum(letters, dtype=np.int64)))
        spelt = until[self._offsets[1:]] - until[self._offsets[:-1]]
        wanted = (spelt == lengths) & (lengths >= SHORTEST - 1) & (lengths <= _LONGEST + 2)
        return _Latin(self._blob, self._offsets, np.flatnonzero(wanted))

    def _sounding(self, key: int, spelling: Spelling) -> Iterator[str]:
        keys, pairs = self._sounds(spelling)
        start, stop = np.searchsorted(keys, np.array([key, key + 1], dtype=np.int64))
        for left, right in pairs[start:stop].tolist():
            yield chr(left) + chr(right)

    def _sounds(self, spelling: Spelling) -> tuple[NDArray[np.int64], NDArray[np.uint32]]:
        """Keys of the sounds of all pairs in the vocabulary, ascending, and the pairs."""
        with self._lock:
            if self._by_sound is None:
                pairs = self._han_pairs()
                keys, sounding = spelling.of_pairs(pairs)
                order = np.argsort(keys[sounding], kind="stable")
                sorted_keys = keys[sounding][order].astype(np.int64)
                self._by_sound = (sorted_keys, pairs[sounding][order])
            return self._by_sound

    def _han_pairs(self) -> NDArray[np.uint32]:
        """Code points of the terms of two characters from U+0800 on, shape (n, 2)."""
        starts = self._offsets[:-1][np.diff(self._offsets) == 2 * _HAN_BYTES]
        heads = self._blob[starts[:, None] + np.array([0, _HAN_BYTES])] & 0xF0
        starts = starts[(heads == 0xE0).all(axis=1)]
        places = starts[:, None] + np.arange(2 * _HAN_BYTES)
        octets = self._blob[places].astype(np.uint32).reshape(-1, 2, _HAN_BYTES)
        pairs: NDArray[np.uint32] = (
            (octets[..., 0] & 15) << 12 | (octets[..., 1] & 63) << 6 | octets[..., 2] & 63
        )
        return pairs


class _Latin:
    """The vocabulary's words of small Latin letters by length, with the letters of each as bits.

    One edit changes at most two members of the set of a word's letters, so comparing the sets
    leaves a few hundred of a hundred thousand words to be compared letter by letter.
    """

    def __init__(
        self, blob: NDArray[np.uint8], offsets: NDArray[np.int64], numbers: NDArray[np.int64]
    ) -> None:
        self._blob, self._offsets = blob, offsets
        lengths = offsets[numbers + 1] - offsets[numbers]
        order = np.argsort(lengths, kind="stable")
        self._numbers, self._lengths = numbers[order], lengths[order]
        self._sets = np.zeros(len(numbers), dtype=np.uint32)
        starts = offsets[self._numbers]
        for place in range(int(lengths.max(initial=0))):
            longer = slice(int(np.searchsorted(self._lengths, place, side="right")), None)
            letters = blob[starts[longer] + place] - np.uint8(ord("a"))
            self._sets[longer] |= np.uint32(1) << letters.astype(np.uint32)

    def near(self, typed: str, allowed: int) -> list[tuple[str, int]]:
        """Words within so many edits, with their distance."""
        from rapidfuzz.distance import OSA

        size = len(typed)
        first, last = np.searchsorted(self._lengths, [size - allowed, size + allowed + 1])
        mine = sum(1 << (ord(letter) - ord("a")) for letter in set(typed))
        differing = _set_bits(self._sets[first:last] ^ np.uint32(mine))
        numbers = self._numbers[first:last][differing <= 2 * allowed]
        words = map(self._word, numbers.tolist())
        found = ((word, OSA.distance(typed, word, score_cutoff=allowed)) for word in words)
        return [(word, edits) for word, edits in found if edits <= allowed]

    def _word(self, number: int) -> str:
        return self._blob[self._offsets[number] : self._offsets[number + 1]].tobytes().decode()


def _set_bits(values: NDArray[np.uint32]) -> NDArray[np.uint32]:
    """Number of bits that are set (population count; Warren, Hacker's Delight, §5-1)."""
    pairs = values - ((values >> np.uint32(1)) & np.uint32(0x55555555))
    fours = (pairs & np.uint32(0x33333333)) + ((pairs >> np.uint32(2)) & np.uint32(0x33333333))
    eights = (fours + (fours >> np.uint32(4))) & np.uint32(0x0F0F0F0F)
    bits: NDArray[np.uint32] = eights * np.uint32(0x01010101) >> np.uint32(24)
    return bits


def _bond(pair: str, count: Count) -> float:
    """Strength of a pair; 0 below `BOUND`."""
    together, apart = count(pair), count(pair[0]) * count(pair[1])
    if not together or not apart:  # an index need not hold single characters
        return 0.0
    strength = together / math.sqrt(apart)
    return strength if strength >= BOUND else 0.0


def _best(
    found: Iterable[tuple[str, int, bool]], strength: Callable[[str], float]
) -> list[Candidate]:
    """The candidates that are equally near and nearest among those that have some strength."""
    ranked = sorted(found, key=lambda entry: entry[1:])
    for (distance, _), group in groupby(ranked, key=lambda entry: entry[1:]):
        measured = ((term, strength(term)) for term, _, _ in islice(group, _TRIED))
        some = sorted((-value, term) for term, value in measured if value)
        if some:
            rest = -some[1][0] if len(some) > 1 else 0.0
            return [
                Candidate(term, distance, -value, clear=not at and -value >= CLEAR * rest)
                for at, (value, term) in enumerate(some)
            ]
    return []


def _longer(apart: _Ways, overlapping: _Ways, pairs: Sequence[Candidate]) -> _Ways:
    """Ways that end in one of the pairs, after a way that ends before it or in its first half."""
    found: _Ways = {}
    for pair in pairs:
        left, right = pair.term[0], pair.term[1]
        before = [(way, pair.term) for way in apart.values()]
        if left in overlapping:
            before.append((overlapping[left], right))
        for way, more in before:
            clear = bool(way.term) or pair.clear
            new = Candidate(way.term + more, 0, way.strength + pair.strength, clear)
            found[right] = min(new, found.get(right, new), key=_order)
    return found


def _order(candidate: Candidate) -> tuple[float, str]:
    return -candidate.strength, candidate.term
