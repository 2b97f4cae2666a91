"""The flow of an article → its sections, with anchors, keys and heading paths."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from kbassist.articles.anchors import Numbered, key_part, slug
from kbassist.articles.flow import Close, Event, Head, Open, Piece, Target
from kbassist.articles.questions import is_question, question_text
from kbassist.articles.source import Source
from kbassist.types import Block, Section, Span


@dataclass(slots=True)
class Draft:
    """A section while blocks are still added."""

    heading: str
    level: int
    path: tuple[str, ...]
    anchor: str
    key: tuple[str, ...]
    head: Span | None
    questions: list[str]
    is_question: bool
    blocks: list[Block] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    """What `questions:` in the front matter may call it."""


@dataclass(slots=True)
class _Place:
    """One step of the path of open headings."""

    depth: float
    draft: Draft
    path: tuple[str, ...]
    key: tuple[str, ...]


def article_title(events: Sequence[Event]) -> str:
    """The first H1, else the first heading, else empty."""
    heads = [event for event in events if isinstance(event, Head) and event.text]
    first = next((head for head in heads if head.level == 1), heads[0] if heads else None)
    return first.text if first else ""


class _Builder:
    def __init__(self, title: str) -> None:
        self.title = title
        self.root = Draft("", 0, (), "", (), None, [], False)
        self.drafts = [self.root]
        self.stack = [_Place(0, self.root, (), ())]
        self.saved: list[list[_Place] | None] = []
        self.answering = 0
        self.anchors = Numbered()
        self.pending = ""
        self.headless = True

    def build(self, events: Sequence[Event]) -> list[Draft]:
        for event in events:
            if isinstance(event, Piece):
                self.pending = ""
                self.stack[-1].draft.blocks.append(event.block)
                self._reserve(event.block)
            elif isinstance(event, Head):
                self._head(event)
            elif isinstance(event, Open):
                self._open(event)
            elif isinstance(event, Close):
                self._close()
            elif isinstance(event, Target):
                self.pending = event.name
        return self.drafts

    def _reserve(self, block: Block) -> None:
        """Headings in quotes and list items have anchors too, though no sections."""
        if block.kind == "heading":
            self.anchors.take(slug(block.text))
        for child in block.children if block.kind in ("list", "item") else ():
            self._reserve(child)

    def _head(self, head: Head) -> None:
        anchor = head.anchor or self.pending
        self.pending = ""
        part = key_part(anchor or slug(head.text))
        anchor = self.anchors.take(anchor or slug(head.text))
        if self.answering:
            if head.text:
                block = Block("heading", head.span, head.text)
                self.stack[-1].draft.blocks.append(block)
            return
        asks = is_question(head.text)
        questions = [question_text(head.text)] if asks else []
        if self.headless and head.level == 1:
            path: tuple[str, ...] = () if head.text in ("", self.title) else (head.text,)
            draft = self.root
            draft.heading, draft.level, draft.path, draft.anchor = head.text, 1, path, anchor
            draft.head, draft.questions, draft.is_question = head.span, questions, asks
            self.stack = [self.stack[0], _Place(1, draft, path, ())]
        else:
            while self.stack[-1].depth >= head.level:
                self.stack.pop()
            path = self.stack[-1].path + ((head.text,) if head.text else ())
            key = (*self.stack[-1].key, part)
            draft = Draft(head.text, head.level, path, anchor, key, head.span, questions, asks)
            self.drafts.append(draft)
            self.stack.append(_Place(head.level, draft, path, key))
        draft.names |= {anchor, slug(head.text)}
        self.headless = False

    def _open(self, event: Open) -> None:
        if self.answering or event.span is None or not event.title:
            if self.answering:
                self.answering += 1
                if event.span is not None and event.title:
                    block = Block("paragraph", event.span, event.title)
                    self.stack[-1].draft.blocks.append(block)
            self.saved.append(None if self.answering else list(self.stack))
            return
        self.saved.append(list(self.stack))
        top = self.stack[-1]
        path, key = (*top.path, event.title), (*top.key, key_part(slug(event.title)))
        level = min(top.draft.level + 1, 6)
        questions = [event.title] if event.question else []
        draft = Draft(event.title, level, path, top.draft.anchor, key, event.span, questions,
                      event.question)  # fmt: skip
        draft.names.add(slug(event.title))
        self.drafts.append(draft)
        self.stack.append(_Place(top.depth + 0.5, draft, path, key))
        self.answering = int(event.question)

    def _close(self) -> None:
        if self.answering:
            self.answering -= 1
        stack = self.saved.pop() if self.saved else None
        if stack is not None:
            self.stack = stack


TOP = "top"
"""Names the text before the first heading, as the fragment `#top` does in HTML."""


def build_sections(
    events: Sequence[Event], title: str, phrasings: dict[str, list[str]], source: Source
) -> tuple[tuple[Section, ...], list[str]]:
    """All sections in document order, and the keys of `phrasings` that name none of them.

    Args:
        events: a balanced flow.
        title: the article's title; a heading path leaves it out.
        phrasings: anchor or heading → other ways to ask for that section.
        source: the text that spans refer to.
    """
    drafts = _Builder(title).build(events)
    unknown = _attach(drafts, phrasings)
    root = drafts[0]
    if not root.blocks and root.head is None:
        drafts = drafts[1:]
    keys = Numbered("~", 2)
    sections = []
    for draft in drafts:
        spans = [draft.head] if draft.head else []
        spans += [block.span for block in draft.blocks]
        start, end = min(span.start for span in spans), max(span.end for span in spans)
        span = source.span(start, end)
        assert span is not None
        sections.append(
            Section(
                heading=draft.heading,
                level=draft.level,
                heading_path=draft.path,
                anchor=draft.anchor,
                key=keys.take("/".join(draft.key)),
                span=span,
                questions=tuple(dict.fromkeys(draft.questions)),
                is_question=draft.is_question,
                blocks=tuple(draft.blocks),
            )
        )
    return tuple(sections), unknown


def _attach(drafts: list[Draft], phrasings: dict[str, list[str]]) -> list[str]:
    """Add each phrasing to the section that its anchor names."""
    unknown = []
    for name, texts in phrasings.items():
        wanted = name.lstrip("#")
        found = next((draft for draft in drafts if wanted == draft.anchor and draft.head), None)
        found = found or next((d for d in drafts if wanted in d.names), None)
        found = found or next((d for d in drafts if slug(wanted) in d.names), None)
        if found is None and wanted == TOP:
            found = drafts[0]
        if found is None:
            unknown.append(name)
            continue
        _first_with_text(drafts, found).questions.extend(texts)
    return unknown


def _first_with_text(drafts: list[Draft], draft: Draft) -> Draft:
    """The section itself, or the first one below it if it has no text of its own."""
    if draft.blocks:
        return draft
    below = drafts[drafts.index(draft) + 1 :]
    for other in below:
        if other.key[: len(draft.key)] != draft.key:
            break
        if other.blocks:
            return other
    return draft
