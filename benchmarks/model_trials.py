"""What was tried: trains variants of the model on fewer pairs and prints one table of them.

    make model-trials                                          all variants, 2 to 4 minutes each
    PYTHONPATH=. python benchmarks/model_trials.py VARIANT …   some of them

Measured on development sets only, through the product: vectors alone, then hybrid.
"""

from __future__ import annotations

import argparse
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from eval_sets import Found, measure
from kbassist.embed.units import Kind, Vocabulary
from kbassist.evals.metrics import auroc
from question_sets import sets_in
from training.__main__ import THREADS
from training.batches import make_batches
from training.export import export, reweigh
from training.features import Features, featurise
from training.pairs import make_pool
from training.settings import Settings
from training.train import train
from training.vocabulary import Kinds, choose

PAIRS = 1e6
QUESTIONS = 600
"""Of each public set: an interval of ±.03, which is what a difference has to exceed."""

_NO_SAME = {"same_zh": 0.0, "same_en": 0.0}
_NO_CLOZE = {"cloze_zh": 0.0, "cloze_en": 0.0}
_NO_FOREIGN_CLOZE = {"cloze_foreign_zh": 0.0, "cloze_foreign_en": 0.0}

VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "as shipped, fewer pairs": {},
    "twice as many pairs": {"pairs": 2 * PAIRS},
    "temperature 0.05": {"temperature": 0.05},
    "temperature 0.2": {"temperature": 0.2},
    "lengths as learned": {
        "exponent": dict.fromkeys(Kind, 1.0),
        "emphasis": dict.fromkeys(Kind, 1.0),
    },
    "128 dimensions": {"dimension": 128},
    "no texts paired with themselves": {"share": _NO_SAME},
    "no cloze pairs": {"share": _NO_CLOZE},
    "no cloze pairs across languages": {"share": _NO_FOREIGN_CLOZE},
    "no typing noise": {"share": {"typed": 0.0}},
    "no batches of one source": {"one_source": 0.0},
    "no shared rows for unknown bigrams": {"buckets": 0},
}

COLUMNS = (
    ("LCQMC dev, Success@1", "lcqmc-dev", "Success@1"),
    ("BQ dev, RR@10", "bq-dev", "RR@10"),
    ("CMRC trial, Success@1", "cmrc2018-trial", "Success@1"),
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("variants", nargs="*", metavar="VARIANT", help="all where none is named")
    chosen = parser.parse_args().variants or list(VARIANTS)
    torch.set_num_threads(THREADS)
    settings = replace(Settings(), pairs=PAIRS)
    pool = make_pool(settings.seed)
    texts = _Texts(pool.texts)
    heads = [head for head, _, _ in COLUMNS]
    heads += [f"support, {kind}, Success@5" for kind in ("same language", "other language")]
    print(f"{QUESTIONS} questions of each public set; vectors alone / hybrid.\n")
    print(f"| variant | {' | '.join(heads)} | AUROC far |\n|---|{'---:|' * (len(heads) + 1)}")
    for name in chosen:
        changed = dict(VARIANTS[name])
        changed["share"] = {**settings.share, **changed.get("share", {})}
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            _make(texts, pool.pairs, replace(settings, **changed), folder)
            print(f"| {name} | {' | '.join(_cells(f'static:{folder}'))} |", flush=True)


class _Texts:
    """The training text in units, which most variants share."""

    def __init__(self, texts: Sequence[str]) -> None:
        self._texts = texts
        self._last: tuple[Any, ...] = ()

    def units(self, settings: Settings) -> tuple[Vocabulary, Kinds, Features]:
        wanted = (settings.rows, settings.least, settings.buckets)
        if self._last[:1] != (wanted,):
            vocabulary, kinds = choose(self._texts, settings)
            self._last = (wanted, (vocabulary, kinds, featurise(self._texts, vocabulary)))
        found: tuple[Vocabulary, Kinds, Features] = self._last[1]
        return found


def _make(texts: _Texts, pairs: Mapping[str, Any], settings: Settings, folder: Path) -> None:
    vocabulary, kinds, features = texts.units(settings)
    batches = make_batches(pairs, features, settings)
    vectors = train(batches, features, len(vocabulary), settings)
    export(reweigh(vectors, kinds, settings), vocabulary, folder)


def _cells(embedder: str) -> list[str]:
    data = Path(os.environ.get("KBASSIST_DATA", "../shared/data")) / "eval"
    public = {one.name: one for one in sets_in(data, ("public",))}
    cells = [
        _both(measure(public[name], embedder, QUESTIONS), figure) for _, name, figure in COLUMNS
    ]
    found = [one for pack in sets_in(data, ("support",)) for one in measure(pack, embedder, None)]
    for foreign in (False, True):
        asked = [one for one in found if (one.slice == "crosslingual") == foreign]
        cells.append(_both(asked, "Success@5"))
    answerable = [one.cosine or 0.0 for one in found if one.values]
    far = [one.cosine or 0.0 for one in found if one.slice == "unanswerable_far"]
    value = auroc(answerable + far, [True] * len(answerable) + [False] * len(far))
    return [*cells, f"{value:.3f}"]


def _both(found: Sequence[Found], figure: str) -> str:
    answerable = [one for one in found if one.values]
    means = [
        sum(one.values[mode][figure] for one in answerable) / len(answerable)
        for mode in ("vector", "hybrid")
    ]
    return " / ".join(f"{value:.3f}" for value in means)


if __name__ == "__main__":
    main()
