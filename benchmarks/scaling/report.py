"""docs/performance.md from the results: tables between markers, a log–log plot."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kbassist.evals.drawing import svg

ROOT = Path(__file__).parent.parent.parent
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "images" / "performance-scale.svg"
MARKERS = "<!-- scale: begin -->", "<!-- scale: end -->"

Results = Mapping[str, Any]
Rows = list[tuple[str, ...]]


def sizes(results: Results) -> list[Any]:
    """The results, the smallest first."""
    return [results[size] for size in sorted(results, key=int)]


def table(results: Results) -> str:
    """Markdown tables: what a question costs, what an index costs, and its parts on disk."""
    return "\n\n".join(_markdown(rows(results)) for rows in (asking, having, parts))


def asking(results: Results) -> Rows:
    """Search beside the yardstick."""
    rows: Rows = [
        (
            "chunks",
            "p50 ms",
            "p95",
            "p99",
            "per second, 1 / 2 threads",
            "yardstick p50 ms",
            "ratio",
            "yardstick, terms and vector given",
            "recall@10 of the vector leg",
        )
    ]
    for one in sizes(results):
        own, other = one["speed"]["kbassist"], one["speed"]["yardstick"]
        bare = one["speed"]["yardstick, terms and vector given"]
        rates = [one["speed"][f"per second, {threads}"] for threads in (1, 2)]
        rows.append(
            (
                f"{one['chunks']:,}",
                *(f"{own[name]:.1f}" for name in ("p50", "p95", "p99")),
                " / ".join(f"{rate:.0f}" for rate in rates),
                f"{other['p50']:.2f}",
                f"{own['p50'] / other['p50']:.2f}",
                f"{bare['p50']:.2f}",
                f"{one['recall']['recall@10']:.3f}",
            )
        )
    return rows


def having(results: Results) -> Rows:
    """Building, updating, keeping and opening."""
    rows: Rows = [
        (
            "chunks",
            "articles",
            "build s",
            "chunks/s",
            "peak MB of the build",
            "one article changed s",
            "of the build",
            "bytes a chunk",
            "MB in memory: opened / asked",
            "cold `ask --json` s",
            "× import numpy",
        )
    ]
    for one in sizes(results):
        build, cold = one["build seconds"], one.get("cold")
        rows.append(
            (
                f"{one['chunks']:,}",
                f"{one['articles']:,}",
                f"{build:.1f}",
                f"{one['chunks'] / build:,.0f}",
                f"{one['build peak MB']:,.0f}",
                f"{one['one article']:.2f}",
                f"1/{build / one['one article']:.0f}",
                f"{sum(one['disk'].values()):,.0f}",
                f"{one['memory']['opened']:.0f} / {one['memory']['asked']:.0f}",
                f"{cold['ask']:.2f}" if cold else "–",
                f"{cold['ask'] / cold['numpy']:.2f}" if cold else "–",
            )
        )
    return rows


def parts(results: Results) -> Rows:
    """Bytes a chunk by part, and the cache beside them."""
    found = sizes(results)
    names = sorted({name for one in found for name in one["disk"]})
    rows: Rows = [("bytes a chunk", *(f"{one['chunks']:,}" for one in found))]
    rows += [(name, *(f"{one['disk'].get(name, 0):,.0f}" for one in found)) for name in names]
    rows.append(("cache.sqlite, beside", *(f"{one['disk of the cache']:,.0f}" for one in found)))
    return rows


def write_report(results: Results) -> None:
    """Put the tables and the picture into the page."""
    page = PAGE.read_text(encoding="utf-8")
    begin, end = MARKERS
    block = f"{begin}\n\n{table(results)}\n\n{end}"
    whole = re.compile(f"{re.escape(begin)}.*{re.escape(end)}", re.DOTALL)
    PAGE.write_text(whole.sub(lambda _: block, page), encoding="utf-8")
    PICTURE.write_text(_plot(results), encoding="utf-8")


def _plot(results: Results) -> str:
    from matplotlib.figure import Figure

    found = sizes(results)
    chunks = [one["chunks"] for one in found]
    figure = Figure(figsize=(9.0, 4.4), layout="constrained", facecolor="white")
    left, right = figure.subplots(1, 2)
    for name, colour in (("kbassist", "#1f6f8b"), ("yardstick", "#b5473c")):
        left.plot(chunks, [one["speed"][name]["p50"] for one in found], "o-", c=colour, label=name)
        left.plot(chunks, [one["speed"][name]["p95"] for one in found], ":", c=colour)
    left.set_title("ms a question: median, 95th percentile dotted")
    series = {
        "full build s": [one["build seconds"] for one in found],
        "one article changed s": [one["one article"] for one in found],
        "cold ask s": [one["cold"]["ask"] if "cold" in one else None for one in found],
        "memory MB": [one["memory"]["asked"] for one in found],
    }
    for name, values in series.items():
        right.plot(chunks, values, "o-", label=name)
    for axes in (left, right):
        axes.set_xscale("log")
        axes.set_yscale("log")
        axes.set_xlabel("chunks")
        axes.grid(True, which="both", alpha=0.2)
        axes.legend()
    return svg(figure)


def _markdown(rows: Rows) -> str:
    head, *rest = rows
    lines = [head, tuple(["---"] + ["---:"] * (len(head) - 1)), *rest]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
