"""Going back to an earlier generation, which is verified first."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from kbassist.errors import IndexBroken, IndexIncompatible, IndexMissing, UsageError
from kbassist.index.generation import (
    generations,
    live_folder,
    live_name,
    number_of,
    rebuild_command,
    switch,
)
from kbassist.index.manifest import read_manifest
from kbassist.index.verify import verify_generation
from kbassist.index.writer import writing


@dataclass(frozen=True, slots=True)
class Generation:
    """One generation that is on disk."""

    name: str
    live: bool
    articles: int | None
    """None here and below where its manifest cannot be read by this version."""
    chunks: int | None
    embedder: str | None
    """Name of the model; None for a lexical one, too."""


@dataclass(frozen=True, slots=True)
class Rollback:
    """What a rollback did."""

    index: str
    generation: str
    """The live one now."""
    before: str
    """What `CURRENT` named before."""
    changed: bool
    """False where it was live already."""


def list_generations(index: str | os.PathLike[str]) -> tuple[Generation, ...]:
    """The generations of an index, oldest first.

    Args:
        index: the index directory.

    Raises:
        IndexMissing: there is no index at the path.
        IndexBroken: CURRENT cannot be read.
    """
    place = Path(index)
    live = live_name(place)
    return tuple(_described(folder, folder.name == live) for folder in generations(place))


def rollback(
    index: str | os.PathLike[str], generation: str | None = None, *, wait: float = 0.0
) -> Rollback:
    """Make another generation the live one, after every file of it was verified.

    Open readers keep theirs until they reload. Nothing is removed. The next build compares the
    sources with the generation that is live then, so it builds anew what they say.

    Args:
        index: the index directory.
        generation: name of the generation; by default the one before the live one.
        wait: seconds to wait for another writer; 0 for not at all.

    Raises:
        IndexMissing: there is no index at the path.
        UsageError: there is no such generation, or none before the live one.
        IndexBroken: it is damaged, or CURRENT cannot be read; what is live stays live.
        IndexIncompatible: it was built by another version.
        IndexBusy: another writer is at work on the index.
        IndexUnwritable: the system refused to write.
    """
    place = Path(index)
    live_name(place)  # nothing is made where no index is
    with writing(place, "rollback", wait):
        live = live_name(place)
        target = _before(place, live) if generation is None else _named(place, generation)
        verify_generation(target)
        if changed := target.name != live:
            switch(place, target.name)
    return Rollback(str(place), target.name, live, changed)


def _before(index: Path, live: str) -> Path:
    now = number_of(live_folder(index).name)  # says what is wrong where there is no live one
    earlier = [folder for folder in generations(index) if number_of(folder.name) < now]
    if not earlier:
        raise UsageError(
            f"no generation before {live!r} in {str(index)!r}", hint=_choices(index, live)
        )
    return earlier[-1]


def _named(index: Path, name: str) -> Path:
    found = {folder.name: folder for folder in generations(index)}
    if name not in found:
        raise UsageError(
            f"no generation {name!r} in {str(index)!r}", hint=_choices(index, live_name(index))
        )
    return found[name]


def _choices(index: Path, live: str) -> str:
    names = [f"{f.name} (live)" if f.name == live else f.name for f in generations(index)]
    return f"There are {', '.join(names) or 'none'}. Keep more of them with build --keep."


def _described(folder: Path, live: bool) -> Generation:
    try:
        manifest = read_manifest(folder, rebuild=partial(rebuild_command, folder.parent))
    except (IndexBroken, IndexIncompatible, IndexMissing):
        return Generation(folder.name, live, None, None, None)
    counts = manifest.counts
    return Generation(folder.name, live, counts["articles"], counts["chunks"], manifest.embedder)
