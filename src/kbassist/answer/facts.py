"""What must not differ between a claim and its source: quantities and identifiers."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from kbassist.answer.negation import phrase_pattern
from kbassist.text.fold import fold

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_POWERS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_WORDS = {"zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7}
_WORDS |= {"eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15}
_WORDS |= {"twenty": 20, "thirty": 30, "sixty": 60, "ninety": 90, "hundred": 100}

_UNITS = {
    "second": r"秒|seconds?|secs?",
    "minute": r"分钟|minutes?|mins?",
    "hour": r"个?小时|hours?|hrs?|h",
    "workday": r"个?工作日|(?:business|working) days?",
    "day": r"天|个?自然日|日内|(?:calendar )?days?",
    "week": r"个?星期|周|weeks?",
    "month": r"个月|months?",
    "year": r"年(?!\s*\d)|years?",
    "%": r"%|个?百分点|percent|per cent",
    "usd": r"美元|美金|usd|(?:us )?dollars?",
    "eur": r"欧元|eur|euros?",
    "cny": r"人民币|元|cny|rmb|yuan",
    "hkd": r"港[币元]|hkd",
    "times": r"倍|次|times|x",
}
"""Unit → how it is written. `月`, `日` and `号` alone are of dates, whose numbers have none."""
_SECONDS = {"second": 1, "minute": 60, "hour": 3_600, "day": 86_400, "week": 604_800}
_SIGNS = {"$": "usd", "€": "eur", "¥": "cny"}

_UNIT = re.compile(
    r"[\s-]*(?:"
    + "|".join(f"(?P<u{i}>{body})" for i, body in enumerate(_UNITS.values()))
    + r")(?![a-z])",
    re.IGNORECASE,
)
_UNIT_NAMES = tuple(_UNITS)
_COIN = re.compile(r"\s*([A-Z]{2,10})(?![A-Za-z])")
_RANGE = re.compile(
    r"\s*(?:-|–|—|~|至|到|(?:to|and|or)\b|或)\s*(?=[$€¥\d一二两三四五六七八九十百])"
)
_NUMBER = re.compile(
    r"(?P<sign>[$€¥]\s*)?(?<![A-Za-z0-9_.])(?P<digits>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    r"(?![\d_])(?P<scale>\s*(?:[万亿千]|(?:k|million|thousand)\b))?"
    r"|(?P<han>[零〇一二两三四五六七八九十百千万]+)"
    rf"|\b(?P<word>{'|'.join(_WORDS)})\b",
    re.IGNORECASE,
)
_SCALES = {"万": 10_000, "亿": 100_000_000, "千": 1_000, "k": 1_000, "thousand": 1_000}
_SCALES |= {"million": 1_000_000}
_NOT_SAID = re.compile(
    r"^[ \t>]*(?:\d{1,3}[.)、]|#{1,6}|[-*+])[ \t]+|第\s*\d+\s*步|步骤\s*\d+|\bsteps? \d+"
    r"|\]\([^()\s]*\)|<https?://[^>\s]*>",
    re.MULTILINE | re.IGNORECASE,
)
"""Numbers of items and steps, and link targets: they count nothing."""

_IDENTIFIER = re.compile(
    r"(?<![A-Za-z0-9])(?:https?://[^\s<>()，。]+"
    r"|[A-Za-z0-9][A-Za-z0-9._+-]{0,63}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})+"
    r"|(?=[A-Za-z0-9_-]{0,63}[A-Za-z])(?=[A-Za-z0-9_-]{0,63}[0-9])"
    r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*"
    r"|[A-Z]{3,6})(?![A-Za-z0-9])"
)
_MEASURE = re.compile(r"(?!2fa$)\d+[a-z]+")
"""A number with its unit written close: 24h, 10USDT. In 2FA nothing is counted."""


class Quantity(NamedTuple):
    """A number with what it counts."""

    value: Decimal
    """Without separators; 5 万 is 50000."""
    unit: str
    """`second`, `day`, `workday`, `%`, `usd`, a coin in lower case; empty where none is told."""

    def same(self, other: Quantity) -> bool:
        """Whether both may say the same: 24 hours is a day, and a number without unit any unit."""
        if self.unit == other.unit or not self.unit or not other.unit:
            return self.value == other.value
        if self.unit in _SECONDS and other.unit in _SECONDS:
            return self.value * _SECONDS[self.unit] == other.value * _SECONDS[other.unit]
        return False


def quantities(text: str, *, words: bool = False) -> list[Quantity]:
    """Numbers in a text with their units, in order.

    Args:
        text: Markdown or plain text; numbers of list items, link targets and identifiers are left
            out.
        words: whether numbers in words count without a unit (三, "three"); with one they always do,
            except "one".

    Returns:
        Values and units; the first number of a range has the unit of the second.
    """
    cleared = _IDENTIFIER.sub(_blank_name, _NOT_SAID.sub(" ", fold(text, keep_case=True)))
    found: list[Quantity] = []
    open_range = False
    for match in _NUMBER.finditer(cleared):
        value = _value(match)
        if value is None:
            continue
        unit = _SIGNS.get((match["sign"] or "").strip()) or _unit(cleared, match.end())
        if found and open_range and not found[-1].unit:
            found[-1] = Quantity(found[-1].value, unit)
        open_range = _RANGE.match(cleared, match.end()) is not None
        spelled = match["digits"] is None
        if not spelled or words or ((unit or open_range) and value > 1):
            found.append(Quantity(value, unit))
    return found


def identifiers(text: str) -> list[str]:
    """Names that must be the same in a claim and its source: TRC-20, HB-1007, USDT, addresses.

    Args:
        text: any text; case tells coins from words, so it is not folded by the caller.

    Returns:
        Lower case, without `-` and `_`, in order, each once. Generic abbreviations (2FA, KYC, SMS)
        and measures (5x, 24h) are left out.
    """
    found: dict[str, None] = {}
    for match in _IDENTIFIER.finditer(unicodedata.normalize("NFKC", text)):
        name = _name(match)
        if not phrase_pattern("generic_capitals").fullmatch(name) and not _MEASURE.fullmatch(name):
            found[name] = None
    return list(found)


def names(text: str, name: str) -> bool:
    """Whether a text has one of the names of `identifiers`, in any case and with any hyphens."""
    plain = fold(text)
    if any(char.isdigit() for char in name):
        return name in re.sub(r"[\s_-]", "", plain)
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", plain) is not None


def _value(match: re.Match[str]) -> Decimal | None:
    if match["digits"]:
        scale = _SCALES.get((match["scale"] or "").strip().lower(), 1)
        return Decimal(match["digits"].replace(",", "")) * scale
    if match["word"]:
        return Decimal(_WORDS[match["word"].lower()])
    return _han_value(match["han"])


def _han_value(text: str) -> Decimal | None:
    """十五 → 15, 三百二十 → 320, 一万 → 10000; None for what is no numeral, such as 千万."""
    total, section, digit = 0, 0, None
    for char in text:
        if char in _DIGITS:
            digit = _DIGITS[char]
        elif _POWERS[char] >= 10_000:
            total += (section + (digit or 0)) * _POWERS[char]
            section, digit = 0, None
        else:
            section += (1 if digit is None else digit) * _POWERS[char]
            digit = None
    value = total + section + (digit or 0)
    return Decimal(value) if value or text in "零〇" else None


def _unit(text: str, end: int) -> str:
    match = _UNIT.match(text, end)
    if match is not None:
        return next(name for i, name in enumerate(_UNIT_NAMES) if match[f"u{i}"])
    coin = _COIN.match(text, end)
    return coin[1].lower() if coin is not None else ""


def _name(match: re.Match[str]) -> str:
    return re.sub(r"[-_]", "", match[0].lower()).rstrip("./")


def _blank_name(match: re.Match[str]) -> str:
    """Blanks for a name that holds digits of its own; a number with its unit stays."""
    name = _name(match)
    own = any(char.isdigit() for char in name) and not _MEASURE.fullmatch(name)
    return " " * len(match[0]) if own else match[0]
