"""Verifying an index: every byte against the manifest, and the files against each other."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kbassist.errors import IndexBroken, IndexIncompatible, UnusableIndex
from kbassist.index.files import unreadable
from kbassist.index.generation import (
    check_files,
    generations,
    live_folder,
    live_name,
    rebuild_command,
)
from kbassist.index.manifest import Manifest, read_manifest
from kbassist.index.reader import Index
from kbassist.index.structure import check_structure


@dataclass(frozen=True, slots=True)
class Verified:
    """A generation and what was found of it."""

    generation: str
    live: bool
    files: int
    """Files that its manifest names; 0 where that cannot be read."""
    size: int
    """Bytes of them, as they were built."""
    fault: UnusableIndex | None
    """The first that was found; None for a sound generation."""

    @property
    def sound(self) -> bool:
        return self.fault is None


def verify_index(index: str | os.PathLike[str], *, every: bool = False) -> tuple[Verified, ...]:
    """Read every byte of the live generation, or of all, and compare it with what was built.

    An index that a reader could open may be damaged still: opening compares of large files no more
    than the size.

    Args:
        index: the index directory.
        every: all generations, oldest first, instead of the live one alone.

    Returns:
        One record of each generation; a fault of one does not keep the others from being read.

    Raises:
        IndexMissing: there is no index at the path.
        IndexBroken: CURRENT names no generation.
    """
    place = Path(index)
    live = live_folder(place)
    folders = [live] if not every else generations(place)
    return tuple(_verified(folder, folder.name == live_name(place)) for folder in folders)


def verify_generation(folder: Path) -> Manifest:
    """Verify one generation.

    Args:
        folder: of the generation.

    Returns:
        Its manifest.

    Raises:
        IndexBroken: a file is missing, differs from what was built, or cannot be what it says.
        IndexIncompatible: another version built it.
    """
    rebuild = partial(rebuild_command, folder.parent)
    try:
        manifest = read_manifest(folder, rebuild=rebuild)
        check_files(folder, manifest, hashed_up_to=sys.maxsize)
        check_structure(Index(folder.parent, folder))
    except OSError as error:
        raise unreadable(error, folder) from None
    return manifest


def _verified(folder: Path, live: bool) -> Verified:
    fault: UnusableIndex | None = None
    try:
        verify_generation(folder)
    except (IndexBroken, IndexIncompatible) as error:
        fault = error
    try:
        files = read_manifest(folder, rebuild=str).files
    except (UnusableIndex, OSError):
        files = {}
    size = sum(entry.size for entry in files.values())
    return Verified(folder.name, live, len(files), size, fault)
