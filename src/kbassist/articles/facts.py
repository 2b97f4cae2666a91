"""What the rest of a knowledge base needs to know of one file: no more than its front matter says.

All files are judged together by these (`whole`), so that one that did not change is not parsed.
"""

from __future__ import annotations

from dataclasses import dataclass

from kbassist.articles.glossary import Term, read_terms
from kbassist.articles.parse import Parsed
from kbassist.types import Article, BuildWarning, Status


@dataclass(frozen=True, slots=True)
class Facts:
    """One usable file."""

    path: str
    id: str
    """The one that the file asks for; another file may have it too."""
    title: str
    status: Status
    audience: tuple[str, ...]
    translation_of: str | None
    id_line: int | None
    """Line of the front matter key, where it is given."""
    translation_line: int | None
    warnings: tuple[BuildWarning, ...]
    terms: tuple[Term, ...]
    """The entries of a glossary."""


def facts_of(article: Article, parsed: Parsed) -> Facts:
    """The facts of a file that was parsed without problems.

    Args:
        article: of `parsed`.
        parsed: what came of the file.
    """
    meta = article.meta
    return Facts(
        path=meta.path,
        id=meta.id,
        title=meta.title,
        status=meta.status,
        audience=meta.audience,
        translation_of=meta.translation_of,
        id_line=parsed.lines.get("id"),
        translation_line=parsed.lines.get("translation_of"),
        warnings=parsed.warnings,
        terms=read_terms(article),
    )
