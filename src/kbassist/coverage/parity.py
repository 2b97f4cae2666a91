"""What an article says in one language and not, or otherwise, in another."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from kbassist.answer.units import unit_texts
from kbassist.articles.plain import render_fragment
from kbassist.coverage.aligned import Sections, Translated, translated
from kbassist.coverage.findings import Contradiction, Disparity, Place
from kbassist.coverage.opposites import opposites
from kbassist.coverage.places import SectionText, place_of
from kbassist.coverage.values import amounts, amounts_in_digits, dates, dimension, in_words, written
from kbassist.embed.protocol import Embedder
from kbassist.types import ArticleMeta

UNTRANSLATED = "translate"
"""Front matter key that says, with `false`, that an article is meant for one language alone."""
MIN_SHARE = 0.2
"""Share of all articles from which on a language counts as one that the others are put into."""


@dataclass(frozen=True, slots=True)
class Parity:
    """How two languages of a knowledge base agree."""

    disparities: tuple[Disparity, ...]
    """By kind, then by path."""
    contradictions: tuple[Contradiction, ...]
    """Values that an article and its translation tell otherwise."""


_KINDS = ("missing", "outdated", "section", "steps", "number")


def parity(
    sections: Sequence[SectionText], embedder: Embedder, locales: Collection[str] | None = None
) -> Parity:
    """Compare every article with its translations.

    Args:
        sections: of one index.
        embedder: one whose vectors of two languages can be compared (the bundled model).
        locales: languages into which every article should be put; None for those that at least a
            fifth of the articles are written in, provided that any names `translation_of`. Scripts
            and regions of a language count as one.

    Returns:
        Missing translations, those older than their source, sections on one side only, numbers and
        steps that differ; and values that contradict each other.
    """
    articles = {
        id: tuple(own) for id, own in groupby(sections, key=lambda section: section.meta.id)
    }
    found = _missing(articles, locales)
    told: list[Contradiction] = []
    for pair in translated(articles, embedder):
        found += [*_outdated(pair), *_one_sided(pair)]
        for source, target in pair.pairs:
            contradictions, numbers = _numbers(source, target)
            told += contradictions
            told += _denied(source, target)
            found += [*numbers, *_steps(source, target)]
    found.sort(key=lambda each: (_KINDS.index(each.kind), _path(each)))
    return Parity(tuple(found), tuple(told))


def _path(disparity: Disparity) -> tuple[str, int]:
    place = disparity.source or disparity.target
    return (place.path, place.start_line) if place else ("", 0)


def language(locale: str) -> str:
    """A locale without script and region."""
    return locale.partition("-")[0]


def _missing(articles: Mapping[str, Sections], locales: Collection[str] | None) -> list[Disparity]:
    metas = {id: sections[0].meta for id, sections in articles.items()}
    families: dict[str, list[ArticleMeta]] = {}
    for meta in metas.values():
        families.setdefault(_original(meta, metas), []).append(meta)
    if locales is None:
        wanted = _written_in(metas.values())
    else:
        wanted = sorted({language(locale) for locale in locales})
    found = []
    for id, family in sorted(families.items()):
        head = metas[id]
        if str(head.metadata.get(UNTRANSLATED)).lower() in ("false", "no"):
            continue
        for missing in sorted(set(wanted) - {language(meta.locale) for meta in family}):
            text = f"has no translation into {missing!r}"
            found.append(Disparity("missing", id, missing, text, source=_top(articles[id])))
    return found


def _original(meta: ArticleMeta, metas: Mapping[str, ArticleMeta]) -> str:
    """Id of the article that a family of translations begins with."""
    seen = {meta.id}
    while (above := metas.get(meta.translation_of or "")) and above.id not in seen:
        meta = above
        seen.add(meta.id)
    return min(seen) if meta.translation_of in seen else meta.id


def _written_in(metas: Collection[ArticleMeta]) -> list[str]:
    """Languages of a fifth of all articles, where any article translates another."""
    if not any(meta.translation_of for meta in metas):
        return []
    counts: dict[str, int] = {}
    for meta in metas:
        counts[language(meta.locale)] = counts.get(language(meta.locale), 0) + 1
    return sorted(name for name, count in counts.items() if count >= MIN_SHARE * len(metas))


def _top(sections: Sections) -> Place:
    return sections[0].place


def _outdated(pair: Translated) -> list[Disparity]:
    here, there = pair.source[0].meta, pair.target[0].meta
    if not here.updated or not there.updated or there.updated >= here.updated:
        return []
    text = f"was updated on {there.updated}, its source on {here.updated}"
    places = (_top(pair.source), _top(pair.target))
    return [Disparity("outdated", there.id, there.locale, text, *places)]


def _one_sided(pair: Translated) -> list[Disparity]:
    here, there = pair.source[0].meta, pair.target[0].meta
    found = []
    for section in pair.only_source:
        text = f"lacks the section {_heading(section)!r}"
        place, top = section.place, _top(pair.target)
        found.append(Disparity("section", there.id, there.locale, text, place, top))
    for section in pair.only_target:
        text = f"lacks the section {_heading(section)!r}"
        place, top = section.place, _top(pair.source)
        found.append(Disparity("section", here.id, here.locale, text, top, place))
    return found


def _heading(section: SectionText) -> str:
    return (section.chunks[0].heading_path or (section.meta.title,))[-1]


def _numbers(
    source: SectionText, target: SectionText
) -> tuple[list[Contradiction], list[Disparity]]:
    """Amounts and dates that one of two sections tells alone.

    One that stands alone on each side, of the same kind, is told otherwise; others are left out.
    """
    here, there = _unsaid(source, target), _unsaid(target, source)
    both = []
    for kind in sorted(here.keys() & there.keys()):
        if len(here[kind]) == len(there[kind]) == 1:
            left, right = here.pop(kind)[0], there.pop(kind)[0]
            both.append(_told_otherwise(kind, source, target, left, right))
    found = []
    for only, other in ((here, target), (there, source)):
        told = [value for values in only.values() for value in values]
        if told:
            text = f"does not say {', '.join(map(in_words, told))}"
            places = (source.place, target.place)
            found.append(Disparity("number", other.meta.id, other.meta.locale, text, *places))
    return both, found


def _unsaid(section: SectionText, other: SectionText) -> dict[str, list[str]]:
    """Kind → values of a section that the other does not say, each once."""
    known = amounts(other.text, words=True)
    told: dict[str, list[str]] = {}
    for quantity in dict.fromkeys(amounts_in_digits(section.text)):
        if not any(quantity.same(each) for each in known):
            told.setdefault(dimension(quantity), []).append(written([quantity]))
    days = dates(other.text)
    for day in dict.fromkeys(dates(section.text)):
        if all(day.differs(each) for each in days):
            told.setdefault("date", []).append(str(day))
    return told


def _told_otherwise(
    kind: str, source: SectionText, target: SectionText, left: str, right: str
) -> Contradiction:
    here, said = _line_with(source, left)
    there, otherwise = _line_with(target, right)
    told = "date" if kind == "date" else "number"
    return Contradiction(told, here, there, said, otherwise, left, right)


def _line_with(section: SectionText, value: str) -> tuple[Place, str]:
    """The statement of a section that tells a value."""
    for chunk in section.chunks:
        for unit, raw in zip(chunk.units, unit_texts(chunk), strict=True):
            text = render_fragment(raw, table_row=unit.kind in ("row", "header"))
            told = {written([quantity]) for quantity in amounts(text)} | set(map(str, dates(text)))
            if value in told:
                lines = (unit.span.start_line, unit.span.end_line)
                return place_of(section.meta, chunk, *lines), text
    return section.place, section.text[:200]


def _denied(source: SectionText, target: SectionText) -> list[Contradiction]:
    return [
        Contradiction("negation", left[0], right[0], left[1], right[1], said, otherwise)
        for left, right, said, otherwise in opposites(source, target)
    ]


def _steps(source: SectionText, target: SectionText) -> list[Disparity]:
    counts = [
        sum(unit.kind == "step" for chunk in section.chunks for unit in chunk.units)
        for section in (source, target)
    ]
    if counts[0] == counts[1]:
        return []
    text = f"has {counts[1]} numbered steps, its source {counts[0]}"
    meta, places = target.meta, (source.place, target.place)
    return [Disparity("steps", meta.id, meta.locale, text, *places)]
