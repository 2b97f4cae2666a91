"""Ways to fuse the two legs, with an embedding model, on public question sets.

    python benchmarks/fusion.py [MODEL] [--sets xquad-en xquad-zh] [--whole]

MODEL is as for `kbassist build --embedder`. Each corpus row is one chunk, embedded whole and in the
passages that the model asks for, or whole only. Prints recall@1 of BM25, of the vectors, of
reciprocal rank fusion and of convex combinations.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from kbassist.config import Bm25Settings, SearchSettings
from kbassist.embed.protocol import Embedder
from kbassist.embed.registry import BUNDLED, open_embedder
from kbassist.index.bm25 import Bm25
from kbassist.index.fusion import fuse, make_leg
from kbassist.index.topk import top_rows
from kbassist.index.weighting import vector_weight
from kbassist.text.analyzer import Analyzer
from kbassist.text.passages import passages
from lexical import build, data_folder, read_lines

SETS = ("cmrc2018-dev", "xquad-zh", "xquad-en", "xquad-zh-en", "xquad-en-zh")

SETTINGS = {
    "BM25": SearchSettings(vector_weight=0.0),
    "vectors": SearchSettings(vector_weight=1.0),
    "RRF, k = 60": SearchSettings(fusion="rrf"),
    "convex 0.3": SearchSettings(vector_weight=0.3),
    "convex 0.45": SearchSettings(vector_weight=0.45),
    "convex 0.5": SearchSettings(vector_weight=0.5),
    "convex 0.7": SearchSettings(vector_weight=0.7),
    "convex, by question": SearchSettings(),
    "convex 0.5, BM25 / max": SearchSettings(vector_weight=0.5),
}


def entries(texts: Sequence[str], model: Embedder, whole: bool) -> tuple[list[str], list[int]]:
    """What is embedded of each text, and where each text's entries begin."""
    found: list[str] = []
    starts = []
    for text in texts:
        starts.append(len(found))
        parts = [] if whole or model.passage is None else passages(text, model.passage)
        found += [text, *parts]
    return found, starts


def measure(name: str, data: Path, model: Embedder, whole: bool) -> dict[str, float]:
    """recall@1 of each way on one set."""
    analyzer = Analyzer()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ids = build(data / f"{name}.corpus.jsonl", folder, analyzer, Bm25Settings())
        bm25 = Bm25.open(folder)
        texts = {row["id"]: row["text"] for row in read_lines(data / f"{name}.corpus.jsonl")}
        embedded, starts = entries([texts[id] for id in ids], model, whole)
        documents = model.embed_documents(embedded)
        queries = [q for q in read_lines(data / f"{name}.queries.jsonl") if q["relevant"]]
        vectors = model.embed_queries([query["text"] for query in queries])
        rows = np.arange(len(ids), dtype=np.int64)
        found = dict.fromkeys(SETTINGS, 0)
        for query, vector in zip(queries, vectors, strict=True):
            terms = [(term.term, term.weight) for term in analyzer.query(query["text"])]
            scores, matched = bm25.scores(terms)
            cosines = np.maximum.reduceat(documents @ vector, starts)
            lexical = make_leg(rows, scores, matched, top_rows(scores, matched, 200))
            nearest = top_rows(cosines, cosines > 0, 200)
            near = make_leg(rows, cosines, cosines > 0, nearest)
            for way, settings in SETTINGS.items():
                full = None if way.endswith("max") else bm25.full(terms)
                weight = vector_weight(query["text"], settings)[0]
                best = fuse(rows, lexical, near, weight, settings, full).rows
                found[way] += bool(len(best)) and ids[best[0]] in query["relevant"]
    return {way: count / len(queries) for way, count in found.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model", nargs="?", default=BUNDLED)
    parser.add_argument("--sets", nargs="+", default=SETS, metavar="NAME")
    parser.add_argument("--whole", action="store_true", help="embed no passages")
    options = parser.parse_args()
    data = data_folder()
    if not data.is_dir():
        print(f"no question sets in {data}: set KBASSIST_DATA to the data folder", file=sys.stderr)
        return 1
    model = open_embedder(options.model)
    if model is None:
        print("name a model", file=sys.stderr)
        return 2
    print("| recall@1 | " + " | ".join(SETTINGS) + " |")
    print("|---" * (1 + len(SETTINGS)) + "|")
    for name in options.sets:
        values = measure(name, data, model, options.whole)
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in values.values()) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
