"""What a build did, and what had changed since the one before."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from kbassist.errors import ArticleError
from kbassist.index.manifest import FileEntry
from kbassist.kb_config import KB_CONFIG_NAME
from kbassist.serial import Serializable
from kbassist.types import BuildWarning


@dataclass(frozen=True, slots=True)
class BuildChanges:
    """Source files that differ from the build before, as sorted paths relative to the kb folder."""

    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    deleted: tuple[str, ...] = ()
    renamed: tuple[tuple[str, str], ...] = ()
    """Old and new path of files with the same content."""
    settings: bool = False
    """Whether `kbassist.toml` differs."""

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return bool(self.added or self.changed or self.deleted or self.renamed or self.settings)


@dataclass(frozen=True, slots=True)
class BuildReport(Serializable):
    """What a build did."""

    index: str
    generation: str
    changed: bool
    """False where the live index already is what this build would give."""
    articles: int
    chunks: int
    unpublished: int
    """Draft and archived articles, which are left out."""
    embedder: str | None
    warnings: tuple[BuildWarning, ...]
    skipped: tuple[ArticleError, ...]
    """Bad files that `skip_bad` left out."""
    seconds: float
    """Wall time."""
    changes: BuildChanges | None = None
    """In the sources since the build before; None where there was none that could be read."""
    reused: int = 0
    """Articles whose chunks, terms and vectors were taken over from the build before."""


def compare_sources(before: Mapping[str, FileEntry], now: Mapping[str, FileEntry]) -> BuildChanges:
    """Compare the sources of two builds by content.

    A file that is gone and one that is new are one renamed file where they have the same content;
    of several, the first go together.
    """
    added = sorted(now.keys() - before.keys() - {KB_CONFIG_NAME})
    deleted = sorted(before.keys() - now.keys() - {KB_CONFIG_NAME})
    by_content: defaultdict[str, list[str]] = defaultdict(list)
    for path in reversed(deleted):
        by_content[before[path].sha256].append(path)
    renamed = [
        (by_content[digest].pop(), path)
        for path in added
        if by_content.get(digest := now[path].sha256)
    ]
    old, new = {pair[0] for pair in renamed}, {pair[1] for pair in renamed}
    both = before.keys() & now.keys() - {KB_CONFIG_NAME}
    return BuildChanges(
        added=tuple(path for path in added if path not in new),
        changed=tuple(sorted(path for path in both if before[path] != now[path])),
        deleted=tuple(path for path in deleted if path not in old),
        renamed=tuple(renamed),
        settings=before.get(KB_CONFIG_NAME) != now.get(KB_CONFIG_NAME),
    )
