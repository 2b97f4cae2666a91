"""Where sentences end, in Chinese and English prose and in raw Markdown slices.

A span is a slice of the text as given, so that a quote cut at sentence borders is verbatim.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from kbassist.text.chars import CJK

_PROTECTED = re.compile(
    r"(?P<fence>```|~~~)(?s:.*?)(?P=fence)"  # code block
    r"|(?P<ticks>`+)(?!`).+?(?<!`)(?P=ticks)(?!`)"  # code span
    r"|!?\[(?:[^\[\]\n]|\n(?!\s))*\]"  # link or image
    r"\([^()\s]*(?:\([^()\s]*\)[^()\s]*)*(?:[ \t]+(?:\"[^\"\n]*\"|'[^'\n]*'))?\)"
    r"|<[^<>\s][^<>\n]*>"  # tag, autolink
    r"|\*\*(?=[^\s*])(?:[^*\n]|\n(?!\s))+\*\*|__(?=[^\s_])(?:[^_\n]|\n(?!\s))+__"  # strong
    rf"|(?:https?|ftp)://[^\s<>()\[\]{CJK}，。！？；、：”」』）】》…]*[\w/=&#%]"
    r"|&\#?\w{2,8};"  # entity
)
"""What is never cut; line breaks are allowed in it, blank lines are not."""

_CLOSER = r"”’」』）)】》〉〕］\]\"'"
_CLOSERS = rf"(?:[{_CLOSER}]|\*{{1,3}}(?![\w*])|_{{1,3}}(?!\w)|~~(?![\w~]))*"
_END = re.compile(
    rf"(?P<hard>[。！？；…．｡]+[。！？；…．｡!?;]*{_CLOSERS})"
    rf"|(?P<soft>(?<![!?;])[!?;]+(?![!?;]){_CLOSERS}(?:(?=[{CJK}])|(?![\w=&\[{_CLOSER}])))"
    rf"|(?P<dot>(?<!\.)\.+(?!\.){_CLOSERS}(?=\s|[{CJK}]|\Z))"
    r"|(?P<block>\n[ \t]*(?:\n|(?=(?:[-*+]|\d{1,3}[.)]|\#{1,6})[ \t]|\||>|```|~~~|:::)))"
)
_CLOSED = re.compile(rf"[。！？；…．｡!?;.]+{_CLOSERS}")
_BEFORE = re.compile(r"[^\s(\[（「『“\"'*_]{0,24}\Z")
_NEXT = re.compile(r"[\s*_\"'“‘(\[（「『]*(\w*)")
_LIST_NUMBER = re.compile(r"(?:^|\n)[ \t>]*\d{1,3}\Z")
_BARE_NUMBER = re.compile(r"[\W_]*\d{1,3}")
_WINDOW = 26
"""Characters before a full stop that are looked at."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NEVER = _words(
    "e.g i.e eg ie cf vs mr mrs ms dr prof approx fig figs eq ch vol pp ed eds incl excl resp gen "
    "col lt sgt rev hon messrs jan feb apr jun jul aug sept oct nov dec"
)
"""Abbreviations that another word of the same sentence follows."""
_SOMETIMES = _words(
    "etc inc ltd co corp llc jr sr al a.m p.m u.s u.k u.n e.u ph.d st min max sec hr hrs est dept"
)
"""Abbreviations that may also end a sentence: they do before a word that starts one."""
_STARTERS = _words(
    "the a an this that these those it its he she we you they i if when while where what which who "
    "why how in on at to for from with without as after before once since until there here then "
    "please do does don't never always all any each some no not only also but and or so however "
    "your our their my his her is are can make click tap select enter open see contact note use "
    "check go choose wait"
)


def sentence_spans(text: str) -> list[tuple[int, int]]:
    """Cut text into sentences.

    A sentence ends after `。！？；…`, `!?;`, or a `.` that is no part of an abbreviation, a number,
    a name or an ellipsis before a lower-case word; closing quotes and brackets stay with it. A
    blank line and the start of a list item, heading, table row, quote or fence end it too; other
    line breaks do not. No cut falls inside a code span, link, tag, strong run or address.

    Args:
        text: Prose or a raw slice of Markdown.

    Returns:
        Half-open spans in order, without white space at their ends, that together cover every
        other character.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*_cuts(text), len(text)]:
        piece = text[start:end]
        if body := piece.strip():
            first = start + piece.index(body[0])
            spans.append((first, first + len(body)))
        start = end
    return spans


def _cuts(text: str) -> Iterator[int]:
    """Yield the offsets after which a new sentence begins, ascending."""
    protected = [match.span() for match in _PROTECTED.finditer(text)]
    starts = [start for start, _ in protected]
    last = 0
    for match in _END.finditer(text):
        end = match.end()
        if match.lastgroup == "dot" and not _dot_ends(text, match, last):
            continue
        place = bisect_right(starts, match.start()) - 1
        if place >= 0 and match.start() < protected[place][1]:
            if not _closes(text, match, protected[place][1]):
                continue
            end = max(end, protected[place][1])
        if end > last:
            last = end
            yield end


def _closes(text: str, match: re.Match[str], protected_end: int) -> bool:
    """Whether the sentence and a strong run around it end together, as in `**Note.** Then`."""
    inner = text[match.start() : protected_end].rstrip("*_")
    return text[protected_end - 1] in "*_" and _CLOSED.fullmatch(inner) is not None


def _dot_ends(text: str, match: re.Match[str], last: int) -> bool:
    """Whether a full stop ends the sentence that began at `last`, by the words on both sides."""
    dots = len(match[0]) - len(match[0].lstrip("."))
    after = _NEXT.match(text, match.end())
    following = after[1] if after else ""
    if following[:1].islower():
        return False
    if dots > 1 or len(match[0]) > dots:
        return True
    window = text[max(0, match.start() - _WINDOW) : match.start()]
    begun = text[max(last, match.start() - _WINDOW) : match.start()]
    if _LIST_NUMBER.search(window) or _BARE_NUMBER.fullmatch(begun):
        return False
    before = _BEFORE.search(window)
    return _word_ends(before[0] if before else "", following)


def _word_ends(word: str, following: str) -> bool:
    """Whether a full stop after `word` ends a sentence when `following` is the next word."""
    lower = word.lower()
    if lower in _NEVER or (lower == "no" and following[:1].isdigit()):
        return False
    if lower in _SOMETIMES or (len(word) == 1 and word.isascii() and word.isupper()):
        return not following.isascii() or not following or following.lower() in _STARTERS
    return True
