"""All entries multiplied, or their signs compared first, against faiss (flat, SQ8, HNSW).

Vectors are drawn around random centres with a fixed seed; a query is a disturbed vector. Prints a
Markdown table per size: build seconds, size, opening and first query in a fresh process, median
milliseconds a query, recall@10 against exact search. Ratios on one machine are what counts.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from kbassist.index import vector_files
from kbassist.index.entries import write_vectors
from kbassist.index.vectors import Vectors

Matrix = NDArray[np.float32]
Search = Callable[[Matrix], NDArray[np.int64]]
K = 10

FIRST_QUERY = """
import sys, time
start = time.perf_counter()
from pathlib import Path
import numpy as np
from kbassist.index import vector_files
vector_files.EXACT_LIMIT = 10**9
from kbassist.index.vectors import Vectors
vectors = Vectors.open(Path(sys.argv[1]))
query = np.zeros(vectors.dimension, dtype=np.float32)
query[0] = 1
vectors.search(query, 200)
print(time.perf_counter() - start)
"""


def make_vectors(count: int, dimension: int, queries: int) -> tuple[Matrix, Matrix]:
    draw = np.random.default_rng(20090401)
    centres = draw.standard_normal((max(count // 50, 1), dimension), dtype=np.float32)
    rows = centres[draw.integers(0, len(centres), count)]
    rows = rows + np.float32(0.8) * draw.standard_normal((count, dimension), dtype=np.float32)
    asked = rows[draw.integers(0, count, queries)]
    asked = asked + np.float32(0.4) * draw.standard_normal((queries, dimension), dtype=np.float32)
    return unit(rows), unit(asked)


def unit(rows: Matrix) -> Matrix:
    scaled: Matrix = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)
    return scaled


def own(rows: Matrix, folder: Path, exact: bool) -> Search:
    owners = np.arange(len(rows), dtype=np.int32)
    write_vectors(folder, rows, owners, exact_limit=len(rows) if exact else 0)
    vectors = Vectors.open(folder)
    return lambda query: vectors.search(query, K)[0]


def with_faiss(rows: Matrix, folder: Path, name: str) -> Search:
    index = faiss.index_factory(rows.shape[1], name, faiss.METRIC_INNER_PRODUCT)
    if name.startswith("HNSW"):
        faiss.ParameterSpace().set_index_parameter(index, "efSearch", 64)
    index.train(rows)
    index.add(rows)
    faiss.write_index(index, str(folder / "index.faiss"))
    return lambda query: np.asarray(index.search(query[None, :], K)[1][0])


SYSTEMS: dict[str, Callable[[Matrix, Path], Search]] = {
    "kbassist, all multiplied": lambda rows, folder: own(rows, folder, exact=True),
    "kbassist, signs first": lambda rows, folder: own(rows, folder, exact=False),
    "faiss flat": lambda rows, folder: with_faiss(rows, folder, "Flat"),
    "faiss SQ8": lambda rows, folder: with_faiss(rows, folder, "SQ8"),
    "faiss HNSW32,SQ8 (ef 64)": lambda rows, folder: with_faiss(rows, folder, "HNSW32,SQ8"),
}


def median_ms(search: Search, queries: Matrix) -> float:
    times = []
    for query in queries:
        start = time.perf_counter()
        search(query)
        times.append(time.perf_counter() - start)
    return float(np.median(times)) * 1e3


def fresh_process(folder: Path, runs: int = 5) -> str:
    times = []
    for _ in range(runs):
        command = [sys.executable, "-c", FIRST_QUERY, str(folder)]
        times.append(float(subprocess.run(command, capture_output=True, check=True).stdout))
    return f"{np.median(times):.3f}"


def compare(count: int, dimension: int, queries: int) -> None:
    rows, asked = make_vectors(count, dimension, queries)
    truth = [set(np.argsort(-(rows @ query), kind="stable")[:K].tolist()) for query in asked]
    print(f"\n{count:,} entries, {dimension} dimensions, {queries} queries, top {K}\n")
    print("| | build s | MB on disk | fresh process, import to first answer s | ms | recall@10 |")
    print("|---|---|---|---|---|---|")
    for name, build in SYSTEMS.items():
        with tempfile.TemporaryDirectory() as place:
            folder = Path(place)
            start = time.perf_counter()
            search = build(rows, folder)
            seconds = time.perf_counter() - start
            size = sum(file.stat().st_size for file in folder.iterdir()) / 1e6
            first = fresh_process(folder) if name.startswith("kbassist") else ""
            found = [
                len(truth[place] & set(search(query).tolist())) for place, query in enumerate(asked)
            ]
            print(
                f"| {name} | {seconds:.2f} | {size:.1f} | {first} |"
                f" {median_ms(search, asked):.2f} | {sum(found) / K / len(asked):.3f} |"
            )


def main() -> None:
    vector_files.EXACT_LIMIT = 10**9  # without signs, every size is multiplied
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[4_000, 16_000, 64_000, 256_000])
    parser.add_argument("--dimension", type=int, default=256)
    parser.add_argument("--queries", type=int, default=200)
    options = parser.parse_args()
    for count in options.sizes:
        compare(count, options.dimension, options.queries)


if __name__ == "__main__":
    main()
