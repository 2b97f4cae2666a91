"""A coverage report as Markdown, for a wiki page or a pull request."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from kbassist.coverage.findings import Contradiction
from kbassist.coverage.model import ArticleHealth, CoverageReport, Topic
from kbassist.coverage.values import in_words

EXAMPLES = 4
"""Questions that are shown of a topic."""

_SPECIAL = re.compile(r"([\\`*_\[\]<>|#&])")


def markdown(report: CoverageReport, limit: int = 0) -> str:
    """The report as Markdown.

    Args:
        report: shown.
        limit: most suggestions and articles in each list; 0 for all.
    """
    most = limit or None
    parts = [
        _overview(report),
        "## What to write\n\n" + "\n\n".join(_suggestions(report, most)),
        "## Topics\n\n" + _topics(report.topics[:most]),
        "## Articles\n\n" + _articles(report.articles, most),
        *_compared(report, most),
    ]
    return "\n\n".join(parts) + "\n"


def told(each: Contradiction) -> str:
    """What a contradiction is about, in a line."""
    if each.kind == "negation":
        return "One denies what the other says"
    return (
        f"{each.kind.capitalize()}: {in_words(each.left_value)} against"
        f" {in_words(each.right_value)}"
    )


def examples(report: CoverageReport, topic: Topic) -> list[str]:
    """Some questions of a topic: its representative, then those without an answer."""
    first = report.questions[topic.representative]
    rest = [report.questions[at] for at in topic.questions if at != first.id]
    rest.sort(key=lambda question: question.verdict == "covered")
    return [question.text for question in (first, *rest)][:EXAMPLES]


def figures(topic: Topic) -> str:
    """The figures of a topic in a line."""
    parts = [f"{topic.asked} asked", f"{topic.uncovered} uncovered", f"{topic.weak} weak"]
    if topic.trend is not None:
        parts.append(f"{topic.trend:.1f}× as many lately")
    return ", ".join(parts)


def trend(report: CoverageReport) -> str:
    """How coverage changed since the report before, in a few words; empty without one."""
    if report.change is None or report.previous is None:
        return ""
    return f"{100 * report.change:+.1f} points since {report.previous.made}"


def weeks(report: CoverageReport) -> str:
    """The weeks of the log; empty without dates."""
    if len(report.weeks) < 2:
        return "".join(f"week of {week.start}" for week in report.weeks)
    return f"weeks of {report.weeks[0].start} to {report.weeks[-1].start}"


def noise(report: CoverageReport) -> str:
    """How many lines there are, and how many ask nothing."""
    lines, idle = report.overview.lines, report.overview.noise
    shown = f"{lines} line{'' if lines == 1 else 's'}"
    return f"{shown}, {idle} of them ask{'s' * (idle == 1)} nothing" if idle else shown


def plain(text: str) -> str:
    """Text in which nothing is Markdown, on one line."""
    return _SPECIAL.sub(r"\\\1", " ".join(text.split()))


def _overview(report: CoverageReport) -> str:
    one = report.overview
    lines = [
        "# Coverage",
        "",
        f"**{one.coverage:.1%}** of {one.asked} askers get an answer; {one.weak} perhaps,"
        f" {one.uncovered} do not.",
        "",
        f"- {one.unique} different question{'' if one.unique == 1 else 's'} in {noise(report)}"
        f" ({', '.join(map(plain, one.logs))})",
        f"- {one.made}, {one.index}; answered from a confidence of {one.answer_threshold:g},"
        f" uncovered below {one.clarify_threshold:g}",
    ]
    lines += [f"- {each}" for each in (weeks(report), trend(report)) if each]
    if one.masked:
        lines.append(f"- masked: {', '.join(f'{n} {kind}' for kind, n in one.masked.items())}")
    lines += [f"- {plain(notice)}" for notice in one.notices]
    return "\n".join(lines)


def _suggestions(report: CoverageReport, most: int | None) -> Iterator[str]:
    if not report.suggestions:
        yield "No topic." if report.unadvised else "Nothing: every question is answered."
    for number, topic in enumerate(report.suggestions[:most], 1):
        advice = topic.suggestion
        assert advice is not None  # it is among the suggestions
        shown = " · ".join(f"“{plain(text)}”" for text in examples(report, topic))
        lines = [
            f"{number}. **{plain(topic.label)}** — {advice.advice.replace('-', ' ')}"
            f" ({figures(topic)})  ",
            f"   {plain(advice.text)}  ",
            f"   {shown}",
        ]
        if advice.path is not None:
            lines.append(f"\n   `{advice.path}:{advice.line}`")
        if advice.insert is not None:
            block = "\n".join(f"   {line}" for line in advice.insert.split("\n"))
            lines.append(f"\n   ```yaml\n{block}\n   ```")
        yield "\n".join(lines)
    if report.unadvised:
        yield "Without a sure answer, and in none of these topics:"
        yield "\n".join(
            f"- {question.verdict}, {question.count}×: {plain(question.text)}"
            for question in report.unadvised[:most]
        )


def _topics(topics: Sequence[Topic]) -> str:
    rows = (
        (
            plain(topic.label),
            str(topic.asked),
            f"{topic.covered / topic.asked:.0%}",
            f"{topic.impact:.1f}",
            "" if topic.trend is None else f"{topic.trend:.1f}×",
            "" if topic.nearest is None else f"`{topic.nearest.ref}`",
        )
        for topic in topics
    )
    return _table(("topic", "asked", "covered", "without answer", "trend", "nearest"), rows)


def _articles(articles: Sequence[ArticleHealth], most: int | None) -> str:
    ordered = sorted(articles, key=lambda one: (-one.overdue_weight, -one.answers, one.path))
    rows = (
        (
            f"`{one.path}`",
            str(one.answers),
            "" if one.confidence is None else f"{one.confidence.median:.2f}",
            str(one.retrieved),
            state(one),
            f"{one.overdue_days} days" if one.overdue_days else "",
        )
        for one in ordered[:most]
    )
    head = ("article", "answers", "median confidence", "found", "state", "review overdue")
    return _table(head, rows)


def state(article: ArticleHealth) -> str:
    """How an article serves, in words."""
    if article.state == "shadowed":
        before, count = article.shadowed_by[0]
        return f"never first, behind {plain(before)} {count}×"
    if article.state == "retrieved":
        return "found, answers nothing"
    if article.state == "never":
        return "never found"
    if article.other_language == article.answers:
        return "answers in another language only"
    return "answers"


def _compared(report: CoverageReport, most: int | None) -> Iterator[str]:
    """What the articles say of each other: a part for each kind of finding that there is."""
    if report.contradictions:
        items = (
            f"- **{plain(told(each))}**\n"
            f"  - `{each.left.ref}` {plain(each.left_text)}\n"
            f"  - `{each.right.ref}` {plain(each.right_text)}"
            for each in report.contradictions[:most]
        )
        yield "## Contradictions\n\n" + "\n".join(items)
    if report.duplicates:
        rows = (
            (
                f"{each.similarity:.0%}",
                f"`{each.left.ref}`",
                f"`{each.right.ref}`",
                ", ".join(f"`{place.ref}`" for place in each.others),
            )
            for each in report.duplicates[:most]
        )
        yield "## Near-duplicates\n\n" + _table(("the same", "section", "and", "also"), rows)
    if report.parity:
        gaps = (
            (each.kind, plain(each.article_id), each.locale, plain(each.text))
            for each in report.parity[:most]
        )
        head = ("kind", "article", "language", "what")
        yield "## Languages compared\n\n" + _table(head, gaps)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
