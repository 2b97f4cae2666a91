"""How far the confidence can be trusted: fitted on the development sets, reported on others.

    python benchmarks/confidence.py            measure the calibration that comes with the package
    python benchmarks/confidence.py --fit      fit it anew first, and write it into the package

Questions are those of $KBASSIST_DATA (default ../shared/data) and of the example help centre.
Development: eval/support and the dev split of evals/. Reported: eval/support-test, and SQuAD 2.0
(squad2-dev-a), nothing of which is fitted on.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from kbassist import AnswerSettings, Assistant, build_index
from kbassist.evals.calibrate import Sample, collect, refit, trust
from kbassist.evals.model import Question, make_dataset
from kbassist.evals.read import read_dataset
from question_sets import Set, sets_in

ROOT = Path(__file__).parent.parent
SHIPPED = ROOT / "src" / "kbassist" / "answer" / "calibration.json"
OWN = ("harbor-zh", "harbor-en")
THRESHOLD = AnswerSettings().answer_threshold


def of_set(one: Set) -> tuple[list[Sample], Assistant]:
    """The questions of a support help centre, asked; its follow-ups come without a history."""

    def questions(assistant: Assistant) -> list[Question]:
        found = one.questions(assistant, None).questions
        return [question for question in found if question.slice != "followup"]

    return asked(one.folder / "kb" / one.name, questions)


def of_own(name: str) -> list[Sample]:
    """The dev split of the example help centre's questions, asked."""
    dataset = read_dataset(ROOT / "evals" / f"{name}.jsonl")
    return asked(ROOT / "kb", lambda _: dataset.split("dev"))[0]


def asked(
    kb: Path, questions: Callable[[Assistant], Sequence[Question]]
) -> tuple[list[Sample], Assistant]:
    """Questions against an index of a folder."""
    with tempfile.TemporaryDirectory() as place:
        build_index(kb, Path(place) / "index", skip_bad=True)
        assistant = Assistant.open(Path(place) / "index")
        return collect(make_dataset("asked", questions(assistant)), assistant), assistant


HEAD = (
    "set",
    "questions (answerable)",
    "AUROC far",
    "near",
    "ECE (band)",
    "Brier",
    "answered at 85 % right",
    "right of answered",
    "far declined",
    "near declined",
)


def show(name: str, samples: Sequence[Sample], confidences: Sequence[float] | None = None) -> None:
    """One row of the table."""
    given = [s.confidence for s in samples] if confidences is None else list(confidences)
    found = trust(samples, given)
    said = [confidence >= THRESHOLD for confidence in given]
    answered = [s.right for s, yes in zip(samples, said, strict=True) if yes]
    cells = [
        f"{found.questions} ({found.answerable})",
        *("–" if value is None else f"{value:.3f}" for value in (found.far, found.near)),
        f"{found.error:.3f} ({found.band:.3f})",
        f"{found.brier:.3f}",
        f"{found.coverage:.2f}",
        f"{sum(answered)}/{len(answered)}",
    ]
    for kind in ("far", "near"):
        strange = [
            not yes
            for s, yes in zip(samples, said, strict=True)
            if kind in s.slice and not s.answerable
        ]
        cells.append(f"{sum(strange)}/{len(strange)}")
    print(f"| {name} | {' | '.join(cells)} |", flush=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--fit", action="store_true")
    parser.add_argument("--dev", action="store_true", help="development sets only")
    options = parser.parse_args()
    data = Path(os.environ.get("KBASSIST_DATA", "../shared/data")) / "eval"
    if not data.is_dir():
        print(f"skipped: KBASSIST_DATA names no folder with data ({data})", file=sys.stderr)
        return 0
    dev: dict[str, list[Sample]] = {}
    for one in sets_in(data, ("support",)):
        dev[one.name], assistant = of_set(one)
    for name in OWN:
        dev[name] = of_own(name)
    if options.fit:
        fitted = refit([s for samples in dev.values() for s in samples], assistant)
        SHIPPED.write_text(fitted.to_json(), encoding="utf-8")
        print(fitted.to_json(), file=sys.stderr)
        dev = {
            name: [replace(s, confidence=fitted.probability(s.evidence)) for s in samples]
            for name, samples in dev.items()
        }
    print(f"| {' | '.join(HEAD)} |\n|---|---|{'---:|' * (len(HEAD) - 2)}")
    for name, samples in dev.items():
        show(name, samples)
        if options.fit:
            others = [s for other, found in dev.items() if other != name for s in found]
            held = refit(others, assistant)
            show(f"{name}, left out", samples, [held.probability(s.evidence) for s in samples])
    show("development, all", [s for samples in dev.values() for s in samples])
    if options.dev:
        return 0
    test: list[Sample] = []
    for one in sets_in(data, ("support-test",)):
        samples, _ = of_set(one)
        show(one.name, samples)
        test += samples
    show("support-test, all", test)
    return 0


if __name__ == "__main__":
    sys.exit(main())
