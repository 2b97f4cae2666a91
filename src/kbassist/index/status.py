"""Comparing the sources with what was built: added, changed and deleted files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from kbassist.articles.walk import walk
from kbassist.errors import IndexStale
from kbassist.index.codec import is_utf8
from kbassist.index.generation import rebuild_command
from kbassist.index.manifest import FileEntry, Manifest, file_entry
from kbassist.kb_config import KB_CONFIG_NAME
from kbassist.serial import Serializable
from kbassist.types import ArticleMeta

if TYPE_CHECKING:
    from kbassist.index.reader import Index


@dataclass(frozen=True, slots=True)
class Changes:
    """Source files that differ from the build, as sorted paths relative to the kb folder."""

    added: tuple[str, ...]
    changed: tuple[str, ...]
    deleted: tuple[str, ...]

    @property
    def any(self) -> bool:
        """Whether the index is stale."""
        return bool(self.added or self.changed or self.deleted)


def scan(kb: Path) -> dict[str, FileEntry]:
    """Hash every source file of a kb folder, settings file included."""
    paths = walk(kb)
    if (kb / KB_CONFIG_NAME).is_file():
        paths = [*paths, KB_CONFIG_NAME]
    # A name that no manifest can hold is left out here; a build reports it.
    return {path: file_entry(kb / path) for path in paths if is_utf8(path)}


def compare(built: Mapping[str, FileEntry], kb: Path) -> Changes:
    """Compare the sources by content with what was built.

    Args:
        built: source files of the manifest.
        kb: the kb folder as it is now.
    """
    now = scan(kb)
    both = built.keys() & now.keys()
    return Changes(
        added=tuple(sorted(now.keys() - built.keys())),
        changed=tuple(sorted(path for path in both if built[path] != now[path])),
        deleted=tuple(sorted(built.keys() - now.keys())),
    )


def check_fresh(index: Index, kb: Path | None) -> None:
    """Raise unless the sources are there and as they were built.

    Args:
        index: the open index.
        kb: the kb folder; None where it is not there.

    Raises:
        IndexStale: they changed, or cannot be compared.
    """
    if kb is None:
        raise IndexStale(
            "cannot tell whether the index is fresh: its sources are not there",
            hint="Name the folder where they are now (--kb).",
        )
    changes = compare(index.manifest.sources, kb)
    if changes.any:
        raise IndexStale(
            f"the index is stale: {len(changes.added)} added, {len(changes.changed)} changed,"
            f" {len(changes.deleted)} deleted since it was built",
            hint=f"Rebuild it: {rebuild_command(index.path, kb)}",
        )


@dataclass(frozen=True, slots=True)
class Status(Serializable):
    """What an index holds and how it compares with its sources."""

    index: str
    generation: str
    kb: str | None
    """The kb folder; None where the sources are not there."""
    manifest: Manifest
    changes: Changes | None
    """None where the sources are not there, so nothing can be told."""
    articles: tuple[ArticleMeta, ...]
    today: date
    """The day that validity is judged on."""

    @property
    def upcoming(self) -> tuple[ArticleMeta, ...]:
        """Articles that are not searched yet: their `valid_from` is still to come."""
        return tuple(a for a in self.articles if a.valid_from and a.valid_from > self.today)

    @property
    def ended(self) -> tuple[ArticleMeta, ...]:
        """Articles that are searched no longer: their `valid_until` is over."""
        return tuple(a for a in self.articles if a.valid_until and a.valid_until < self.today)

    @property
    def fresh(self) -> bool | None:
        """True if the sources are as built, False if not, None where that cannot be told."""
        return None if self.changes is None else not self.changes.any


def status_of(index: Index, kb: Path | None, today: date) -> Status:
    """The status of an open index.

    Args:
        index: the open index.
        kb: the kb folder; None where it is not there.
        today: the day that validity is judged on.
    """
    return Status(
        index=str(index.path),
        generation=index.generation,
        kb=None if kb is None else str(kb),
        manifest=index.manifest,
        changes=None if kb is None else compare(index.manifest.sources, kb),
        articles=tuple(index.store.articles()),
        today=today,
    )
