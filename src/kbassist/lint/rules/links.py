"""KB2: links and anchors."""

from __future__ import annotations

import posixpath
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from urllib.parse import quote, unquote

from rapidfuzz import fuzz, process

from kbassist.lint.model import Edit, Found, Kb, Link, Page, Rule
from kbassist.lint.rules.targets import Target, loose, targets, within

_OF_EVERY_PAGE = frozenset({"top", "main", "content", "main-content"})
"""Anchors that browsers or the site around an article define."""


def _links(kb: Kb) -> Iterator[tuple[Page, Link, Target]]:
    return (found for found in targets(kb) if not found[1].image)


def _replaced(link: Link, old: str, new: str) -> tuple[Edit, ...]:
    """The edit that replaces the end of a link's target, where that is known to stand."""
    if link.start is None or not link.href.endswith(old):
        return ()
    end = link.start + len(link.href)
    return (Edit(end - len(old), end, new),)


def _broken(kb: Kb) -> Iterator[Found]:
    paths = _Paths(kb)
    for page, link, target in _links(kb):
        shown = f"link {link.href!r}"
        if target.kind == "bare":
            new = f"https://{link.href}"
            fix = f"Write {new}"
            message = f"{shown} has no https://, so it is taken for a file"
            yield Found(page.path, link.line, message, fix, _replaced(link, link.href, new))
        elif target.kind == "mail":
            new = f"mailto:{link.href}"
            message = f"{shown} has no mailto:, so it is taken for a file"
            yield Found(
                page.path, link.line, message, f"Write {new}", _replaced(link, link.href, new)
            )
        elif target.kind == "missing":
            other = paths.folded.get(target.path.casefold())
            message = f"{shown}: there is no {target.path}"
            if other is not None:
                written = posixpath.basename(link.href.partition("#")[0])
                edits: tuple[Edit, ...] = ()
                if posixpath.dirname(other) == posixpath.dirname(target.path):
                    rest = link.href[len(link.href.partition("#")[0]) :]
                    edits = _replaced(link, written + rest, posixpath.basename(other) + rest)
                yield Found(page.path, link.line, message, f"Its name is {other}.", edits)
                continue
            yield Found(page.path, link.line, message, paths.advice(target.path))


class _Paths:
    """The articles' paths, by what may be near one that is wrong."""

    def __init__(self, kb: Kb) -> None:
        self.folded = {page.path.casefold(): page.path for page in kb.pages}
        self._by_name = {posixpath.basename(page.path): page.path for page in reversed(kb.pages)}
        self._by_folder: defaultdict[str, list[str]] = defaultdict(list)
        for page in kb.pages:
            self._by_folder[posixpath.dirname(page.path)].append(page.path)

    def advice(self, path: str) -> str:
        """A file of that name elsewhere, or of a name like it in the same folder."""
        same = self._by_name.get(posixpath.basename(path))
        near = same or _nearest(path, self._by_folder[posixpath.dirname(path)])
        return f"Did you mean {near}?" if near else ""


def _nearest(written: str, known: Sequence[str], cutoff: float = 85) -> str | None:
    """The known name that is most like one written, by rapidfuzz's ratio of 0 to 100."""
    found = process.extractOne(written, known, scorer=fuzz.ratio, score_cutoff=cutoff)
    return found[0] if found is not None else None


def _anchor_state(target: Target) -> str:
    """`good`, `case` where only capitals differ, or `broken`."""
    page, anchor = target.page, target.anchor
    if page is None or page.article is None or page.includes:
        return "good"
    if not anchor or anchor in page.anchors or anchor in _OF_EVERY_PAGE or anchor[:1] in ":/!":
        return "good"
    if anchor.casefold() in {known.casefold() for known in page.anchors}:
        return "case"
    known = {loose(known) for known in page.anchors}
    if loose(anchor) in known or loose(re.sub(r"-\d+$", "", anchor)) in known:
        return "good"  # as another publishing tool makes it
    return "broken"


def _broken_anchors(kb: Kb) -> Iterator[Found]:
    for page, link, target in _links(kb):
        if target.kind == "article" and _anchor_state(target) == "broken":
            assert target.page is not None
            where = "this article" if target.page is page else target.page.path
            near = _nearest(target.anchor, sorted(target.page.anchors), 60)
            message = f"link {link.href!r}: {where} has no anchor {target.anchor!r}"
            yield Found(page.path, link.line, message, f"Did you mean #{near}?" if near else "")


def _anchor_case(kb: Kb) -> Iterator[Found]:
    for page, link, target in _links(kb):
        if target.kind == "article" and _anchor_state(target) == "case":
            assert target.page is not None
            wanted = next(
                known
                for known in sorted(target.page.anchors)
                if known.casefold() == target.anchor.casefold()
            )
            old = link.href.partition("#")[2]
            new = wanted if old == unquote(old) else quote(wanted)
            message = f"link {link.href!r}: the anchor is #{wanted}, and browsers mind capitals"
            edits = _replaced(link, f"#{old}", f"#{new}")
            yield Found(page.path, link.line, message, f"Write #{new}", edits)


def _unofficial(kb: Kb) -> Iterator[Found]:
    domains = kb.scope.settings.official_domains
    if not domains:
        return
    for page, link, target in targets(kb):
        if target.kind == "web" and target.host and not within(target.host, domains):
            kind = "image from" if link.image else "link to"
            message = f"{kind} {target.host}, which is no official domain"
            yield Found(page.path, link.line, message)


def _unknown_pages(kb: Kb) -> Iterator[Found]:
    base = kb.scope.config.base_url
    if not base:
        return
    urls = {_bare(article.meta.url) for _, article in kb.articles if article.meta.url}
    folders = {url[: url.rfind("/")] for url in urls}
    for page, link, target in _links(kb):
        url = _bare(link.href)
        if target.kind != "web" or not url.startswith(f"{_bare(base)}/") or url in urls:
            continue
        if url[: url.rfind("/")] in folders:  # where articles are; elsewhere may be other pages
            near = _nearest(url, sorted(urls))
            fix = f"Did you mean https://{near}?" if near else ""
            yield Found(page.path, link.line, f"no article has the address {link.href!r}", fix)


def _bare(url: str) -> str:
    url = unquote(url.partition("#")[0].partition("?")[0])
    return re.sub(r"^https?://", "", url, flags=re.IGNORECASE).rstrip("/")


def _empty(kb: Kb) -> Iterator[Found]:
    for page in kb.pages:
        for link in page.links:
            if not link.image and not link.href.strip() and link.text:
                yield Found(page.path, link.line, f"the link {link.text!r} leads nowhere")


def _unpublished(kb: Kb) -> Iterator[Found]:
    for page, link, target in _links(kb):
        other = target.page.article if target.page is not None else None
        if page.published and other is not None and other.meta.status != "published":
            message = f"link {link.href!r} leads to an article that is {other.meta.status}"
            yield Found(page.path, link.line, message)


def _restricted(kb: Kb) -> Iterator[Found]:
    labels = set(kb.scope.config.restricted_audiences)
    for page, link, target in _links(kb):
        other = target.page.article if target.page is not None else None
        if (
            page.article is None
            or other is None
            or not labels.isdisjoint(page.article.meta.audience)
        ):
            continue
        hidden = sorted(labels.intersection(other.meta.audience))
        if hidden and page.published:
            message = f"link {link.href!r} leads to an article for {', '.join(hidden)} only"
            yield Found(page.path, link.line, message)


RULES = (
    Rule(
        "KB201",
        "broken-link",
        "error",
        what="A link leads to a file that is not there.",
        why="The reader gets an error page in the middle of a procedure.",
        fix="Correct the path, or take the link off.",
        example="见[提币限额](../wallet/withdrawl-limits.md)。",
        fixable=True,
        kb=_broken,
    ),
    Rule(
        "KB202",
        "broken-anchor",
        "error",
        what="A link names an anchor that the article does not have.",
        why="The reader lands at the top of a long article and has to search.",
        fix="Use the anchor of the heading, or give the heading that one: `## Fees {#fees}`.",
        example="见[手续费](fees-overview.md#withdrawls)。",
        kb=_broken_anchors,
    ),
    Rule(
        "KB203",
        "anchor-case",
        "warning",
        what="A link's anchor differs from the heading's by capitals alone.",
        why="Browsers compare anchors exactly, so it works on some sites and not on others.",
        fix="Write it as the heading has it.",
        example="See [fees](fees.md#Withdrawal-Fees).",
        fixable=True,
        kb=_anchor_case,
    ),
    Rule(
        "KB204",
        "unofficial-link",
        "warning",
        what="A link or image leads to a domain that is not among `official_domains`.",
        why="Customers follow a support article's links without a doubt; one wrong letter is "
        "somebody else's site.",
        fix="Take it off, or add the domain to `official_domains` under `[lint]`.",
        example="去 [harb0r 官网](https://harb0r.example/login) 登录。",
        kb=_unofficial,
    ),
    Rule(
        "KB205",
        "unknown-page",
        "warning",
        what="A link to the help centre's own address names a page that no article has.",
        why="It was renamed or mistyped, and readers get an error page.",
        fix="Use the `url` of an article, or link to its file.",
        example="https://help.harbor.example/zh/wallet/withdrawl",
        kb=_unknown_pages,
    ),
    Rule(
        "KB206",
        "empty-link",
        "warning",
        what="A link has no target.",
        why="It looks like a link and does nothing.",
        fix="Write the target, or take the brackets off.",
        example="详见[帮助中心]()。",
        kb=_empty,
    ),
    Rule(
        "KB207",
        "link-to-unpublished",
        "warning",
        what="A published article links to a draft or an archived one.",
        why="Readers cannot open it.",
        fix="Publish that article, or take the link off.",
        example="见[新版费率](fees-2027.md)。   <!-- whose status is draft -->",
        kb=_unpublished,
    ),
    Rule(
        "KB208",
        "link-to-restricted",
        "warning",
        what="A public article links to one that only a restricted audience may read.",
        why="Readers cannot open it, and learn that it is there.",
        fix="Take the link off, or say publicly what readers need of it.",
        example="见[处理口径](../staff/escalation-matrix.md)。",
        kb=_restricted,
    ),
)
