"""A coverage report for people in a terminal, and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from kbassist.cli.render import line, message, print_json
from kbassist.cli.terminal import counted, styled
from kbassist.coverage.markdown import examples, figures, noise, told, trend, weeks
from kbassist.coverage.stored import record
from kbassist.records.results import SCHEMA_VERSION

if TYPE_CHECKING:
    from kbassist.coverage.findings import Disparity
    from kbassist.coverage.model import ArticleHealth, AskedQuestion, CoverageReport, Topic

SHOWN_ARTICLES = 5
"""Articles, questions and findings that are named of each kind."""
_PARITY = {
    "missing": "missing translation",
    "outdated": "outdated translation",
    "section": "missing section",
    "number": "place with other numbers",
    "steps": "list with fewer steps",
}
"""Kind of difference between languages → its name, which takes an s."""
_COLOURS = {"covered": "cyan", "weak": "yellow", "uncovered": "red"}


def report(value: CoverageReport, limit: int, as_json: bool) -> None:
    """The whole report.

    Args:
        value: shown.
        limit: most suggestions, for people; 0 for all.
        as_json: one object with everything instead.
    """
    if as_json:
        print_json({"schema_version": SCHEMA_VERSION, **record(value)})
        return
    _overview(value)
    suggestions = value.suggestions
    shown = suggestions[: limit or None]
    if suggestions:
        line()
        line(styled("What to write, by how many askers probably got no answer", bold=True))
    elif not value.unadvised:
        line()
        line("Nothing to write: every question is answered.")
    for number, topic in enumerate(shown, 1):
        _suggestion(value, number, topic)
    if len(shown) < len(suggestions):
        line(f"… {len(suggestions) - len(shown)} more: --limit 0")
    _unadvised(value.unadvised)
    line()
    _articles(value.articles)
    _compared(value)
    for notice in value.overview.notices:
        message(f"note: {notice}")


def _overview(value: CoverageReport) -> None:
    one = value.overview
    line(
        f"{styled(f'{one.coverage:.1%} covered', bold=True)}:"
        f" {one.covered} of {counted(one.asked, 'asker')}; {one.weak} weak, {one.uncovered}"
        " uncovered"
    )
    parts = [
        counted(one.unique, "different question"),
        noise(value),
        *filter(None, (weeks(value), trend(value))),
    ]
    if one.masked:
        parts.append(f"{counted(sum(one.masked.values()), 'secret')} masked")
    line(styled(" · ".join(parts), dim=True))


def _suggestion(value: CoverageReport, number: int, topic: Topic) -> None:
    advice = topic.suggestion
    assert advice is not None  # it is among the suggestions
    name = styled(topic.label, bold=True)
    line()
    line(f"{number:>2}. {name}  {styled(topic.verdict, fg=_COLOURS[topic.verdict])}")
    line(f"    {topic.impact:.0f} without an answer of {figures(topic)}")
    line(styled(f"    {' | '.join(examples(value, topic))}", dim=True))
    line(f"    {advice.advice.replace('-', ' ')}: {styled(advice.text)}")
    if advice.path is not None:
        line(styled(f"    {advice.path}:{advice.line}", fg="cyan"))
    if advice.insert is not None:
        for inserted in advice.insert.split("\n"):
            line(styled(f"    {'=' if advice.replaces else '+'} {inserted}"))


def _unadvised(questions: Sequence[AskedQuestion]) -> None:
    if not questions:
        return
    line()
    line(styled("Without a sure answer, and in no topic that needs one", bold=True))
    for question in questions[:SHOWN_ARTICLES]:
        verdict = styled(f"{question.verdict:<9}", fg=_COLOURS[question.verdict])
        line(f"    {verdict}  {styled(question.text)}")
    _more(questions)


def _more(found: Sequence[object]) -> None:
    if len(found) > SHOWN_ARTICLES:
        line(f"    … {len(found) - SHOWN_ARTICLES} more: --html, --markdown and --json have them")


def _articles(articles: Sequence[ArticleHealth]) -> None:
    states = Counter(article.state for article in articles)
    line(
        f"{counted(len(articles), 'article')} that they may see: {states['answers']} answer,"
        f" {states['retrieved']} are found and answer nothing, {states['shadowed']} are never"
        f" first, {states['never']} never found"
    )
    overdue = sorted((a for a in articles if a.overdue_days), key=lambda a: -a.overdue_weight)
    for article in overdue[:SHOWN_ARTICLES]:
        days = counted(article.overdue_days, "day")
        line(styled(f"    {article.path}: review overdue by {days}, {article.answers} answers"))
    paths = {article.article_id: article.path for article in articles}
    hidden = sorted((a for a in articles if a.shadowed_by), key=lambda a: -a.retrieved)
    for article in hidden[:SHOWN_ARTICLES]:
        before, count = article.shadowed_by[0]
        times = f"found {article.retrieved}×, never first"
        line(styled(f"    {article.path}: {times}; {count}× behind {paths.get(before, before)}"))


def _compared(value: CoverageReport) -> None:
    """What the articles say of each other."""
    kinds = Counter(each.kind for each in value.parity)
    pairs = [each for each in value.duplicates if not each.boilerplate]
    line(
        f"{counted(len(value.contradictions), 'contradiction')},"
        f" {counted(len(pairs), 'near-duplicate')},"
        f" {counted(len(value.parity), 'difference')} between languages"
        + (f" ({', '.join(counted(n, _PARITY[kind]) for kind, n in kinds.items())})" * bool(kinds))
    )
    for each in value.contradictions[:SHOWN_ARTICLES]:
        line(styled(f"    {each.left.ref} and {each.right.ref}: {told(each)}"))
    _more(value.contradictions)
    for pair in pairs[:SHOWN_ARTICLES]:
        places = f"{pair.left.ref} and {pair.right.ref}"
        line(styled(f"    {places}: {pair.similarity:.0%} the same"))
    _more(pairs)
    for gap in value.parity[:SHOWN_ARTICLES]:
        line(styled(f"    {_where(gap)}: {gap.text}"))
    _more(value.parity)


def _where(gap: Disparity) -> str:
    """File and line of the version that lacks something, else of the one that it is known from."""
    places = [place for place in (gap.target, gap.source) if place is not None]
    own = [place for place in places if place.article_id == gap.article_id]
    return next((f"{at.path}:{at.start_line}" for at in (*own, *places)), gap.article_id)
