"""Make the bundled model: `python -m training`, or `make model`.

Reads $KBASSIST_DATA/train, writes the files of the package. Nothing else of KBASSIST_DATA is read.
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path

import numpy as np
import torch

from kbassist.embed.registry import BUNDLED_MODEL, MODELS
from training.batches import make_batches
from training.export import export, reweigh
from training.features import featurise
from training.pairs import make_pool
from training.settings import Settings
from training.train import train
from training.vocabulary import choose

THREADS = 2
"""Fixed, since the sums of a step depend on it."""


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--out", type=Path, default=MODELS / BUNDLED_MODEL, help="model folder")
    parser.add_argument("--pairs", type=float, help="pairs seen in all, for a trial run")
    parser.add_argument("--raw", type=Path, help="also write the vectors as learned (.npz)")
    options = parser.parse_args()
    settings = Settings() if options.pairs is None else Settings(pairs=options.pairs)
    torch.set_num_threads(THREADS)
    began = time.perf_counter()

    def say(what: str) -> None:
        print(f"{time.perf_counter() - began:.0f} s: {what}", flush=True)

    say("reading the training text")
    pool = make_pool(settings.seed)
    say(f"{len(pool.texts)} texts, {sum(map(len, pool.pairs.values()))} pairs; counting units")
    vocabulary, kinds = choose(pool.texts, settings)
    say(f"{len(vocabulary)} rows; texts into units")
    features = featurise(pool.texts, vocabulary)
    batches = make_batches(pool.pairs, features, settings)
    counts = {kind: len(found) for kind, found in sorted(pool.pairs.items())}
    say(f"{len(batches)} batches of {counts}")
    vectors = train(batches, features, len(vocabulary), settings)
    if options.raw is not None:
        np.savez(options.raw, vectors=vectors, keys=vocabulary.keys, kinds=kinds)
    export(reweigh(vectors, kinds, settings), vocabulary, options.out)
    say(f"written to {options.out}")


if __name__ == "__main__":
    main()
