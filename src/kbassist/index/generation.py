"""Generations on disk: a new one is built beside the live one and becomes live by one rename."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kbassist.embed.registry import BUNDLED, NONE
from kbassist.errors import IndexBroken, IndexMissing
from kbassist.index.manifest import (
    LOCAL_NAME,
    MANIFEST_NAME,
    FileEntry,
    Manifest,
    file_entry,
    read_local,
)

CURRENT_NAME = "CURRENT"
KEEP = 2
"""Generations that stay after a switch, the live one included: a reader may still hold the last."""

HASHED_AT_OPEN = 4 << 20
"""Files up to this many bytes are hashed at every open (milliseconds); of larger ones only the size
is checked."""

_NAME = re.compile(r"gen-(\d{6,})")


Stamp = tuple[int, ...] | None
"""What tells one file from another that took its place; None for none."""


def stamp(path: Path) -> Stamp:
    """The stamp of a file, from the file system alone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)


def rebuild_command(index: Path, kb: Path | None = None) -> str:
    """The command that builds the index at this path anew, with its model.

    The bundled model is not named, since a build takes it anyway.

    Args:
        index: the index directory.
        kb: the kb folder; by default the one that the index was built from.
    """
    folder_of_kb, model = "KB" if kb is None else str(kb), BUNDLED
    try:
        folder = index / (index / CURRENT_NAME).read_text(encoding="utf-8").strip()
        manifest = json.loads((folder / MANIFEST_NAME).read_text(encoding="utf-8"))
        model = str(manifest.get("embedder", BUNDLED) or NONE)
        local = read_local(folder)
        if kb is None and local is not None:
            folder_of_kb = os.path.normpath(index / local.kb)
    except (OSError, ValueError, AttributeError):
        pass  # what cannot be read is left for the user to fill in
    command = ["kbassist", "build", folder_of_kb, "--index", str(index), "--full"]
    return shlex.join(command if model == BUNDLED else [*command, "--embedder", model])


def unreadable(error: OSError, path: Path) -> IndexBroken:
    """The error for a file of an index that the system does not let us read."""
    return IndexBroken(
        f"{error.filename or path}: cannot be read: {error.strerror or error}",
        hint="Check that you may read the file and every folder above it, or rebuild the index.",
    )


def live_folder(index: Path) -> Path:
    """Folder of the live generation.

    Raises:
        IndexMissing: there is no index at the path.
        IndexBroken: CURRENT names no generation.
    """
    current = index / CURRENT_NAME
    build = f"kbassist build KB --index {index}"
    try:
        name = current.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissing(f"no index at {str(index)!r}", hint=f"Build it: {build}") from None
    except UnicodeDecodeError:
        name = ""
    except OSError as error:
        raise unreadable(error, current) from None
    if not _NAME.fullmatch(name) or not (index / name).is_dir():
        raise IndexBroken(
            f"{current}: names no generation: {name!r}", hint=f"Rebuild the index: {build} --full"
        )
    return index / name


@contextmanager
def new_generation(index: Path) -> Iterator[Path]:
    """A folder to build in; it becomes the live generation when the block ends without error.

    Whatever goes wrong inside the block, the live generation stays and the folder is removed.
    """
    index.mkdir(parents=True, exist_ok=True)
    building = Path(tempfile.mkdtemp(prefix=".building-", dir=index))
    try:
        building.chmod(0o755)
        yield building
        for path in (*sorted(building.iterdir()), building):
            _sync(path)
        target = index / f"gen-{_last_number(index) + 1:06d}"
        building.rename(target)
        _switch(index, target.name)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        raise
    _collect(index, live=target.name)


def hash_files(folder: Path) -> dict[str, FileEntry]:
    """Hash and size of every file of a generation apart from the manifest and local hints."""
    apart = (MANIFEST_NAME, LOCAL_NAME)
    names = sorted(path.name for path in folder.iterdir() if path.name not in apart)
    return {name: file_entry(folder / name) for name in names}


def check_files(folder: Path, manifest: Manifest, *, hashed_up_to: int = HASHED_AT_OPEN) -> None:
    """Compare a generation's files with its manifest.

    Args:
        folder: of the generation.
        manifest: as read from it.
        hashed_up_to: files of at most this many bytes are hashed, larger ones compared by size.

    Raises:
        IndexBroken: a file is missing or differs; the message names it.
    """
    hint = f"Rebuild the index: {rebuild_command(folder.parent)}"
    for name, expected in manifest.files.items():
        path = folder / name
        try:
            size = path.stat().st_size
            if size != expected.size:
                raise IndexBroken(f"{path}: {size} bytes, built with {expected.size}", hint=hint)
            if size <= hashed_up_to and file_entry(path) != expected:
                raise IndexBroken(f"{path}: its content is not what was built", hint=hint)
        except FileNotFoundError:
            raise IndexBroken(f"{path}: missing", hint=hint) from None
        except OSError as error:
            raise unreadable(error, path) from None


def _last_number(index: Path) -> int:
    numbers = (_NAME.fullmatch(path.name) for path in index.iterdir())
    return max((int(match[1]) for match in numbers if match), default=0)


def _switch(index: Path, name: str) -> None:
    beside = index / f".{CURRENT_NAME}-{name}"
    with beside.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(name + "\n")
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(beside, index / CURRENT_NAME)
    _sync(index)


def _collect(index: Path, live: str) -> None:
    generations = sorted(
        path
        for path in index.iterdir()
        if _NAME.fullmatch(path.name) and (path / MANIFEST_NAME).is_file()
    )
    for path in generations[:-KEEP]:
        if path.name != live:
            shutil.rmtree(path, ignore_errors=True)


def _sync(path: Path) -> None:
    """Have the system write a file, or the names in a folder, to the disk."""
    if os.name != "posix":
        return  # on Windows neither can be opened read-only for syncing
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
