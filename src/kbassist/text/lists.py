"""Word lists that come with the package: one entry a line, `#` starts a comment."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path


def entries(package: str, *path: str) -> Iterator[str]:
    """The entries of a list in their order, without comments and empty lines.

    Args:
        package: that the list is in, by its dotted name.
        path: of the list within the package.
    """
    for line in _read(package, *path).splitlines():
        if entry := line.partition("#")[0].strip():
            yield entry


def sections(package: str, *path: str) -> dict[str, tuple[str, ...]]:
    """The entries of a file of several lists, each under a line `[name]` and lines of comment.

    Nothing else is in the file but its head: it is read at every start, so lines are as they are.

    Args:
        package: that the file is in, by its dotted name.
        path: of the file within the package.
    """
    found = {}
    for part in _read(package, *path).split("\n[")[1:]:
        name, *lines = part.rstrip("\n").split("\n")
        first = next((at for at, line in enumerate(lines) if line[0] != "#"), len(lines))
        found[name[:-1]] = tuple(lines[first:])
    return found


def _read(package: str, *path: str) -> str:
    root = Path(__file__).parents[1]
    return root.joinpath(*package.split(".")[1:], *path).read_text(encoding="utf-8")
