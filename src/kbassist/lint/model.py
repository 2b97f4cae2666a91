"""What a rule is, what it finds, and what it looks at."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Literal

from kbassist.articles.glossary import Term
from kbassist.articles.source import Source
from kbassist.errors import ArticleError
from kbassist.kb_config import KbConfig
from kbassist.lint.prose import prose_of
from kbassist.types import Article, BuildWarning

Severity = Literal["error", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("error", "warning", "info")
"""The gravest first."""


@dataclass(frozen=True, slots=True)
class Edit:
    """A slice of an article's decoded text and what replaces it."""

    start: int
    end: int
    new: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a rule's function found; the rule's own words complete it."""

    path: str
    """File relative to the kb folder."""
    line: int
    """1-based, in the file."""
    message: str
    """What is wrong here, with what was found."""
    fix: str = ""
    """What mends it; empty for the rule's own advice."""
    edits: tuple[Edit, ...] = ()
    """What mends it by itself; empty where a person must."""


@dataclass(frozen=True, slots=True)
class Link:
    """A link or an image, in Markdown or HTML."""

    href: str
    """As written, without a title."""
    text: str
    """What a reader sees of it; an image's alternative text."""
    line: int
    start: int | None
    """Offset of `href` in the text; None where it stands elsewhere (a reference) or is escaped."""
    image: bool = False
    decorative: bool = False
    """Whether an image says by itself that it needs no alternative text."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading as it is written, wherever it stands."""

    level: int
    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Silence:
    """A comment that silences rules."""

    names: tuple[str, ...]
    """Codes or names of rules, as written."""
    line: int
    """Of the comment."""
    target: int | None
    """The line that it silences; None for the whole file."""
    span: tuple[int, int]
    """Of the comment in the text."""


@dataclass(frozen=True)
class Page:
    """One file with all that rules look at; it is parsed once."""

    path: str
    text: str
    """Decoded; empty where that failed."""
    article: Article | None
    """None where the front matter has a problem."""
    problems: tuple[ArticleError, ...] = ()
    warnings: tuple[BuildWarning, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)
    """Front matter key → its line."""
    body: int = 0
    """Offset of the first character after the front matter."""
    links: tuple[Link, ...] = ()
    headings: tuple[Heading, ...] = ()
    raw: tuple[tuple[int, int], ...] = ()
    """First and last line of each code or HTML block."""
    open_fences: tuple[int, ...] = ()
    """Lines of fences that are never closed."""
    anchors: frozenset[str] = frozenset()
    includes: bool = False
    """Whether text from elsewhere is put in on publishing, so that anchors may come from there."""
    silences: tuple[Silence, ...] = ()
    terms: tuple[Term, ...] = ()
    """The entries of a glossary."""

    @cached_property
    def source(self) -> Source:
        """The text with its lines."""
        return Source(self.text)

    @cached_property
    def prose(self) -> str:
        """The running text, everything else blanked: every character keeps its place."""
        return prose_of(self.source, self.body, self.raw)

    def line_of(self, offset: int) -> int:
        """1-based line of a character."""
        return self.source.line_of(offset)

    @property
    def published(self) -> bool:
        """Whether readers meet the article."""
        return self.article is not None and self.article.meta.status == "published"


@dataclass(frozen=True, slots=True)
class LintSettings:
    """The table `[lint]` of `kbassist.toml`."""

    official_domains: tuple[str, ...] = ()
    """Domains, subdomains included, that articles may lead to; empty allows any."""
    ignore: tuple[str, ...] = ()
    """Codes of rules that are off."""
    severity: Mapping[str, Severity] = field(default_factory=dict)
    """Code → another severity."""
    per_path: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Pattern of paths and the codes that are off for them."""
    max_section_tokens: int = 1200
    """Tokens beyond which a section is too long to cite: a Han character or a word counts 1."""
    known_terms: tuple[str, ...] = ()
    """Words that need no glossary entry."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What holds for all files."""

    folder: Path
    config: KbConfig
    settings: LintSettings
    today: date


@dataclass(frozen=True, eq=False)
class Kb:
    """All files together."""

    scope: Scope
    pages: tuple[Page, ...]
    """By path."""

    @cached_property
    def by_path(self) -> dict[str, Page]:
        return {page.path: page for page in self.pages}

    @cached_property
    def articles(self) -> tuple[tuple[Page, Article], ...]:
        """The pages that can be used."""
        return tuple((page, page.article) for page in self.pages if page.article is not None)

    def published(self) -> Iterator[tuple[Page, Article]]:
        """The pages that readers meet."""
        return (pair for pair in self.articles if pair[0].published)


PageCheck = Callable[[Page, Scope], Iterable[Found]]
KbCheck = Callable[[Kb], Iterable[Found]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One thing that may be wrong, declared for the checks, the documentation and the user."""

    code: str
    """`KB` and three digits; the first names the family."""
    name: str
    """For people, in comments and settings as good as the code."""
    severity: Severity
    """Unless the settings say otherwise."""
    what: str
    """What is reported, in one sentence."""
    why: str
    """What a reader, a bot or a writer suffers from it, in one sentence."""
    fix: str
    """What mends it."""
    example: str
    """A few lines that are reported."""
    fixable: bool = False
    """Whether `--fix` mends it, at least in the plain cases."""
    page: PageCheck | None = None
    """Checks one file."""
    kb: KbCheck | None = None
    """Checks all files together."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, as it is shown."""

    code: str
    rule: str
    severity: Severity
    path: str
    line: int
    message: str
    fix: str
    edits: tuple[Edit, ...] = ()

    @property
    def fixable(self) -> bool:
        """Whether `--fix` mends it."""
        return bool(self.edits)
