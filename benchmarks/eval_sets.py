"""Every question set of the data: BM25, vectors and both, over one index of each knowledge base.

Builds an index of each set in a temporary folder, asks every question in each mode by
`Assistant.search`, and prints one Markdown table; the support packs are pooled by kind of question
below their sets. Articles are judged, each at its first chunk, as `kbassist eval` does. Follow-ups
are asked in a conversation with their history; the same questions asked in full have a row of their
own, and count nowhere else. The data
lie in the folder `eval` of $KBASSIST_DATA (default ../shared/data); without them nothing is
measured, which is said. How far it is goes to stderr. Sets of many documents are many small files:
with TMPDIR on a memory disk they take a fraction of the time.

    python benchmarks/eval_sets.py                      everything, every question
    python benchmarks/eval_sets.py --only support       one group: support, support-test, public
    python benchmarks/eval_sets.py --sets atec bq-dev   some sets
    python benchmarks/eval_sets.py --rerank 0           no candidate ranked anew
    python benchmarks/eval_sets.py --embedder none      BM25 alone
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from kbassist import Assistant, SearchSettings, __version__, build_index
from kbassist.errors import QuestionError
from kbassist.evals.metrics import auroc
from kbassist.evals.model import Dataset, Question
from kbassist.evals.ranking import distinct, evaluate
from kbassist.evals.run import CHUNKS, turns_of
from kbassist.evals.statistics import RESAMPLES, bootstrap_interval
from kbassist.evals.targets import article_grades, resolve
from kbassist.types import Hit, Mode
from question_sets import GROUPS, STANDALONE, Set, sets_in

LEGS: Mapping[Mode, str] = {"lexical": "BM25", "vector": "vectors", "hybrid": "hybrid"}
MEASURES = ("Success@1", "Success@5", "Success@10", "RR@10")
DEPTH = 10
"""Distinct articles that the measures look at."""
FIRST_CHUNKS = 2 * DEPTH
"""Chunks asked for at first; where they are of fewer articles, CHUNKS as `kbassist eval` does."""

POOLS: Mapping[str, Callable[[str], bool]] = {
    "all": lambda name: name != STANDALONE,
    "same language": lambda name: name not in ("crosslingual", STANDALONE),
    "other language": lambda name: name == "crosslingual",
    "typos": lambda name: name == "typo",
    "follow-ups": lambda name: name == "followup",
    "follow-ups, asked in full": lambda name: name == STANDALONE,
}
"""Rows of a whole support pack, by the slices that they count."""


@dataclass(frozen=True, slots=True)
class Found:
    """What one question found."""

    slice: str
    values: Mapping[Mode, Mapping[str, float]]
    """Mode → measure → value; empty for a question without an answer."""
    cosine: float | None
    """Of the first hit by vectors, 0 where there is none; None in a lexical index."""


class Progress:
    """Says on stderr how far a set is, now and then."""

    SECONDS = 10.0

    def __init__(self, name: str) -> None:
        self._name = name
        self._said = time.monotonic()

    def __call__(self, stage: str, done: int, total: int) -> None:
        """Report that some of a stage is done."""
        if time.monotonic() - self._said >= self.SECONDS:
            self.say(f"{stage}, {done:,} of {total:,}")

    def say(self, text: str) -> None:
        """Report at once."""
        print(f"{self._name}: {text}", file=sys.stderr, flush=True)
        self._said = time.monotonic()


def measure(
    one: Set,
    embedder: str,
    limit: int | None,
    *,
    standalone: bool = False,
    settings: SearchSettings | None = None,
) -> list[Found]:
    """Build the index of a set and ask its questions, follow-ups once more in full if wanted."""
    progress = Progress(one.title)
    with tempfile.TemporaryDirectory() as place:
        work = Path(place)
        started = time.perf_counter()
        report = build_index(
            one.articles(work), work / "index", embedder=embedder, skip_bad=True, progress=progress
        )
        built = time.perf_counter()
        assistant = Assistant.open(work / "index", settings=settings)
        dataset = one.questions(assistant, limit, standalone=standalone)
        found = ask(dataset, assistant, progress, one.group != "public")
        progress.say(
            f"{report.articles:,} articles built in {built - started:.0f} s"
            + (f", {len(report.skipped)} bad ones left out" if report.skipped else "")
            + f"; {len(found):,} questions asked in {time.perf_counter() - built:.0f} s"
        )
    return found


def ask(dataset: Dataset, assistant: Assistant, progress: Progress, every: bool) -> list[Found]:
    """Ask the questions of a set in each mode that the index has.

    Args:
        dataset: labelled questions.
        assistant: open on the index.
        progress: told how far it is.
        every: whether to ask those without an answer too, for the cosine of their first hit.
    """
    lexical = assistant.index.manifest.embedder is None
    modes: tuple[Mode, ...] = ("lexical",) if lexical else tuple(LEGS)
    targets = resolve(dataset, assistant)
    qrels = {name: article_grades(found) for name, found in targets.items() if found}
    asked = [question for question in dataset.questions if every or question.id in qrels]
    cosines: dict[str, float] = {}
    rankings: dict[Mode, dict[str, list[str]]] = {mode: {} for mode in modes}
    for number, question in enumerate(asked, 1):
        for mode in modes:
            hits, ranking = rank(assistant, question, mode)
            rankings[mode][question.id] = ranking
            if mode == "vector":
                cosines[question.id] = hits[0].legs["vector"].raw if hits else 0.0
        progress("questions", number, len(asked))
    tables = {mode: evaluate(qrels, rankings[mode], MEASURES) for mode in modes}
    return [
        Found(
            slice=question.slice,
            values={
                mode: {name: table[name][question.id] for name in MEASURES}
                for mode, table in tables.items()
                if question.id in qrels
            },
            cosine=cosines.get(question.id),
        )
        for question in asked
    ]


def rank(assistant: Assistant, question: Question, mode: Mode) -> tuple[list[Hit], list[str]]:
    """The hits of a question and its first distinct articles; none where it cannot be asked."""
    hits: list[Hit] = []
    ranking: list[str] = []
    for depth in (FIRST_CHUNKS, CHUNKS):
        try:
            hits = _hits(assistant, question, mode, depth)
        except QuestionError:
            break
        ranking = distinct((hit.article.id for hit in hits), DEPTH)
        if len(ranking) == DEPTH or len(hits) < depth:
            break
    return hits, ranking


def _hits(assistant: Assistant, question: Question, mode: Mode, depth: int) -> list[Hit]:
    if not question.history:
        return assistant.search(question.text, top_k=depth, mode=mode)
    conversation = assistant.conversation(turns_of(question))
    return list(conversation.ask(question.text, top_k=depth, mode=mode).hits)


def rows(title: str, found: Sequence[Found]) -> Iterator[str]:
    """The rows of a set or a pool, one for each mode; none where no question has an answer."""
    answerable = [one for one in found if one.values]
    for number, mode in enumerate(answerable[0].values if answerable else ()):
        head = f"| {title} | {len(answerable):,}" if number == 0 else "| |"
        cells = [_figure([one.values[mode][name] for one in answerable]) for name in MEASURES]
        yield f"{head} | {LEGS[mode]} | {' | '.join(cells)} |"


def _figure(values: Sequence[float]) -> str:
    low, high = bootstrap_interval(values)
    return f"{sum(values) / len(values):.3f} ({low:.3f}–{high:.3f})"


def separation(group: str, found: Sequence[Found]) -> str:
    """How well the first cosine tells questions with an answer from those of another kind."""
    scores = [one.cosine for one in found if one.values and one.cosine is not None]
    text = f"{group}: AUROC of the first hit's cosine, {len(scores)} questions with an answer"
    for kind in ("far", "near"):
        strange = [one.cosine for one in found if one.slice == f"unanswerable_{kind}"]
        others = [cosine for cosine in strange if cosine is not None]
        if scores and others:
            value = auroc(scores + others, [True] * len(scores) + [False] * len(others))
            text += f"; {value:.3f} against {len(others)} {kind} ones without"
    return text


def show(chosen: Sequence[Set], embedder: str, limit: int | None, settings: SearchSettings) -> None:
    """Measure the sets and print the table as its rows come in."""
    print(
        f"kbassist {__version__}, embedder `{embedder}`. n counts questions with an answer;"
        f" in brackets 95 % percentile bootstrap intervals over questions ({RESAMPLES:,} resamples,"
        " seed 0).\n"
    )
    print(f"| set | n | by | {' | '.join(MEASURES)} |")
    print(f"|---|---:|---|{'---:|' * len(MEASURES)}", flush=True)
    packs: dict[str, list[Found]] = {}
    for one in chosen:
        found = measure(one, embedder, limit, standalone=True, settings=settings)
        own = [question for question in found if question.slice != STANDALONE]
        print("\n".join(rows(one.title, own)), flush=True)
        if one.group != "public":
            packs.setdefault(one.group, []).extend(found)
    for group, found in packs.items():
        for name, counted in POOLS.items():
            pool = [question for question in found if counted(question.slice)]
            for row in rows(f"**{group}, {name}**", pool):
                print(row)
    for group, found in packs.items() if embedder != "none" else ():
        own = [question for question in found if question.slice != STANDALONE]
        print(f"\n{separation(group, own)}")


def main(arguments: Sequence[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--only", choices=GROUPS, action="append")
    parser.add_argument("--sets", nargs="+", metavar="NAME")
    parser.add_argument("--embedder", default="bundled", help="as for kbassist build")
    parser.add_argument(
        "--rerank",
        type=int,
        default=SearchSettings().rerank,
        metavar="N",
        help="as in the settings",
    )
    parser.add_argument("--limit", type=int, metavar="N", help="questions of each public set")
    options = parser.parse_args(arguments)
    data = Path(os.environ.get("KBASSIST_DATA", "../shared/data")) / "eval"
    if not data.is_dir():
        print(f"skipped: KBASSIST_DATA names no folder with data ({data})")
        return 0
    chosen = sets_in(data, options.only or GROUPS)
    if options.sets:
        known = [one.name for one in chosen]
        strange = [name for name in options.sets if name not in known]
        if strange:
            parser.error(f"no such set: {', '.join(strange)}; there are {', '.join(known)}")
        chosen = [one for one in chosen if one.name in options.sets]
    settings = SearchSettings(rerank=options.rerank)
    show(chosen, options.embedder, options.limit, settings)
    return 0


if __name__ == "__main__":
    sys.exit(main())
