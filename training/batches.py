"""Pairs in batches of one kind, so that a batch's other texts are negatives worth telling apart."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from training.features import Features
from training.pairs import Pair
from training.settings import Settings

_INTENTS = ("intent", "typed_intent")
"""Kinds whose group is a meaning: pairs of one group are no negatives of each other."""
_SAME = {
    "same_zh": (("cloze_zh", 0), ("heading_zh", 0), ("parallel", 1)),
    "same_en": (("cloze_en", 0), ("heading_en", 0), ("parallel", 0), ("intent", 0), ("intent", 1)),
}
"""Texts that are paired with themselves: the texts on one side of these kinds."""
_SAME_UNITS = {"same_zh": (6, 90), "same_en": (4, 40)}

Numbers = NDArray[np.int64]


class Batch(NamedTuple):
    """Pairs of one kind; columns of `pairs` are left text, right text, group."""

    kind: str
    pairs: Numbers
    dropout: float

    def conflicts(self) -> NDArray[np.bool_]:
        """Which text of the right is no negative of which text of the left, bool (n, n)."""
        left, right, group = self.pairs.T
        same: NDArray[np.bool_] = (left[:, None] == left) | (right[:, None] == right)
        if self.kind in _INTENTS:
            same |= group[:, None] == group
        np.fill_diagonal(same, False)
        return same


def make_batches(
    pairs: Mapping[str, Sequence[Pair]], features: Features, settings: Settings
) -> list[Batch]:
    """All batches of the training in their order.

    Args:
        pairs: by kind.
        features: of the texts; a pair with a text that has no unit is left out.
        settings: shares of the kinds and sizes.
    """
    chance = np.random.default_rng(settings.seed)
    lengths = features.lengths()
    tables = {kind: _usable(np.array(found), lengths) for kind, found in sorted(pairs.items())}
    tables |= {kind: _same(kind, tables, lengths) for kind in _SAME}
    shares = {kind: _share(kind, settings) * len(found) for kind, found in tables.items()}
    scale = settings.pairs / sum(shares.values())
    batches = []
    for kind, found in tables.items():
        dropout = settings.same_dropout if kind in _SAME else settings.dropout
        for rows in _cut(found, round(shares[kind] * scale), kind, chance, settings):
            batches.append(Batch(kind, found[rows], dropout))
    return [batches[place] for place in chance.permutation(len(batches))]


def _share(kind: str, settings: Settings) -> float:
    return settings.share["typed" if kind.startswith("typed") else kind]


def _usable(pairs: Numbers, lengths: Numbers) -> Numbers:
    left, right = pairs[:, 0], pairs[:, 1]
    usable: Numbers = pairs[(lengths[left] > 0) & (lengths[right] > 0) & (left != right)]
    return usable


def _same(kind: str, tables: Mapping[str, Numbers], lengths: Numbers) -> Numbers:
    texts = np.unique(np.concatenate([tables[name][:, side] for name, side in _SAME[kind]]))
    low, high = _SAME_UNITS[kind]
    texts = texts[(lengths[texts] >= low) & (lengths[texts] <= high)]
    return np.stack((texts, texts, np.zeros_like(texts)), axis=1)


def _cut(
    pairs: Numbers, count: int, kind: str, chance: np.random.Generator, settings: Settings
) -> list[Numbers]:
    """Rows of `count` pairs in batches, each pair as often as any other, give or take one."""
    if not count:
        return []
    rounds = -(-count // len(pairs))
    rows = np.concatenate([chance.permutation(len(pairs)) for _ in range(rounds)])[:count]
    mixed = kind in _INTENTS or kind in _SAME
    single = 0 if mixed else round(count * settings.one_source)
    first = rows[:single]
    by_source = first[np.argsort(pairs[first, 2] + chance.random(single) * 0.9, kind="stable")]
    size = settings.batch
    return [
        part[start : start + size]
        for part in (by_source, rows[single:])
        for start in range(0, len(part) - size // 2, size)
    ]
