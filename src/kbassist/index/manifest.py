"""What a generation says about itself: `manifest.json`, and `local.json` for this machine.

The manifest depends on the input alone, so two builds of the same input write the same bytes. What
differs between machines (where the sources lie, modification times) stands in `local.json`.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from itertools import chain
from pathlib import Path
from typing import Any

from kbassist.errors import IndexBroken, IndexIncompatible
from kbassist.index.files import parse_json, read_text, replace_text, unreadable, write_synced

FORMAT = 4
"""Version of the directory layout and of every file in it; raised on any change."""

COUNTS = ("articles", "unpublished", "chunks", "vectors")
"""What a manifest counts; draft and archived articles are unpublished, and left out."""

MANIFEST_NAME = "manifest.json"
LOCAL_NAME = "local.json"


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file by content: of the index, or of the sources."""

    sha256: str
    size: int
    """Bytes."""


@dataclass(frozen=True, slots=True)
class Manifest:
    """The identity of a generation: whatever changes an answer is named here."""

    format: int
    library: str
    """Version of kbassist that built it; informative."""
    analyzer: str
    chunker: str
    embedder: str | None
    """Name or path that opens the model; None for a lexical index."""
    embedder_fingerprint: str | None
    dimension: int
    """Of the vectors; 0 without them."""
    words: str
    """Fingerprint of the bundled model, which the files about words and titles are made with."""
    bm25: Mapping[str, Any]
    """The `Bm25Settings` in force."""
    restricted_audiences: tuple[str, ...]
    kb_settings: str
    """Fingerprint of the knowledge base's own settings that decide the texts: all but synonyms."""
    counts: Mapping[str, int]
    """By the names in `COUNTS`."""
    sources: Mapping[str, FileEntry]
    """Every source file by POSIX path relative to the kb folder, settings file included."""
    files: Mapping[str, FileEntry]
    """Every other file of the generation by name; empty until they are written."""

    def inputs(self) -> dict[str, Any]:
        """What determined the build: equal inputs mean an equal index.

        The counts of articles are among them, since flags can leave articles out.
        """
        table = {item.name: getattr(self, item.name) for item in fields(self)}
        del table["files"]
        table["counts"] = {name: self.counts.get(name) for name in ("articles", "unpublished")}
        return table


@dataclass(frozen=True, slots=True)
class Local:
    """What holds on one machine only."""

    kb: str
    """The kb folder, relative to the index directory."""
    mtimes: Mapping[str, int]
    """Modification times of the sources in nanoseconds; a hint, never the truth."""


def file_entry(path: Path) -> FileEntry:
    """Hash and size of a file, read in pieces."""
    digest = hashlib.sha256()
    size = 0
    with path.open("rb") as stream:
        while piece := stream.read(1 << 20):
            digest.update(piece)
            size += len(piece)
    return FileEntry(digest.hexdigest(), size)


def dump_json(path: Path, value: object) -> None:
    """Write JSON with sorted keys, so that equal values give equal bytes, and sync it to disk."""
    write_synced(path, _json(value))


def write_manifest(folder: Path, manifest: Manifest) -> None:
    """Write `manifest.json` into a generation's folder."""
    parts = []
    for name in sorted(item.name for item in fields(manifest)):
        value = getattr(manifest, name)
        text = _entries_json(value) if name in ("sources", "files") else _json(value).rstrip()
        parts.append(f'"{name}": {text}'.replace("\n", "\n "))
    write_synced(folder / MANIFEST_NAME, "{\n " + ",\n ".join(parts) + "\n}\n")


def write_local(folder: Path, local: Local) -> None:
    """Write `local.json` into a generation's folder, whose readers may be reading the old one."""
    replace_text(folder / LOCAL_NAME, _json(asdict(local)), folder.parent)


def _entries_json(entries: Mapping[str, FileEntry]) -> str:
    """What `_json` makes of entries; it takes a while over thousands."""
    if not entries:
        return "{}"
    lines = (
        f'\n {json.dumps(name, ensure_ascii=False)}: {{\n  "sha256": "{entry.sha256}",'
        f'\n  "size": {entry.size}\n }}'
        for name, entry in sorted(entries.items())
    )
    return "{" + ",".join(lines) + "\n}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def read_manifest(folder: Path, *, rebuild: Callable[[], str]) -> Manifest:
    """Read and check `manifest.json`.

    Args:
        folder: of the generation.
        rebuild: gives the command that builds the index anew, for the hint of an error.

    Raises:
        IndexBroken: the file is missing or is not a manifest.
        IndexIncompatible: it has another format.
    """
    path = folder / MANIFEST_NAME
    table = _read_object(path, rebuild)
    found = table.get("format")
    if found != FORMAT:
        raise IndexIncompatible(
            f"{path}: index format {found!r}, but this kbassist reads format {FORMAT}",
            hint=f"Rebuild it: {rebuild()}",
        )
    try:
        for name in ("sources", "files"):
            table[name] = {key: FileEntry(**entry) for key, entry in table[name].items()}
        table["restricted_audiences"] = tuple(table["restricted_audiences"])
        if set(table) != {item.name for item in fields(Manifest)}:
            raise ValueError("unexpected keys")
        _check_types(table)
        return Manifest(**table)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise IndexBroken(
            f"{path}: not a manifest: {error}", hint=f"Rebuild: {rebuild()}"
        ) from None


def _check_types(table: dict[str, Any]) -> None:
    for name in ("library", "analyzer", "chunker", "kb_settings", "words"):
        if not isinstance(table[name], str):
            raise ValueError(f"{name} is {table[name]!r}")
    for name in COUNTS:
        if type(table["counts"][name]) is not int or table["counts"][name] < 0:
            raise ValueError(f"the count of {name} is {table['counts'][name]!r}")
    for name in ("embedder", "embedder_fingerprint"):
        if not isinstance(table[name], (str, type(None))):
            raise ValueError(f"{name} is {table[name]!r}")
    _check_entries(table)


def _check_entries(table: dict[str, Any]) -> None:
    if not all(isinstance(label, str) for label in table["restricted_audiences"]):
        raise ValueError(f"restricted_audiences are {table['restricted_audiences']!r}")
    for entry in chain(table["sources"].values(), table["files"].values()):
        if not isinstance(entry.sha256, str) or type(entry.size) is not int:
            raise ValueError(f"a file is {entry!r}")


def read_local(folder: Path) -> Local | None:
    """Read `local.json`; None where it is missing or unreadable, since it is only a hint."""
    try:
        table = parse_json(read_text(folder / LOCAL_NAME))
        return Local(kb=str(table["kb"]), mtimes=dict(table["mtimes"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _read_object(path: Path, rebuild: Callable[[], str]) -> dict[str, Any]:
    try:
        table = parse_json(read_text(path))
    except FileNotFoundError:
        raise IndexBroken(f"{path}: missing", hint=f"Rebuild the index: {rebuild()}") from None
    except OSError as error:
        raise unreadable(error, path) from None
    except ValueError as error:
        raise IndexBroken(
            f"{path}: not valid JSON: {error}", hint=f"Rebuild the index: {rebuild()}"
        ) from None
    if not isinstance(table, dict):
        raise IndexBroken(f"{path}: not a JSON object", hint=f"Rebuild the index: {rebuild()}")
    return table
