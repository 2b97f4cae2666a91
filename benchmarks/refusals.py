"""Writers on a disk that is full, or that may only be read: clear errors, and the index as it was.

On a small tmpfs an index is built, the room that is left is taken away but for some kilobytes, and
a second version is built, gone back from and calibrated, with more room each time, until it fits.
Whenever the room does not do, the error must be `IndexUnwritable` and name the index, every file of
the live generation must have its hash, the answers must be as before, and nothing half done may
stay. Then the same on a file system that is mounted read-only. Mounting needs root on Linux: where
it cannot be, nothing is run, and the exit status is 77. Prints a Markdown table; exits with 1 where
anything failed.

    python benchmarks/refusals.py
"""

from __future__ import annotations

import argparse
import gc
import os
import subprocess
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from kbassist import Assistant, build_index
from kbassist.answer.confidence import FILE_NAME, bundled
from kbassist.errors import IndexUnwritable
from kbassist.index.files import replace_text
from kbassist.index.generation import CURRENT_NAME, is_litter, live_folder, live_name
from kbassist.index.rollback import rollback
from kbassist.index.verify import verify_index
from kbassist.index.writer import writing
from two_versions import VERSIONS, Expected, expected, of_answer, version_of, write_versions

SKIPPED = 77
SIZE = 48 << 20
"""Bytes of the small file system."""
ROOMS = (0, 4 << 10, 8 << 10, 16 << 10, 64 << 10)
"""Bytes of room that are tried first,"""
STEPS = 24
"""and so many more, in equal steps up to the size at which a build must fit."""
SPARE = 1 << 20
"""Bytes beyond the size of a generation at which a build must fit."""

Row = tuple[str, str, str]


@contextmanager
def mounted(place: Path) -> Iterator[Path]:
    """A tmpfs of its own; OSError where it cannot be mounted."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE}", "tmpfs", str(place)]
    try:
        subprocess.run(command, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise OSError(f"cannot mount: {error}") from error
    try:
        yield place
    finally:
        gc.collect()  # open files keep a disk busy
        subprocess.run(["umount", "--lazy", str(place)], check=True)


def leave(disk: Path, room: int) -> None:
    """Fill the disk but for so many bytes."""
    ballast = disk / "ballast"
    ballast.unlink(missing_ok=True)
    found = os.statvfs(disk)
    os.close(os.open(ballast, os.O_CREAT))
    with ballast.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, max(1, found.f_bavail * found.f_frsize - room))


def outcome(write: Callable[[], object], index: Path) -> str:
    """Run a writer in a process of its own, which a memory-mapped file may kill: what it says."""
    read, written = os.pipe()
    pid = os.fork()
    if not pid:
        try:
            write()
            said = "done"
        except IndexUnwritable as error:
            named = str(index) in error.message and error.hint
            said = "IndexUnwritable" if named else f"an unclear error: {error}"
        except BaseException:
            said = traceback.format_exc()
        os.write(written, said.encode())
        os._exit(0)
    os.close(written)
    _, status = os.waitpid(pid, 0)
    with os.fdopen(read, encoding="utf-8") as stream:
        said = stream.read()
    return f"killed by signal {os.WTERMSIG(status)}" if os.WIFSIGNALED(status) else said


def faults_of(index: Path, right: Expected, version: str | None) -> list[str]:
    """What is wrong with an index that must answer as a version does, or as either."""
    found = [str(one.fault) for one in verify_index(index, every=True) if not one.sound]
    assistant = Assistant.open(index)
    answered = {
        version_of(by_version, of_answer(assistant.ask(question)))
        for question, by_version in right.asked.items()
    }
    if not any(answered == {one} for one in ([version] if version else VERSIONS)):
        found.append(f"answers of {answered}, expected {version or 'one'}")
    found += [f"left behind: {p.name}" for p in index.iterdir() if is_litter(p.name)]
    return found


def full_disk(disk: Path, folders: dict[str, Path], right: Expected) -> tuple[list[Row], list[str]]:
    """Build with less room than is needed, and with more each time."""
    index, rows, faults = disk / "index", [], []
    build_index(folders["a"], index, skip_bad=True)
    live = live_folder(index)
    need = sum(path.stat().st_size for path in live.iterdir()) + SPARE
    for room in (*ROOMS, *(need * step // STEPS for step in range(1, STEPS + 1))):
        for name, write in (
            ("full build", lambda: build_index(folders["b"], index, full=True, skip_bad=True)),
            ("build of changes", lambda: build_index(folders["b"], index, skip_bad=True)),
            ("rollback", lambda: _back_and_forth(index)),
            ("calibrate", lambda: _calibrate(index)),
        ):
            before = live_name(index)
            leave(disk, room)
            said = outcome(write, index)
            (disk / "ballast").unlink()
            if said not in ("done", "IndexUnwritable"):
                faults.append(f"{name} with {room} bytes: {said}")
            if said != "done" and live_name(index) != before:
                faults.append(f"{name} with {room} bytes: refused, but {live_name(index)} is live")
            if room == need and said != "done":
                faults.append(f"{name} with {room} bytes: does not fit")
            built = said == "done" and "build" in name
            faults += faults_of(index, right, "b" if built else "a")
            rows.append((f"{room / 1e3:.0f} kB", name, said))
            if live_name(index) != before:  # the same beginning for the next one
                build_index(folders["a"], index, skip_bad=True)
    return rows, faults


def _back_and_forth(index: Path) -> None:
    """Switch to the live generation anew: all that a rollback writes."""
    name = live_name(index)
    with writing(index, "rollback"):
        replace_text(index / CURRENT_NAME, name + "\n", index)


def _calibrate(index: Path) -> None:
    with writing(index, "calibrate"):
        replace_text(index / FILE_NAME, bundled().to_json(), index)


def read_only(disk: Path, folders: dict[str, Path], right: Expected) -> tuple[list[Row], list[str]]:
    """Everything on a file system that is mounted read-only."""
    index, rows, faults = disk / "index", [], []
    for version in ("b", "a"):
        build_index(folders[version], index, skip_bad=True)
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    for name, write, wanted in (
        ("build of changes", lambda: build_index(folders["b"], index, skip_bad=True), False),
        ("full build", lambda: build_index(folders["a"], index, skip_bad=True, full=True), False),
        ("rollback", lambda: rollback(index), False),
        ("calibrate", lambda: _calibrate(index), False),
        ("new index", lambda: build_index(folders["a"], disk / "new", skip_bad=True), False),
        ("build of nothing", lambda: build_index(folders["a"], index, skip_bad=True), True),
        ("verify", lambda: verify_index(index, every=True), True),
    ):
        said = outcome(write, disk)
        if said != ("done" if wanted else "IndexUnwritable"):
            faults.append(f"{name} on a read-only disk: {said}")
        rows.append(("read-only", name, said))
    faults += faults_of(index, right, "a")
    return rows, faults


def _print(rows: Sequence[Row]) -> None:
    """For each writer, with how little room it was done, and with how much it was not."""
    print("| writer | room | what it said | times |\n|---|---|---|---|")
    told = list(dict.fromkeys((name, said) for _, name, said in rows))
    for name, said in sorted(told):
        rooms = [room for room, *rest in rows if rest == [name, said]]
        span = rooms[0] if len(set(rooms)) == 1 else f"{rooms[0]} to {rooms[-1]}"
        print(f"| {name} | {span} | {said} | {len(rooms)} |")


def main() -> int:
    argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None).parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        place = Path(temporary)
        folders = write_versions(place)
        right = expected(folders, place)
        try:
            with mounted(place / "full") as disk:
                rows, faults = full_disk(disk, folders, right)
            with mounted(place / "read-only") as disk:
                found = read_only(disk, folders, right)
        except OSError as error:
            print(f"skipped: {error}", file=sys.stderr)
            return SKIPPED
    rows, faults = rows + found[0], faults + found[1]
    _print(rows)
    for fault in faults:
        print(f"FAULT: {fault}")
    print(f"\n{len(rows)} writers, {len(faults)} faults")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
