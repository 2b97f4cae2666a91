"""How each article and section serves those who ask."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date
from statistics import median

from kbassist.coverage.findings import Place
from kbassist.coverage.model import ArticleHealth, SectionHealth, Spread
from kbassist.coverage.places import place_of
from kbassist.coverage.suggest import Member
from kbassist.index.filters import Filters
from kbassist.index.reader import Index
from kbassist.types import ArticleMeta

SHADOWS = 3


class _Tally:
    """What the questions say of the articles."""

    def __init__(self, members: Sequence[Member]) -> None:
        self.answered: dict[str, list[Member]] = {}
        self.retrieved: Counter[str] = Counter()
        self.first: Counter[str] = Counter()
        self.before: dict[str, Counter[str]] = {}
        """Article → those of another subject that stood first where it was retrieved."""
        self.section_answers: Counter[str] = Counter()
        self.section_retrieved: Counter[str] = Counter()
        for one in members:
            self._add(one)

    def _add(self, one: Member) -> None:
        count, found = one.question.count, one.judged.found
        if not found:
            return
        best = found[0]
        self.first[best.article_id] += count
        if one.question.verdict == "covered":
            self.answered.setdefault(best.article_id, []).append(one)
            self.section_answers[section(best.chunk_id)] += count
        for article in dict.fromkeys(hit.article_id for hit in found):
            self.retrieved[article] += count
        for name in dict.fromkeys(section(hit.chunk_id) for hit in found):
            self.section_retrieved[name] += count
        for article, origin in dict.fromkeys((hit.article_id, hit.origin) for hit in found):
            if origin != best.origin:
                self.before.setdefault(article, Counter())[best.article_id] += count


def section(chunk_id: str) -> str:
    """The section that a chunk is of: its id without the ordinal."""
    return chunk_id.rpartition(":")[0]


def article_health(
    index: Index, members: Sequence[Member], filters: Filters, today: date
) -> tuple[ArticleHealth, ...]:
    """All articles that are answered from, by path.

    Args:
        index: the open generation.
        members: all questions with what is found for them.
        filters: that they were asked with; what these hide does not serve and is left out.
        today: the day that validity and reviews are judged on.
    """
    tally = _Tally(members)
    metas: dict[str, ArticleMeta] = {}
    places: dict[str, dict[str, Place]] = {}
    for place, meta in _sections(index, filters, today):
        metas[meta.id] = meta
        places.setdefault(meta.id, {}).setdefault(section(place.chunk_id), place)
    found = [_health(meta, places[meta.id], tally, today) for meta in metas.values()]
    return tuple(sorted(found, key=lambda article: article.path))


def _sections(index: Index, filters: Filters, today: date) -> Iterator[tuple[Place, ArticleMeta]]:
    mask = index.mask(filters, today)
    for row, (chunk, meta) in enumerate(index.store.all_chunks()):
        if mask is None or mask[row]:
            yield place_of(meta, chunk), meta


def _health(
    meta: ArticleMeta, places: dict[str, Place], tally: _Tally, today: date
) -> ArticleHealth:
    answered = tally.answered.get(meta.id, [])
    confidences = [one.question.confidence for one in answered]
    overdue = (today - meta.review_by).days if meta.review_by else 0
    never_first = tally.retrieved[meta.id] and not tally.first[meta.id]
    shadows = tally.before.get(meta.id, Counter()).most_common(SHADOWS) if never_first else []
    return ArticleHealth(
        article_id=meta.id,
        path=meta.path,
        title=meta.title,
        locale=meta.locale,
        products=meta.products,
        answers=sum(one.question.count for one in answered),
        questions=tuple(one.question.id for one in answered),
        confidence=(
            Spread(min(confidences), median(confidences), max(confidences)) if answered else None
        ),
        retrieved=tally.retrieved[meta.id],
        shadowed_by=tuple(shadows),
        other_language=sum(one.question.count for one in answered if one.question.other_language),
        review_by=meta.review_by.isoformat() if meta.review_by else None,
        overdue_days=max(overdue, 0),
        sections=tuple(
            SectionHealth(place, tally.section_answers[name], tally.section_retrieved[name])
            for name, place in places.items()
        ),
    )
