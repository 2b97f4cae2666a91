"""Seed phrases of wallets in a text, by the word lists and the checksum of BIP-39.

Both are those of the `mnemonic` package, which is imported when twelve words stand in a row.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

SIZES = (24, 21, 18, 15, 12)
"""Words of a phrase."""
EDGE = 3
"""Words of a list that may stand before or after a phrase by chance."""


@dataclass(frozen=True, slots=True)
class Reading:
    """How freely words in a row are taken for those of a phrase."""

    latin: re.Pattern[str]
    """Words in a row that may be English ones of the list."""
    han: re.Pattern[str]
    """Characters in a row that may be Chinese ones."""
    word: re.Pattern[str]
    gap: re.Pattern[str]
    """What may stand between two words of a phrase, numbering included."""
    unknown: int
    """Words that need not be in the list: in twelve, one is often typed wrong."""
    longest: int
    """Words of a list in a row beyond which they are a list, and no phrase is looked for."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words of one list in a row."""

    words: tuple[tuple[int, int], ...]
    """Characters of each."""
    language: str
    """Of the word list."""
    first: int = 0
    """Place of the phrase's first word in `words`."""
    size: int = 0
    """Words of the phrase; 0 where no checksum is right."""


_TYPED = r"(?:[\s,;.:、，。|/()\[\]\"'`*_>-]|\d{1,2}(?!\d))+"
_WRITTEN = r"""[\s,，、|*>"'`-]+(?:\d{1,2}[.):]?\s+)?"""

TYPED = Reading(
    # Words of the length that those of the list have; in prose, shorter and longer ones break it.
    latin=re.compile(
        rf"(?<![A-Za-z])(?:[A-Za-z]{{3,10}}{_TYPED}){{10,}}[A-Za-z]{{3,10}}(?![A-Za-z])"
    ),
    han=re.compile(rf"(?:[\u4e00-\u9fff]{_TYPED}){{10,}}[\u4e00-\u9fff]"),
    word=re.compile(r"[A-Za-z]+|[\u4e00-\u9fff]+"),
    gap=re.compile(_TYPED),
    unknown=1,
    longest=48,
)
"""As somebody types one in haste."""
WRITTEN = Reading(
    latin=re.compile(rf"(?<![A-Za-z])[a-z]{{3,8}}(?:{_WRITTEN}[a-z]{{3,8}}){{11,}}(?![A-Za-z])"),
    han=re.compile(
        r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff](?:[ \t\u3000、，,\n]+[\u4e00-\u9fff]){11,}"
        r"(?![\u4e00-\u9fff])"
    ),
    word=re.compile(r"[a-z]{3,8}|[\u4e00-\u9fff]"),
    gap=re.compile(_WRITTEN),
    unknown=0,
    longest=28,
)
"""As an article shows one: prose is not to be taken for it."""

_LATIN = ("english",)
_HAN = ("chinese_simplified", "chinese_traditional")
LANGUAGES = (*_LATIN, *_HAN)
"""Of the seed phrases that are found."""


def find_phrases(text: str, reading: Reading) -> Iterator[Phrase]:
    """Runs of at least twelve words of one BIP-39 list.

    Args:
        text: any string.
        reading: `TYPED` or `WRITTEN`.
    """
    for pattern, languages in ((reading.latin, _LATIN), (reading.han, _HAN)):
        for stretch in pattern.finditer(text):
            spans = [word.span() for word in reading.word.finditer(text, *stretch.span())]
            for language in languages:
                for run in _runs(text, spans, words(language), reading):
                    yield _judged(text, run, language, reading)


@cache
def words(language: str) -> frozenset[str]:
    """The 2048 words of a list in `LANGUAGES`."""
    return frozenset(_list(language).wordlist)


def is_phrase(phrase: Sequence[str], language: str) -> bool:
    """Whether words are a seed phrase: the last bits are the SHA-256 of those before.

    Args:
        phrase: lower case; of another number than 12, 15, 18, 21 or 24 it is none.
        language: of the word list.
    """
    return bool(_list(language).check(" ".join(phrase)))


@cache
def _list(language: str) -> Any:
    from mnemonic import Mnemonic

    return Mnemonic(language)


_Spans = list[tuple[int, int]]


def _runs(text: str, spans: _Spans, known: frozenset[str], reading: Reading) -> Iterator[_Spans]:
    run: _Spans = []
    misses = 0
    for span in [*spans, None]:
        listed = span is not None and text[slice(*span)].lower() in known
        if span is not None and (
            not run or reading.gap.fullmatch(text, run[-1][1], span[0]) is not None
        ):
            if listed:
                run.append(span)
                continue
            if run and misses < reading.unknown and len(run) + misses < max(SIZES):
                misses += 1
                run.append(span)
                continue
        if run and text[slice(*run[-1])].lower() not in known:
            run.pop()
        if len(run) >= min(SIZES):
            yield run
        misses = 0
        run = [span] if span is not None and listed else []


def _judged(text: str, run: _Spans, language: str, reading: Reading) -> Phrase:
    typed = [text[start:end].lower() for start, end in run]
    for size in SIZES if len(typed) <= reading.longest else ():
        most = len(typed) - size
        starts = {*range(min(EDGE, most) + 1), *range(max(most - EDGE, 0), most + 1)}
        for start in sorted(starts) if most >= 0 else ():
            if is_phrase(typed[start : start + size], language):
                return Phrase(tuple(run), language, start, size)
    return Phrase(tuple(run), language)
