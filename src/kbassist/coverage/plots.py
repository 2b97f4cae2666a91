"""The plots of a coverage report, as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence

from kbassist.coverage.model import CoverageReport, Topic, Week
from kbassist.evals.drawing import BAD, GOOD, INK, LINE, WARN, axes, svg

TOPICS = 12
"""Topics in the plot of impact."""


def by_week(weeks: Sequence[Week]) -> str:
    """Askers a week, and those without coverage; empty for fewer than two weeks."""
    if len(weeks) < 2:
        return ""
    figure, drawn = axes("week of", "askers", size=(6, 2.6))
    places = range(len(weeks))
    drawn.bar(places, [week.asked for week in weeks], color=LINE, width=0.7, label="asked")
    drawn.bar(places, [week.uncovered for week in weeks], color=BAD, width=0.7, label="uncovered")
    step = max(1, len(weeks) // 6)
    drawn.set_xticks(list(places)[::step], [week.start[5:] for week in weeks][::step])
    drawn.legend(frameon=False, labelcolor=INK, fontsize=8, loc="upper left", ncols=2)
    drawn.set_ylim(0, 1.25 * max(week.asked for week in weeks))
    told = "; ".join(f"{w.start}: {w.asked} asked, {w.uncovered} uncovered" for w in weeks)
    return svg(figure, f"Askers by week. {told}")


def by_topic(report: CoverageReport) -> str:
    """How the askers of the topics of greatest impact are served; empty without topics."""
    topics: Sequence[Topic] = report.topics[:TOPICS]
    if not topics:
        return ""
    figure, drawn = axes("askers", "", size=(6, 0.6 + 0.27 * len(topics)))
    places = list(range(len(topics)))[::-1]
    done = [0] * len(topics)
    for name, colour in (("uncovered", BAD), ("weak", WARN), ("covered", GOOD)):
        counts = [getattr(topic, name) for topic in topics]
        drawn.barh(places, counts, left=done, color=colour, label=name, height=0.7)
        done = [old + new for old, new in zip(done, counts, strict=True)]
    drawn.set_yticks(places, [f"{n}" for n in range(1, len(topics) + 1)])
    drawn.legend(frameon=False, labelcolor=INK, fontsize=8, loc="lower right")
    told = "; ".join(f"{n}. {t.label}: {t.uncovered} of {t.asked}" for n, t in enumerate(topics, 1))
    return svg(figure, f"Uncovered askers of the topics of greatest impact. {told}")
