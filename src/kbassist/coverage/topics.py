"""Questions in groups → the topics of a report, greatest impact first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from kbassist.coverage.clusters import medoid
from kbassist.coverage.findings import Place
from kbassist.coverage.labels import telling
from kbassist.coverage.model import AskedQuestion, Topic, Verdict, Week
from kbassist.coverage.suggest import Edits, Member, Translated, suggest
from kbassist.coverage.when import weeks_between

if TYPE_CHECKING:
    from scipy import sparse

NAMED_BY = 100
"""Questions of a topic that its name is made of, the most asked."""


def make_topics(
    groups: Sequence[Sequence[int]],
    near: sparse.csr_matrix,
    members: Sequence[Member],
    edits: Edits,
    translated: Translated,
) -> list[Topic]:
    """The topics with their figures and suggestions.

    Args:
        groups: places of the questions of each.
        near: the graph that they were made from.
        members: all questions.
        edits: makes the change for a phrasing.
        translated: whether an article is there in a language.
    """
    weeks = all_weeks([one.question.weeks for one in members])
    ordered = [sorted(group, key=lambda at: (-members[at].question.count, at)) for group in groups]
    named = telling(
        [
            [(members[at].question.text, members[at].question.count) for at in group[:NAMED_BY]]
            for group in ordered
        ]
    )
    found = []
    for group, terms in zip(ordered, named, strict=True):
        shown = _shown(group, members)
        middle = medoid(shown, near, [members[at].question.count for at in shown])
        own = [members[at] for at in group]
        found.append(_topic(own, terms, members[middle].question, weeks, edits, translated))
    found.sort(key=lambda topic: (-topic.impact, -topic.asked, topic.representative))
    return [replace(topic, id=at) for at, topic in enumerate(found)]


def all_weeks(counted: Sequence[Mapping[str, int]]) -> list[str]:
    """The Mondays from the first to the last that any question was asked in."""
    mondays = {monday for weeks in counted for monday in weeks}
    return weeks_between(min(mondays), max(mondays)) if mondays else []


def by_week(questions: Sequence[AskedQuestion], weeks: Sequence[str]) -> tuple[Week, ...]:
    """What was asked in each week."""
    asked: Counter[str] = Counter()
    uncovered: Counter[str] = Counter()
    for question in questions:
        asked.update(question.weeks)
        if question.verdict == "uncovered":
            uncovered.update(question.weeks)
    return tuple(Week(monday, asked[monday], uncovered[monday]) for monday in weeks)


def trend(weeks: Sequence[Week]) -> float | None:
    """Askers a week in the later half of the weeks over those in the earlier half.

    Of an odd number the middle one counts for neither. None where there are fewer than two weeks,
    or one half has none.
    """
    half = len(weeks) // 2
    early = sum(week.asked for week in weeks[:half])
    late = sum(week.asked for week in weeks[len(weeks) - half :])
    return late / early if early and late else None


def verdict_of(covered: int, weak: int, uncovered: int) -> Verdict:
    """Of a whole: what at least half of its askers are, covered first; else weak."""
    total = covered + weak + uncovered
    if 2 * covered >= total:
        return "covered"
    return "uncovered" if 2 * uncovered >= total else "weak"


def _topic(
    members: Sequence[Member],
    terms: tuple[str, ...],
    middle: AskedQuestion,
    weeks: Sequence[str],
    edits: Edits,
    translated: Translated,
) -> Topic:
    questions = [one.question for one in members]
    counts: Counter[str] = Counter()
    for question in questions:
        counts[question.verdict] += question.count
    verdict = verdict_of(counts["covered"], counts["weak"], counts["uncovered"])
    by = by_week(questions, weeks)
    return Topic(
        id=0,
        label=" · ".join(terms) or middle.text,
        terms=terms,
        representative=middle.id,
        questions=tuple(question.id for question in questions),
        asked=sum(counts.values()),
        covered=counts["covered"],
        weak=counts["weak"],
        uncovered=counts["uncovered"],
        impact=sum(one.missed for one in members),
        verdict=verdict,
        weeks=by,
        trend=trend(by),
        nearest=_nearest(questions),
        suggestion=suggest(members, verdict, edits, translated),
    )


def _shown(group: Sequence[int], members: Sequence[Member]) -> Sequence[int]:
    """Those that may stand for a group: whole, and covered or not as most of it is."""
    whole = [at for at in group if "[" not in members[at].question.text] or group
    covered = [at for at in whole if members[at].question.verdict == "covered"]
    asked = sum(members[at].question.count for at in whole)
    if 2 * sum(members[at].question.count for at in covered) >= asked:
        return covered
    return [at for at in whole if at not in covered]


def _nearest(questions: Sequence[AskedQuestion]) -> Place | None:
    places: Counter[Place] = Counter()
    for question in questions:
        if question.best is not None:
            places[question.best] += question.count
    return places.most_common(1)[0][0] if places else None
