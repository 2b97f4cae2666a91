"""How well the topics of a coverage report agree with labels, and what each kind of likeness adds.

Logs: evals/coverage-log.csv (its column `topic`, written by the authors of kbassist), both datasets
of evals/ together (by first tag) and, where $KBASSIST_DATA is there, the questions of two help
centres with an answer (by the top folder of the article); the last, of the pack support-test, is
for reporting only. Purity is the share of askers whose label is the commonest of their topic; it
grows with the number of topics, so V-measure (Rosenberg & Hirschberg 2007) stands beside it.

    python benchmarks/coverage_topics.py
"""

from __future__ import annotations

import csv
import json
import os
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from math import log
from pathlib import Path

from kbassist import build_index
from kbassist.answer.snapshot import Snapshot
from kbassist.config import AnswerSettings, SearchSettings
from kbassist.coverage import clusters as made
from kbassist.coverage import likeness
from kbassist.coverage.judge import Judgement, Judging, judge_all
from kbassist.index.filters import Filters
from kbassist.index.reader import open_index

ROOT = Path(__file__).parent.parent
DATA = Path(os.environ.get("KBASSIST_DATA", ROOT.parent / "shared" / "data"))
Labelled = list[tuple[str, str]]


def logs() -> Iterator[tuple[str, Path, Labelled]]:
    with (ROOT / "evals" / "coverage-log.csv").open(encoding="utf-8", newline="") as file:
        rows = [(row["question"], row["topic"]) for row in csv.DictReader(file)]
    yield "coverage-log", ROOT / "kb", [row for row in rows if row[1] != "noise"]
    found = []
    for name in ("harbor-zh", "harbor-en"):
        for line in (ROOT / "evals" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            if record.get("tags") and not record.get("history"):
                found.append((record["text"], record["tags"][0]))
    yield "harbor", ROOT / "kb", found
    for pack, kb in (("support", "status-en"), ("support-test", "aliyun-zh")):
        path = DATA / "eval" / pack / "queries.jsonl"
        if path.exists():
            records = map(json.loads, path.read_text(encoding="utf-8").splitlines())
            wanted = [
                r for r in records if r["kb"] == kb and r["relevant"] and not r.get("history")
            ]
            labelled = [(r["query"], r["relevant"][0].split("/")[0]) for r in wanted]
            yield f"{pack}/{kb}", path.parent / "kb" / kb, labelled


def purity(topics: Sequence[Sequence[int]], labels: Sequence[str]) -> float:
    return sum(max(Counter(labels[at] for at in topic).values()) for topic in topics) / len(labels)


def v_measure(topics: Sequence[Sequence[int]], labels: Sequence[str]) -> float:
    size = len(labels)
    joint = Counter((at, labels[one]) for at, topic in enumerate(topics) for one in topic)
    by_topic, by_label = [len(topic) for topic in topics], Counter(labels)
    shared = sum(
        n / size * log(n * size / (by_topic[at] * by_label[label]))
        for (at, label), n in joint.items()
    )
    total = sum(-n / size * log(n / size) for n in (*by_topic, *by_label.values()))
    return 2 * shared / total if total else 1.0


CHOSEN = made.RESOLUTION
SHARES = likeness.MEANING, likeness.WORDS, likeness.ARTICLES


def trials() -> Iterator[tuple[str, float, tuple[float, float, float]]]:
    for resolution in (2.0, 3.0, 5.0, 7.0, 10.0):
        yield f"resolution {resolution:g}", resolution, SHARES
    for at, name in enumerate(("meaning", "words", "articles")):
        without = [share if place != at else 0.0 for place, share in enumerate(SHARES)]
        yield f"without {name}", CHOSEN, (without[0], without[1], without[2])


def main() -> None:
    print("| log | likeness | topics | purity | V-measure |\n|---|---|---|---|---|")
    for name, kb, labelled in logs():
        with tempfile.TemporaryDirectory() as folder:
            place = Path(folder) / "index"
            build_index(kb, place)
            index = open_index(place)
            snapshot = Snapshot(index, None, SearchSettings(), AnswerSettings(), None)
            judging = Judging(
                place, index.generation, None, snapshot.settings, snapshot.answers,
                snapshot.today, Filters(),
            )  # fmt: skip
            found = judge_all([text for text, _ in labelled], judging)
            kept = [at for at, one in enumerate(found) if one is not None]
            judged: list[Judgement] = [one for one in found if one is not None]
            texts, labels = [labelled[at][0] for at in kept], [labelled[at][1] for at in kept]
            vectors = index.static.embed_queries(texts)
            terms = [index.analyzer.terms(text) for text in texts]
            for trial, resolution, shares in trials():
                made.RESOLUTION = resolution
                likeness.MEANING, likeness.WORDS, likeness.ARTICLES = shares
                topics, _ = made.clusters(vectors, terms, judged)
                figures = f"{purity(topics, labels):.3f} | {v_measure(topics, labels):.3f}"
                print(f"| {name} ({len(texts)}) | {trial} | {len(topics)} | {figures} |")


if __name__ == "__main__":
    main()
