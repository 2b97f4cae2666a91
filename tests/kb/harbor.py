"""The example help centre as its tests see it: articles by id, links, tables and numbers."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import cache

from kbassist.articles.load import Loaded, load_articles
from kbassist.articles.parser import parse_blocks
from kbassist.kb_config import load_kb_config
from kbassist.types import Article, Block, Section
from tests.conftest import HARBOR

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September",
          "October", "November", "December")  # fmt: skip
_MONTH = re.compile(rf"\b({'|'.join(MONTHS)})\b")
_CODE = re.compile(r"[A-Za-z][A-Za-z]*[-+.]?\d[\w-]*|\b0x\w*|\d+[A-Za-z]\w*")
_NUMBER = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?")


@cache
def loaded() -> Loaded:
    return load_articles(HARBOR, load_kb_config(HARBOR))


@cache
def articles() -> dict[str, Article]:
    return {article.meta.id: article for article in loaded().articles}


def translations() -> list[tuple[Article, Article]]:
    """Original and translation."""
    return [
        (articles()[article.meta.translation_of], article)
        for article in articles().values()
        if article.meta.translation_of is not None
    ]


@dataclass(frozen=True)
class Link:
    href: str
    text: str
    """Link text, or the alt text of an image."""
    image: bool


def links(article: Article) -> Iterator[Link]:
    for token in parse_blocks(article.text):
        children = token.children or []
        for place, child in enumerate(children):
            if child.type == "link_open":
                inside = children[place + 1 :]
                end = next(i for i, item in enumerate(inside) if item.type == "link_close")
                text = "".join(item.content for item in inside[:end])
                yield Link(str(child.attrs["href"]), text, False)
            elif child.type == "image":
                yield Link(str(child.attrs["src"]), child.content, True)


def by_anchor(article: Article) -> dict[str, list[Section]]:
    """Sections under each real heading; questions written inside a section stay with it."""
    found: dict[str, list[Section]] = {}
    for section in article.sections:
        found.setdefault(section.anchor, []).append(section)
    return found


def blocks(sections: list[Section]) -> Iterator[Block]:
    for section in sections:
        yield from section.blocks


def tables(sections: list[Section]) -> list[list[Block]]:
    """The rows of each table, its head first."""
    return [list(block.children) for block in blocks(sections) if block.kind == "table"]


def steps(sections: list[Section]) -> list[list[Block]]:
    """The items of each numbered list."""
    return [
        list(block.children) for block in blocks(sections) if block.kind == "list" and block.ordered
    ]


def numbers(text: str) -> list[Decimal]:
    """The numbers of a text in order: months as numbers, codes such as TRC-20 or L2 left out."""
    text = _MONTH.sub(lambda match: str(MONTHS.index(match[1]) + 1), text)
    text = _CODE.sub(" ", text)
    return [Decimal(found.replace(",", "")) for found in _NUMBER.findall(text)]


def codes(text: str) -> set[str]:
    """Codes of Harbor's own: HB-1001, ID-05, P2, L1, VIP 3."""
    return set(re.findall(r"\b(?:HB|ID)-\d+\b|\b[LP]\d\b|\bVIP \d\b", text))


_UNITS = {
    "second": r"秒钟?|seconds?",
    "minute": r"分钟|分鐘|minutes?",
    "hour": r"小时|小時|hours?|h\b",
    "working day": r"个工作日|個工作日|个工作天|個工作天|(?:working|business)[ -]days?",
    "day": r"天|days?",
    "month": r"个月|個月|months?",
    "year": r"年内|年(?!\s*\d+\s*月)|years?",
    "%": r"%|％",
    "times": r"倍|×(?!\s*[\d(（])",
    **{coin: rf"{coin}\b" for coin in
       ("USDT", "USD", "EUR", "HKD", "BTC", "ETH", "TRX", "SOL", "XRP", "XLM", "TON")},
}  # fmt: skip
_UNIT = "|".join(f"(?P<u{place}>{pattern})" for place, pattern in enumerate(_UNITS.values()))
_QUANTITY = re.compile(
    rf"(?<![\w.,–-])(?<!第 )(?P<number>\d{{1,3}}(?:,\d{{3}})+(?:\.\d+)?|\d+(?:\.\d+)?)"
    rf"(?:\s*(?:[-–~至到]|to|and)\s*(?P<more>\d[\d,]*(?:\.\d+)?))?[\s-]*(?:{_UNIT})",
    re.IGNORECASE,
)


def quantities(text: str) -> set[str]:
    """Numbers with their units, alike in both languages: `24 hour`, `1.5 USDT`, `0.5 %`."""
    found: set[str] = set()
    for match in _QUANTITY.finditer(text):
        unit = list(_UNITS)[int(str(match.lastgroup)[1:])]
        for number in (match["number"], match["more"]):
            if number:
                value = Decimal(number.replace(",", "").rstrip("."))
                if unit != "year" or value < 100:  # not the year of a date
                    found.add(f"{value.normalize():f} {unit}")
    return found


def everything(article: Article) -> set[str]:
    """All quantities of an article."""
    return {item for block in blocks(list(article.sections)) for item in quantities(block.text)}


def tabled(article: Article) -> set[str]:
    """The quantities in an article's tables."""
    return {
        item
        for rows in tables(list(article.sections))
        for row in rows
        for item in quantities(row.text)
    }


def linked(article: Article) -> Iterator[Article]:
    """The articles that an article leads to."""
    paths = {other.meta.path: other for other in articles().values()}
    here = posixpath.dirname(article.meta.path)
    for link in links(article):
        target = paths.get(posixpath.normpath(posixpath.join(here, link.href.partition("#")[0])))
        if target is not None and target is not article:
            yield target


def texts(article: Article) -> Iterator[str]:
    """Paragraphs, items and rows of an article, each on its own."""
    waiting = list(blocks(list(article.sections)))
    while waiting:
        block = waiting.pop(0)
        if block.children:
            waiting[:0] = block.children
        else:
            yield block.text
