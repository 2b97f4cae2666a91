"""Pictures of docs/confidence.md: reliability diagrams and risk–coverage curves."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from confidence_tables import Measured
from kbassist.evals.drawing import svg
from kbassist.evals.reliability import equal_mass_bins
from kbassist.evals.statistics import wilson_interval
from kbassist.evals.trust import BINS, WANTED, coverage_curve

INK, LINE, BAND, MARK = "#12303f", "#1f6f8b", "#c9d6dc", "#b5473c"
PAPER = "#ffffff"
"""Behind everything, so that a picture reads the same on a dark page."""
COLUMNS = 4

Panel = Callable[[Any, Measured], None]


def draw(
    dev: Sequence[Measured],
    test: Sequence[Measured],
    further: Sequence[Measured],
    folder: Path,
) -> Mapping[str, Path]:
    """Write the pictures.

    Args:
        dev: development sets, their pool last.
        test: reported sets, their pool last.
        further: sets beside them.
        folder: where to.

    Returns:
        Picture → its path relative to the folder above.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sets = [*dev, *test[:-1], *further]
    figures = {
        "pool": _pair(test[-1]),
        "reliability": _grid(sets, _reliability),
        "coverage": _grid(sets, _coverage),
    }
    names = {
        "pool": "confidence-support-test.svg",
        "reliability": "confidence-reliability.svg",
        "coverage": "confidence-coverage.svg",
    }
    for picture, figure in figures.items():
        (folder / names[picture]).write_text(svg(figure), encoding="utf-8")
    return {picture: Path(folder.name) / name for picture, name in names.items()}


def _pair(pool: Measured) -> Any:
    """Both diagrams of one set side by side, each with its key."""
    figure = _figure(9.0, 4.6)
    for axes, panel in zip(figure.subplots(1, 2), (_reliability, _coverage), strict=True):
        panel(axes, pool)
        axes.legend(
            loc="lower center", bbox_to_anchor=(0.5, 1.0), ncols=2, frameon=False, fontsize=8
        )
    return figure


def _grid(sets: Sequence[Measured], panel: Panel) -> Any:
    """One diagram of each set, with one key for all."""
    rows = -(-len(sets) // COLUMNS)
    figure = _figure(2.6 * COLUMNS, 2.7 * rows + 0.5)
    places = figure.subplots(rows, COLUMNS, sharex=True, sharey=True, squeeze=False)
    for place, axes in enumerate(places.flat):
        if place >= len(sets):
            axes.remove()
            continue
        panel(axes, sets[place])
        axes.set_title(sets[place].name, fontsize=9, color=INK)
        axes.label_outer()
    key: dict[str, Any] = {}
    for axes in figure.axes:
        handles, labels = axes.get_legend_handles_labels()
        key.update(zip(labels, handles, strict=True))
    figure.legend(
        key.values(), key.keys(), loc="outside upper center", ncols=4, frameon=False, fontsize=8
    )
    return figure


def _figure(width: float, height: float) -> Any:
    from matplotlib.figure import Figure

    return Figure(figsize=(width, height), layout="constrained", facecolor=PAPER)


def _axes(axes: Any, x: str, y: str) -> None:
    axes.set(xlim=(0, 1), ylim=(0, 1.04), aspect="equal")
    axes.set_xlabel(x, fontsize=8, color=INK)
    axes.set_ylabel(y, fontsize=8, color=INK)
    axes.set_xticks((0, 0.25, 0.5, 0.75, 1), ("0", "", "0.5", "", "1"))
    axes.set_yticks((0, 0.25, 0.5, 0.75, 1), ("0", "", "0.5", "", "1"))
    axes.tick_params(labelsize=8, colors=INK)
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)


def _reliability(axes: Any, one: Measured) -> None:
    """Share right against confidence, in bins of equal mass."""
    _axes(axes, "confidence", "first article right")
    right = [sample.right for sample in one.samples]
    bins = equal_mass_bins([sample.confidence for sample in one.samples], right, BINS)
    places = [found.confidence for found in bins]
    axes.plot([0, 1], [0, 1], color=INK, linestyle=":", linewidth=1, label="exactly right")
    axes.vlines(
        places,
        [found.low for found in bins],
        [found.high for found in bins],
        color=BAND,
        linewidth=9,
        label="95 % of draws of a perfect model",
    )
    shares = [found.right / found.size for found in bins]
    ends = [wilson_interval(found.right, found.size) for found in bins]
    axes.errorbar(
        places,
        shares,
        yerr=[
            [share - low for share, (low, _) in zip(shares, ends, strict=True)],
            [high - share for share, (_, high) in zip(shares, ends, strict=True)],
        ],
        fmt="o",
        color=LINE,
        markersize=4,
        linewidth=1.2,
        label="bin with 95 % interval and questions",
    )
    for place, (_, high), found in zip(places, ends, bins, strict=True):
        axes.annotate(
            str(found.size),
            (place, high),
            xytext=(0, 2),
            textcoords="offset points",
            ha="center",
            fontsize=7,
            color=INK,
        )


def _coverage(axes: Any, one: Measured) -> None:
    """Share right of the answers given against share of the answerable questions answered."""
    _axes(axes, "answerable questions answered", "answers from a right article")
    points = coverage_curve(one.samples)
    axes.plot(
        [point.coverage for point in points],
        [point.right / point.given for point in points],
        color=LINE,
        linewidth=1.4,
        label="by falling threshold",
    )
    axes.axhline(WANTED, color=INK, linestyle=":", linewidth=1, label="85 %")
    axes.plot(*one.operating, "D", color=MARK, markersize=5, label="default settings")
    if one.wanted is not None:
        coverage, share, _ = one.wanted
        axes.plot(coverage, share, "o", color=INK, markersize=5, label="most answered at 85 %")
