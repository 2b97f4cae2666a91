"""Sections of one language that say nearly the same."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache

from kbassist.coverage.findings import Duplicate, Line
from kbassist.coverage.places import SectionText
from kbassist.coverage.shingles import Runs, alike, likeness, runs_of
from kbassist.coverage.subjects import Terms, tell_apart
from kbassist.coverage.values import names
from kbassist.text.fold import fold

MIN_LIKENESS = 0.8
"""Share of the runs of four tokens that both sections have."""
MIN_RUNS = 20
"""Runs of the shorter section: some two sentences. Below, sections agree by chance."""
MAX_LINKED = 0.6
"""Share of link texts in a section from which on it is a list of links."""


def duplicates(sections: Sequence[SectionText], terms: Terms) -> list[Duplicate]:
    """Near-duplicate sections, those of most text first, repeated notices last.

    Compared are sections of one locale, by their runs of four words or characters. Left out are
    short ones, lists of links, and those that differ by the very thing that their headings name or
    by the versions and codes in them: such a pattern has two subjects. Of sections that are all
    alike, two are compared and the others named.

    Args:
        sections: of one index.
        terms: cuts a text into terms (`Analyzer.terms`).
    """
    cut = lru_cache(maxsize=2048)(terms)
    found: list[tuple[int, Duplicate]] = []
    for locale in sorted({section.meta.locale for section in sections}):
        own = [section for section in sections if section.meta.locale == locale]
        own = [section for section in own if section.linked < MAX_LINKED]
        own.sort(key=lambda section: (section.meta.path, section.chunks[0].start_line))
        texts = [section.text for section in own]
        runs = [_long(runs_of(fold(text))) for text in texts]
        pairs = [
            (i, j)
            for i, j, score in alike(runs, MIN_LIKENESS)
            if score == 1 or not _two_subjects(own[i], own[j], cut)
        ]
        for group in _groups(len(own), pairs):
            found.append((len(texts[group[0]]), _duplicate(group, own, runs)))
    found.sort(key=lambda each: (each[1].boilerplate, -each[0], each[1].left.ref))
    return [duplicate for _, duplicate in found]


def _two_subjects(a: SectionText, b: SectionText, terms: Terms) -> bool:
    left, right = a.text, b.text
    here, there = names(left), names(right)
    if here - there and there - here:
        return True
    return tell_apart((a.heading, left), (b.heading, right), terms)


def _long(runs: Runs) -> Runs:
    return runs if len(runs) >= MIN_RUNS else runs[:0]


def _groups(count: int, pairs: Sequence[tuple[int, int]]) -> list[list[int]]:
    """Positions that pairs link together, each group ascending."""
    root = list(range(count))

    def find(i: int) -> int:
        while root[i] != i:
            root[i] = root[root[i]]
            i = root[i]
        return i

    for i, j in pairs:
        low, high = sorted((find(i), find(j)))
        root[high] = low
    groups: dict[int, list[int]] = {}
    for i in sorted({i for pair in pairs for i in pair}):
        groups.setdefault(find(i), []).append(i)
    return list(groups.values())


def _duplicate(group: Sequence[int], own: Sequence[SectionText], runs: Sequence[Runs]) -> Duplicate:
    first = group[0]
    scores = {i: likeness(runs[first], runs[i]) for i in group[1:]}
    second = max(scores, key=lambda i: scores[i])
    return Duplicate(
        left=own[first].place,
        right=own[second].place,
        similarity=round(scores[second], 4),
        differing=differing(own[first].text, own[second].text),
        others=tuple(own[i].place for i in group[1:] if i != second),
    )


def differing(left: str, right: str) -> tuple[Line, ...]:
    """Lines that two texts do not share, each beside what stands in its place in the other."""
    here, there = left.split("\n"), right.split("\n")
    found: list[Line] = []
    for tag, i, j, k, m in SequenceMatcher(None, here, there, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        for at in range(max(j - i, m - k)):
            found.append(
                Line(here[i + at] if i + at < j else "", there[k + at] if k + at < m else "")
            )
    return tuple(found)
