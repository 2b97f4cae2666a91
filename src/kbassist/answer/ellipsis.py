"""Ellipsis: how much a question leans on what was said before it, by its text alone.

Nothing is parsed. A question is elliptical when it has few words of its own, and the more signs
there are that it joins on, the more words it may have. Words that name no subject and the signs are
listed in `phrases/followup_*.txt`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import Literal, NamedTuple

from kbassist.answer.smalltalk import asks_nothing
from kbassist.text.fold import fold, fold_map
from kbassist.text.lists import entries
from kbassist.text.stops import english_stops, stop_flags
from kbassist.text.words import ATOM, UNSPACED_RUN

Dependence = Literal["none", "some", "full"]
"""How much a question leans on what was said before it."""

FULL_BELOW = (1.0, 2.5, 4.5)
"""Words of its own below which a question with no, one, or more signs of joining on is elliptical.
A Han character is half a word."""
SOME_BELOW = (2.0, 4.0, 6.0)
"""The same for a question that may be elliptical or not."""
ANTECEDENT = 1.5
"""Words of its own from which a pronoun after them may stand for something in the same question."""

_UNSPACED = re.compile(UNSPACED_RUN)
_NUMBER = re.compile(r"[-+]?\d[\d.,:]*%?")
_MIN_CODE_DIGITS = 3
"""A number or code of as many is asked about alone (HB-1007); a network has fewer (TRC-20)."""
_LONG = 8
"""Characters from which an identifier or address is a subject by itself."""
_ALONE = 1.0
"""Words of its own that may be a subject."""
_SEVERAL = 2.0
"""Words of its own from which a question may be about what it says itself."""
_JOINING = re.compile(
    r"(?:呢|的(?:话|吗|嘛)?|(?<=\w)\s(?:too|then|instead|either|as well|though))\W*$"
    r"|^[^,.!?;。\n]*也"
)
"""Endings that leave something out, and 也 (also) in the first clause."""
_NO_ANAPHOR = re.compile(
    r"\bit (?:takes?|costs?|possible|safe|ok|okay|normal|necessary|allowed|legal|means?)\b"
    r".* (?:to|for|if|when)\b"
    r"|\b(?:is|are|was|isn't|aren't|if) there\b|\bthere(?:'s| is| are| was)\b"
    r"|\bthat (?:i|you|we|my)\b|其[他它]"
)
"""Pronouns that stand for nothing (it takes … to, there is), and relative clauses."""
_HOW = re.compile(
    r"\W*(?:请问|想问)?(?:怎么|怎样|如何|咋|什么是|啥是)"
    r"|\W*(?:how (?:do|does|can|to|should)|what (?:is|are|does))\b"
)


def dependence(question: str) -> Dependence:
    """How much a question leans on what was said before it, by its text alone.

    Args:
        question: any string, in any spelling that `fold` makes one.

    Returns:
        `full` for an elliptical question, `some` for one that may be, `none` for one that stands
        alone: it names its subject, announces another (顺便问, "by the way"), thanks, or is empty.
    """
    if asks_nothing(question):
        return "none"
    folded = fold(question)
    own = list(_own_words(folded))
    size = sum(word.size for word in own)
    named = size >= _ALONE
    switch = _starts("switches", folded)
    if switch and sum(word.size for word in own if word.start >= switch.end()) >= _ALONE:
        return "none"
    opening, others = _signs(folded, own)
    signs = min(opening + others, len(FULL_BELOW) - 1)
    if not signs and (_has_code(folded) or (named and _is_complete(folded, own))):
        return "none"
    if size < FULL_BELOW[signs]:
        return "some" if named and not others and _asks_how(folded) else "full"
    return "some" if size < SOME_BELOW[signs] else "none"


def joins_on(question: str) -> bool:
    """Whether a question joins on for sure: it has a sign (那, 呢, a pronoun), or names nothing.

    Beside several names a lone pronoun or ending may mean something in the question itself; an
    opening never does.

    Args:
        question: any string.
    """
    folded = fold(question)
    own = list(_own_words(folded))
    opening, others = _signs(folded, own)
    size = sum(word.size for word in own)
    return bool(opening or others > 1 or (others and size < _SEVERAL)) or size < _ALONE


def names_code(question: str) -> bool:
    """Whether a question names a code of letters and digits, such as HB-1007.

    Args:
        question: any string.
    """
    folded = fold(question)
    return any(
        sum(map(str.isdigit, atom)) >= _MIN_CODE_DIGITS and not _NUMBER.fullmatch(atom)
        for atom in ATOM.findall(folded)
        if not _UNSPACED.match(atom)
    )


def own_text(text: str, *, generic: bool = False) -> str:
    """The words of a text that name something, as written and with a space between.

    Args:
        text: any string.
        generic: keep also words of Latin script such as "close", which say what is done to what.
    """
    folded = fold_map(text)
    parts: list[str] = []
    end = -1
    for word in _own_words(folded.text, generic=generic):
        piece = text[folded.starts[word.start] : folded.ends[word.end - 1]]
        if word.start == end:
            parts[-1] += piece
        else:
            parts.append(piece)
        end = word.end
    return " ".join(parts)


class _Word(NamedTuple):
    """A word, or a character of a run without spaces, that names something."""

    start: int
    end: int
    size: float
    """In words: 1, or 0.5 for a character."""


def _own_words(folded: str, *, generic: bool = False) -> Iterator[_Word]:
    """What a text says by itself: neither stop words, numbers, nor words that name no subject."""
    empty = frozenset(_entries("attributes")) if generic else empty_words()
    for match in ATOM.finditer(folded):
        atom, at = match[0], match.start()
        if _UNSPACED.match(atom):
            flags = _empty_flags(atom)
            yield from (_Word(at + i, at + i + 1, 0.5) for i, flag in enumerate(flags) if not flag)
        elif not (atom in english_stops() or atom in empty or _NUMBER.fullmatch(atom)):
            yield _Word(at, match.end(), 2.0 if _is_reference(atom) else 1.0)


def _is_reference(atom: str) -> bool:
    """Whether an atom is an address, a path or a long identifier."""
    return len(atom) >= _LONG and not atom.isalpha()


def _empty_flags(run: str) -> list[bool]:
    """Mark the characters that name no subject; a listed one counts only where it stands alone."""
    flags = stop_flags(run)
    for match in _empty_runs().finditer(run):
        flags[match.start() : match.end()] = [True] * len(match[0])
    padded = [True, *flags, True]
    return [
        flag or (char in empty_words() and padded[at] and padded[at + 2])
        for at, (char, flag) in enumerate(zip(run, flags, strict=True))
    ]


def _signs(folded: str, own: Sequence[_Word]) -> tuple[int, int]:
    """Signs that a question joins on: its opening; a pronoun, and an ending or 也."""
    opening = _starts("openers", folded)
    rest = opening.end() if opening else 0
    masked = _NO_ANAPHOR.sub(lambda match: " " * len(match[0]), folded)
    free = any(
        sum(word.size for word in own if word.start < match.start()) < ANTECEDENT
        for match in phrases("anaphors").finditer(masked, rest)
    )
    return int(opening is not None), free + (_JOINING.search(folded) is not None)


def _is_complete(folded: str, own: Sequence[_Word]) -> bool:
    """Whether a question without signs, and with a subject, has the form of one that stands alone.

    It asks how to do or what is something, names an attribute of it, or is a search word.
    """
    if _asks_how(folded) or phrases("attributes").search(folded):
        return True
    said = sum(word.end - word.start for word in own)
    return said == sum(len(atom) for atom in ATOM.findall(folded)) and "?" not in folded


def _asks_how(folded: str) -> bool:
    opening = _starts("openers", folded)
    return _HOW.match(folded, opening.end() if opening else 0) is not None


def _has_code(folded: str) -> bool:
    """Whether a question names a code or is a number: these are asked about alone."""
    atoms = ATOM.findall(folded)
    long = [atom for atom in atoms if sum(map(str.isdigit, atom)) >= _MIN_CODE_DIGITS]
    return any(re.search(r"[^\W\d_]", atom) for atom in long) or (
        bool(long) and all(_NUMBER.fullmatch(atom) for atom in atoms)
    )


def _starts(name: str, folded: str) -> re.Match[str] | None:
    return phrases(name, r"\W*(?:{})").match(folded)


@cache
def _entries(name: str) -> tuple[str, ...]:
    """The lines of a list, folded, the longest first."""
    lines = entries("kbassist.answer", "phrases", f"followup_{name}.txt")
    found = set(map(fold, lines)) - {""}
    return tuple(sorted(found, key=lambda entry: (-len(entry), entry)))


@cache
def phrases(name: str, template: str = "(?:{})") -> re.Pattern[str]:
    """A pattern of the entries of a list; those in Latin letters match whole words only.

    Args:
        name: of the list, in `phrases/followup_NAME.txt`.
        template: pattern with `{}` for the entries.
    """
    return re.compile(
        template.format(
            "|".join(
                rf"\b{re.escape(entry)}\b" if entry.isascii() else re.escape(entry)
                for entry in _entries(name)
            )
        )
    )


@cache
def empty_words() -> frozenset[str]:
    """Words that name no subject, apart from stop words."""
    return frozenset((*_entries("generic"), *_entries("attributes")))


@cache
def _empty_runs() -> re.Pattern[str]:
    """Those of several characters without spaces between them, the longest first."""
    runs = (entry for entry in empty_words() if not entry.isascii() and len(entry) > 1)
    return re.compile("|".join(map(re.escape, sorted(runs, key=lambda run: (-len(run), run)))))
