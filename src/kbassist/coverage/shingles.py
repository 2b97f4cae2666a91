"""Texts that are nearly the same, found without comparing each with each.

MinHash with banding (Broder 1997; Leskovec, Rajaraman and Ullman, Mining of Massive Datasets,
ch. 3): a text is the set of its runs of some tokens (words, or single Chinese characters); two
texts share a band of their signatures with a probability that rises steeply with the share of runs
that they have in common.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from kbassist.text.chars import CJK

RUN = 4
"""Tokens in a run, where nothing else is asked for."""
_BANDS, _ROWS = 16, 4
"""Two texts that share 0.8 of their runs meet in a band with a probability of 0.9998, those that
share 0.3 with 0.12."""
_CROWD = 50
"""Texts in one bucket of which each is compared with its neighbours only: a block that is
repeated that often links up through them all the same."""

_TOKEN = re.compile(rf"[{CJK}]|[^\W_{CJK}]+|#")

Runs = NDArray[np.uint64]


def runs_of(text: str, run: int = RUN) -> Runs:
    """The distinct runs of a folded text as hashes, ascending.

    A text shorter than a run has one, of all its tokens; one without any token has none.

    Args:
        text: folded.
        run: tokens in a run.
    """
    tokens = [zlib.crc32(token.encode()) for token in _TOKEN.findall(text)]
    if not tokens:
        return np.empty(0, dtype=np.uint64)
    values = np.array(tokens + [0] * max(0, run - len(tokens)), dtype=np.uint64)
    mixed = np.zeros(len(values) - run + 1, dtype=np.uint64)
    for at in range(run):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + values[at : at + len(mixed)]
    mixed ^= mixed >> np.uint64(29)
    return np.unique(mixed)


def likeness(a: Runs, b: Runs) -> float:
    """Share of the runs of two texts that both have (Jaccard), in [0, 1]; 0 where one is empty."""
    common = len(np.intersect1d(a, b, assume_unique=True))
    union = len(a) + len(b) - common
    return common / union if union else 0.0


def alike(texts: Sequence[Runs], least: float) -> list[tuple[int, int, float]]:
    """Pairs of texts that are alike.

    Args:
        texts: the runs of each; those without any are like nothing.
        least: likeness from which a pair counts, in [0, 1]; above 0.6 few pairs are missed.

    Returns:
        Both positions, the lower first, and the likeness, by position. Of a block that more than
        fifty texts share, pairs of neighbours only.
    """
    seen: set[tuple[int, int]] = set()
    filled = [i for i, runs in enumerate(texts) if len(runs)]
    signatures = _signatures([texts[i] for i in filled])
    for band in range(_BANDS):
        buckets: defaultdict[bytes, list[int]] = defaultdict(list)
        part = np.ascontiguousarray(signatures[:, band * _ROWS : (band + 1) * _ROWS])
        for place, row in enumerate(part):
            buckets[row.tobytes()].append(filled[place])
        for members in buckets.values():
            seen.update(_pairs(members))
    scored = ((i, j, likeness(texts[i], texts[j])) for i, j in sorted(seen))
    return [(i, j, score) for i, j, score in scored if score >= least]


def _pairs(members: list[int]) -> list[tuple[int, int]]:
    if len(members) > _CROWD:
        return list(pairwise(members))
    return [(a, b) for at, a in enumerate(members) for b in members[at + 1 :]]


def _signatures(texts: Sequence[Runs]) -> NDArray[np.uint64]:
    """For each text the least value of each hash function, shape (n, bands × rows)."""
    draw = np.random.default_rng(0)
    count = _BANDS * _ROWS
    factors = draw.integers(1, 2**63, count, dtype=np.uint64) | np.uint64(1)
    shifts = draw.integers(0, 2**63, count, dtype=np.uint64)
    signatures = np.empty((len(texts), count), dtype=np.uint64)
    for place, runs in enumerate(texts):
        hashed = runs[:, None] * factors + shifts
        signatures[place] = (hashed ^ (hashed >> np.uint64(31))).min(axis=0)
    return signatures
