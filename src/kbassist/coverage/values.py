"""What a text tells that another may tell otherwise: amounts, dates, versions, senses of limits."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple

from kbassist.answer import facts
from kbassist.answer.facts import Quantity
from kbassist.text.chars import HAN
from kbassist.text.fold import fold

_MONTHS = "january february march april may june july august september october november december"
_MONTH = {name: n for n, name in enumerate(_MONTHS.split(), 1)}
_MONTH |= {name[:3]: n for name, n in _MONTH.items()} | {"sept": 9}
_NAMED = rf"(?P<name>{'|'.join(sorted(_MONTH, key=len, reverse=True))})\.?"
_YEAR = r"(?P<year>(?:19|20)\d\d)"
_DATES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(?<!\d){_YEAR}\s*[-/.年]\s*(?P<month>\d{{1,2}})\s*[-/.月]\s*(?P<day>\d{{1,2}})(?!\d)"
        r"\s*[日号]?",
        rf"(?<!\d){_YEAR}\s*年\s*(?P<month>\d{{1,2}})\s*月",
        rf"(?<!\d){_YEAR}\s*年(?!\s*\d)",
        r"(?<![\d年])(?P<month>\d{1,2})\s*月\s*(?P<day>\d{1,2})\s*[日号]",
        rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?{_NAMED}(?:,?\s+{_YEAR})?\b",
        rf"\b{_NAMED}\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\b(?:,?\s+{_YEAR})?",
        rf"\b{_NAMED}\s+{_YEAR}\b",
        r"\b(?:in|since|until|by|from|before|after)\s+(?P<year>(?:19[89]|20[0-3])\d)\b(?!\s*[-/.年])",
    )
)
_VERSION = re.compile(
    r"\bv\s?\d+(?:\.\d+)*|(?<![\d.])\d+(?:(?:\.\d+){2,}[A-Za-z0-9.+-]*|(?:\.\d+)*(?:\.[x×])+)"
    r"|\b\d[\d.]*e[+-]?\d+\b|(?:\bversions?|\brelease|版本)\s*\d[A-Za-z0-9.]*",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"(?:scenarios?|options?|methods?|parts?|phases?|stages?|tiers?|levels?|ports?|errors?|codes?"
    r"|page|chapter|question|no\.|场景|方案|方法|阶段|端口|错误码?|编号)\s*#?\d+|\bq\d\b",
    re.IGNORECASE,
)
"""Numbers that are names."""
_BARE = re.compile(
    r"(?<![\w.$€¥])(?<!\d[,.:])\d+(?:[.,]\d+)*(?!\w|%|[.:,]\d)"
    r"(?!\s*(?:[-–~至到]|to\b|or\b|或)\s*\d)"
    rf"(?!\s*(?:[{HAN}]|[A-Z]{{2,10}}\b|%|[a-z]+s\b"
    r"|(?:percent|second|minute|hour|day|week|month|year)\b))"
)
"""Numbers that count nothing: no unit, and no noun in the plural or in Chinese behind them."""

_SPELLED = re.compile(
    r"(?<!\d)(?<!\d )[零〇一二两三四五六七八九十百千万]+"
    r"|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen"
    r"|twenty|thirty|sixty|ninety|hundred)\b",
    re.IGNORECASE,
)
_DIGIT = re.compile(r"\d")
_TIME = re.compile(r"\b(?!1 )(\d[\d.]*) (second|minute|hour|day|workday|week|month|year)\b")
_DURATIONS = ("second", "minute", "hour", "day", "week")
_SENSES = {
    "least": r"至少|最少|最低|最小|不少于|不低于|起\b|\bat least\b|\bminimum\b|\bmin\b"
    r"|\bsmallest\b",
    "most": r"最多|至多|最长|最大|最高|不超过|上限|以内|之内|\bat most\b|\bup to\b|\bmaximum\b"
    r"|\bmax\b|\bwithin\b|\bno more than\b|\bnot exceed\b|\blimit\b",
    "over": r"(?<!不)超过|以上|大于|\bmore than\b|\bover\b|\babove\b|\bexceed",
    "under": r"(?<!不)低于|(?<!不)少于|小于|以下|不足|\bless than\b|\bunder\b|\bbelow\b",
    "usual": r"通常|一般|大约|左右|平均|\busually\b|\btypically\b|\babout\b|\baround\b|\baverage\b",
}
_SENSE = {name: re.compile(pattern) for name, pattern in _SENSES.items()}


class Day(NamedTuple):
    """A date as far as it is written."""

    year: int | None
    month: int | None
    day: int | None

    def differs(self, other: Day) -> bool:
        """Whether a part that both have is another one."""
        return any(x != y for x, y in zip(self, other, strict=True) if x and y)

    def __str__(self) -> str:
        return "-".join(f"{part:02}" for part in self if part is not None)


def dates(text: str) -> list[Day]:
    """The dates in a text, in order."""
    found = {}
    for match in _found_dates(fold(text)) if _DIGIT.search(text) else ():
        given = match.groupdict()
        name = given.get("name")
        number = _MONTH[name] if name else _int(given.get("month"))
        found[match.start()] = Day(_int(given.get("year")), number, _int(given.get("day")))
    return [found[at] for at in sorted(found)]


def amounts(text: str, *, words: bool = False) -> list[Quantity]:
    """The numbers in a text that count something, in order: none of dates, versions and labels.

    Args:
        text: plain text.
        words: as for `facts.quantities`.
    """
    if not _DIGIT.search(text) and not _SPELLED.search(text):
        return []
    plain = _without_dates(fold(text, keep_case=True))
    cleared = _LABELLED.sub(" ", _VERSION.sub(" ", plain))
    return facts.quantities(cleared if words else _BARE.sub(" ", cleared), words=words)


def amounts_in_digits(text: str) -> list[Quantity]:
    """The same for numbers in digits alone: 两次 is `twice` in English, and no number."""
    return amounts(_SPELLED.sub(" § ", text))


def names(text: str) -> frozenset[str]:
    """Coins, networks, error codes and versions in a text, those of its amounts left out."""
    units = {quantity.unit for quantity in amounts(text)}
    named = {name for name in facts.identifiers(text) if name not in units}
    return frozenset(named | {match[0].strip() for match in _VERSION.finditer(fold(text))})


def senses(text: str) -> frozenset[str]:
    """In which sense a text tells its numbers: `least`, `most`, `over`, `under`, `usual`."""
    folded = fold(text)
    return frozenset(name for name, pattern in _SENSE.items() if pattern.search(folded))


def dimension(quantity: Quantity) -> str:
    """What may be compared with it: `time` for any span of time, else its unit."""
    return "time" if quantity.unit in _DURATIONS else quantity.unit


def left_over(quantities: Sequence[Quantity], others: Sequence[Quantity]) -> list[Quantity]:
    """Quantities that the others do not say, each of which answers for one."""
    rest = list(others)
    left = []
    for quantity in quantities:
        same = next((other for other in rest if quantity.same(other)), None)
        if same is None:
            left.append(quantity)
        else:
            rest.remove(same)
    return left


def written(quantities: Iterable[Quantity]) -> str:
    """Quantities as text: `24 hour`, `0.1 %`, `50`."""
    return ", ".join(f"{_plain(each.value)} {each.unit}".rstrip() for each in quantities)


def in_words(value: str) -> str:
    """What `written` made, for people: `24 hours`."""
    return _TIME.sub(r"\1 \2s", value)


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _found_dates(folded: str) -> Iterator[re.Match[str]]:
    taken: list[tuple[int, int]] = []
    for pattern in _DATES:
        for match in pattern.finditer(folded):
            if not any(start < match.end() and match.start() < end for start, end in taken):
                taken.append(match.span())
                yield match


def _without_dates(text: str) -> str:
    if not _DIGIT.search(text):
        return text
    for match in sorted(_found_dates(text), key=lambda match: -match.start()):
        text = text[: match.start()] + " § " + text[match.end() :]
    return text


def _int(text: str | None) -> int | None:
    return int(text) if text else None
