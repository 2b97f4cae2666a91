"""A self-contained HTML page: figures by slice, confidence, latency, and every failure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path

from kbassist.assistant import Assistant
from kbassist.evals import page
from kbassist.evals.drawing import BAD, GOOD, INK, LINE, axes, svg
from kbassist.evals.metrics import reliability_bins, risk_coverage
from kbassist.evals.names import HEADS
from kbassist.evals.result import Outcome, Result
from kbassist.evals.summary import Summary
from kbassist.types import ArticleMeta

TEMPLATE = Path(__file__).with_name("report.html.j2")


@dataclass(frozen=True, slots=True)
class _Page:
    """What the template shows of one result."""

    result: Result
    summary: Summary
    embedder: str
    """The last parts of a model's path, which is another one on every machine."""
    plots: dict[str, str]
    misses: list[tuple[Outcome, dict[str, str | None]]]


def write_report(
    results: Sequence[Result], summaries: Sequence[Summary], path: Path, assistant: Assistant
) -> None:
    """Write the report of one or more results.

    Args:
        results: of one index.
        summaries: of the results, in the same order.
        path: of the HTML file; nothing else is needed to read it.
        assistant: open on the index; gives the addresses of articles.
    """
    metas = {meta.id: meta for meta in assistant.index.store.articles()}
    pages = [
        _Page(
            result,
            summary,
            "/".join(Path(result.index["embedder"] or "none").parts[-2:]),
            _plots(result),
            [(o, _links(o, metas)) for o in result.outcomes if not o.right],
        )
        for result, summary in zip(results, summaries, strict=True)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    html = page.render(
        TEMPLATE,
        pages=pages,
        heads=HEADS,
        when=datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
    )
    path.write_text(html, encoding="utf-8")


def _links(outcome: Outcome, metas: Mapping[str, ArticleMeta]) -> dict[str, str | None]:
    """Labels and quoted places of a failure → their address."""
    paths = {meta.path: meta for meta in metas.values()}
    places = [(label, *label.partition("#")[::2]) for label in outcome.labels]
    places += [(cited.ref, cited.article_id, cited.anchor) for cited in outcome.citations]
    links: dict[str, str | None] = {}
    for name, article, anchor in places:
        meta = metas.get(article) or paths.get(article.rpartition(":")[0])
        links[name] = None if meta is None else meta.address(anchor)
    return links


def _plots(result: Result) -> dict[str, str]:
    """Plot name → inline SVG; a plot is left out where there is nothing to draw."""
    given = [outcome for outcome in result.outcomes if outcome.action == "answer"]
    plots = {"latency": _latency([outcome.ask_ms for outcome in result.outcomes])}
    if given:
        confidences, right = [o.confidence for o in given], [o.right for o in given]
        plots["reliability"] = _reliability(confidences, right)
        plots["risk"] = _risk(confidences, right)
    return plots


def _reliability(confidences: Sequence[float], right: Sequence[bool]) -> str:
    figure, drawn = axes("confidence", "share that is right")
    for item in reliability_bins(confidences, right):
        if item.size:
            middle = (item.low + item.high) / 2
            drawn.bar(middle, item.accuracy, width=0.09, color=LINE)
            drawn.text(
                middle, item.accuracy + 0.02, str(item.size), ha="center", fontsize=8, color=INK
            )
    drawn.plot([0, 1], [0, 1], color=INK, linestyle=":", linewidth=1)
    drawn.set(xlim=(0, 1), ylim=(0, 1.1))
    return svg(figure)


def _risk(confidences: Sequence[float], right: Sequence[bool]) -> str:
    figure, drawn = axes("share of the answers given, surest first", "share that is wrong")
    coverage, risk = zip(*risk_coverage(confidences, right), strict=True)
    drawn.step(coverage, risk, where="post", color=BAD)
    drawn.set(xlim=(0, 1), ylim=(0, max(*risk, 0.05) * 1.1))
    return svg(figure)


def _latency(milliseconds: Sequence[float]) -> str:
    figure, drawn = axes("ask, milliseconds", "questions")
    drawn.hist(milliseconds, bins=30, color=GOOD)
    return svg(figure)
