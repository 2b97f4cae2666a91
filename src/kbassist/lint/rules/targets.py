"""Where a link leads: an article, a file, an address, nowhere; or nobody can tell."""

from __future__ import annotations

import posixpath
import re
import unicodedata
from typing import Literal, NamedTuple
from urllib.parse import unquote, urlsplit
from weakref import WeakKeyDictionary

from kbassist.lint.model import Kb, Link, Page

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_TEMPLATE = re.compile(r"[{}<>$]|^[~@]|%7B", re.IGNORECASE)
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}")
_PAGES = ("", ".md", "/index.md", "/README.md", "/_index.md", ".markdown")
_ADDRESS = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")


class Target(NamedTuple):
    """What a link leads to."""

    kind: Literal["article", "file", "missing", "bare", "mail", "web", "unknown"]
    """`bare` is an address without its scheme, `mail` one without `mailto:`; `unknown` cannot be
    told, since another program makes the page."""
    page: Page | None = None
    """The article."""
    anchor: str = ""
    """Decoded, of an article."""
    path: str = ""
    """Relative to the kb folder, of what is missing."""
    host: str = ""
    """In lower case, of an address."""


_UNKNOWN = Target("unknown")
_RESOLVED: WeakKeyDictionary[Kb, list[tuple[Page, Link, Target]]] = WeakKeyDictionary()


def targets(kb: Kb) -> list[tuple[Page, Link, Target]]:
    """Every link and image with where it leads; worked out once for all rules."""
    found = _RESOLVED.get(kb)
    if found is None:
        found = [
            (page, link, target_of(page, link, kb)) for page in kb.pages for link in page.links
        ]
        _RESOLVED[kb] = found
    return found


def target_of(page: Page, link: Link, kb: Kb) -> Target:
    """Where a link or image leads.

    Args:
        page: on which it stands.
        link: as written.
        kb: all pages.
    """
    href = link.href.strip()
    if not href or _TEMPLATE.search(href):
        return _UNKNOWN
    if href.startswith("//") or _SCHEME.match(href):
        return _web(href)
    if re.match(r"www\.[\w-]+\.", href):
        return Target("bare")
    if _ADDRESS.fullmatch(href):
        return Target("mail")
    path, _, anchor = href.partition("#")
    path = path.partition("?")[0]
    if not path:
        return Target("article", page, unquote(anchor))
    return _local(page, path, unquote(anchor), kb)


def _web(href: str) -> Target:
    try:
        parts = urlsplit(href)
        host = parts.hostname or ""
    except ValueError:
        return _UNKNOWN
    if parts.scheme.lower() not in ("http", "https", ""):
        return _UNKNOWN
    return Target("web", host=host.lower())


def _local(page: Page, path: str, anchor: str, kb: Kb) -> Target:
    absolute = path.startswith("/")
    folder = "" if absolute else posixpath.dirname(page.path)
    for written in dict.fromkeys((unquote(path), path)):
        plain = posixpath.normpath(posixpath.join(folder, written.lstrip("/")))
        names = [plain + suffix for suffix in _PAGES]
        names.append(re.sub(r"\.html?$", ".md", plain))
        found = next((kb.by_path[name] for name in names if name in kb.by_path), None)
        if found is not None:
            return Target("article", found, anchor)
        if (kb.scope.folder / plain).exists():
            return Target("file")
    plain = posixpath.normpath(posixpath.join(folder, unquote(path).lstrip("/")))
    if absolute and not (kb.scope.folder / plain.split("/")[0]).is_dir():
        return _UNKNOWN
    suffix = _SUFFIX.fullmatch(posixpath.splitext(plain)[1])
    if suffix is None or suffix[0].lower() in (".html", ".htm", ".aspx", ".php"):
        return _UNKNOWN
    return Target("missing", path=plain)


def within(host: str, domains: tuple[str, ...]) -> bool:
    """Whether a host is one of these domains or below one."""
    return any(host == domain or host.endswith(f".{domain}") for domain in domains)


def loose(anchor: str) -> str:
    """What anchors have in common that different publishing tools make of one heading."""
    folded = unicodedata.normalize("NFKD", anchor).casefold()
    return "".join(char for char in folded if char.isalnum())
