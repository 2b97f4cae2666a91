"""What counts as a question, and the written-out ``Q:`` / ``A:`` form."""

from __future__ import annotations

import re
from dataclasses import dataclass

from kbassist.articles.flow import Close, Event, Head, Open, Piece, Rule
from kbassist.articles.plain import render_fragment
from kbassist.articles.source import Source
from kbassist.types import Block, Span

_NUMBER = r"(?:第?[\dA-Za-z一二三四五六七八九十]{1,3}[.、)）:：]\s*|[(（]\d{1,3}[)）]\s*)?"
_SHAPED = re.compile(
    rf"""{_NUMBER}(?:
      如何|怎么|怎樣|怎样|怎麼|为什么|為什麼|为何|為何|什么是|什麼是|何谓|哪些|哪里|哪儿|能否|是否|可否
    | (?:how|what|why|when|where|which|who|whose|whom)(?:['’]s|['’]re)?\b(?!ever)
    | (?:can|could|do|does|did|is|are|was|were|should|will|would|may|must|am|have|has)
      \s+(?:i|we|you|my|it|there|they|the|this|that|a|an|any)\b
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_INSIDE = re.compile(r"为什么|為什麼|怎么|怎麼|怎样|怎樣|如何|(?:是什么|是什麼|[吗嗎呢])$")
_LABELLED = re.compile(r"(?:Q|问|問)\d{0,3}\s*[:：.、]\s*\S", re.IGNORECASE)

_BOLD = r"(?:\*\*|__)?"
_LABEL = re.compile(
    rf"^[ \t>]*(?P<open>{_BOLD})[ \t]*"
    r"(?:(?P<q>Q|Question|问题|問題|问|問|提问)|(?P<a>A|Answer|答案|回答|答))"
    rf"[ \t]?\d{{0,3}}(?P<inner>{_BOLD})[ \t]*[:：](?P<after>{_BOLD})[ \t]*",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBERED = re.compile(
    rf"^[ \t>]*(?P<open>{_BOLD})(?P<q>Q)(?P<a>)\d{{1,3}}(?P<inner>)[.、](?P<after>{_BOLD})[ \t]*",
    re.MULTILINE,
)
_WEAK = frozenset({"问题", "問題"})
_LABEL_TEXT = re.compile(
    r"(?:\d{1,3}[.、)）]\s*|(?:Q|Question|问题|問題|问|問|提问)\s?\d{0,3}\s*[:：.、]\s*)",
    re.IGNORECASE,
)
_WHOLLY_BOLD = re.compile(r"(\*\*|__)[^*_\n]+[?？](?:\1|\1\\?)\s*")


def is_question(text: str) -> bool:
    """Whether a heading asks something."""
    text = text.strip()
    if not text:
        return False
    return (
        text[-1] in "?？"
        or _SHAPED.match(text) is not None
        or _INSIDE.search(text) is not None
        or _LABELLED.match(text) is not None
    )


def question_text(text: str) -> str:
    """The question without its ``Q:`` label or its number."""
    match = _LABEL_TEXT.match(text)
    return text[match.end() :].strip() or text if match else text


@dataclass(slots=True)
class _Part:
    """A stretch of a paragraph: a question, an answer, or neither."""

    role: str
    span: Span
    text: str
    strong: bool = True
    """Whether it is a question even if no answer label follows."""


class _Pass:
    def __init__(self, source: Source) -> None:
        self.source = source
        self.out: list[Event] = []
        self.open = False
        self.depth = 0

    def run(self, events: list[Event]) -> list[Event]:
        parts = [self._parts(event) for event in events]
        for index, event in enumerate(events):
            found = parts[index]
            if found:
                following = next((part for part in parts[index + 1 : index + 2] if part), [])
                self._qa(found, following)
            else:
                self._other(event)
        self._end()
        return self.out

    def _end(self) -> None:
        if self.open:
            self.out.append(Close())
            self.open = False

    def _other(self, event: Event) -> None:
        if isinstance(event, Close):
            if self.depth == 0:
                self._end()
            else:
                self.depth -= 1
        elif isinstance(event, Head | Rule):
            self._end()
            self.depth = 0
        elif isinstance(event, Open) and self.open:
            if event.title and not self.depth:
                self._end()
            else:
                self.depth += 1
        self.out.append(event)

    def _qa(self, parts: list[_Part], following: list[_Part]) -> None:
        for index, part in enumerate(parts):
            rest = parts[index + 1 :] or following
            answered = bool(rest) and rest[0].role == "answer"
            if part.role == "question" and not self.depth and (part.strong or answered):
                self._end()
                title = " ".join(question_text(part.text).split())
                self.out.append(Open(title, part.span, question=True))
                self.open = True
            else:
                self.out.append(Piece(Block("paragraph", part.span, part.text)))

    def _parts(self, event: Event) -> list[_Part]:
        """The question and answer parts of a paragraph; empty if it holds no label."""
        if not isinstance(event, Piece) or event.block.kind != "paragraph":
            return []
        block = event.block
        raw = self.source.text[block.span.start : block.span.end]
        labels = _labels(raw)
        if not labels:
            if _WHOLLY_BOLD.fullmatch(raw):
                return [_Part("question", block.span, block.text)]
            return []
        edges = [match.start() for match in labels] + [len(raw)]
        parts = [self._part("other", block, 0, edges[0], block.text, len(edges) == 1)]
        for match, end in zip(labels, edges[1:], strict=True):
            role = "question" if match["q"] else "answer"
            start = _after(match, raw, end) if role == "answer" else match.start()
            whole = len(labels) == 1 and match.start() == 0
            part = self._part(role, block, start, end, block.text, whole)
            if part is not None and role == "question":
                bold = bool(match["open"] or match["after"])
                part.strong = match["q"] not in _WEAK and (bold or is_question(part.text))
            parts.append(part)
        return [part for part in parts if part is not None]

    def _part(
        self, role: str, block: Block, start: int, end: int, text: str, whole: bool
    ) -> _Part | None:
        span = self.source.span(block.span.start + start, block.span.start + end)
        if span is None:
            return None
        if not whole or span != block.span:
            text = render_fragment(self.source.text[span.start : span.end]) or text
        return _Part(role, span, text)


def _labels(raw: str) -> list[re.Match[str]]:
    if raw.find(":") < 0 and raw.find("：") < 0 and raw[:3].lstrip("*_")[:1] not in ("Q", "q"):
        return []
    found = [*_LABEL.finditer(raw), *_NUMBERED.finditer(raw)]
    found.sort(key=lambda match: match.start())
    return found if found and found[0].start() == 0 else []


def _after(match: re.Match[str], raw: str, end: int) -> int:
    """Where an answer begins: after its label, unless the bold around it reaches further."""
    marks = bool(match["open"]) + bool(match["inner"]) + bool(match["after"])
    if marks % 2 or not raw[match.end() : end].strip():
        return match.start()
    return match.end()


def find_questions(events: list[Event], source: Source) -> list[Event]:
    """Turn written-out questions with their answers into pseudo-sections."""
    return _Pass(source).run(events)
