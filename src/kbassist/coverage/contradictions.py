"""Statements on one thing, in one language, whose values or negations do not agree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import NamedTuple

import numpy as np

from kbassist.coverage.denials import denied_pairs
from kbassist.coverage.findings import Contradiction
from kbassist.coverage.statements import Statement
from kbassist.coverage.subjects import Terms, named_apart, tell_apart
from kbassist.coverage.values import dimension, left_over, written
from kbassist.embed.protocol import Embedder

MIN_COSINE = 0.6
"""Of two statements that are compared at all."""
MIN_OVERLAP = 0.5
"""Share of the weight of two statements' words that both have: enough with a value and its unit."""
MIN_OVERLAP_ALL = 0.85
"""The same for a number without a unit, another name, and a negation."""
MIN_WEIGHT = 15.0
"""Sum of the weights (idf) of the words that both have: a statement says alone what it is about."""
MAX_VALUES = 2
"""Different values of one pattern; where more are told, the pattern has a subject elsewhere."""
_BLOCK = 512

_EXAMPLE = re.compile(
    r"例如|比如|譬如|举例|假设|假如|示例"
    r"|\b(?i:for example|e\.g\.|for instance|suppose|example|say,)"
)
_ONLY = re.compile(r"仅|只(?!要)|必须|\b(?i:only|must|solely|exclusively)\b")
_LATIN = re.compile(r"[a-z]{3,}")


class _Change(NamedTuple):
    kind: str
    left: str
    right: str


_Pair = tuple[Statement, Statement, _Change]


def contradictions(
    statements: Sequence[Statement], terms: Terms, embedder: Embedder
) -> list[Contradiction]:
    """Pairs of statements of one language that tell different values of one thing.

    Two are compared where they mean nearly the same, name the same coins, networks and versions and
    share most of their words by weight. What their headings, products or titles tell apart is none,
    nor are two sections side by side in one article; and a pattern that is told with three or more
    values has a subject elsewhere. Where words and values agree, one may deny what the other says.

    Args:
        statements: of one index.
        terms: cuts a text into terms (`Analyzer.terms`).
        embedder: for finding pairs; one that makes a vector in microseconds.
    """
    found: list[_Pair] = []
    for group in _grouped(statements):
        for i, j in _near(group, embedder):
            change = _change(group[i], group[j])
            if change is not None and _one_subject(group[i], group[j], terms):
                found.append((group[i], group[j], change))
    for a, b, left, right, same in denied_pairs(statements):
        # a negation changes the pairs of characters that it stands between
        least = MIN_OVERLAP if same else MIN_OVERLAP_ALL
        if a.names == b.names and _overlap(a, b, least) and _one_subject(a, b, terms):
            found.append((a, b, _Change("negation", left, right)))
    known = _known(statements)
    found = [pair for pair in found if not _knows_both(*pair, known)]
    return [
        Contradiction(change.kind, a.place, b.place, a.text, b.text, change.left, change.right)
        for a, b, change in _plain_cases(found)
    ]


def _known(statements: Sequence[Statement]) -> dict[str, set[str]]:
    """Article → every value that it tells."""
    known: dict[str, set[str]] = {}
    for statement in statements:
        own = known.setdefault(statement.section.meta.id, set())
        own.update(written([quantity]) for quantity in statement.amounts)
        own.update(map(str, statement.dates))
    return known


def _knows_both(a: Statement, b: Statement, change: _Change, known: Mapping[str, Set[str]]) -> bool:
    """Whether one of two articles tells both values: then they are of two things."""
    here, there = a.section.meta.id, b.section.meta.id
    if here == there or change.kind in ("negation", "network"):
        return False
    left, right = set(change.left.split(", ")), set(change.right.split(", "))
    return right <= known[here] or left <= known[there]


def _grouped(statements: Sequence[Statement]) -> Iterable[list[Statement]]:
    """Statements of one language that tell a value of one kind."""
    groups: dict[tuple[str, str], list[Statement]] = {}
    for statement in statements:
        if _EXAMPLE.search(statement.text):
            continue
        kinds = {dimension(quantity) for quantity in statement.amounts}
        if statement.dates:
            kinds.add("date")
        if _ONLY.search(statement.text) and statement.names:
            kinds.add("network")
        for kind in sorted(kinds):
            groups.setdefault((statement.language, kind), []).append(statement)
    return groups.values()


def _near(group: Sequence[Statement], embedder: Embedder) -> Iterator[tuple[int, int]]:
    """Pairs whose vectors are near each other, the lower place first."""
    vectors = embedder.embed_documents([statement.text for statement in group])
    for start in range(0, len(group), _BLOCK):
        scores = vectors[start : start + _BLOCK] @ vectors[start:].T
        for i, j in zip(*np.nonzero(scores >= MIN_COSINE), strict=True):
            if i < j:
                yield start + int(i), start + int(j)


def _change(a: Statement, b: Statement) -> _Change | None:
    """The one value that differs, where all else agrees."""
    change = _network(a, b) if a.names != b.names else _date(a, b) or _amount(a, b)
    if change is None:
        return None
    bare = change.kind == "network" or change.left.replace(".", "").isdigit()
    return change if _overlap(a, b, MIN_OVERLAP_ALL if bare else MIN_OVERLAP) else None


def _network(a: Statement, b: Statement) -> _Change | None:
    """Another network or coin in what only one is said of."""
    only = (*(a.names - b.names), *(b.names - a.names))
    if len(only) != 2 or len(a.names) != len(b.names) or not all(map(str.isalnum, only)):
        return None
    told = _ONLY.search(a.text) and _ONLY.search(b.text)
    same = a.dates == b.dates and a.amounts == b.amounts
    return _Change("network", *only) if told and same else None


def _date(a: Statement, b: Statement) -> _Change | None:
    if len(a.dates) != 1 or len(b.dates) != 1 or not a.dates[0].differs(b.dates[0]):
        return None
    if left_over(a.amounts, b.amounts) or left_over(b.amounts, a.amounts):
        return None
    return _Change("date", str(a.dates[0]), str(b.dates[0]))


def _amount(a: Statement, b: Statement) -> _Change | None:
    left, right = left_over(a.amounts, b.amounts), left_over(b.amounts, a.amounts)
    if not left or len(left) != len(right) or len(left) > 2 or a.dates != b.dates:
        return None
    if len({dimension(quantity) for quantity in left + right}) > 1 or a.senses != b.senses:
        return None
    kind = "limit" if a.senses & {"least", "most"} else "number"
    return _Change(kind, written(left), written(right))


def _one_subject(a: Statement, b: Statement, terms: Terms) -> bool:
    """Whether nothing around two statements tells apart what they are about."""
    here, there = a.section.meta, b.section.meta
    if here.products and there.products and not set(here.products) & set(there.products):
        return False
    if here.id == there.id and _side_by_side(a.chunk.heading_path, b.chunk.heading_path):
        return False
    if a.language == "zh" and a.names == b.names:
        here_only, there_only = _latin(a.text) - _latin(b.text), _latin(b.text) - _latin(a.text)
        if here_only and there_only:
            return False  # two names, such as those of two programs
    left, right = a.section.heading, b.section.heading
    return not named_apart(left, right) and not tell_apart((left, a.text), (right, b.text), terms)


def _latin(text: str) -> set[str]:
    return set(_LATIN.findall(text.lower()))


def _side_by_side(here: tuple[str, ...], there: tuple[str, ...]) -> bool:
    """Whether two stand in one section, or in two of which neither stands above the other."""
    shorter = min(len(here), len(there))
    return here == there or here[:shorter] != there[:shorter]


def _overlap(a: Statement, b: Statement, least: float) -> bool:
    """Whether two share enough of their words but for differing names, and these say enough."""
    named = a.names ^ b.names
    here, there = _unnamed(a.weights, named), _unnamed(b.weights, named)
    common = sum(weight for term, weight in here.items() if term in there)
    whole = sum(here.values()) + sum(there.values()) - common
    return common >= MIN_WEIGHT and common >= least * whole


def _unnamed(weights: Mapping[str, float], names: Set[str]) -> Mapping[str, float]:
    if not names:
        return weights
    plain = {term: re.sub(r"[\s_-]", "", term) for term in weights}
    return {
        term: weight
        for term, weight in weights.items()
        if not any(plain[term] in name for name in names)
    }


def _plain_cases(found: Sequence[_Pair]) -> list[_Pair]:
    """Each statement in one pair only, and none of a pattern that is told with many values."""
    told: dict[int, set[str]] = {}
    for a, b, change in found:
        told.setdefault(id(a), {change.left}).add(change.right)
        told.setdefault(id(b), {change.right}).add(change.left)
    kept: list[_Pair] = []
    used: Counter[int] = Counter()
    for a, b, change in found:
        many = max(len(told[id(a)]), len(told[id(b)])) > MAX_VALUES
        if not many and not used[id(a)] and not used[id(b)]:
            kept.append((a, b, change))
            used.update((id(a), id(b)))
    return kept
