"""Whether covered/uncovered agrees with answerable/unanswerable on real help centres.

The questions of $KBASSIST_DATA/eval/support-test (or another pack) are written as a log and read,
masked, counted and judged as `kbassist coverage` does; each line then has the confidence of the
question that it was counted as, 0 where that asks nothing. Beside it stands the confidence of
`Assistant.ask` for the same text (a follow-up without its history, as a log has it). Prints AUROC
for each help centre and pooled, with 95 % bootstrap intervals over questions, and the shares of
each verdict among answerable and unanswerable questions.

    python benchmarks/coverage_sets.py                  the pack support-test: for reporting
    python benchmarks/coverage_sets.py --pack support   the pack to develop on
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from kbassist import Assistant, build_index
from kbassist.coverage.dedupe import alike, same_letters
from kbassist.coverage.judge import Judging, judge_all
from kbassist.coverage.log import Tally, read_log
from kbassist.coverage.mask import Masker
from kbassist.evals.metrics import auroc
from kbassist.index.filters import Filters
from question_sets import records, sets_in

DATA = Path(os.environ.get("KBASSIST_DATA", Path(__file__).parents[2] / "shared" / "data"))
RESAMPLES = 2000


class Line(NamedTuple):
    """One line of the log: whether it has an answer, and the two confidences."""

    answerable: bool
    coverage: float
    ask: float


def judged(name: str, kb: Path, asked: Sequence[tuple[str, bool]]) -> list[Line]:
    with tempfile.TemporaryDirectory() as folder:
        place, log = Path(folder) / "index", Path(folder) / f"{name}.jsonl"
        build_index(kb, place)
        assistant = Assistant.open(place)
        log.write_text(
            "\n".join(json.dumps({"question": text}) for text, _ in asked), encoding="utf-8"
        )
        groups = same_letters(read_log(log, Tally()), Masker())
        groups = alike(groups, assistant.index.static.embed_queries)
        judging = Judging(
            assistant.index.folder.parent,
            assistant.index.generation,
            assistant.kb,
            assistant.settings,
            assistant.answers,
            assistant.today,
            Filters(),
        )
        confidence = {}
        found = judge_all([group.asked for group in groups], judging)
        for group, one in zip(groups, found, strict=True):
            for source in group.sources:
                confidence[source] = 0.0 if one is None else one.confidence
        print(f"{name}: {len(asked)} questions, counted as {len(groups)}", flush=True)
        return [
            Line(answerable, confidence.get(f"{log}:{at}", 0.0), assistant.ask(text).confidence)
            for at, (text, answerable) in enumerate(asked, 1)
        ]


def table(name: str, lines: Sequence[Line]) -> None:
    labels = np.array([line.answerable for line in lines])
    ours = np.array([line.coverage for line in lines])
    asks = np.array([line.ask for line in lines])
    figures = auroc(ours.tolist(), labels.tolist()), auroc(asks.tolist(), labels.tolist())
    generator = np.random.default_rng(0)
    drawn: list[tuple[float, float]] = []
    while len(drawn) < RESAMPLES:
        rows = generator.integers(0, len(lines), len(lines))
        if 0 < labels[rows].sum() < len(rows):
            own = auroc(ours[rows].tolist(), labels[rows].tolist())
            drawn.append((own, own - auroc(asks[rows].tolist(), labels[rows].tolist())))
    (low, less), (high, more) = np.percentile(drawn, [2.5, 97.5], axis=0)
    print(
        f"| {name} | {len(lines)} | {figures[0]:.3f} ({low:.3f} to {high:.3f}) | {figures[1]:.3f} |"
        f" {figures[0] - figures[1]:+.3f} ({less:+.3f} to {more:+.3f}) |"
    )


def shares(lines: Sequence[Line], least: tuple[float, float]) -> None:
    for wanted, name in ((True, "answerable"), (False, "unanswerable")):
        values = [line.coverage for line in lines if line.answerable == wanted]
        covered = sum(value >= least[0] for value in values)
        uncovered = sum(value < least[1] for value in values)
        total = len(values)
        print(
            f"{name}: covered {covered / total:.0%}, weak"
            f" {(total - covered - uncovered) / total:.0%}, uncovered {uncovered / total:.0%}"
            f" of {total}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--pack", default="support-test", choices=("support", "support-test"))
    pack = parser.parse_args().pack
    found: dict[str, list[Line]] = {}
    for one in sets_in(DATA / "eval", [pack]):
        own = [record for record in records(one.folder) if record["kb"] == one.name]
        asked = [(record["query"], bool(record["relevant"])) for record in own]
        found[one.name] = judged(one.name, one.folder / "kb" / one.name, asked)
    print("| help centre | questions | coverage | `ask` | difference |\n|---|---|---|---|---|")
    for name, lines in found.items():
        table(name, lines)
    pooled = [line for lines in found.values() for line in lines]
    table("pooled", pooled)
    shares(pooled, (0.5, 0.3))


if __name__ == "__main__":
    main()
