"""Files that a new generation takes over from another: shared on disk where that can be."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from kbassist.index.manifest import FileEntry, file_entry
from kbassist.index.vector_files import CODES_NAME, SIGNS_NAME
from kbassist.index.vectors import OWNERS_NAME

VECTOR_FILES = (OWNERS_NAME, CODES_NAME, SIGNS_NAME)
"""The files that the embedding model decides; a small index has no signs."""


def carry_files(
    source: Path, entries: Mapping[str, FileEntry], names: Sequence[str], folder: Path
) -> bool:
    """Bring files of one generation into another.

    Args:
        source: folder of the generation to take them from; it is only read.
        entries: what its manifest says of its files.
        names: of the files, all or none of which are wanted.
        folder: of the generation that is being built, still without them.

    Returns:
        Whether all are there, each with the content that its entry names. Where not, none is: the
        caller may write them anew without writing into a file that the other generation shares.
    """
    try:
        for name in names:
            _link_or_copy(source / name, folder / name)
        # Checked here and not before: a live generation may be collected or damaged in between.
        # And in full: opening an index checks no more than the size of a large file.
        same = all(file_entry(folder / name) == entries.get(name) for name in names)
    except OSError:
        same = False
    if not same:
        for name in names:
            (folder / name).unlink(missing_ok=True)
    return same


def _link_or_copy(source: Path, target: Path) -> None:
    with suppress(OSError):  # not every file system has hard links, nor does every user get them
        os.link(source, target)
        return
    shutil.copyfile(source, target)
