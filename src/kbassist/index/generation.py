"""Generations on disk: a new one is built beside the live one and becomes live by one rename."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from kbassist.checks import shown
from kbassist.embed.registry import BUNDLED, NONE
from kbassist.errors import IndexBroken, IndexMissing, UnusableIndex, UsageError
from kbassist.index.files import (
    NEW,
    make_folder,
    parse_json,
    read_text,
    replace_text,
    size_of,
    sync,
    unreadable,
)
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
"""Generations that stay after a switch, the live one included: one to go back to."""

BUILDING, COLLECTED = ".building-", ".collected-"
"""How the names of what is not a generation yet, or no longer, begin."""

_LITTER = (BUILDING, COLLECTED, NEW, ".CURRENT-")  # the last one by earlier versions

HASHED_AT_OPEN = 4 << 20
"""Files up to this many bytes are hashed at every open (milliseconds); of larger ones only the size
is checked."""

_HASHING = 2
"""Threads that hash the files of a generation."""
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
        folder = index / read_text(index / CURRENT_NAME).strip()
        manifest = parse_json(read_text(folder / MANIFEST_NAME))
        model = str(manifest.get("embedder", BUNDLED) or NONE)
        local = read_local(folder)
        if kb is None and local is not None:
            folder_of_kb = os.path.normpath(index / local.kb)
    except (OSError, ValueError, AttributeError):
        pass  # what cannot be read is left for the user to fill in
    command = ["kbassist", "build", folder_of_kb, "--index", str(index), "--full"]
    return shlex.join(command if model == BUNDLED else [*command, "--embedder", model])


def live_folder(index: Path) -> Path:
    """Folder of the live generation.

    Raises:
        IndexMissing: there is no index at the path.
        IndexBroken: CURRENT names no generation.
    """
    name = live_name(index)
    while not (_NAME.fullmatch(name) and os.path.isdir(index / name)):
        before, name = name, live_name(index)
        if name == before:  # else builds went on and collected it
            raise IndexBroken(
                f"{index / CURRENT_NAME}: names no generation: {name!r}",
                hint=f"Rebuild the index: kbassist build KB --index {index} --full",
            )
    return index / name


def live_name(index: Path) -> str:
    """What CURRENT names, generation or not.

    Raises:
        IndexMissing: there is no index at the path.
        IndexBroken: CURRENT cannot be read.
    """
    current = index / CURRENT_NAME
    try:
        return read_text(current).strip()
    except (FileNotFoundError, NotADirectoryError):
        raise IndexMissing(
            f"no index at {str(index)!r}", hint=f"Build it: kbassist build KB --index {index}"
        ) from None
    except UnicodeDecodeError:
        return ""
    except OSError as error:
        raise unreadable(error, current) from None


def generations(index: Path) -> list[Path]:
    """Folders of the generations that are there, oldest first."""
    found = [path for path in index.iterdir() if (path / MANIFEST_NAME).is_file()]
    found = [path for path in found if _NAME.fullmatch(path.name)]
    return sorted(found, key=lambda path: number_of(path.name))


def number_of(name: str) -> int:
    """Number of a generation by its name; greater ones are newer."""
    return int(name.removeprefix("gen-"))


def is_litter(name: str) -> bool:
    """Whether a file or folder of this name in an index is what a writer that died left."""
    return name.startswith(_LITTER)


@contextmanager
def new_generation(index: Path, keep: int = KEEP) -> Iterator[Path]:
    """A folder to build in; it becomes the live generation when the block ends without error.

    Whatever goes wrong inside the block, the live generation stays and the folder is removed. The
    caller holds the index's lock (`writer.writing`).

    Args:
        index: the index directory; made where it does not exist.
        keep: generations that stay, the new one included.
    """
    import shutil  # not for those who only read
    import tempfile

    check_keep(keep)
    make_folder(index)
    building = Path(tempfile.mkdtemp(prefix=BUILDING, dir=index))
    target = index / f"gen-{_last_number(index) + 1:06d}"
    before = _live_or_none(index)
    try:
        building.chmod(0o755)
        yield building
        for path in (*sorted(building.iterdir()), building):
            sync(path)
        building.rename(target)
        sync(index)
        switch(index, target.name)
    except BaseException:
        shutil.rmtree(building, ignore_errors=True)
        if _live_or_none(index) != target.name:
            shutil.rmtree(target, ignore_errors=True)
        raise
    _collect(index, {target.name, before or ""}, keep)


def switch(index: Path, name: str) -> None:
    """Make a generation the live one, by one rename; the caller holds the index's lock."""
    replace_text(index / CURRENT_NAME, name + "\n", index)


def hash_files(folder: Path, known: Mapping[str, FileEntry] | None = None) -> dict[str, FileEntry]:
    """Hash and size of every file of a generation apart from the manifest and local hints.

    Args:
        folder: of the generation.
        known: files that have been hashed.
    """
    from concurrent.futures import ThreadPoolExecutor  # with logging, which no question needs

    apart = (MANIFEST_NAME, LOCAL_NAME)
    found = dict(known or {})
    names = sorted(path.name for path in folder.iterdir() if path.name not in (*apart, *found))
    with ThreadPoolExecutor(_HASHING) as threads:  # hashing needs no lock of the interpreter
        entries = threads.map(file_entry, (folder / name for name in names))
        found.update(zip(names, entries, strict=True))
    return {name: found[name] for name in sorted(found)}


def check_files(folder: Path, manifest: Manifest, *, hashed_up_to: int = HASHED_AT_OPEN) -> None:
    """Compare a generation's files with its manifest.

    Args:
        folder: of the generation.
        manifest: as read from it.
        hashed_up_to: files of at most this many bytes are hashed, larger ones compared by size.

    Raises:
        IndexBroken: a file is missing or differs; the message names it.
    """
    for name, expected in manifest.files.items():
        path = folder / name
        try:
            size = size_of(path)
            if size != expected.size:
                fault = f"{size} bytes, built with {expected.size}"
            elif size <= hashed_up_to and file_entry(path) != expected:
                fault = "its content is not what was built"
            else:
                continue
        except FileNotFoundError:
            fault = "missing"
        except OSError as error:
            raise unreadable(error, path) from None
        rebuild = rebuild_command(folder.parent)
        raise IndexBroken(f"{path}: {fault}", hint=f"Rebuild the index: {rebuild}")


def check_keep(keep: object) -> None:
    """Refuse a number of generations that cannot be kept.

    Raises:
        UsageError: it is no whole number from 1 up.
    """
    if not isinstance(keep, int) or isinstance(keep, bool) or keep < 1:
        raise UsageError(
            f"keep must be a whole number of generations from 1 up, found {shown(keep)}",
            hint=f"Leave it out for {KEEP}.",
        )


def _last_number(index: Path) -> int:
    names = (path.name for path in index.iterdir())
    return max((number_of(name) for name in names if _NAME.fullmatch(name)), default=0)


def _live_or_none(index: Path) -> str | None:
    try:
        return live_name(index)
    except UnusableIndex:
        return None


def _collect(index: Path, last_live: set[str], keep: int) -> None:
    """Remove all generations but the last ones: first those that were live last, then the newest.

    After a rollback that is not the same: the one that was gone back from goes first.
    """
    import shutil

    newest_first = generations(index)[::-1]
    newest_first.sort(key=lambda path: path.name not in last_live)
    for path in newest_first[keep:]:
        gone = index / f"{COLLECTED}{path.name}"
        with suppress(OSError):  # Windows: somebody reads there still
            path.rename(gone)  # at once: a reader that is opening it must not find half of it
            shutil.rmtree(gone, ignore_errors=True)
