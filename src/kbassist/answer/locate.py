"""Finding the passage that a reference names: an article, a chunk, or lines of a file."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from kbassist.errors import NotFound, UsageError
from kbassist.index.reader import Index
from kbassist.types import ArticleMeta, SourceState

_LINES = re.compile(r"(?P<path>.+):(?P<start>\d+)(?:-(?P<end>\d+))?")


@dataclass(frozen=True, slots=True)
class Passage:
    """Lines of one article, as they were built."""

    article: ArticleMeta
    chunk_id: str | None
    """The chunk that was asked for; None for an article or lines."""
    start_line: int
    """Line of the first entry of `lines`, 1-based."""
    lines: tuple[str, ...]
    source: SourceState
    """Whether the article's file is still as it was built."""

    @property
    def end_line(self) -> int:
        return self.start_line + len(self.lines) - 1

    @property
    def ref(self) -> str:
        """Display form of the place, `path:start-end`."""
        return f"{self.article.path}:{self.start_line}-{self.end_line}"


def locate(
    index: Index, ref: str, audience: Sequence[str]
) -> tuple[ArticleMeta, str | None, range]:
    """The article, chunk id and 1-based lines that a reference names.

    Args:
        index: open index; only articles in it that the caller may see can be named.
        ref: article id, chunk id, path, or `path:start-end`.
        audience: restricted labels that the caller names.

    Raises:
        NotFound: nothing that the caller may see has this name.
        UsageError: the lines are not in the article.
    """
    chunk_row = index.store.chunk_row(ref)
    if chunk_row is not None:
        chunk, meta = index.store.chunks([chunk_row])[chunk_row]
        if index.may_see(meta, audience):
            return meta, chunk.id, range(chunk.start_line, chunk.end_line + 1)
    article = _visible(index, ref, audience)
    if article is not None:
        return article, None, range(1, _line_count(index, article) + 1)
    match = _LINES.fullmatch(ref)
    article = _visible(index, match["path"], audience) if match else None
    if match is None or article is None:
        raise _unknown(index, ref, audience)
    return article, None, _lines(index, article, match)


def _visible(index: Index, name: str, audience: Sequence[str]) -> ArticleMeta | None:
    meta = index.store.article(id=name) or index.store.article(path=name)
    return meta if meta is not None and index.may_see(meta, audience) else None


def _line_count(index: Index, meta: ArticleMeta) -> int:
    text = index.store.article_text(meta.id)
    return text.count("\n") + (not text.endswith("\n"))


def _lines(index: Index, meta: ArticleMeta, match: re.Match[str]) -> range:
    start = int(match["start"])
    end = int(match["end"]) if match["end"] else start
    last = _line_count(index, meta)
    if not 1 <= start <= end or start > last:
        raise UsageError(
            f"{meta.path} has the lines 1-{last}; asked for {match['start']}-{end}",
            hint=f"For the whole article: kbassist get {meta.path}",
        )
    return range(start, min(end, last) + 1)


def _unknown(index: Index, ref: str, audience: Sequence[str]) -> NotFound:
    metas = [meta for meta in index.store.articles() if index.may_see(meta, audience)]
    names = sorted({name for meta in metas for name in (meta.id, meta.path)})
    near = difflib.get_close_matches(ref.partition("#")[0], names, n=3)
    hint = f"Did you mean {', '.join(near)}?" if near else "List articles with: kbassist status"
    return NotFound(f"nothing is called {ref!r} in this knowledge base", hint=hint)
