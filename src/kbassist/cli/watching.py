"""Building again on every save."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from kbassist.articles.load import folder_config
from kbassist.articles.walk import is_article
from kbassist.cli import build_render, render
from kbassist.errors import KbassistError, MissingDependency
from kbassist.kb_config import KB_CONFIG_NAME

if TYPE_CHECKING:
    from kbassist.index.report import BuildReport

_SETTLED = 100
"""Milliseconds without another save after which a build begins: editors save in several steps."""
_LONGEST = 1600
"""Milliseconds after which it begins anyway."""
_POLL = 100
"""Milliseconds between two looks whether something was saved."""


def changes_of(kb: Path, index: Path) -> Iterator[None]:
    """An item at once, and one whenever articles or settings were saved, those together.

    What is saved while the caller is busy with an item leads to the next one. Ends by Ctrl-C.

    Takes and raises what `looks` does.
    """
    return (None for saved in looks(kb, index) if saved)


def looks(kb: Path, index: Path) -> Iterator[bool]:
    """Some times a second, whether articles or settings were saved since; the first time they were.

    Args:
        kb: the folder to watch.
        index: what happens in there is no change of an article, even if it lies in the kb folder.

    Raises:
        MissingDependency: watchfiles is not installed.
        UsageError: the kb folder is not there.
    """
    try:
        from watchfiles import watch
    except ImportError as error:
        raise MissingDependency(
            f"watching a folder needs watchfiles: {error}",
            hint="Install it: pip install 'kbassist[watch]'",
        ) from error
    if not kb.is_dir():
        folder_config(kb)  # says what is wrong
    root, own = kb.resolve(), index.resolve()

    def wanted(_: object, name: str) -> bool:
        path = Path(name)
        if path.is_relative_to(own) or not path.is_relative_to(root):
            return False
        inside = path.relative_to(root).as_posix()
        return inside == KB_CONFIG_NAME or is_article(inside) or not path.suffix  # a folder

    begun = False
    for changes in watch(
        root,
        watch_filter=wanted,
        step=_SETTLED,
        debounce=_LONGEST,
        rust_timeout=_POLL,
        yield_on_timeout=True,  # once it watches, so that nothing is missed after the first item
    ):
        yield bool(changes) or not begun
        begun = True


def rebuild(
    kb: Path,
    index: Path,
    embedder: str,
    *,
    skip_bad: bool,
    as_json: bool,
    strict: bool = False,
    jobs: int | None = None,
) -> BuildReport | None:
    """Build once; what is wrong is shown, None is returned, and the next save may mend it."""
    from kbassist.index.build import build_index

    try:
        report = build_index(
            kb,
            index,
            embedder=embedder,
            strict=strict,
            skip_bad=skip_bad,
            jobs=jobs,
            wait=60.0,
        )
    except KbassistError as error:
        if as_json:
            render.json_error(error)
        else:
            render.error(error)
        render.flush()
        return None
    build_render.build(report, as_json)
    render.flush()
    return report
