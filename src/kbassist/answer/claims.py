"""Cutting a text that a language model wrote into claims, each with the citations that it names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from kbassist.answer.negation import phrase_pattern
from kbassist.text.fold import fold
from kbassist.text.sentences import sentence_spans

MAX_RANGE = 20
"""Citations that `[1-9]` may stand for at most; a wider range is no citation."""

_NUMBERS = r"\d{1,3}(?:\s*[,，、;；\-–~]\s*\^?\d{1,3})*"
_MARK = re.compile(
    rf"(?:\[\^?\s*{_NUMBERS}\s*\](?![(:（])|［\s*{_NUMBERS}\s*］|【\s*{_NUMBERS}\s*】)"
)
_CODE = re.compile(r"(?P<fence>```|~~~)(?s:.*?)(?:(?P=fence)|\Z)|`[^`\n]+`")
_SPAN = re.compile(r"(\d{1,3})(?:\s*[-–~]\s*(\d{1,3}))?")
_BREAK = re.compile(r"\n\s*\n|\n(?=\s*(?:[-*+•]|\d{1,3}[.)、]|#{1,6}|\||>)\s?)")
_CLAUSE = re.compile(r"\s*(?:[,，;；、]|(?=\b(?:and|but|while)\b))")
_NO_CLAIM = re.compile(r"^#{1,6}\s|[?？][\s*_)）”\"']*$|[:：][\s*_]*$|^\W*$")
"""Headings, questions, lead-ins."""
_TABLE_RULE = re.compile(r"[\s|:-]+")


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence, or a clause of one that ends with its own citations."""

    text: str
    """As written, without the citation marks."""
    start: int
    """First character in the text that was checked, 0-based."""
    end: int
    """One past the last character, citation marks included."""
    cited: tuple[int, ...]
    """Numbers that it names itself, in order, each once; empty for a claim without a mark."""
    following: tuple[int, ...]
    """For a claim without a mark, the numbers of the next mark in the same paragraph."""


@dataclass(frozen=True, slots=True)
class _Mark:
    start: int
    end: int
    numbers: tuple[int, ...]


def claims(text: str, content: Callable[[str], int]) -> list[Claim]:
    """The claims of a text, in order.

    A citation mark belongs to the sentence that it stands in or just behind; a mark before a comma
    ends a claim of its own where something is said on both sides. Marks are `[1]`, `[1][2]`,
    `[1, 2]`, `[1-3]`, `［1］` and `【1】`, outside code. Headings, questions, greetings, lead-ins
    that end with a colon, and remarks that the sources say nothing are no claims unless they carry
    a mark.

    Args:
        text: Markdown or plain text, in Chinese or English.
        content: says how much a stretch of text says; what says nothing is no claim without a mark.

    Returns:
        Claims with their places in `text`; none for an empty text.
    """
    marks = list(_marks(text))
    bare = _without(text, marks)
    found = [
        claim for span in sentence_spans(bare) for claim in _cut(text, bare, span, marks, content)
    ]
    found = _with_loose_marks(found, marks, text)
    kept = [claim for claim in found if claim.cited or _is_claim(claim.text, content)]
    return [
        claim if claim.cited else replace(claim, following=_following(claim, found, text))
        for claim in kept
    ]


def _marks(text: str) -> Iterator[_Mark]:
    code = [match.span() for match in _CODE.finditer(text)]
    for match in _MARK.finditer(text):
        if any(start <= match.start() < end for start, end in code):
            continue
        if numbers := _numbers(unicodedata.normalize("NFKC", match[0])):
            yield _Mark(*match.span(), numbers)


def _numbers(mark: str) -> tuple[int, ...]:
    numbers: dict[int, None] = {}
    for first, last in _SPAN.findall(mark):
        low, high = int(first), int(last or first)
        if not low <= high < low + MAX_RANGE:
            return ()
        numbers |= dict.fromkeys(range(low, high + 1))
    return tuple(numbers)


def _without(text: str, marks: list[_Mark]) -> str:
    """The text with blanks in place of the marks, so that all offsets stay."""
    for mark in marks:
        text = text[: mark.start] + " " * (mark.end - mark.start) + text[mark.end :]
    return text


def _cut(
    text: str,
    bare: str,
    span: tuple[int, int],
    marks: list[_Mark],
    content: Callable[[str], int],
) -> Iterator[Claim]:
    """The claims of one sentence; a last clause without a mark has the marks before it."""
    start, end = span
    inside = [mark for mark in marks if start <= mark.start < end]
    taken: list[int] = []
    for place, mark in enumerate(inside):
        taken += mark.numbers
        comma = _CLAUSE.match(text, mark.end)
        cut = comma.end() if comma else mark.end
        more = place + 1 < len(inside) and content(bare[mark.end : end])
        if comma and more and content(bare[start : mark.start]):
            yield _claim(bare, start, mark.end, taken)
            start, taken = cut, []
    yield _claim(bare, start, end, taken)


def _claim(bare: str, start: int, end: int, numbers: list[int]) -> Claim:
    said = " ".join(bare[start:end].split(" "))
    return Claim(re.sub(r" {2,}", " ", said).strip(), start, end, tuple(dict.fromkeys(numbers)), ())


def _with_loose_marks(found: list[Claim], marks: list[_Mark], text: str) -> list[Claim]:
    """Give a mark between sentences to the one before it, or after it at the start of a line."""
    for mark in marks:
        if any(claim.start <= mark.start < claim.end for claim in found):
            continue
        line = text.rfind("\n", 0, mark.start) + 1
        before = [i for i, claim in enumerate(found) if claim.end <= mark.start]
        after = [i for i, claim in enumerate(found) if claim.start >= mark.end]
        leads = not text[line : mark.start].strip(" \t*_>-•")
        joined = before and not text[found[before[-1]].end : mark.start].strip(" \t")
        if leads and after and "\n" not in text[mark.end : found[after[0]].start]:
            i = after[0]
            found[i] = _marked(found[i], mark, start=mark.start)
        elif before and (joined or not leads or _alone(text, mark)):
            i = before[-1]
            found[i] = _marked(found[i], mark, end=mark.end)
        else:
            found.append(Claim("", mark.start, mark.end, mark.numbers, ()))
    return sorted(found, key=lambda claim: claim.start)


def _alone(text: str, mark: _Mark) -> bool:
    """Whether nothing but marks stands on the mark's line, as below a table or a code fence."""
    start, end = text.rfind("\n", 0, mark.start) + 1, text.find("\n", mark.end)
    return not _MARK.sub("", text[start : end if end >= 0 else None]).strip()


def _marked(claim: Claim, mark: _Mark, start: int | None = None, end: int | None = None) -> Claim:
    return replace(
        claim,
        start=claim.start if start is None else start,
        end=claim.end if end is None else end,
        cited=tuple(dict.fromkeys((*claim.cited, *mark.numbers))),
    )


def _following(claim: Claim, found: list[Claim], text: str) -> tuple[int, ...]:
    later = (other for other in found if other.start >= claim.end and other.cited)
    marked = next(later, None)
    if marked is None or _BREAK.search(text, claim.end, marked.end):
        return ()
    return marked.cited


def _is_claim(text: str, content: Callable[[str], int]) -> bool:
    if _TABLE_RULE.fullmatch(text):
        return False
    folded = fold(text)
    said = content(text) > 0 and _NO_CLAIM.search(folded) is None
    return said and phrase_pattern("no_claim").search(folded) is None
