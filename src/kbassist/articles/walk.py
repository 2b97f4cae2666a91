"""The article files of a kb folder."""

from __future__ import annotations

import os
import re
from pathlib import Path

_SUFFIXES = (".md", ".markdown")
_SKIPPED_FOLDERS = frozenset({"node_modules"})
_HIDDEN = re.compile(r"\.(?![A-Z])")
"""Hidden by name; `.NET basics.md` is an article, not a hidden file."""


def walk(kb: Path) -> list[str]:
    """POSIX paths relative to `kb` of all articles, sorted by code point.

    Skips hidden files and folders, `node_modules`, the README.md at the top, and symbolic links
    that lead out of the folder or back to a folder that holds them.

    Raises:
        OSError: a folder cannot be read; leaving it out would lose its articles.
    """
    root = kb.resolve()
    found: list[str] = []
    _visit(root, root, "", (), found)
    return sorted(found)


def _visit(
    folder: Path, root: Path, prefix: str, above: tuple[Path, ...], found: list[str]
) -> None:
    above = (*above, folder.resolve())
    for entry in list(os.scandir(folder)):
        name = entry.name
        if _HIDDEN.match(name) or name in _SKIPPED_FOLDERS:
            continue
        if entry.is_symlink() and not _stays(Path(entry.path), root, above):
            continue
        if entry.is_dir():
            _visit(Path(entry.path), root, f"{prefix}{name}/", above, found)
        elif (
            entry.is_file()
            and name.lower().endswith(_SUFFIXES)
            and (prefix or name.lower() != "readme.md")
        ):
            found.append(prefix + name)


def _stays(link: Path, root: Path, above: tuple[Path, ...]) -> bool:
    """Whether a symbolic link leads to something inside the folder, and not in a circle."""
    try:
        target = link.resolve(strict=True)
    except (OSError, RuntimeError):
        return False
    return target.is_relative_to(root) and target not in above
