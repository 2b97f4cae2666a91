"""Cutting a question that asks several things into questions that can be answered one by one.

A cut needs a question on both of its sides; where that is in doubt the text stays whole, since half
a question finds the wrong article and a whole one with two subjects mostly finds one of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, pairwise

from kbassist.text.fold import fold
from kbassist.text.stops import english_stops, stop_flags
from kbassist.text.words import ATOM, UNSPACED_RUN

MAX_PARTS = 4
"""Parts of one question; whatever is asked beyond them stays in the last one."""

SHORT = 6
"""A part of at most this much content (see `_content`) that follows another takes over its subject:
手续费多少 has 3, "what is the fee" has 2."""

MAX_TOPIC = 10
"""A subject that is carried over is no longer than this, in the same measure."""

_WORD = 2
"""Content of a word between spaces, against 1 for a Han character: most Chinese words have two."""

_BOUNDARY = re.compile(
    r"[?？]+[!！]*(?=\s|[^\x00-\x7f]|$)|[。！；!;]+(?=\s|[^\x00-\x7f]|$)|(?<!\d)\.(?=\s|$)|\n+"
    r"|，+|,+(?=\s|[^\x00-\x7f])|(?<=[吗呢嗎])\s+"
    r"|\s+(?=(?:and|also|plus)\b)",
    re.IGNORECASE,
)
_ITEM = re.compile(
    r"(?:(?:^|(?<=[\s:：;；。？?，,]))"
    r"(?:[（(](?P<a>[1-9])[）)]|(?P<b>[1-9])(?:[、）)．]|\.(?!\d)))|(?P<c>[①-⑨]))\s*"
)
_LEAD = re.compile(
    r"^(?:[\s,，、;；:：.。!！]|另外|还有(?!没)|還有(?!沒)|以及|顺便|順便|同时|同時|然后|然後|再(?=问|問)"
    r"|问一?下|問一?下|想问|请问|請問|(?:and|also|plus|but|then|so)\b)+",
    re.IGNORECASE,
)
_PROTECTED = re.compile(r"`[^`\n]+`|(?:https?|wss?)://[^\s，。？！；]+", re.IGNORECASE)

_ASKS_ZH = re.compile(
    "[吗么嘛](?:[?\\s,]|$)|(?:什么|谁|怎么|哪)(?!都|也)|啥|怎样|咋|如何|多少|多[久长大高快]|何时"
    "|为何|干嘛|能否|可否|是否|有没有|有无|([\\u4e00-\\u9fff])[不没]\\1"
    "|[要得有是第能多到打扣等限收付交提买开用写填选押约差][几](?!乎)|几[点号岁]"
    "|[用看是选走先收付算].{1,12}还是|呢[?？\\s]*$"
)
_BE = (
    "do|does|did|can|could|may|must|should|shall|will|would|is|are|am|was|were|has|have|don't"
    "|doesn't|didn't|can't|isn't|aren't|won't"
)
_SUBJECT = (
    "i|you|we|it|they|he|she|there|my|your|our|their|the|this|that|these|those|a|an|any|some"
    "|someone|anyone|harbor"
)
_ASKS_EN = re.compile(
    rf"(?:(?!should (?:that|this|the|it)\b)(?:{_BE}) \w"
    r"|(?:what|how|why|whose)\b|(?:which|who) (?!is |was |has |i |you )\w"
    rf"|(?:when|where) (?:{_BE})\b"
    r"|(?:from|until|since|by|for|at|in|to|above|below|under|within|after|on)"
    r" (?:what|which|when|how)\b"
    r"|(?:what|how|who|where|when|why)'s\b)"
)
_ASKS_AFTER_AND = re.compile(
    rf"(?:(?:{_BE}) (?:{_SUBJECT})\b|(?:what|how|why|which|who|whose)\b|(?:when|where) (?:{_BE})\b)"
)
_AND = re.compile(r"^\s*(?:and|also|plus)\b")
_GUESS = re.compile(r"^(?:还)?是(?!否)|^难道|^莫非|^(?:is|was|are) (?:it|this|that|these)\b|^or\b")
_ANAPHORA = re.compile(
    r"它|[那这][个笔张种]|\b(?:it|its|they|them)\b|\b(?:this|that|those|these|one)(?=\s*(?:[?.!,]|$))"
)
_MEASURE = re.compile(
    r"\bhow (?:long|much|many|far|old|often|soon|fast|quickly)\b|\bwhat about\b", re.IGNORECASE
)
"""Question words of which the second is no stop word by itself."""
_ABOUT = re.compile(r"问|请教|以下|question|ask|help|following", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Clause:
    """A stretch of the question between two boundaries."""

    text: str
    """With the sign that ends it."""
    asks: bool
    """Whether it is put as a question."""
    content: int
    """See `_content`."""


@dataclass(frozen=True, slots=True)
class Part:
    """One of the questions in a question."""

    asked: str
    """In the user's own words."""
    question: str
    """What to search for: with the subject of an earlier part where it needs that."""

    @property
    def leans(self) -> bool:
        """Whether it means nothing without the part before it."""
        return self.question != self.asked


def split(question: str, most: int = MAX_PARTS) -> tuple[Part, ...]:
    """Cut a question into the questions in it.

    Cut are the items of a numbered list, and clauses that each ask something: between question
    marks, at commas, and before "and" where a question follows it. Statements stay with the
    question after them, and a tag (对吗？), a guess at the answer (是 bug 吗？) or a clause without
    content (怎么办？) with the one before. A short part, or one that says "it", takes over the
    subject of the part before it.

    Args:
        question: as asked, any length.
        most: parts, 2 to `MAX_PARTS`.

    Returns:
        1 to `most` parts in order; the question itself, stripped, where it asks one thing.
    """
    whole = question.strip()
    listed = _numbered(whole, most)
    if listed is not None:
        return listed
    groups = _groups(_clauses(whole))
    if len(groups) < 2:
        return (Part(whole, whole),)
    if len(groups) > most:
        groups = [*groups[: most - 1], list(chain(*groups[most - 1 :]))]
    texts = [_tidy("".join(clause.text for clause in group)) for group in groups]
    return _joined(texts, [_topic_of(group) for group in groups])


def _joined(texts: list[str], topics: list[str], topic: str = "") -> tuple[Part, ...]:
    """The parts, each with the subject of the last one that has its own, where it needs that."""
    parts: list[Part] = []
    for text, own in zip(texts, topics, strict=True):
        if _needs(text, topic):
            parts.append(Part(text, f"{topic} {text}"))
        else:
            parts.append(Part(text, text))
            topic = own or topic
    return tuple(parts)


def _numbered(text: str, most: int) -> tuple[Part, ...] | None:
    """The items of a list numbered from 1, with the subject of what stands before them."""
    marks: list[re.Match[str]] = []
    for match in _ITEM.finditer(text):
        label = match["a"] or match["b"] or match["c"]
        number = ord(label) - ord("①") + 1 if match["c"] else int(label)
        if number == len(marks) + 1:
            marks.append(match)
    if len(marks) < 2:
        return None
    ends = [mark.start() for mark in marks[1:most]] + [len(text)]
    items = [_tidy(text[m.end() : end]) for m, end in zip(marks, ends, strict=False)]
    before = text[: marks[0].start()]
    about = "" if _ABOUT.search(before) else _topic(before)
    if not all(_content(item) or (about and _asks(item)) for item in items):
        return None
    return _joined(items, [_topic(item) for item in items], about)


def _clauses(text: str) -> list[_Clause]:
    """What stands between the boundaries; nothing where there is none to cut at."""
    protected = [match.span() for match in _PROTECTED.finditer(text)]
    cuts = [
        match.end()
        for match in _BOUNDARY.finditer(text)
        if not any(start <= match.start() < end for start, end in protected)
    ]
    borders = [0, *cuts, len(text)]
    pieces = [text[a:b] for a, b in pairwise(borders) if text[a:b].strip()]
    if len(pieces) < 2:
        return []
    return [_Clause(piece, _asks(piece), _content(_LEAD.sub("", piece))) for piece in pieces]


def _asks(text: str) -> bool:
    """Whether a clause is put as a question."""
    folded = fold(text).strip()
    bare = fold(_LEAD.sub("", text)).strip()
    pattern = _ASKS_AFTER_AND if _AND.match(folded) else _ASKS_EN
    return _ASKS_ZH.search(bare) is not None or pattern.match(bare) is not None


def _groups(clauses: list[_Clause]) -> list[list[_Clause]]:
    """Clauses by question: statements go to the next one, or to the last where none follows."""
    groups: list[list[_Clause]] = []
    waiting: list[_Clause] = []
    for clause in clauses:
        guess = _GUESS.match(fold(_LEAD.sub("", clause.text)).strip()) is not None
        said = clause.content + sum(other.content for other in waiting)
        if clause.asks and said and not (guess and groups):
            groups.append([*waiting, clause])
            waiting = []
        elif groups and (guess or clause.asks or not clause.content):
            groups[-1] += [*waiting, clause]
            waiting = []
        else:
            waiting.append(clause)
    if groups:
        groups[-1] += waiting
    return groups


def _tidy(text: str) -> str:
    return _LEAD.sub("", text).rstrip(" \t\r\n,，;；、")


def _needs(text: str, topic: str) -> bool:
    """Whether a part would be understood only with the subject before it."""
    if not topic or fold(topic) in fold(text):
        return False
    content = _content(text)
    refers = _ANAPHORA.search(fold(text)) is not None
    return content <= SHORT or (refers and content <= 2 * SHORT)


def _topic_of(group: list[_Clause]) -> str:
    """The subject of a question: of a short statement before it, else its own."""
    found = next(place for place, clause in enumerate(group) if clause.asks)
    said = "".join(clause.text for clause in group[:found])
    return (_topic(said) if _content(said) <= MAX_TOPIC else "") or _topic(group[found].text)


def _topic(text: str) -> str:
    """The first stretch of content; all content words where the text has no Han characters.

    Between two words of a Chinese subject stands at most a particle such as 的 or 到.
    """
    pieces = _pieces(text)
    han = any(re.match(UNSPACED_RUN, word) for word, _, _, stop in pieces if not stop)
    chosen: list[tuple[int, int]] = []
    units = 0
    for place, (word, start, end, stop) in enumerate(pieces):
        if stop:
            following = pieces[place + 1 : place + 2]
            if (
                han
                and units >= _WORD
                and not (word in "的到和里用给" and following and not following[0][3])
            ):
                break
            continue
        units += _units(word)
        if units > MAX_TOPIC:
            break
        chosen.append((start, end))
    if not chosen or units < _WORD:
        return ""
    if han:
        return text[chosen[0][0] : chosen[-1][1]]
    return " ".join(text[start:end] for start, end in chosen)


def _pieces(text: str) -> list[tuple[str, int, int, bool]]:
    """Words and stretches of Han characters with their places and whether they are stop words."""
    found: list[tuple[str, int, int, bool]] = []
    text = _MEASURE.sub(lambda match: " " * len(match[0]), text)
    for atom in ATOM.finditer(text):
        folded = fold(atom[0])
        if not re.match(UNSPACED_RUN, atom[0]) or len(folded) != len(atom[0]):
            found.append((folded, *atom.span(), folded in english_stops()))
            continue
        for place, (char, stop) in enumerate(zip(folded, stop_flags(folded), strict=True)):
            at = atom.start() + place
            found.append((char, at, at + 1, stop))
    return found


def _units(word: str) -> int:
    return 1 if re.fullmatch(UNSPACED_RUN, word) else _WORD


def _content(text: str) -> int:
    """Content of a text: 1 for each Han character and 2 for each word that is no stop word."""
    return sum(_units(word) for word, _, _, stop in _pieces(text) if not stop)
