"""Question logs and an open index → the whole report."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path
from typing import NamedTuple

from kbassist.assistant import Assistant
from kbassist.config import AnswerSettings
from kbassist.coverage.articles import article_health
from kbassist.coverage.clusters import clusters, require_extra
from kbassist.coverage.compared import compare
from kbassist.coverage.dedupe import Group, alike, same_letters
from kbassist.coverage.findings import Place
from kbassist.coverage.judge import Judgement, Judging, judge_all
from kbassist.coverage.log import Asked, Tally, read_log
from kbassist.coverage.mask import Masker
from kbassist.coverage.model import AskedQuestion, Cell, CoverageReport, Overview, Topic, Verdict
from kbassist.coverage.phrasing import Edit, add_phrasing
from kbassist.coverage.suggest import Member
from kbassist.coverage.topics import all_weeks, by_week, make_topics
from kbassist.errors import DatasetError
from kbassist.index.filters import Filters
from kbassist.index.reader import Index
from kbassist.text.language import detect_query

Progress = Callable[[str, int, int], None]
"""Called with a stage, how much of it is done, and of how much."""

LONE = 2
"""Times asked up to which a question that is like no other makes no topic."""


class _Read(NamedTuple):
    """The logs, read."""

    groups: list[Group]
    tally: Tally
    masker: Masker
    names: tuple[str, ...]


def cover(
    logs: Sequence[Path],
    assistant: Assistant,
    *,
    filters: Filters | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> CoverageReport:
    """Say how well the articles answer what was asked, and what to write next.

    Args:
        logs: files of questions; see `coverage.log.read_log`.
        assistant: the index that answers, and the day.
        filters: that the questions are asked with, such as the audience.
        jobs: processes, 1 or more; None for what suits the machine.
        progress: called as the questions are judged.

    Raises:
        MissingDependency: the extra `coverage` is not installed.
        DatasetError: a log cannot be read, or holds no question.
        UsageError: the index has no article that may be seen.
    """
    require_extra()
    tally = Tally()
    return cover_questions(
        chain.from_iterable(read_log(path, tally) for path in logs),
        assistant,
        tally,
        names=tuple(map(str, logs)),
        filters=filters,
        jobs=jobs,
        progress=progress,
    )


def cover_questions(
    asked: Iterable[Asked],
    assistant: Assistant,
    tally: Tally,
    *,
    names: tuple[str, ...] = (),
    filters: Filters | None = None,
    jobs: int | None = None,
    progress: Progress | None = None,
) -> CoverageReport:
    """As `cover`, of questions that are read already; what counts them is given beside."""
    require_extra()
    masker, index = Masker(), assistant.index
    groups = alike(same_letters(asked, masker), index.static.embed_queries)
    if not groups:
        raise DatasetError(
            "holds no question" + (f" among {tally.lines} lines" if tally.lines else ""),
            path=", ".join(names) or "the log",
            hint="Name a file with what customers asked, one question a line.",
        )
    chosen = Filters() if filters is None else filters
    judging = Judging(
        index.folder.parent,
        index.generation,
        assistant.kb,
        assistant.settings,
        assistant.answers,
        assistant.today,
        chosen,
    )

    def step(done: int, total: int) -> None:
        if progress is not None:
            progress("questions", done, total)

    if progress is not None:
        progress("articles", 0, 1)
    compared = compare(index, audience=chosen.audience)
    judged = judge_all([group.asked for group in groups], judging, jobs=jobs, progress=step)
    report = _report(_Read(groups, tally, masker, names), judged, assistant, chosen)
    return replace(
        report,
        duplicates=compared.duplicates,
        contradictions=compared.contradictions,
        parity=compared.parity,
    )


def _report(
    read: _Read, judged: Sequence[Judgement | None], assistant: Assistant, filters: Filters
) -> CoverageReport:
    index = assistant.index
    asking = [(group, one) for group, one in zip(read.groups, judged, strict=True) if one]
    read.tally.noise += sum(
        group.count for group, one in zip(read.groups, judged, strict=True) if one is None
    )
    members = [
        Member(_question(at, group, one, assistant.answers), one)
        for at, (group, one) in enumerate(asking)
    ]
    texts = [group.asked for group, _ in asking]
    topics = _topics(members, texts, index) if members else []
    of = {question: topic.id for topic in topics for question in topic.questions}
    questions = tuple(_in_topic(one.question, of.get(one.question.id)) for one in members)
    return CoverageReport(
        overview=_overview(read, questions, assistant),
        questions=questions,
        topics=tuple(topics),
        articles=article_health(index, members, filters, assistant.today),
        cells=_cells(members),
        weeks=by_week(questions, all_weeks([question.weeks for question in questions])),
    )


def _question(at: int, group: Group, judged: Judgement, answers: AnswerSettings) -> AskedQuestion:
    verdict: Verdict = "uncovered"
    if judged.confidence >= answers.answer_threshold:
        verdict = "covered"
    elif judged.confidence >= answers.clarify_threshold:
        verdict = "weak"
    return AskedQuestion(
        id=at,
        text=group.text,
        count=group.count,
        variants=group.variants,
        locale=group.locale or detect_query(group.asked),
        product=group.product,
        source=group.source,
        weeks=dict(sorted(group.weeks.items())),
        verdict=verdict,
        confidence=judged.confidence,
        action=judged.action,
        best=judged.best,
        other_language=judged.other_language,
        topic=None,
    )


def _in_topic(question: AskedQuestion, topic: int | None) -> AskedQuestion:
    return replace(question, topic=topic)


def _topics(members: Sequence[Member], texts: Sequence[str], index: Index) -> list[Topic]:
    terms = [index.analyzer.terms(text) for text in texts]
    found, near = clusters(
        index.static.embed_queries(texts), terms, [one.judged for one in members]
    )
    groups = [group for group in found if len(group) > 1 or members[group[0]].question.count > LONE]
    languages: dict[str, set[str]] = {}
    for meta in index.store.articles():
        languages.setdefault(meta.translation_of or meta.id, set()).add(meta.locale.split("-")[0])

    def edits(place: Place, question: str) -> Edit:
        row = index.store.chunk_row(place.chunk_id)
        anchor = "" if row is None else index.store.chunks([row])[row][0].anchor
        return add_phrasing(index.store.article_text(place.article_id), anchor, question)

    def translated(origin: str, language: str) -> bool:
        return language in languages.get(origin, ())

    return make_topics(groups, near, members, edits, translated)


def _overview(read: _Read, questions: Sequence[AskedQuestion], assistant: Assistant) -> Overview:
    counts: Counter[str] = Counter()
    for question in questions:
        counts[question.verdict] += question.count
    return Overview(
        made=assistant.today.isoformat(),
        index=assistant.index.generation,
        kb=None if assistant.kb is None else str(assistant.kb),
        logs=read.names,
        answer_threshold=assistant.answers.answer_threshold,
        clarify_threshold=assistant.answers.clarify_threshold,
        lines=read.tally.lines,
        noise=read.tally.noise,
        asked=sum(counts.values()),
        covered=counts["covered"],
        weak=counts["weak"],
        uncovered=counts["uncovered"],
        unique=len(questions),
        masked=dict(sorted(read.masker.found.items())),
        notices=tuple(read.tally.notices),
    )


def _cells(members: Sequence[Member]) -> tuple[Cell, ...]:
    counts: dict[tuple[str, str], Counter[str]] = {}
    for one in members:
        question = one.question
        product = question.product or next(iter(one.judged.products), "")
        counts.setdefault((product, question.locale), Counter())[question.verdict] += question.count
    return tuple(
        Cell(*key, asked=sum(found.values()), covered=found["covered"], weak=found["weak"])
        for key, found in sorted(counts.items())
    )
