"""Which units get a row: the most frequent of each kind in the training text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from multiprocessing import Pool
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from kbassist.embed.codes import LETTER, encode
from kbassist.embed.units import (
    Keys,
    Kind,
    Sounds,
    Vocabulary,
    key,
    letters,
    pairs,
    runs,
    words,
)
from training import sounds
from training.settings import Settings

PROCESSES = 2
STEP = 20_000
"""Texts in one piece of work."""
_PRUNED = (Kind.TRIGRAM, Kind.FOURGRAM, Kind.PAIR)
"""Kinds whose units that occur once in a piece are not counted: there are tens of millions."""
_WORD_LEAST = 4
"""Occurrences of a word whose letter n-grams are counted."""

Counts = NDArray[np.int64]
Kinds = NDArray[np.uint8]


class Tally(NamedTuple):
    """What a piece of the texts holds."""

    units: dict[Kind, tuple[Keys, Counts]]
    sound_of: tuple[Keys, Keys]
    """Bigrams, and the key of each one's sound."""
    words: dict[str, int]


def make_sounds() -> Sounds:
    """Pinyin as the model will have it."""
    numbers, syllables = sounds.table()
    return Sounds(sounds.FIRST, numbers, syllables)


def steps(texts: Sequence[str]) -> Iterator[Sequence[str]]:
    """The texts in pieces."""
    for start in range(0, len(texts), STEP):
        yield texts[start : start + STEP]


def tally(texts: Sequence[str]) -> Tally:
    """Count the units of some texts."""
    text = encode(texts)
    stretches, found = runs(text), words(text)
    keys = {kind: stretch.keys for kind, stretch in stretches.items()}
    keys[Kind.WORD] = key(found.stems, Kind.WORD)
    keys[Kind.PAIR] = pairs(text, found).keys
    units = {}
    for kind, values in keys.items():
        distinct, counts = np.unique(values, return_counts=True)
        often = counts > 1 if kind in _PRUNED else counts > 0
        units[kind] = (distinct[often], counts[often])
    bigrams = stretches[Kind.BIGRAM]
    sound, sounding = make_sounds().of_pairs(text.codes, bigrams.starts)
    distinct, first = np.unique(bigrams.keys[sounding], return_index=True)
    alphabetic = text.classes[found.starts] == LETTER
    starts, ends = found.starts[alphabetic], found.ends[alphabetic]
    _, place, counts = np.unique(found.spelt[alphabetic], return_index=True, return_counts=True)
    spelt = {
        text.text(int(starts[at]), int(ends[at])): int(count)
        for at, count in zip(place, counts, strict=True)
    }
    return Tally(units, (distinct, sound[sounding][first]), spelt)


def choose(texts: Sequence[str], settings: Settings) -> tuple[Vocabulary, Kinds]:
    """Count all texts and choose.

    Returns:
        The vocabulary, and what each of its rows is.
    """
    with Pool(PROCESSES) as pool:
        tallies = pool.map(tally, list(steps(texts)), chunksize=1)
    counted = {kind: _merge([piece.units[kind] for piece in tallies]) for kind in tallies[0].units}
    counted[Kind.SOUND] = _sounds(tallies, *_most(counted[Kind.BIGRAM], Kind.BIGRAM, settings))
    counted[Kind.LETTERS] = _letters(tallies)
    chosen = [_most(found, kind, settings)[0] for kind, found in sorted(counted.items())]
    for kind, keys in zip(sorted(counted), chosen, strict=True):
        print(f"  {kind.name.lower()}: {len(keys)} of {len(counted[kind][0])}", flush=True)
    kinds = np.repeat(np.array(sorted(counted), dtype=np.uint8), [len(keys) for keys in chosen])
    keys, first = np.unique(np.concatenate(chosen), return_index=True)
    shared = np.full(settings.buckets, Kind.BIGRAM, dtype=np.uint8)
    vocabulary = Vocabulary(keys, settings.buckets, make_sounds())
    return vocabulary, np.concatenate((kinds[first], shared))


def _merge(pieces: Sequence[tuple[Keys, Counts]]) -> tuple[Keys, Counts]:
    keys = np.concatenate([keys for keys, _ in pieces])
    counts = np.concatenate([counts for _, counts in pieces])
    order = np.argsort(keys, kind="stable")
    keys, counts = keys[order], counts[order]
    starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1]))
    return keys[starts], np.add.reduceat(counts, starts)


def _most(found: tuple[Keys, Counts], kind: Kind, settings: Settings) -> tuple[Keys, Counts]:
    keys, counts = found
    order = np.lexsort((keys, -counts))[: settings.rows[kind]]
    order = order[counts[order] >= settings.least[kind]]
    return keys[order], counts[order]


def _sounds(tallies: Sequence[Tally], bigrams: Keys, counts: Counts) -> tuple[Keys, Counts]:
    """Sounds of the bigrams that have a row, with the occurrences of those."""
    keys = np.concatenate([piece.sound_of[0] for piece in tallies])
    sound = np.concatenate([piece.sound_of[1] for piece in tallies])
    keys, first = np.unique(keys, return_index=True)
    sound = sound[first]
    places = np.minimum(np.searchsorted(keys, bigrams), len(keys) - 1)
    here = keys[places] == bigrams
    return _merge([(sound[places[here]], counts[here])])


def _letters(tallies: Sequence[Tally]) -> tuple[Keys, Counts]:
    """Letter n-grams, with the number of words that have them."""
    total: dict[str, int] = {}
    for piece in tallies:
        for word, count in piece.words.items():
            total[word] = total.get(word, 0) + count
    text = encode([word for word, count in sorted(total.items()) if count >= _WORD_LEAST])
    found = words(text)
    keys = letters(text, found.starts, found.ends).keys
    distinct, counts = np.unique(keys, return_counts=True)
    return distinct, counts
