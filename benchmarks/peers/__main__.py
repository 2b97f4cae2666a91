"""Measure, write `results.json` and the tables of `benchmarks/README.md`, print them.

    python -m benchmarks.peers [--sizes 1000 10000 100000] [--only kbassist LlamaIndex:chinese]
    python -m benchmarks.peers --render         write the tables anew without measuring

Sizes above 10,000 are measured only for systems that answered in under 0.1 s at the largest size
below. What was measured before for other sizes stays in the results; with `--only`, for other
systems too.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .catalogue import ENTRIES, Entry, packages_of
from .corpus import File, choose, data_folder, survey, unpack, write_corpus
from .machine import machine, versions
from .queries import make_queries, write_queries
from .report import render
from .run import measure

RESULTS = Path(__file__).parent / "results.json"
README = Path(__file__).parent.parent / "README.md"
START, END = "<!-- peers: written by the program -->", "<!-- peers: end -->"

FREE_SIZE = 10_000
SLOW_MS = 100.0


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.peers", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--only", nargs="+", default=[], help="systems, or system:form")
    parser.add_argument("--limit", type=float, default=1800, help="seconds for one process")
    parser.add_argument("--render", action="store_true", help="only write the tables anew")
    return parser.parse_args()


def prepare(files: Sequence[File], size: int, folder: Path) -> dict[str, Any]:
    """Write the articles, chunks and queries of one size; what they are."""
    folder.mkdir()
    chosen = choose(files, size)
    pieces, seconds = write_corpus(chosen, folder)
    queries = make_queries(pieces)
    write_queries(queries, folder)
    (folder / "first.txt").write_text(queries[0].text, encoding="utf-8")
    groups = [f"{query.lang} {query.kind}" for query in queries]
    return {
        "articles": len(chosen),
        "chunks": len(pieces),
        "chinese": sum(piece.lang == "zh" for piece in pieces),
        "characters": sum(len(piece.text) for piece in pieces),
        "parse_s": seconds,
        "queries": {group: groups.count(group) for group in sorted(set(groups))},
    }


def too_slow(results: dict[str, Any], entry: Entry, size: int) -> str | None:
    """Why a system is left out at this size; None where it is not."""
    if size <= FREE_SIZE:
        return None
    smaller = [int(name) for name in results["sizes"] if int(name) < size]
    for name in sorted(smaller, reverse=True):
        figures = results["sizes"][str(name)]["systems"].get(entry.key)
        if figures is None:
            continue
        if "p50_ms" not in figures:
            return f"failed at {name:,}"
        if figures["p50_ms"] >= SLOW_MS:
            return f"{figures['p50_ms']:.0f} ms a query at {name:,} already"
        return None
    return None


def previous(path: Path, replaced: Sequence[int]) -> dict[str, Any]:
    """The results so far, without the sizes that are measured anew."""
    if not path.is_file():
        return {"sizes": {}}
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    for size in replaced:
        found["sizes"].pop(str(size), None)
    return found


def main() -> int:
    """Run the benchmark."""
    options = arguments()
    wanted = [e for e in ENTRIES if not options.only or {e.system, e.key} & set(options.only)]
    if not wanted or not data_folder().is_dir():
        print("no such system, or KBASSIST_DATA names no folder with kb/", file=sys.stderr)
        return 2
    if options.render:
        write_tables(previous(RESULTS, replaced=[]))
        return 0
    results = previous(RESULTS, replaced=[] if options.only else options.sizes)
    with tempfile.TemporaryDirectory() as place:
        root = Path(place)
        roots = unpack(data_folder(), root / "unpacked")
        files = survey(roots, max(options.sizes))
        for size in sorted(options.sizes):
            folder = root / str(size)
            sized = results["sizes"].setdefault(str(size), {"systems": {}})
            sized["machine"] = machine()
            sized["versions"] = {**sized.get("versions", {}), **versions(packages_of(wanted))}
            sized["corpus"] = prepare(files, size, folder)
            for entry in wanted:
                reason = too_slow(results, entry, size)
                figures = {"left_out": reason} if reason else measure(entry, folder, options.limit)
                sized["systems"][entry.key] = figures
                print(size, entry.key, _line(figures), flush=True)
                RESULTS.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    write_tables(results)
    return 0


def write_tables(results: dict[str, Any]) -> None:
    """Put the tables between the two marks of the README, and print them."""
    text = render(results)
    page = README.read_text(encoding="utf-8")
    before, _, rest = page.partition(START)
    _, _, after = rest.partition(END)
    README.write_text(f"{before}{START}\n\n{text}\n{END}{after}", encoding="utf-8")
    print(text)


def _line(figures: dict[str, Any]) -> str:
    if "p50_ms" not in figures:
        return str(figures)
    return f"{figures['build_s']:.1f} s, {figures['p50_ms']:.1f} ms, cold {figures['cold_s']:.2f} s"


if __name__ == "__main__":
    sys.exit(main())
