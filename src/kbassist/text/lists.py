"""Word lists that come with the package: one entry a line, `#` starts a comment."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files


def entries(package: str, *path: str) -> Iterator[str]:
    """The entries of a list in their order, without comments and empty lines.

    Args:
        package: that the list is in, by its dotted name.
        path: of the list within the package.
    """
    text = files(package).joinpath(*path).read_text(encoding="utf-8")
    for line in text.splitlines():
        if entry := line.partition("#")[0].strip():
            yield entry
