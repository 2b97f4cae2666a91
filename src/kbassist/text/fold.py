r"""Folding: which spellings count as the same text. For matching only, never for showing.

A folded character is the fixpoint of: Unicode NFKC; case (casefold, then lower); diacritics of
U+0300–U+036F removed; decimal digits of any script as ASCII; invisible format characters removed;
typographic apostrophes and hyphens as ASCII; Traditional Chinese to Simplified, character by
character with OpenCC's `t2s` table (never by phrase, so that a character folds the same in every
context). Because each step is a function of one character, a text folds by `str.translate` over a
table that fills itself; only scripts whose characters compose with their neighbour (kana voicing
marks, Hangul jamo, Indic vowels) need a further pass.

Sources: Unicode Standard Annex #15 (normalisation forms), Unicode Standard §3.13 (case folding).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from kbassist.text.simplified import TABLE

_SPELLINGS = {
    **dict.fromkeys("’‘ʼ‛", "'"),
    **dict.fromkeys("‐‑‒–−", "-"),
    **{"™": " ", "℠": " ", "Ø": "O", "ø": "o", "Ł": "L", "ł": "l", "Đ": "D", "đ": "d", "ı": "i"},
    **{"Æ": "ae", "æ": "ae", "Œ": "oe", "œ": "oe"},
}
"""Look-alikes that normalisation keeps apart; applied before it."""

_SAME_HAN = {"帐": "账", "著": "着", "瞭": "了", "衹": "只", "祇": "只", "馀": "余"}
"""Variants within Simplified text, after OpenCC: 帐户 and 账户 are one word to a customer."""

_MAX_ROUNDS = 8
_FIRST_HAN, _LAST_HAN = 0x3400, 0x9FFF


class Folded(NamedTuple):
    """Folded text with the way back to the text that it came from."""

    text: str
    starts: Sequence[int]
    """For each folded character, the first original character that it stands for; ascending."""
    ends: Sequence[int]
    """For each folded character, one past the last original character that it stands for."""


def fold(text: str, *, keep_case: bool = False) -> str:
    """Reduce text to the spelling that matching uses.

    Args:
        text: Any string, lone surrogates and controls included.
        keep_case: Keep letters that fold to `a`–`z` in the case they had; all else as without it.

    Returns:
        The folded text. `fold(fold(t)) == fold(t)`, for either value of `keep_case`, and
        `fold(t, keep_case=True)` differs from `fold(t)` in the case of ASCII letters only.
    """
    if text.isascii():
        return text if keep_case else text.lower()
    table = _CASED if keep_case else _FOLDED
    folded = text.translate(table)
    for _ in range(_MAX_ROUNDS):
        if unicodedata.is_normalized("NFC", folded):
            break
        folded = unicodedata.normalize("NFC", folded).translate(table)
    return folded


def fold_map(text: str, *, keep_case: bool = False) -> Folded:
    """Fold text and say for every folded character where it comes from.

    Args:
        text: Any string.
        keep_case: As for `fold`.

    Returns:
        `Folded` whose `text` equals `fold(text, keep_case=keep_case)`. An original character that
        folds to nothing (a diacritic, an invisible character) belongs to the one before it.
    """
    if text.isascii():
        cased = text if keep_case else text.lower()
        return Folded(cased, range(len(text)), range(1, len(text) + 1))
    table = _CASED if keep_case else _FOLDED
    pieces = [table[ord(char)] for char in text]
    folded = "".join(pieces)
    if not unicodedata.is_normalized("NFC", folded):
        return _fold_clusters(pieces, keep_case)
    return _with_offsets(pieces, range(len(pieces)), len(pieces))


def _fold_clusters(pieces: list[str], keep_case: bool) -> Folded:
    """Fold again cluster by cluster, where neighbours compose; a cluster maps as a whole."""
    clusters: list[str] = []
    origins: list[int] = []
    for index, piece in enumerate(pieces):
        for char in piece:
            if clusters and _joins_previous(char):
                clusters[-1] += char
            else:
                clusters.append(char)
                origins.append(index)
    folded = [fold(cluster, keep_case=keep_case) for cluster in clusters]
    return _with_offsets(folded, origins, len(pieces))


def _with_offsets(pieces: list[str], origins: Sequence[int], length: int) -> Folded:
    """Spread a piece's origin over its characters; it ends where the next kept one starts."""
    starts: list[int] = []
    ends: list[int] = []
    end = length
    for piece, origin in zip(reversed(pieces), reversed(origins), strict=True):
        if piece:
            starts += [origin] * len(piece)
            ends += [end if end > origin else origin + 1] * len(piece)
            end = origin
    return Folded("".join(pieces), starts[::-1], ends[::-1])


@cache
def _joins_previous(char: str) -> bool:
    """Whether normalisation may change this character together with the one before it."""
    return unicodedata.category(char)[0] == "M" or "\u1160" <= char <= "\u11ff"


def simplified(char: str) -> str:
    """Return the Simplified form of one character, itself where it has none.

    Args:
        char: One character.

    Returns:
        One character; `simplified(simplified(c)) == simplified(c)`.
    """
    if "\U00020000" <= char <= "\U0003ffff":
        char = _opencc_convert(char)
    code = ord(char)
    return TABLE[code - _FIRST_HAN] if _FIRST_HAN <= code <= _LAST_HAN else char


def simplified_table() -> str:
    """The Simplified form of every Han character of the basic plane, by code point.

    It is OpenCC's, kept as text: asking OpenCC for it costs more than a whole answer.
    """
    return TABLE


def compute_table() -> str:
    """What `simplified.TABLE` must be by the OpenCC that is installed.

    Write it anew where a new OpenCC differs: every index is then rebuilt.
    """
    source = [chr(code) for code in range(_FIRST_HAN, _LAST_HAN + 1)]
    table = dict(zip(source, _opencc_convert("\n".join(source)).split("\n"), strict=True))
    for char in source:
        while (step := table.get(table[char], table[char])) != table[char]:  # 薴 → 苧 → 苎
            table[char] = step
    return "".join(_SAME_HAN.get(form, form) for form in table.values())


def _opencc_convert(text: str) -> str:
    return str(_opencc().convert(text))


@cache
def _opencc() -> Any:
    import opencc

    return opencc.OpenCC("t2s")


def _fold_once(text: str) -> str:
    text = "".join(_SPELLINGS.get(char, char) for char in text)
    text = unicodedata.normalize("NFKC", text).casefold().lower()
    kept = [char for char in unicodedata.normalize("NFKD", text) if not _is_dropped(char)]
    composed = unicodedata.normalize("NFC", "".join(kept))
    return "".join(simplified(_ascii_digit(char)) for char in composed)


def _is_dropped(char: str) -> bool:
    """Diacritics, variation selectors, and format characters such as zero-width space."""
    return (
        "\u0300" <= char <= "\u036f"
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
        or unicodedata.category(char) == "Cf"
    )


def _ascii_digit(char: str) -> str:
    return str(unicodedata.decimal(char, char)) if char.isdecimal() else char


def _fold_char(char: str) -> str:
    folded = _fold_once(char)
    for _ in range(_MAX_ROUNDS):
        if (step := _fold_once(folded)) == folded:
            break
        folded = step
    return folded


class _Table(dict[int, str]):
    """A `str.translate` table that computes an entry when it is first needed."""

    def __init__(self, keep_case: bool) -> None:
        super().__init__()
        self.keep_case = keep_case

    def __missing__(self, code: int) -> str:
        char = chr(code)
        folded = _fold_char(char)
        if self.keep_case and len(folded) == 1 and "a" <= folded <= "z":
            base = unicodedata.normalize("NFKD", _SPELLINGS.get(char, char))[0]
            folded = folded.upper() if base.isupper() else folded
        self[code] = folded
        return folded


_FOLDED = _Table(keep_case=False)
_CASED = _Table(keep_case=True)
