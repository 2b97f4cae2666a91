"""How far the confidence can be trusted: fitted on the development sets, reported on others.

    python benchmarks/confidence.py            measure the calibration that comes with the package
    python benchmarks/confidence.py --fit      fit it anew first, and write it into the package
    python benchmarks/confidence.py --report   write tables and pictures of docs/confidence.md too

Questions are those of $KBASSIST_DATA (default ../shared/data) and of the example help centre; those
that follow others are asked with their history. Fitted to eval/support. Looked at while developing,
but not fitted to: the dev split of evals/, whose questions were written along with their articles.
Reported: eval/support-test, and a sample of SQuAD 2.0 (squad2-dev-a, each paragraph an article of
one section).
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from confidence_plots import draw
from confidence_tables import Measured, page, row, table_head, write_between
from kbassist import Assistant, build_index
from kbassist.answer.confidence import Calibration, bundled
from kbassist.evals.calibrate import collect, refit
from kbassist.evals.model import Dataset, make_dataset
from kbassist.evals.read import read_dataset
from kbassist.evals.trust import Sample
from question_sets import Set, sets_in

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "src" / "kbassist" / "answer" / "calibration.json"
OWN = ("harbor-zh", "harbor-en")
SQUAD = "squad2-dev-a"
SQUAD_QUESTIONS = 1000


@dataclass(frozen=True, slots=True)
class Asked:
    """A knowledge base and the questions that are put to it."""

    name: str
    assistant: Assistant
    dataset: Dataset

    def samples(self, calibration: Calibration | None = None) -> list[Sample]:
        """Ask them all; by another calibration than the package's where one is given."""
        if calibration is not None:
            self.assistant.calibration = calibration
        found = collect(self.dataset, self.assistant)
        for item in found.unaskable:
            print(f"{self.name}: left out {item.question}: {item.message}", file=sys.stderr)
        return list(found.samples)


def built(kb: Path, place: Path, name: str) -> Assistant:
    """The folder's index, in a place of its own."""
    build_index(kb, place / name / "index", skip_bad=True)
    return Assistant.open(place / name / "index")


def of_pack(one: Set, place: Path) -> Asked:
    """A real help centre."""
    assistant = built(one.articles(place), place, one.name)
    return Asked(one.name, assistant, one.questions(assistant))


def of_own(name: str, place: Path) -> Asked:
    """The dev split of the example help centre's questions."""
    dataset = read_dataset(ROOT / "evals" / f"{name}.jsonl")
    asked = make_dataset(name, dataset.split("dev"))
    return Asked(f"{name}, dev", built(ROOT / "kb", place, name), asked)


def of_squad(one: Set, place: Path, count: int) -> Asked:
    """Questions of SQuAD 2.0, drawn by a fixed seed; those without an answer are near misses."""
    folder = place / one.name
    assistant = built(one.articles(folder), place, one.name)
    questions = sorted(one.questions(assistant).questions, key=lambda question: question.id)
    chosen = random.Random(0).sample(questions, min(count, len(questions)))
    near = {"slice": "unanswerable_near"}
    marked = [q if q.relevant else q.model_copy(update=near) for q in chosen]
    return Asked(f"SQuAD 2.0, {len(marked):,} sampled", assistant, make_dataset(one.name, marked))


def show(measured: Measured) -> Measured:
    """Print the row of a set."""
    print(row(measured), flush=True)
    return measured


def pooled(name: str, sets: Sequence[Measured]) -> Measured:
    """All questions of some sets."""
    return Measured(name, tuple(sample for one in sets for sample in one.samples))


def fit(dev: Sequence[Asked], found: Sequence[Sequence[Sample]]) -> Calibration:
    """Fit the package's calibration to the questions of some sets."""
    fitted = refit([sample for samples in found for sample in samples], dev[0].assistant)
    SHIPPED.write_text(fitted.to_json(), encoding="utf-8")
    bundled.cache_clear()  # what is measured next goes by the new one
    print(fitted.to_json(), file=sys.stderr)
    return fitted


def development(data: Path, place: Path, anew: bool) -> list[Measured]:
    """The development sets, and where the fit is made anew each one left out of it."""
    packs = [of_pack(one, place) for one in sets_in(data, ("support",))]
    found = [one.samples() for one in packs]
    if anew:
        fitted = fit(packs, found)
        found = [one.samples(fitted) for one in packs]
    measured = []
    for number, one in enumerate(packs):
        measured.append(show(Measured(one.name, tuple(found[number]))))
        if anew:
            others = [s for other, samples in enumerate(found) if other != number for s in samples]
            left_out = one.samples(refit(others, one.assistant))
            show(Measured(f"{one.name}, left out", tuple(left_out)))
    for asked in (of_own(name, place) for name in OWN):
        samples = asked.samples(fitted if anew else None)
        measured.append(show(Measured(asked.name, tuple(samples))))
    return measured


def options() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--fit", action="store_true", help="fit it anew first")
    parser.add_argument("--dev", action="store_true", help="development sets only")
    parser.add_argument(
        "--squad",
        type=int,
        default=SQUAD_QUESTIONS,
        metavar="N",
        help="questions of SQuAD 2.0, 0 to leave it out",
    )
    parser.add_argument(
        "--report",
        type=Path,
        nargs="?",
        const=ROOT / "docs",
        metavar="FOLDER",
        help="folder of confidence.md and of images/, by default docs",
    )
    found = parser.parse_args()
    if found.report and (found.dev or not found.squad):
        parser.error("--report needs every set: leave out --dev and --squad 0")
    return found


def main() -> int:
    chosen = options()
    data = Path(os.environ.get("KBASSIST_DATA", "../shared/data")) / "eval"
    if not data.is_dir():
        print(f"skipped: KBASSIST_DATA names no folder with data ({data})", file=sys.stderr)
        return 0
    print(table_head())
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        dev = development(data, place, chosen.fit)
        dev.append(show(pooled("development, all", dev)))
        if chosen.dev:
            return 0
        packs = [of_pack(one, place) for one in sets_in(data, ("support-test",))]
        test = [show(Measured(one.name, tuple(one.samples()))) for one in packs]
        test.append(show(pooled("support-test, all", test)))
        further = []
        if chosen.squad:
            (squad,) = (one for one in sets_in(data, ("public",)) if one.name == SQUAD)
            asked = of_squad(squad, place, chosen.squad)
            further = [show(Measured(asked.name, tuple(asked.samples())))]
    if chosen.report:
        images = draw(dev, test, further, chosen.report / "images")
        write_between(chosen.report / "confidence.md", page(dev, test, further, images))
    return 0


if __name__ == "__main__":
    sys.exit(main())
