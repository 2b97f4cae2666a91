"""Questions that look alike, counted once with their number."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import faiss
import numpy as np
from rapidfuzz import fuzz

from kbassist.coverage.log import Asked
from kbassist.coverage.mask import Masker
from kbassist.coverage.when import week_of
from kbassist.embed.protocol import Matrix
from kbassist.text.fold import fold

ALIKE = ((0.93, 65.0), (0.88, 90.0))
"""Least cosine with least share of common characters, in percent, of two spellings of one question:
either pair will do. Read off pairs of real questions: docs/coverage.md."""
NEIGHBOURS = 16
"""Nearest spellings that each is compared with."""
MAX_VARIANTS = 5

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATIVE = re.compile(r"[不没未无別别勿]|\b(?:not?|never|cannot|without)\b|n't\b")


@dataclass(slots=True)
class Group:
    """Lines that ask the same in nearly the same words."""

    asked: str
    """What is searched for: the commonest spelling without its secrets."""
    spellings: Counter[str]
    """Masked text → how often."""
    weeks: Counter[str]
    """Monday, ISO → how often."""
    locale: str | None
    product: str | None
    source: str
    """Of its first line."""
    sources: list[str] = field(default_factory=list)
    """Of all its lines."""

    @property
    def count(self) -> int:
        return sum(self.spellings.values())

    @property
    def text(self) -> str:
        """The commonest spelling, the first of those that are as common."""
        return self.spellings.most_common(1)[0][0]

    @property
    def variants(self) -> tuple[str, ...]:
        """Other spellings, commonest first."""
        return tuple(text for text, _ in self.spellings.most_common(1 + MAX_VARIANTS)[1:])


def same_letters(asked: Iterable[Asked], masker: Masker) -> list[Group]:
    """Lines that differ in nothing but case, width, script, spaces and punctuation, together.

    Args:
        asked: lines of logs.
        masker: hides what is secret, before anything is kept.
    """
    groups: dict[tuple[str, str | None], Group] = {}
    for one in asked:
        shown, searched = masker.mask(one.text)
        key = letters(shown) or shown, one.product
        group = groups.get(key)
        if group is None:
            group = Group(searched, Counter(), Counter(), one.locale, one.product, one.source)
            groups[key] = group
        group.spellings[shown] += one.count
        group.sources.append(one.source)
        if one.when is not None:
            group.weeks[week_of(one.when)] += one.count
    return list(groups.values())


def letters(text: str) -> str:
    """The letters and digits of a text, folded."""
    return "".join(filter(str.isalnum, fold(text)))


def alike(groups: Sequence[Group], embed: Callable[[Sequence[str]], Matrix]) -> list[Group]:
    """Groups with those joined whose questions are near in meaning and in letters.

    The commonest spelling comes first and others join it, never one that joined: a chain of small
    differences would lead from one question to another.

    Args:
        groups: of different letters.
        embed: vectors of length 1 of texts, float32 (n, d).

    Returns:
        The most asked first, else in the order given.
    """
    if not groups:
        return []
    order = sorted(range(len(groups)), key=lambda at: -groups[at].count)
    ordered = [groups[at] for at in order]
    keys = [letters(group.asked) for group in ordered]
    vectors = embed([group.asked for group in ordered])
    nearness, nearest = _nearest(vectors)
    leaders: dict[int, Group] = {}
    for at, group in enumerate(ordered):
        leader = next(
            (
                leaders[other]
                for near, other in zip(nearness[at].tolist(), nearest[at].tolist(), strict=True)
                if other in leaders
                and group.product == leaders[other].product
                and _same(near, keys[at], keys[other], group.asked, ordered[other].asked)
            ),
            None,
        )
        if leader is None:
            leaders[at] = group
        else:
            _join(leader, group)
    return sorted(leaders.values(), key=lambda group: -group.count)


def _nearest(vectors: Matrix) -> tuple[Matrix, np.ndarray]:
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    nearness, nearest = index.search(vectors, min(NEIGHBOURS, len(vectors)))
    return nearness, nearest


def _same(near: float, key: str, other: str, text: str, other_text: str) -> bool:
    if not any(
        near >= cosine and fuzz.ratio(key, other, score_cutoff=share) for cosine, share in ALIKE
    ):
        return False
    return _signs(text) == _signs(other_text)


def _signs(text: str) -> tuple[list[str], int]:
    """What turns a question into another by a letter: its numbers and negations."""
    folded = fold(text)
    return sorted(_NUMBER.findall(folded)), len(_NEGATIVE.findall(folded))


def _join(leader: Group, group: Group) -> None:
    leader.spellings.update(group.spellings)
    leader.weeks.update(group.weeks)
    leader.sources.extend(group.sources)
    leader.locale = leader.locale or group.locale
