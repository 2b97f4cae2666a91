"""Naming the language of a text: by script first, by statistics only where script cannot tell.

A Chinese or English question is told by counting characters and words (microseconds, and langdetect
is not even imported). Simplified and Traditional are told apart by the characters that only one of
them has: GB 2312 without Big5, and the reverse.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache
from typing import Any, NamedTuple

from kbassist.text.chars import HAN, HANGUL, KANA
from kbassist.text.stops import english_stops

UNDETERMINED = "und"

_HAN = re.compile(rf"[{HAN}]+")
_KANA = re.compile(rf"[{KANA}]+")
_HANGUL = re.compile(rf"[{HANGUL}]+")
_CJK = (_HAN, _KANA, _HANGUL)
_LATIN = r"A-Za-z\u00aa\u00ba\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u024f\u1e00-\u1eff\uff21-\uff5a"
_GLYPH = rf"{_LATIN}0-9_\u0300-\u036f"
_WORD = re.compile(rf"[{_LATIN}0-9_][{_GLYPH}]*(?:['’.-]+[{_GLYPH}]+)*")
_LETTER = re.compile(rf"[^\W\d_{_LATIN}]+")
"""Some of any script but Latin."""
_NOISE = re.compile(r"(?s:```.*?(?:```|\Z))|`[^`\n]*`|(?:https?|ftp)://\S+|\b[\w.+-]{1,64}@[\w.-]+")
_ACRONYM = re.compile(r"[A-Z0-9._'’-]{1,5}|.*[\d_].*")

_KANA_SHARE = 0.2
"""Japanese has far more kana per Han character than this; a Chinese text may quote a little."""
_ENGLISH_SHARE = 0.15
"""At least this share of function words makes a text English whatever accents it has."""
_LONG_WORDS = 20
"""From this many words on an English text is expected to have function words."""
_LONG_SHARE = 0.2
_SAMPLE = 20_000
"""Characters of a document that are looked at."""


class _Counts(NamedTuple):
    han: int
    kana: int
    hangul: int
    words: int
    """Latin words that are not acronyms or identifiers."""
    function_words: int
    other: int
    """Letters of any further script, such as Cyrillic or Arabic."""
    accents: bool
    """Whether a Latin word has a letter outside ASCII."""


def detect_query(text: str) -> str:
    """Name the language of a question.

    Args:
        text: Any string; a few words are enough.

    Returns:
        BCP 47: `zh-Hans`, `zh-Hant`, `en`, `ja`, `ko`, an ISO 639-1 code for another language, or
        `und` where nothing tells, such as for a lone identifier. One Han character weighs as much
        as one Latin word; a question in Han with Latin names in it is Chinese.
    """
    counts = _count(text)
    return _decide(counts, text, _ENGLISH_SHARE if counts.accents else 0.0)


def detect_document(text: str) -> str:
    """Name the language of an article.

    Args:
        text: Any string, Markdown included; code, addresses and all after the first 20,000
            characters do not count.

    Returns:
        As `detect_query`; a long Latin text with hardly any English function word is left to
        langdetect even if it is all ASCII.
    """
    sample = _NOISE.sub(" ", text[:_SAMPLE])
    counts = _count(sample)
    share = _ENGLISH_SHARE if counts.accents else 0.0
    return _decide(counts, sample, _LONG_SHARE if counts.words >= _LONG_WORDS else share)


def _count(text: str) -> _Counts:
    if text.isascii():
        han = kana = hangul = other = 0
    else:
        han, kana, hangul = (_characters(pattern, text) for pattern in _CJK)
        letters = "".join(_LETTER.findall(text))
        other = len(letters) - sum(_characters(pattern, letters) for pattern in _CJK)
    found = Counter(_WORD.findall(text))
    stops = english_stops()
    functional = sum(
        count for word, count in found.items() if word.lower().replace("’", "'") in stops
    )
    words = {word: count for word, count in found.items() if not _ACRONYM.fullmatch(word)}
    accents = any(not word.replace("’", "").isascii() for word in words)
    number = max(sum(words.values()), functional)
    return _Counts(han, kana, hangul, number, functional, other, accents)


def _characters(pattern: re.Pattern[str], text: str) -> int:
    """How many characters the stretches of a pattern have together."""
    return sum(map(len, pattern.findall(text)))


def _script(counts: _Counts) -> str:
    """Name the script that decides alone: `zh`, `ja`, `ko`, `other`, or nothing for Latin."""
    han, kana, hangul, words, functional, other, _ = counts
    if kana >= 2 and kana >= _KANA_SHARE * han and han + kana > words:
        return "ja"
    if hangul and hangul >= han and hangul > words:
        return "ko"
    if other > han + 2 * words:
        return "other"
    if han and (han > words or (not functional and 4 * han >= words)):
        return "zh"
    return ""


def _decide(counts: _Counts, text: str, english_share: float) -> str:
    """Decide by script; Latin text needs `english_share` of function words to be English."""
    script = _script(counts)
    if script == "zh":
        return _chinese(text)
    if script == "other":
        return _guess(text)
    if script:
        return script
    if counts.function_words < english_share * counts.words:
        return _guess(text)
    return "en" if counts.words else UNDETERMINED


def _chinese(text: str) -> str:
    characters = Counter("".join(_HAN.findall(text)))
    balance = sum(count * _side(char) for char, count in characters.items())
    return "zh-Hant" if balance > 0 else "zh-Hans"


@cache
def _side(char: str) -> int:
    """1 for a character that only Traditional text has, -1 for only Simplified, else 0."""
    if _encodes(char, "gb2312"):
        return 0 if _encodes(char, "big5") else -1
    return 1 if _encodes(char, "big5hkscs") else 0


def _encodes(char: str, codec: str) -> bool:
    try:
        char.encode(codec)
    except UnicodeEncodeError:
        return False
    return True


def _guess(text: str) -> str:
    """Ask langdetect, seeded so that it answers the same each time."""
    detect, error = _langdetect()
    try:
        code = str(detect(text))
    except error:
        return UNDETERMINED
    return {"zh-cn": "zh-Hans", "zh-tw": "zh-Hant", "unknown": UNDETERMINED}.get(code, code)


@cache
def _langdetect() -> tuple[Any, type[Exception]]:
    import langdetect

    langdetect.DetectorFactory.seed = 0
    return langdetect.detect, langdetect.LangDetectException
