"""Results of `kbassist eval` as tables for people and objects for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kbassist.cli.render import line, print_json
from kbassist.cli.terminal import one_line, styled
from kbassist.evals.names import HEADS
from kbassist.records.results import SCHEMA_VERSION
from kbassist.types.columns import columns

if TYPE_CHECKING:
    from kbassist.evals.calibrate import Fitted
    from kbassist.evals.compare import Change, Comparison
    from kbassist.evals.misses import Miss
    from kbassist.evals.result import Result
    from kbassist.evals.summary import Row, Summary
    from kbassist.evals.sweep import Point
    from kbassist.evals.trust import Trust

SHOWN = 3
"""Questions that are named where some cannot be used."""


def summaries(
    results: Sequence[Result],
    found: Sequence[Summary],
    shortfalls: Sequence[str],
    as_json: bool,
) -> None:
    """The figures of one or more results."""
    if as_json:
        records = [_summary(result, one) for result, one in zip(results, found, strict=True)]
        print_json(
            {"schema_version": SCHEMA_VERSION, "results": records, "shortfalls": list(shortfalls)}
        )
        return
    for result, summary in zip(results, found, strict=True):
        _one(result, summary)


def _one(result: Result, summary: Summary) -> None:
    index = result.index
    line(styled(result.name, bold=True))
    line(f"{index['articles']} articles, {index['chunks']} chunks, {index['generation']}")
    line()
    rows = [["slice", "n", *HEADS.values()]]
    rows += [_cells(row) for row in summary.slices] if len(summary.slices) > 1 else []
    rows.append(_cells(summary.total))
    _table(rows)
    answerable = sum(outcome.expect == "answer" for outcome in result.outcomes)
    line(f"ranking and answer: the {answerable} questions that expect an answer; action: all")
    history = sum(outcome.has_history for outcome in result.outcomes)
    if history:
        line(f"{history} questions follow others and are completed from them")
    line()
    ranges = (
        f"{HEADS[name]} {figure.low:.3f}–{figure.high:.3f}"
        for name, figure in summary.total.figures.items()
    )
    line(f"95 % intervals: {', '.join(ranges)}")
    scores = summary.abstention
    line(
        f"abstention: precision {_share(scores.precision)}, recall {_share(scores.recall)},"
        f" F1 {_share(scores.f1)}"
    )
    line(f"confidence: AUROC {_share(summary.auroc)}, ECE {_share(summary.ece)}")
    line("latency: " + ", ".join(f"{k} {v:.1f} ms" for k, v in summary.latency.items()))
    line()
    labels = [label for label, row in summary.confusion.items() if any(row.values())]
    _table(
        [["expected \\ got", *summary.confusion]]
        + [[label, *map(str, summary.confusion[label].values())] for label in labels]
    )
    line()


def comparison(found: Comparison, limit: int, as_json: bool) -> None:
    """What differs between two results."""
    if as_json:
        print_json(_comparison(found))
        return
    rows = [["", "n", "before", "after", "difference", "95 % interval", "p", ""]]
    for item in found.differences:
        rows.append(
            [
                HEADS[item.measure],
                str(item.count),
                f"{item.before:.4f}",
                f"{item.after:.4f}",
                f"{item.after - item.before:+.4f}",
                f"{item.low:+.4f} … {item.high:+.4f}",
                f"{item.p:.4f}",
                "significant" if item.significant else "",
            ]
        )
    _table(rows)
    for name, changes in (("won", found.won), ("lost", found.lost)):
        line()
        line(styled(f"{len(changes)} {name} by {found.measure}", bold=True))
        for change in changes[:limit]:
            _change(change)


def _change(change: Change) -> None:
    line(f"{change.difference:+.3f}  {change.before.id}  {one_line(change.before.text)}")
    for name, outcome in (("before", change.before), ("after", change.after)):
        shown = [f"*{item}" if item in outcome.relevant else item for item in outcome.ranking[:5]]
        line(f"        {name:<6} {' '.join(shown) or 'nothing'}")


def misses(found: Sequence[Miss], asked: int, as_json: bool) -> None:
    """Why questions went wrong, the most common cause first."""
    counts = Counter(miss.cause for miss in found)
    if as_json:
        records = [
            {
                "id": miss.outcome.id,
                "text": miss.outcome.text,
                "slice": miss.outcome.slice,
                "expect": miss.outcome.expect,
                "action": miss.outcome.action,
                "cause": miss.cause,
                "evidence": miss.evidence,
            }
            for miss in found
        ]
        print_json(
            {
                "schema_version": SCHEMA_VERSION,
                "asked": asked,
                "causes": dict(counts.most_common()),
                "misses": records,
            }
        )
        return
    line(f"{len(found)} of {asked} questions were not answered rightly")
    for cause, count in counts.most_common():
        line()
        line(styled(f"{cause} ({count})", bold=True))
        for miss in found:
            if miss.cause == cause:
                line(f"  {miss.outcome.id}  {one_line(miss.outcome.text)}")
                line(f"      {styled(one_line(miss.evidence), dim=True)}")


def points(found: Sequence[Point], as_json: bool) -> None:
    """The points of a sweep, best nDCG@10 first."""
    ordered = sorted(found, key=lambda p: -_value(p.summary.total, "nDCG@10"))
    if as_json:
        records = [{"settings": p.changed, "figures": _row(p.summary.total)} for p in ordered]
        print_json({"schema_version": SCHEMA_VERSION, "points": records})
        return
    names = list(found[0].changed)
    rows = [[*names, *HEADS.values()]]
    rows += [
        [*(str(p.changed[name]) for name in names), *_cells(p.summary.total)[2:]] for p in ordered
    ]
    _table(rows)


def calibration(found: Fitted, as_json: bool) -> None:
    """How far a confidence that was fitted can be trusted, beside the bundled one."""
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, **asdict(found), "path": str(found.path)})
        return
    path = one_line(str(found.path))
    count, answerable = found.fitted.questions, found.fitted.answerable
    line(f"Fitted to {count} questions, {answerable} of them answerable: {path}")
    line()
    columns = {"bundled": found.bundled, "fitted": found.fitted, "held out": found.held_out}
    shown = {name: trust for name, trust in columns.items() if trust is not None}
    _table([["", *shown], *_trust_rows(list(shown.values()))])
    line()
    if found.held_out is not None:
        line("held out: each fifth of the questions by a fit to the others, as for new questions")
        if found.held_out.brier >= found.bundled.brier:
            line(f"That is no better than the bundled one. To go back to it: delete {path}")
    if found.others:
        line(f"left out: {found.others} questions that expect a question back or a person")
    if found.unaskable:
        line(f"left out: {len(found.unaskable)} questions that cannot be asked")
        for item in found.unaskable[:SHOWN]:
            line(f"  {one_line(item.question)}: {one_line(item.message)}")
        if len(found.unaskable) > SHOWN:
            line("  … (--json lists all)")


def _trust_rows(found: Sequence[Trust]) -> list[list[str]]:
    """A row for each figure, a column for each calibration."""
    return [
        ["calibration error", *(f"{one.error:.3f}" for one in found)],
        ["  by chance, at most", *(f"{one.band:.3f}" for one in found)],
        ["Brier score", *(f"{one.brier:.3f}" for one in found)],
        ["AUROC, far", *(_share(one.far) for one in found)],
        ["AUROC, near", *(_share(one.near) for one in found)],
        ["answered at 85 % right", *(f"{one.coverage:.2f}" for one in found)],
    ]


def written(paths: Sequence[Path], as_json: bool) -> None:
    """The files that a command wrote."""
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, "written": [str(path) for path in paths]})
        return
    for path in paths:
        line(f"wrote {one_line(str(path))}")


def _summary(result: Result, summary: Summary) -> dict[str, Any]:
    return {
        "dataset": result.dataset,
        "dataset_digest": result.dataset_digest,
        "split": result.split,
        "mode": result.mode,
        "index": result.index,
        "questions": summary.total.questions,
        "figures": _row(summary.total),
        "slices": {row.name: {"questions": row.questions, **_row(row)} for row in summary.slices},
        "abstention": summary.abstention._asdict(),
        "auroc": summary.auroc,
        "ece": summary.ece,
        "confusion": summary.confusion,
        "latency_ms": {name: round(value, 2) for name, value in summary.latency.items()},
    }


def _comparison(found: Comparison) -> dict[str, Any]:
    return {
        "schema_version": SCHEMA_VERSION,
        "differences": [
            {**asdict(item), "significant": item.significant} for item in found.differences
        ],
        "measure": found.measure,
        **{
            name: [
                {
                    "id": change.before.id,
                    "text": change.before.text,
                    "difference": change.difference,
                    "before": change.before.ranking,
                    "after": change.after.ranking,
                }
                for change in changes
            ]
            for name, changes in (("won", found.won), ("lost", found.lost))
        },
    }


def _row(row: Row) -> dict[str, Any]:
    return {name: asdict(figure) for name, figure in row.figures.items()}


def _cells(row: Row) -> list[str]:
    shown = [f"{row.figures[name].value:.3f}" if name in row.figures else "–" for name in HEADS]
    return [row.name, str(row.questions), *shown]


def _value(row: Row, name: str) -> float:
    return row.figures[name].value if name in row.figures else 0.0


def _share(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _table(rows: Sequence[Sequence[str]]) -> None:
    """Columns in line, the first to the left and the others to the right."""
    for number, shown in enumerate(columns(rows, "l" + "r" * (len(rows[0]) - 1))):
        text = one_line(shown)
        line(styled(text, dim=True) if number == 0 else text)
