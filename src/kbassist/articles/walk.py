"""The article files of a kb folder."""

from __future__ import annotations

import os
import re
from collections import deque
from pathlib import Path

_SUFFIXES = (".md", ".markdown")
_SKIPPED_FOLDERS = frozenset({"node_modules", ".Trash", ".Trashes"})
_HIDDEN = re.compile(r"\.(?![A-Z])")
"""Hidden by name; `.NET basics.md` and the folder `.NET SDK` are no hidden ones."""


def walk(kb: Path) -> list[str]:
    """POSIX paths relative to `kb` of all articles, sorted by code point.

    Skips hidden files and folders, `node_modules`, the README.md at the top, and symbolic links
    that lead out of the folder. What several names lead to is found once, under a name without
    links where there is one.

    Raises:
        OSError: a folder cannot be read; leaving it out would lose its articles.
    """
    root = str(kb.resolve())
    seen: set[str] = set()
    found: list[str] = []
    links: deque[tuple[str, str]] = deque()
    _visit(root, "", seen, found, links)
    while links:
        path, name = links.popleft()
        target = _target(path)
        if target is None or not target.is_relative_to(root) or str(target) in seen:
            continue
        if target.is_dir():
            _visit(str(target), f"{name}/", seen, found, links)
        elif is_article(name) and target.is_file():
            seen.add(str(target))
            found.append(name)
    return sorted(found)


def _visit(
    folder: str,
    prefix: str,
    seen: set[str],
    found: list[str],
    links: deque[tuple[str, str]],
) -> None:
    """Collect what lies in a folder; links wait until all that is no link has been seen."""
    seen.add(folder)
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path, name = os.path.join(folder, entry.name), prefix + entry.name
        if entry.is_symlink():
            if not _is_hidden(entry.name):
                links.append((path, name))
        elif entry.is_dir():
            if not _is_hidden(entry.name) and path not in seen:
                _visit(path, f"{name}/", seen, found, links)
        elif is_article(name) and entry.is_file() and path not in seen:
            seen.add(path)
            found.append(name)


def _is_hidden(name: str) -> bool:
    return name in _SKIPPED_FOLDERS or _HIDDEN.match(name) is not None


def is_article(name: str) -> bool:
    """Whether a path relative to the kb names an article."""
    last = name.rsplit("/", 1)[-1]
    return last.lower().endswith(_SUFFIXES) and not _is_hidden(last) and name.lower() != "readme.md"


def _target(link: str) -> Path | None:
    """What a symbolic link leads to; None where that is nothing."""
    try:
        return Path(link).resolve(strict=True)
    except (OSError, RuntimeError):
        return None
