"""Ways to fuse the two legs, with a real embedding model, on public question sets.

    python benchmarks/fusion.py MODEL [--sets xquad-en xquad-zh]

MODEL is a sentence-transformers model by path or name. Each corpus row is one chunk. Prints
recall@1 of BM25, of the vectors, of reciprocal rank fusion and of convex combinations.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np

from kbassist.config import Bm25Settings, SearchSettings
from kbassist.embed.protocol import Embedder
from kbassist.embed.registry import open_embedder
from kbassist.index.bm25 import Bm25
from kbassist.index.fusion import fuse, make_leg
from kbassist.index.topk import top_rows
from kbassist.text.analyzer import Analyzer
from lexical import build, data_folder, read_lines

SETTINGS = {
    "BM25": SearchSettings(vector_weight=0.0),
    "vectors": SearchSettings(vector_weight=1.0),
    "RRF, k = 60": SearchSettings(fusion="rrf"),
    "convex 0.3": SearchSettings(vector_weight=0.3),
    "convex 0.5": SearchSettings(vector_weight=0.5),
}


def measure(name: str, data: Path, model: Embedder) -> dict[str, float]:
    """recall@1 of each way on one set."""
    analyzer = Analyzer()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ids = build(data / f"{name}.corpus.jsonl", folder, analyzer, Bm25Settings())
        bm25 = Bm25.open(folder)
        texts = {row["id"]: row["text"] for row in read_lines(data / f"{name}.corpus.jsonl")}
        documents = model.embed_documents([texts[id] for id in ids])
        queries = [q for q in read_lines(data / f"{name}.queries.jsonl") if q["relevant"]]
        vectors = model.embed_queries([query["text"] for query in queries])
        rows = np.arange(len(ids), dtype=np.int64)
        found = dict.fromkeys(SETTINGS, 0)
        for query, vector in zip(queries, vectors, strict=True):
            terms = [(term.term, term.weight) for term in analyzer.query(query["text"])]
            scores, matched = bm25.scores(terms)
            cosines = documents @ vector
            lexical = make_leg(rows, scores, matched, top_rows(scores, matched, 200))
            nearest = top_rows(cosines, cosines > 0, 200)
            near = make_leg(rows, cosines, cosines > 0, nearest)
            for way, settings in SETTINGS.items():
                best = fuse(rows, lexical, near, settings).rows
                found[way] += bool(len(best)) and ids[best[0]] in query["relevant"]
    return {way: count / len(queries) for way, count in found.items()}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("model")
    parser.add_argument("--sets", nargs="+", default=["xquad-en", "xquad-zh"], metavar="NAME")
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
        values = measure(name, data, model)
        print(f"| {name} | " + " | ".join(f"{value:.3f}" for value in values.values()) + " |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
