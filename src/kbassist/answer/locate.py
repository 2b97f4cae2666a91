"""Finding the passage that a reference names: an article, a chunk, or lines of a file."""

from __future__ import annotations

import os
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from kbassist import checks
from kbassist.errors import NotFound, UsageError
from kbassist.index.reader import Index
from kbassist.serial import Serializable
from kbassist.types import ArticleMeta, SourceState

_LINES = re.compile(r"(?P<path>.+):(?P<start>[0-9]+)(?:-(?P<end>[0-9]+))?", re.DOTALL)

_MAX_DIGITS = 9
"""Of a line number; what has more lies beyond the end of any article."""

_MAX_SHOWN = 120
"""Characters of a reference that an error repeats."""


@dataclass(frozen=True, slots=True)
class Passage(Serializable):
    """Lines of one article, as they were built."""

    article: ArticleMeta
    chunk_id: str | None
    """The chunk that was asked for; None for an article or lines."""
    start_line: int
    """Line of the first entry of `lines`, 1-based."""
    lines: tuple[str, ...]
    source: SourceState
    """Whether the article's file is still as it was built."""
    asked_start_line: int
    """First line that was asked for, 1-based; what stands before it is context."""
    asked_end_line: int
    """Last line that was asked for."""

    @property
    def end_line(self) -> int:
        return self.start_line + len(self.lines) - 1

    @property
    def ref(self) -> str:
        """Display form of the place, `path:start-end`."""
        return f"{self.article.path}:{self.start_line}-{self.end_line}"


def context(asked: range, before: int, after: int, last: int) -> range:
    """Lines with so many around them as there are.

    Args:
        asked: 1-based line numbers.
        before: lines of context before them, 0 up.
        after: lines of context after them, 0 up.
        last: number of the article's last line.

    Raises:
        UsageError: no whole number, or below 0.
    """
    for name, count in (("before", before), ("after", after)):
        checks.whole(name, count, 0, "It counts lines of context.")
    return range(max(1, asked.start - before), min(last + 1, asked.stop + after))


def locate(
    index: Index, ref: str, audience: Sequence[str], kb: Path | None = None
) -> tuple[ArticleMeta, str | None, range]:
    """The article, chunk id and 1-based lines that a reference names.

    Args:
        index: open index; only articles in it that the caller may see can be named.
        ref: article id, chunk id, path, or `path:start-end`.
        audience: restricted labels that the caller names.
        kb: the kb folder; a path as the system knows it (absolute, or relative to the working
            directory) may stand for one within that folder. Nothing is ever read there.

    Raises:
        NotFound: nothing that the caller may see has this name.
        UsageError: the lines are not in the article, or the reference is no text.
    """
    checks.instance("the reference", ref, str)
    chunk_row = index.store.chunk_row(ref)
    if chunk_row is not None:
        chunk, meta = index.store.chunks([chunk_row])[chunk_row]
        if index.may_see(meta, audience):
            return meta, chunk.id, range(chunk.start_line, chunk.end_line + 1)
    article = _visible(index, ref, audience, kb)
    if article is not None:
        return article, None, range(1, _line_count(index, article) + 1)
    match = _LINES.fullmatch(ref)
    article = _visible(index, match["path"], audience, kb) if match else None
    if match is None or article is None:
        raise _unknown(index, ref, audience)
    return article, None, _lines(index, article, match)


def _visible(
    index: Index, name: str, audience: Sequence[str], kb: Path | None
) -> ArticleMeta | None:
    meta = index.store.article(id=name) or index.store.article(path=name)
    for path in _paths(name, kb) if meta is None else ():
        meta = meta or index.store.article(path=path) or index.store.article(id=path)
    return meta if meta is not None and index.may_see(meta, audience) else None


def _paths(name: str, kb: Path | None) -> Iterator[str]:
    """Paths within the kb folder that a path as the system knows it may stand for."""
    if name.startswith("./"):
        yield posixpath.normpath(name)
    if kb is None or not name or "\0" in name:
        return
    for absolute in (os.path.abspath, os.path.realpath):
        try:
            path, folder = Path(absolute(name)), Path(absolute(kb))
        except (OSError, ValueError):  # no working directory, or a name that cannot be expressed
            continue
        if path.is_relative_to(folder):
            yield path.relative_to(folder).as_posix()


def _line_count(index: Index, meta: ArticleMeta) -> int:
    text = index.store.article_text(meta.id)
    return text.count("\n") + (not text.endswith("\n"))


def _lines(index: Index, meta: ArticleMeta, match: re.Match[str]) -> range:
    start = _number(match["start"])
    end = _number(match["end"]) if match["end"] else start
    last = _line_count(index, meta)
    if start > end >= 1:
        raise UsageError(
            f"the lines {_shown(match['start'])}-{_shown(match['end'])} end before they begin",
            hint=f"The first line comes first: {meta.path}:START-END",
        )
    if not 1 <= start <= end or start > last:
        asked = _shown(match["start"] + (f"-{match['end']}" if match["end"] else ""))
        raise UsageError(
            f"{meta.path} has the lines 1-{last}; asked for {asked}",
            hint=f"For the whole article: kbassist get {meta.path}",
        )
    return range(start, min(end, last) + 1)


def _number(digits: str) -> int:
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) <= _MAX_DIGITS else 10**_MAX_DIGITS


def _shown(text: str) -> str:
    return text if len(text) <= _MAX_SHOWN else text[:_MAX_SHOWN] + "…"


def _unknown(index: Index, ref: str, audience: Sequence[str]) -> NotFound:
    import difflib  # takes a while, and few references are wrong

    metas = [meta for meta in index.store.articles() if index.may_see(meta, audience)]
    names = sorted({name for meta in metas for name in (meta.id, meta.path)})
    near = difflib.get_close_matches(_shown(ref.partition("#")[0]), names, n=3)
    hint = (
        f"Did you mean {', '.join(near)}?"
        if near
        else "Find articles and their names by what they say: kbassist search WORDS"
    )
    return NotFound(f"nothing is called {_shown(ref)!r} in this knowledge base", hint=hint)
