"""A coverage report as one HTML file: no network, light and dark, by keyboard and in print."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote

from kbassist.coverage import plots
from kbassist.coverage.findings import Contradiction, Disparity, Duplicate, Place
from kbassist.coverage.markdown import state, told
from kbassist.coverage.marked import marked
from kbassist.coverage.model import ArticleHealth, AskedQuestion, CoverageReport, Topic
from kbassist.evals import page

TEMPLATE = Path(__file__).with_name("report.html.j2")

SHOWN_QUESTIONS = 20
"""Questions of a topic that are listed."""
SHOWN_PAIRS = 100
"""Duplicates, and contradictions, that are shown side by side."""
SHOWN_LINES = 12
"""Lines of a duplicate that differ and are shown."""
SHOWN_DISPARITIES = 500

Link = Callable[[str, int], str]
"""Path relative to the kb folder and line → address."""


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two passages side by side."""

    name: str
    left: Place
    right: Place
    lines: list[tuple[str, str]]
    """HTML of both sides with the differences marked."""
    more: int
    """Lines that are not shown."""
    others: tuple[Place, ...] = ()


@dataclass(frozen=True, slots=True)
class _HeatRow:
    """Coverage of one product in every locale."""

    product: str
    cells: list[tuple[int, float, int] | None]
    """Askers, share covered, and step of the colour from 0 to 4; None where nobody asked."""


def write_html(report: CoverageReport, path: Path, source: str | None = None) -> None:
    """Write a report as one HTML file that needs nothing else.

    Args:
        report: shown.
        path: of the file.
        source: address of a line of an article, with `{path}` and `{line}`, such as
            `https://git.example/help/blob/main/{path}#L{line}`; None for the file in the kb folder,
            relative to the report.
    """
    link = partial(_source, source) if source else partial(_file, _folder(report, path))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(html(report, link), encoding="utf-8")


def html(report: CoverageReport, link: Link) -> str:
    """The page.

    Args:
        report: shown.
        link: gives the address of a line of an article.
    """
    one, before = report.overview, report.previous
    locales = sorted({cell.locale for cell in report.cells}, key=lambda name: (name == "und", name))
    return page.render(
        TEMPLATE,
        report=report,
        one=one,
        before=before,
        change=report.change,
        link=link,
        weeks=plots.by_week(report.weeks),
        impact=plots.by_topic(report),
        locales=locales,
        heat=_heat(report, locales),
        topics=[(topic, *_questions(report, topic)) for topic in report.topics],
        loose=[question for question in report.questions if question.topic is None],
        alone=[question for question in report.unadvised if question.topic is None],
        articles=_ordered(report.articles),
        state=state,
        duplicates=[_duplicate(each) for each in report.duplicates[:SHOWN_PAIRS]],
        contradictions=[_contradiction(each) for each in report.contradictions[:SHOWN_PAIRS]],
        parity=report.parity[:SHOWN_DISPARITIES],
        kinds=_kinds(report.parity),
        left_out={
            "duplicates": len(report.duplicates[SHOWN_PAIRS:]),
            "contradictions": len(report.contradictions[SHOWN_PAIRS:]),
            "parity": len(report.parity[SHOWN_DISPARITIES:]),
        },
    )


def _questions(
    report: CoverageReport, topic: Topic
) -> tuple[AskedQuestion, list[AskedQuestion], int]:
    """The representative of a topic, its questions without an answer first, and how many more."""
    own = [report.questions[at] for at in topic.questions]
    own.sort(key=lambda question: (question.verdict == "covered", -question.count))
    return report.questions[topic.representative], own[:SHOWN_QUESTIONS], len(own[SHOWN_QUESTIONS:])


def _ordered(articles: Sequence[ArticleHealth]) -> list[ArticleHealth]:
    return sorted(articles, key=lambda one: (-one.overdue_weight, -one.answers, one.path))


def _heat(report: CoverageReport, locales: Sequence[str]) -> list[_HeatRow]:
    cells = {(cell.product, cell.locale): cell for cell in report.cells}
    rows = []
    for product in sorted(
        {cell.product for cell in report.cells}, key=lambda name: (not name, name)
    ):
        row: list[tuple[int, float, int] | None] = []
        for locale in locales:
            cell = cells.get((product, locale))
            if cell is None or not cell.asked:
                row.append(None)
            else:
                share = cell.covered / cell.asked
                row.append((cell.asked, share, min(4, int(share * 5))))
        rows.append(_HeatRow(product, row))
    return rows


def _duplicate(each: Duplicate) -> _Pair:
    shown = each.differing[:SHOWN_LINES]
    return _Pair(
        f"{each.similarity:.0%} the same",
        each.left,
        each.right,
        [marked(line.left, line.right) for line in shown],
        len(each.differing) - len(shown),
        each.others,
    )


def _contradiction(each: Contradiction) -> _Pair:
    if each.left.locale.split("-")[0] == each.right.locale.split("-")[0]:
        sides = marked(each.left_text, each.right_text)
    else:
        left, right = each.left_value, each.right_value
        sides = _highlit(each.left_text, left), _highlit(each.right_text, right)
    return _Pair(told(each), each.left, each.right, [sides], 0)


def _highlit(text: str, value: str) -> str:
    """A text with the number of a value marked: words of two languages all differ."""
    number = value.split(" ")[0]
    if not number[:1].isdigit():
        return marked(text, text)[0]
    before, found, after = text.partition(number)
    return (
        marked(before, before)[0]
        + (f"<mark>{found}</mark>" if found else "")
        + marked(after, after)[0]
    )


def _kinds(parity: Sequence[Disparity]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for each in parity:
        counts[each.kind] = counts.get(each.kind, 0) + 1
    return counts


def _folder(report: CoverageReport, path: Path) -> str:
    """The kb folder as seen from the report's; empty where it is not known."""
    kb = report.overview.kb
    if kb is None:
        return ""
    try:
        return Path(os.path.relpath(kb, path.parent.resolve())).as_posix()
    except ValueError:  # on another drive
        return Path(kb).as_uri()


def _file(folder: str, path: str, line: int) -> str:
    prefix = f"{quote(folder, safe='/:.')}/" if folder else ""
    return f"{prefix}{quote(path)}#L{line}"


def _source(template: str, path: str, line: int) -> str:
    return template.replace("{path}", quote(path)).replace("{line}", str(line))
