"""Pairs of statements that are the same but for a negation."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kbassist.answer.negation import phrase_pattern
from kbassist.coverage.shingles import alike, runs_of
from kbassist.coverage.statements import Statement
from kbassist.coverage.values import left_over
from kbassist.text.fold import fold

MIN_LIKENESS = 0.6
"""Share of the pairs of tokens that two statements have in common without their negations."""
MIN_LIKENESS_LONG = 0.8
"""The same for statements of more than `LONG` such pairs."""
LONG = 20

_NEGATIVE = re.compile(
    r"不(?:能够?|可以?|会|得|准|允许)?|没有?|未|无[法需须]|勿|别|禁止|严禁"
    r"|(?<![\w-])(?:(?:do|does|did)(?:n't| not)|can(?:not|'t)|won't|never|not|no longer|no)"
    r"(?![\w-])|n't\b"
)
_MODAL = re.compile(r"能够?|可以?|会|允许|\b(?:can|could|may|will|do|does|did|be|is|are)\b")
_CONDITION = re.compile(
    r"\bnot (?:that|only|just)\b|如果|若|假如|要是|除非|是否|的话|时候?，"
    r"|\b(?:if|unless|whether|when|in case|where|while|until|true|false)\b"
)
"""Both cases of a condition are told side by side, and neither denies the other."""
_FAULT = re.compile(
    r"问题|现象|症状|原因|重现|预期|实际|报错"
    r"|\b(?:issues?|problems?|symptoms?|causes?|reproduce|expected|actual|errors?)\b"
)
"""Headings under which something is told that should be otherwise."""


def denied_pairs(
    statements: Sequence[Statement],
) -> Iterator[tuple[Statement, Statement, str, str, bool]]:
    """Pairs of one language with the same words and values, one one of which has a negation.

    Yields:
        Both statements; the negative word of each, empty for the one without; and whether that word
        is all that differs.
    """
    for language in sorted({statement.language for statement in statements}):
        own = list(_distinct(statements, language))
        plain = [_plain(statement.text) for statement in own]
        runs = [runs_of(_MODAL.sub("", _NEGATIVE.sub("", text)), run=2) for text in plain]
        denials = [_NEGATIVE.findall(text) for text in plain]
        for i, j, score in alike(runs, MIN_LIKENESS):
            if score < MIN_LIKENESS_LONG and max(len(runs[i]), len(runs[j])) > LONG:
                continue
            if sorted((len(denials[i]), len(denials[j]))) != [0, 1]:
                continue
            a, b = own[i], own[j]
            if a.head != b.head:
                continue  # cells mean what the head of their table says
            if left_over(a.amounts, b.amounts) or left_over(b.amounts, a.amounts):
                continue
            if a.dates == b.dates and not _otherwise(plain[i], plain[j]):
                yield a, b, " ".join(denials[i]), " ".join(denials[j]), score == 1.0


def _plain(text: str) -> str:
    """A folded text without what only looks like a negation, such as a cell that says No."""
    folded = fold(text)
    if "|" in folded:
        folded = re.sub(r"(?:^|\|)\s*no\s*(?=\||$)", "|", folded)
    return phrase_pattern("sham_negations").sub(" ", folded)


def _distinct(statements: Sequence[Statement], language: str) -> Iterator[Statement]:
    """The first statement of each text, of sections that tell how things should be."""
    seen: set[str] = set()
    for statement in statements:
        own = statement.language == language and statement.text not in seen
        if own and not _FAULT.search(fold(" ".join(statement.chunk.heading_path[-1:]))):
            seen.add(statement.text)
            yield statement


def _otherwise(a: str, b: str) -> bool:
    """Whether a condition, or a word for stopping, may make up for the negation."""
    stops = phrase_pattern("stops")
    return any(_CONDITION.search(text) or stops.search(text) for text in (a, b))
