"""Articles as resources: an address for each, a list by pages, and their Markdown."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote, unquote

from kbassist.errors import NotFound, UsageError
from kbassist.serve import cursors
from kbassist.serve.knowledge import View
from kbassist.serve.parameters import shown
from kbassist.types import ArticleMeta

SCHEME = "kbassist://article/"
TEMPLATE = SCHEME + "{id}"
PAGE = 100
"""Articles on a page."""
MAX_URI = 3000
"""Characters; an id of 1,000 Han characters takes nine times as many, and there are none."""


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the articles."""

    articles: list[ArticleMeta]
    next_cursor: str | None


def uri(article_id: str) -> str:
    """The address of an article: its id with all but plain letters escaped, slashes too."""
    return SCHEME + quote(article_id, safe="")


def page(view: View, cursor: str | None) -> Page:
    """One page of the articles that the server may show, by id.

    Raises:
        UsageError: a cursor of something else.
    """
    asked = view.asked("resources", {})
    start = cursors.read(cursor, asked)
    metas = view.visible()
    end = start + PAGE
    return Page(metas[start:end], cursors.make(end, asked) if end < len(metas) else None)


def read(view: View, address: str) -> tuple[ArticleMeta, str]:
    """The article of an address with its Markdown as it was built.

    Raises:
        NotFound: it is no such address, or no article that the server may show has it.
    """
    meta = None
    if address.startswith(SCHEME) and len(address) <= MAX_URI:
        name = unquote(address[len(SCHEME) :], errors="replace")
        meta = view.index.store.article(id=name)
    if meta is None or not view.index.may_see(meta, view.audience):
        raise NotFound(
            f"no such resource: {shown(address)}",
            hint=f"List the resources; an address is {TEMPLATE}, the id percent-encoded.",
        )
    return meta, view.index.store.article_text(meta.id)


def listed_error(error: Exception) -> str:
    """What a client reads of an error about resources."""
    if isinstance(error, (NotFound, UsageError)):
        return f"{error.message}. {error.hint}".strip()
    return "the knowledge base cannot be read now"
