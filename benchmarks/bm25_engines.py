"""The BM25 leg against rank-bm25, the definition of its scores: build and query time, in one run.

Documents are 60 synthetic terms each, drawn from a Zipf-like distribution with a fixed seed;
queries have 8 terms. Seconds depend on the machine, ratios less so. Prints a Markdown table.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from rank_bm25 import BM25Okapi

from kbassist.config import Bm25Settings
from kbassist.index.bm25 import Bm25
from kbassist.index.bm25_build import Bm25Builder

TERMS = 30_000
LENGTH = 60
QUERY_LENGTH = 8
K = 10

Documents = list[list[str]]


def draw(count: int, length: int, seed: int) -> Documents:
    source = np.random.default_rng(seed)
    names = np.array([f"term{number}" for number in range(TERMS)])
    share = 1.0 / np.arange(10, TERMS + 10)
    drawn = source.choice(TERMS, size=(count, length), p=share / share.sum())
    documents: Documents = names[drawn].tolist()
    return documents


def seconds(action: Callable[[], Any]) -> tuple[float, Any]:
    start = time.perf_counter()
    result = action()
    return time.perf_counter() - start, result


def median_ms(search: Callable[[list[str]], Any], queries: Documents) -> float:
    return float(np.median([seconds(lambda: search(query))[0] for query in queries])) * 1e3  # noqa: B023


def build_own(documents: Documents, folder: Path) -> Bm25:
    builder = Bm25Builder()
    for document in documents:
        builder.add(document)
    builder.write(folder, Bm25Settings(variant="okapi", k1=1.5, b=0.75))
    return Bm25.open(folder)


def top_of_rank_bm25(engine: BM25Okapi, query: list[str]) -> Any:
    scores = engine.get_scores(query)
    best = np.argpartition(scores, len(scores) - K)[-K:]
    return best[np.argsort(-scores[best])]


def compare(count: int, queries: Documents, slow_queries: int) -> Sequence[str]:
    documents = draw(count, LENGTH, seed=1)
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        own_build, own = seconds(lambda: build_own(documents, folder))
        size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
        theirs_build, theirs = seconds(lambda: BM25Okapi(documents))
        weighted = [[(term, 1.0) for term in query] for query in queries]
        for query, terms in zip(queries[:5], weighted[:5], strict=True):
            scores, _ = own.scores(terms)
            np.testing.assert_allclose(scores, theirs.get_scores(query), rtol=1e-5, atol=1e-4)
        own_ms = median_ms(lambda query: own.top([(term, 1.0) for term in query], K), queries)
        theirs_ms = median_ms(lambda query: top_of_rank_bm25(theirs, query), queries[:slow_queries])
    return (
        f"| {count:,} | kbassist | {own_build:.2f} | {own_ms:.3f} | {size:.1f} | |",
        f"| {count:,} | rank-bm25 | {theirs_build:.2f} | {theirs_ms:.3f} | |"
        f" query ×{theirs_ms / own_ms:.0f}, build ×{theirs_build / own_build:.1f} |",
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="100,000 documents too")
    parser.add_argument("--queries", type=int, default=200)
    parser.add_argument("--slow-queries", type=int, default=20, help="of them for rank-bm25")
    options = parser.parse_args()
    queries = draw(options.queries, QUERY_LENGTH, seed=2)
    print("| documents | engine | build s | ms a query | MB on disk | rank-bm25 takes |")
    print("|---|---|---|---|---|---|")
    for count in (10_000, 100_000) if options.large else (10_000,):
        for line in compare(count, queries, options.slow_queries):
            print(line, flush=True)


if __name__ == "__main__":
    main()
