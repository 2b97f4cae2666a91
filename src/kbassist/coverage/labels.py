"""What a topic is called: the terms that its questions have and others do not."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Container, Iterator, Sequence
from functools import cache
from itertools import chain
from math import log

from kbassist.text.fold import fold
from kbassist.text.stops import english_stops, stop_flags
from kbassist.text.words import ATOM, UNSPACED_RUN

TERMS = 4
LONGEST = 4
"""Characters of a Chinese term."""
SAME = 0.75
"""A longer term replaces one that it holds where it is at least this share as frequent."""

VARIETY = 2
"""Different neighbours on either side that a Chinese word has at least in a log; 到一封 has one
(accessor variety: Feng et al. 2004)."""

_RUN = re.compile(UNSPACED_RUN)
_MASKED = re.compile(r"\[[a-z-]+\]")


def telling(topics: Sequence[Sequence[tuple[str, int]]]) -> list[tuple[str, ...]]:
    """The most telling terms of each topic, best first.

    Class-based tf-idf (Grootendorst 2022): how often a topic has a term times log(1 + A / f), with
    A the mean number of terms of a topic and f how often all topics together have the term.

    Args:
        topics: masked questions of each with how often they were asked.
    """
    beside: dict[str, tuple[set[str], set[str]]] = {}
    for at, (text, _) in enumerate(chain.from_iterable(topics)):
        for term, before, after in _stretches(fold(_MASKED.sub(" ", text)), str(at)):
            left, right = beside.setdefault(term, (set(), set()))
            left.add(before)
            right.add(after)
    whole = {term for term, sides in beside.items() if min(map(len, sides)) >= VARIETY}
    counted = []
    for questions in topics:
        terms: Counter[str] = Counter()
        for text, count in questions:
            for term in _terms(fold(_MASKED.sub(" ", text)), whole):
                terms[term] += count
        counted.append(terms)
    total: Counter[str] = Counter()
    for terms in counted:
        total.update(terms)
    mean = sum(total.values()) / max(len(counted), 1)
    return [_best(terms, total, mean) for terms in counted]


def _terms(folded: str, whole: Container[str]) -> set[str]:
    """What may name something in a question."""
    found = {term for term, _, _ in _stretches(folded, "") if term in whole}
    stops = english_stops() | _small_talk()
    for word in ATOM.findall(_RUN.sub(" ", folded)):
        if len(word) > 1 and not word.isdigit() and word not in stops:
            found.add(word)
    return found


def _stretches(folded: str, edge: str) -> Iterator[tuple[str, str, str]]:
    """Stretches of 2 to 4 Chinese characters without stop words, with the characters beside them.

    Args:
        folded: a question.
        edge: what stands before the first and after the last of a run.
    """
    for run in _RUN.findall(folded):
        flags = stop_flags(run)
        for size in range(2, LONGEST + 1):
            for start in range(len(run) - size + 1):
                end = start + size
                if not any(flags[start:end]):
                    before = run[start - 1] if start else edge
                    yield run[start:end], before, run[end] if end < len(run) else edge


@cache
def _small_talk() -> frozenset[str]:
    return frozenset(("please", "pls", "plz", "hi", "hello", "help", "thanks", "dont", "im"))


def _best(terms: Counter[str], total: Counter[str], mean: float) -> tuple[str, ...]:
    least = 2 if max(terms.values(), default=0) > 1 else 1
    scored = {
        term: count * log(1 + mean / total[term]) for term, count in terms.items() if count >= least
    }
    chosen: list[str] = []
    for term in sorted(scored, key=lambda term: (-scored[term], -len(term), term)):
        longer = max(
            (other for other in scored if term in other and terms[other] >= SAME * terms[term]),
            key=lambda other: (len(other), terms[other], other),
        )
        if not any(longer in other or other in longer for other in chosen):
            chosen.append(longer)
        if len(chosen) == TERMS:
            break
    return tuple(chosen)
