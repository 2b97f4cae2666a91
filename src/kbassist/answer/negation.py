"""Whether a claim and its source contradict each other by a negation, and the phrases for that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache

from kbassist.text.chars import HAN
from kbassist.text.fold import fold
from kbassist.text.lists import entries

_NEGATIVE = re.compile(
    r"不|没|未|无[法需须]?|非|勿|别|莫|禁止|严禁"
    r"|\b(?:not|no|never|cannot|without|none|neither|nor|nobody|nothing)\b|n't\b"
)
_NEGATED_HAN = re.compile(
    rf"(?:不|没有?|未|无法|无需|无须|勿|别|禁止|严禁)(?:[能可会需要用必得被应该再以有请]*)([{HAN}]{{2}})"
)
_NEGATED_WORD = re.compile(
    r"(?:\b(?:not|never|cannot|no)|n't)\s+(?:(?:be|been|to|ever|yet|longer|then|you|it|the|a|an|any|your)\s+)*"
    r"([a-z]{3,})"
)


def negation_conflict(claim: str, pieces: Sequence[str]) -> str:
    """A negation that only the claim or only its source has.

    The claim has one where the source has nothing like it; or it denies a word that the source
    affirms (不能撤销 against 可以撤销); or it affirms a word that the source denies. 不仅 and
    "not only" deny nothing; 免费 or "fails" may stand for a negative word.

    Args:
        claim: one sentence.
        pieces: sentences, items and rows of its source.

    Returns:
        `negation`, or `denied: ` and the word; empty where nothing contradicts.
    """
    said, source = _plain(claim), [_plain(piece) for piece in pieces]
    text = "\n".join(source)
    denies = _NEGATIVE.search(said) is not None
    if denies and not _may_deny(text):
        return "negation"
    claimed, known = _denied(said), _denied(text)
    for word in sorted(claimed.keys() - known.keys()):
        places = [piece for piece in source if _holds(piece, word)]
        if places and not any(_may_deny(piece) for piece in places):
            return f"denied: {claimed[word]}"
    if denies or phrase_pattern("stops").search(said):
        return ""
    for word in sorted(known):
        if _holds(said, word) and not _affirmed(text, word):
            return f"denied: {known[word]}"
    return ""


def denied_word(claim: str, source: str) -> str:
    """A word that a claim denies right before it, and that its source has but never denies so.

    Stricter than `negation_conflict`, which lets a negative word nearby excuse it: for those who
    lose little by a true claim that is refused.

    Args:
        claim: one sentence.
        source: what it rests on.

    Returns:
        Two Han characters or an English word; empty where there is none.
    """
    said, text = _denied(_plain(claim)), _plain(source)
    known = _denied(text)
    words = (whole for word, whole in said.items() if word not in known and _holds(text, word))
    return next(words, "")


@cache
def phrase_pattern(name: str) -> re.Pattern[str]:
    """The phrases of `phrases/verify_<name>.txt` as one pattern, for folded text.

    Args:
        name: of the list. In it a line is a phrase; `#` starts a comment, `^` stands for the start
            of the text behind other signs, `*` at the end for any letters, elsewhere for up to ten
            characters.
    """
    lines = entries("kbassist.answer", "phrases", f"verify_{name}.txt")
    return re.compile("|".join(map(_phrase, lines)))


def _phrase(line: str) -> str:
    bare = line.removeprefix("^")
    body = re.escape(fold(bare)).replace(r"\*", ".{0,10}")
    if bare.isascii():
        body = rf"\b{body.removesuffix('.{0,10}')}" + ("" if bare.endswith("*") else r"\b")
    return rf"^\W*{body}" if line.startswith("^") else body


def _plain(text: str) -> str:
    return phrase_pattern("sham_negations").sub(" ", fold(text))


def _may_deny(plain: str) -> bool:
    return any(
        pattern.search(plain)
        for pattern in (_NEGATIVE, phrase_pattern("stops"), phrase_pattern("weak_negations"))
    )


def _denied(plain: str) -> dict[str, str]:
    """What a negative word stands right before: two Han characters, or the start of a word.

    The first five letters stand for an English word, which its forms share; the value is whole.
    """
    han = {match[1]: match[1] for match in _NEGATED_HAN.finditer(plain)}
    return han | {match[1][:5]: match[1] for match in _NEGATED_WORD.finditer(plain)}


def _places(plain: str, word: str) -> Iterator[re.Match[str]]:
    return re.finditer((r"\b" if word.isascii() else "") + re.escape(word), plain)


def _holds(plain: str, word: str) -> bool:
    return next(_places(plain, word), None) is not None


def _affirmed(plain: str, word: str) -> bool:
    """Whether a word stands anywhere without a negative word right before it."""
    spans = [m.span(1) for p in (_NEGATED_HAN, _NEGATED_WORD) for m in p.finditer(plain)]
    return any(
        not any(start <= place.start() < end for start, end in spans)
        for place in _places(plain, word)
    )
