"""The training: bags of units, InfoNCE over the batch, Adam on the rows that a batch touches.

The loss is InfoNCE (van den Oord, Li and Vinyals 2018) in both directions with the other pairs of
the batch as negatives, as in sentence-transformers' MultipleNegativesRankingLoss. A unit's vector
is a direction times a learned weight, which starts at SIF (Arora, Liang and Ma 2017).
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse
import torch
from numpy.typing import NDArray

from training.adam import Adam
from training.batches import Batch
from training.features import Features
from training.settings import Settings

warnings.filterwarnings("ignore", message=".*[Ss]parse")

_SHOWN = 500

Matrix = NDArray[np.float32]


class _Bags(NamedTuple):
    """The texts of a batch as bags of the units that occur in it."""

    rows: NDArray[np.int64]
    """Rows of the vocabulary that occur, ascending."""
    places: NDArray[np.int64]
    """Each unit of each text, by its place among those rows."""
    weights: Matrix
    starts: NDArray[np.int64]


def train(batches: Sequence[Batch], features: Features, rows: int, settings: Settings) -> Matrix:
    """Learn the vectors of the units.

    Args:
        batches: in the order in which they are seen.
        features: of all texts.
        rows: of the vocabulary.
        settings: rates, temperature, dimension.

    Returns:
        float32 (rows, dimension), weights multiplied in.
    """
    torch.manual_seed(settings.seed)
    chance = np.random.default_rng(settings.seed)
    counts = np.bincount(features.rows, weights=features.counts, minlength=rows)
    frequency = counts / counts.sum()
    start = np.log(settings.sif / (settings.sif + frequency)).astype(np.float32)
    vectors = 0.1 * torch.randn(rows, settings.dimension)
    adam = Adam(vectors.numpy(), start)
    losses: dict[str, float] = {}
    began = time.perf_counter()
    for step, batch in enumerate(batches):
        bags = _bags(batch, features, rows, chance)
        used = torch.from_numpy(bags.rows)
        scale = torch.exp(torch.from_numpy(adam.weights)[used])
        units = vectors[used] * scale[:, None]
        loss, gradient = _step(batch, bags, units, settings)
        ramp = min(1.0, (step + 1) / (settings.warmup * len(batches)))
        left = ramp * (1 - step / len(batches))
        adam.step(
            bags.rows,
            gradient.numpy(),
            units.numpy(),
            scale.numpy(),
            (settings.rate * left, settings.weight_rate * left),
        )
        losses[batch.kind] = 0.95 * losses.get(batch.kind, loss) + 0.05 * loss
        if (step + 1) % _SHOWN == 0 or step + 1 == len(batches):
            shown = " ".join(f"{kind}={value:.2f}" for kind, value in sorted(losses.items()))
            seconds = time.perf_counter() - began
            print(f"  {step + 1}/{len(batches)} {seconds:.0f} s  {shown}", flush=True)
    learned: Matrix = vectors.numpy() * np.exp(adam.weights)[:, None]
    return learned


def _bags(batch: Batch, features: Features, rows: int, chance: np.random.Generator) -> _Bags:
    texts = np.concatenate((batch.pairs[:, 0], batch.pairs[:, 1]))
    first = features.starts[texts]
    lengths = features.starts[texts + 1] - first
    ends = np.cumsum(lengths)
    places = np.arange(ends[-1]) + np.repeat(first - (ends - lengths), lengths)
    if batch.dropout:
        share = 2 * batch.dropout * chance.random(len(texts))
        kept = chance.random(len(places)) >= np.repeat(share, lengths)
        owners = np.repeat(np.arange(len(texts)), lengths)[kept]
        places, ends = places[kept], np.cumsum(np.bincount(owners, minlength=len(texts)))
    units = features.rows[places]
    mark = np.zeros(rows, dtype=np.bool_)
    mark[units] = True
    used = np.flatnonzero(mark)
    number = np.cumsum(mark) - 1
    return _Bags(used, number[units], features.counts[places], np.append(0, ends))


def _step(
    batch: Batch, bags: _Bags, units: torch.Tensor, settings: Settings
) -> tuple[float, torch.Tensor]:
    """The loss of a batch, and its gradient by the vectors of the units."""
    sums = torch.nn.functional.embedding_bag(
        torch.from_numpy(bags.places),
        units,
        torch.from_numpy(bags.starts[:-1]),
        mode="sum",
        per_sample_weights=torch.from_numpy(bags.weights),
    )
    lengths = sums.norm(dim=1, keepdim=True).clamp_min(1e-6)
    unit = sums / lengths
    count = len(batch.pairs)
    left = unit[:count].detach().requires_grad_()
    right = unit[count:].detach().requires_grad_()
    scores = left @ right.T / settings.temperature
    scores = scores.masked_fill(torch.from_numpy(batch.conflicts()), -1e4)
    target = torch.arange(count)
    entropy = torch.nn.functional.cross_entropy
    loss = (entropy(scores, target) + entropy(scores.T, target)) / 2
    loss.backward()
    assert left.grad is not None and right.grad is not None
    by_unit = torch.cat((left.grad, right.grad))
    by_sum = (by_unit - unit * (by_unit * unit).sum(dim=1, keepdim=True)) / lengths
    return float(loss.detach()), _transposed(bags, len(sums), len(units)) @ by_sum


def _transposed(bags: _Bags, texts: int, units: int) -> torch.Tensor:
    """Units by texts, sparse: ten times faster than the library's backward pass of a bag."""
    matrix = scipy.sparse.csr_matrix((bags.weights, bags.places, bags.starts), shape=(texts, units))
    turned = matrix.T.tocsr()
    return torch.sparse_csr_tensor(
        torch.from_numpy(turned.indptr),
        torch.from_numpy(turned.indices),
        torch.from_numpy(turned.data),
        size=turned.shape,
    )
