"""Files read and checked one by one, in this process or in several."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from kbassist.articles.load import read_source
from kbassist.errors import ArticleError
from kbassist.index.pool import spread
from kbassist.lint.model import Found, Page, Scope
from kbassist.lint.page import read_page
from kbassist.lint.registry import RULES

WORTH_STARTING = 300
"""Files below which starting processes costs more than they save."""
_BATCH = 20

Checked = tuple[Page, list[tuple[str, Found]]]
"""A file, and what the rules that look at one file alone find in it, by code."""


class Checking(NamedTuple):
    """What holds for all files."""

    scope: Scope
    names: tuple[str, ...]
    """Codes of the rules to apply."""

    def worker(self) -> Checking:
        """Who checks the files of a batch."""
        return self

    def check(self, paths: Sequence[str]) -> list[Checked]:
        """The files of a batch, in order."""
        return [check_file(path, self.scope, self.names) for path in paths]


def read_all(
    paths: Sequence[str], scope: Scope, names: tuple[str, ...], jobs: int
) -> Iterator[Checked]:
    """Every file in order.

    Args:
        paths: relative to the kb folder.
        scope: what holds for all files.
        names: codes of the rules to apply.
        jobs: processes at most.

    Raises:
        KbassistError: a worker has died.
    """
    count = jobs if len(paths) >= WORTH_STARTING else 1
    context = Checking(scope, names)
    for checked in spread(context, "check", paths, batch=_BATCH, jobs=count, what="read articles"):
        yield from checked


def check_file(path: str, scope: Scope, names: tuple[str, ...]) -> Checked:
    """One file; what cannot be read is a page with that problem."""
    try:
        _, raw = read_source(scope.folder, path)
        page = read_page(raw, path, scope.config)
    except ArticleError as error:
        page = Page(error.path, "", None, problems=(error,))
    checks = ((name, RULES[name].page) for name in names)
    return page, [(name, found) for name, check in checks if check for found in check(page, scope)]
