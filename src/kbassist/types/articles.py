r"""What an article is made of, from its file to the chunks of an index.

Character offsets and lines refer to an article's *decoded text*: the file read as UTF-8 without its
byte order mark and with every line ending as ``\n`` (what ``Path.read_text("utf-8-sig")`` returns).
Offsets are 0-based and half-open; lines are 1-based and inclusive.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal

from kbassist.serial import Serializable

Kind = Literal["faq", "guide", "feature", "safety", "glossary", "notice"]
KINDS: tuple[Kind, ...] = ("faq", "guide", "feature", "safety", "glossary", "notice")

Status = Literal["published", "draft", "archived"]
STATUSES: tuple[Status, ...] = ("published", "draft", "archived")

HandoffRule = Literal["always"]
HANDOFF_RULES: tuple[HandoffRule, ...] = ("always",)


@dataclass(frozen=True, slots=True)
class Span:
    """A slice of an article's decoded text."""

    start: int
    """First character, 0-based."""
    end: int
    """One past the last character."""
    start_line: int
    """Line of the first character, 1-based."""
    end_line: int
    """Line of the last character, 1-based, inclusive."""


UnitKind = Literal["sentence", "item", "step", "header", "row", "code"]


@dataclass(frozen=True, slots=True)
class Unit:
    """The smallest piece that may be quoted alone: a sentence, an item, a table row, a fence."""

    kind: UnitKind
    """`step` is an item of a numbered list; `header` is a table's head with its delimiter row."""
    span: Span
    """Where it stands in the article; always inside one span of its chunk."""


BlockKind = Literal["paragraph", "list", "item", "table", "row", "code", "html", "heading"]


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a section that is not cut while it fits the budget."""

    kind: BlockKind
    span: Span
    text: str
    """Plain rendering: no markup, no link targets, image alt texts kept."""
    ordered: bool = False
    """Whether a list is numbered."""
    children: tuple[Block, ...] = ()
    """Items of a list, or rows of a table (the first is the head with its delimiter row)."""


@dataclass(frozen=True, slots=True)
class Section:
    """What stands under one heading, up to the next; or one question with its answer."""

    heading: str
    """Plain text of the heading; empty for the text before the first one."""
    level: int
    """1 to 6 as written; 0 for the text before the first heading."""
    heading_path: tuple[str, ...]
    """Headings from the outermost to this one, without the article's title."""
    anchor: str
    """GitHub-style anchor of the nearest real heading, unique in the article; may be empty."""
    key: str
    """Heading-path anchor: stable under edits elsewhere in the file, unique in the article."""
    span: Span
    """From the heading's line to the last line of the section's own text."""
    questions: tuple[str, ...]
    """Question phrasings that this section answers."""
    is_question: bool
    """Whether the section is one question with its answer and must stay one chunk."""
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class ArticleMeta(Serializable):
    """What is known about an article apart from its text."""

    id: str
    """Stable citation key; by default the path without suffix."""
    path: str
    """POSIX path relative to the kb folder."""
    title: str
    locale: str
    """BCP 47: `zh-Hans`, `zh-Hant`, `en`, another language, or `und` where nothing tells."""
    kind: Kind
    status: Status = "published"
    audience: tuple[str, ...] = ("public",)
    products: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    """Other ways people ask for the article as a whole."""
    translation_of: str | None = None
    url: str | None = None
    updated: date | None = None
    review_by: date | None = None
    """Last day on which the article counts as reviewed."""
    valid_from: date | None = None
    """First day on which the article is searched and quoted; None for no limit."""
    valid_until: date | None = None
    """Last day on which it is; None for no limit."""
    handoff: HandoffRule | None = None
    """`always`: a person takes over what the article would answer; None: it is answered."""
    metadata: Mapping[str, Any] = field(default_factory=dict)
    """Front matter keys that kbassist does not know, kept as written."""

    def valid_on(self, day: date) -> bool:
        """Whether the article is searched and quoted on a day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_until is None or day <= self.valid_until)

    def address(self, anchor: str) -> str | None:
        """The article's public address with a section's anchor; None where it has none."""
        return f"{self.url}#{anchor}" if self.url and anchor else self.url


@dataclass(frozen=True, slots=True)
class Article:
    """One Markdown file, parsed."""

    meta: ArticleMeta
    text: str
    """The decoded text that all spans refer to."""
    sections: tuple[Section, ...]
    """In document order; together they hold all blocks of the article."""


@dataclass(frozen=True, slots=True)
class BuildWarning:
    """Something odd that did not stop the work; shown to the writer, never swallowed."""

    path: str
    """File that it is about, relative to the kb folder."""
    message: str
    """One sentence: what is odd and what was done about it."""
    line: int | None = None
    """1-based line, where there is one."""

    def __str__(self) -> str:
        place = self.path if self.line is None else f"{self.path}:{self.line}"
        return f"{place}: {self.message}"


@dataclass(frozen=True, slots=True)
class Chunk(Serializable):
    """The unit of retrieval: a section, or a part of one that fits the token budget."""

    id: str
    """`<article id>#<heading-path anchor>:<ordinal>`; an edit elsewhere never changes it."""
    article_id: str
    path: str
    title: str
    heading_path: tuple[str, ...]
    anchor: str
    """For links to the article's page; may be empty."""
    ordinal: int
    """1-based position among the chunks of its section."""
    spans: tuple[Span, ...]
    """In reading order; a table header repeated from an earlier chunk is a span of its own."""
    units: tuple[Unit, ...]
    """What may be quoted alone, in order, covering the text of the chunk."""
    source: str
    """The raw slices of `spans`, joined with newlines."""
    text: str
    """Plain rendering; what is searched as the body."""
    questions: tuple[str, ...]
    """Phrasings that its section answers; on the section's first chunk, searched as a field."""
    hash: str
    """SHA-256 of `source` as UTF-8, in hex."""

    @property
    def start_line(self) -> int:
        """First line of the chunk's own text; a repeated table header stands before it."""
        repeated = len(self.spans) > 1 and self.units[:1] and self.units[0].kind == "header"
        own = self.spans[1:] if repeated and self.units[0].span == self.spans[0] else self.spans
        return min(span.start_line for span in own)

    @property
    def end_line(self) -> int:
        return max(span.end_line for span in self.spans)

    @property
    def ref(self) -> str:
        """Display form of the place, `path:start-end`."""
        return f"{self.path}:{self.start_line}-{self.end_line}"
