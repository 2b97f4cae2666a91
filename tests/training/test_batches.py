from __future__ import annotations

from dataclasses import replace

import numpy as np

from training.batches import Batch, make_batches
from training.features import Features
from training.pairs import Pair
from training.settings import Settings

KINDS = ("heading_zh", "heading_en", "cloze_zh", "cloze_en", "parallel", "intent")
SETTINGS = replace(Settings(), batch=4, pairs=120)


def features(texts: int, units: int = 8) -> Features:
    rows = np.arange(texts * units, dtype=np.int32)
    return Features(
        rows, np.ones(len(rows), np.float32), np.arange(texts + 1, dtype=np.int64) * units
    )


def pairs() -> dict[str, list[Pair]]:
    return {
        kind: [Pair(20 * place + 2 * n, 20 * place + 2 * n + 1, n % 3) for n in range(10)]
        for place, kind in enumerate(KINDS)
    }


def test_a_batch_has_one_kind_and_its_size() -> None:
    made = make_batches(pairs(), features(120), SETTINGS)
    own = pairs()
    for batch in made:
        assert 2 < len(batch.pairs) <= 4
        if batch.kind in own:
            assert {tuple(pair) for pair in batch.pairs.tolist()} <= {
                tuple(p) for p in own[batch.kind]
            }
        else:
            assert (batch.pairs[:, 0] == batch.pairs[:, 1]).all()
            assert batch.dropout == SETTINGS.same_dropout
    assert {batch.kind for batch in made} == {*KINDS, "same_zh", "same_en"}
    assert abs(sum(len(batch.pairs) for batch in made) - 120) <= 2 * 8


def test_the_same_seed_gives_the_same_batches() -> None:
    one, two = (make_batches(pairs(), features(120), SETTINGS) for _ in range(2))
    assert [batch.kind for batch in one] == [batch.kind for batch in two]
    assert all((a.pairs == b.pairs).all() for a, b in zip(one, two, strict=True))
    other = make_batches(pairs(), features(120), replace(SETTINGS, seed=2))
    assert any(
        (a.pairs.shape != b.pairs.shape) or (a.pairs != b.pairs).any()
        for a, b in zip(one, other, strict=False)
    )


def test_texts_without_units_are_left_out() -> None:
    whole = features(120)
    starts = whole.starts.copy()
    starts[1:] -= 8  # text 0 has no units
    made = make_batches(
        pairs(),
        whole._replace(rows=whole.rows[8:], counts=whole.counts[8:], starts=starts),
        SETTINGS,
    )
    assert not any((batch.pairs[:, :2] == 0).any() for batch in made)


def test_conflicts() -> None:
    rows = np.array([[0, 1, 0], [2, 1, 1], [0, 3, 2], [4, 5, 2]])
    found = Batch("heading_zh", rows, 0.0).conflicts()
    assert [tuple(pair) for pair in np.argwhere(found).tolist()] == [(0, 1), (0, 2), (1, 0), (2, 0)]
    found = Batch("intent", rows, 0.0).conflicts()
    assert (2, 3) in [tuple(pair) for pair in np.argwhere(found).tolist()]
