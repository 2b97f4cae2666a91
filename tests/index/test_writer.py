"""What every writer does first and last: the lock, the litter of the dead, and clear errors."""

from __future__ import annotations

import errno
import os
import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.errors import BuildError, IndexBusy, IndexUnwritable, KbassistError, UsageError
from kbassist.index.generation import live_folder
from kbassist.index.lock import LOCK_NAME, Lock
from kbassist.index.writer import writing
from tests.conftest import WriteKb
from tests.index.without_privileges import run_read_only

LITTER = (
    ".building-k2j3/chunks.sqlite",
    ".collected-gen-000001/manifest.json",
    ".new-CURRENT",
    ".CURRENT-gen-000002",
)


def names(index: Path) -> list[str]:
    return sorted(path.name for path in index.iterdir())


def test_what_dead_writers_left_is_removed(tmp_path: Path) -> None:
    for name in (*LITTER, "gen-000001/manifest.json", "CURRENT", "notes.txt", ".hidden"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("gen-000001")
    (tmp_path / ".building-link").symlink_to(tmp_path / "gen-000001")
    with writing(tmp_path, "build"):
        assert names(tmp_path) == [".hidden", "CURRENT", LOCK_NAME, "gen-000001", "notes.txt"]
    assert (tmp_path / "gen-000001" / "manifest.json").exists()


def test_the_block_has_the_lock_to_itself(tmp_path: Path) -> None:
    with writing(tmp_path, "build"):
        with pytest.raises(IndexBusy, match="build in process"), writing(tmp_path, "rollback"):
            raise AssertionError("two at once")
        (tmp_path / "CURRENT").touch()
    with writing(tmp_path, "rollback"):
        pass


def test_nothing_stays_of_an_index_that_came_to_nothing(tmp_path: Path) -> None:
    index = tmp_path / "indexes" / "default"
    with pytest.raises(ValueError), writing(index, "build"):
        raise ValueError
    assert names(tmp_path) == []
    index.mkdir(parents=True)
    with writing(index, "build"):
        pass
    assert names(tmp_path) == ["indexes"] and names(index) == []


@pytest.mark.parametrize("wait", [-1, float("nan"), float("inf"), "5", True, None])
def test_what_is_no_time_to_wait(tmp_path: Path, wait: float) -> None:
    with pytest.raises(UsageError, match="seconds from 0 up"), writing(tmp_path, "build", wait):
        raise AssertionError
    assert names(tmp_path) == []


@pytest.mark.parametrize(
    ("error", "message", "hint"),
    [
        (
            OSError(errno.ENOSPC, "No space left on device"),
            "{}: cannot be written: No space",
            "room",
        ),
        (OSError("4096 requested and 512 written"), "{}: cannot be written: 4096", "room"),
        (
            OSError(errno.EROFS, "Read-only file system", "{}/x"),
            "{}/x: cannot be written",
            "ls -ld",
        ),
        (PermissionError(errno.EACCES, "Permission denied", b"{}/x"), "{}/x: cannot", "ls -ld"),
        (
            sqlite3.OperationalError("database or disk is full"),
            "{}: cannot be written: data",
            "room",
        ),
    ],
)
def test_what_the_system_refuses(tmp_path: Path, error: Exception, message: str, hint: str) -> None:
    if isinstance(error, OSError) and error.filename:
        name = os.fsdecode(error.filename).format(tmp_path)
        error.filename = os.fsencode(name) if isinstance(error.filename, bytes) else name
    with pytest.raises(IndexUnwritable) as found, writing(tmp_path, "build"):
        raise error
    assert found.value.message.startswith(message.format(tmp_path))
    assert "The live index is untouched." in found.value.hint and hint in found.value.hint


@pytest.mark.parametrize(
    "error",
    [
        BrokenPipeError(errno.EPIPE, "Broken pipe"),
        FileNotFoundError(errno.ENOENT, "No such file", "/somewhere/else.md"),
        OSError(errno.EBADF, "Bad file descriptor", 7),
    ],
)
def test_what_is_not_about_the_index_is_not_called_so(tmp_path: Path, error: OSError) -> None:
    with pytest.raises(OSError) as found, writing(tmp_path, "build"):
        raise error
    assert found.value is error


def test_an_index_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    for place in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(IndexUnwritable) as error, writing(place, "build"):
            raise AssertionError
        assert error.value.hint == "An index is a folder: name another place (--index)."


def test_a_build_that_fails_makes_no_folder(write_kb: WriteKb, tmp_path: Path) -> None:
    index = tmp_path / "indexes" / "default"
    with pytest.raises(BuildError):
        build_index(write_kb({"bad.md": "---\nkind: nonsense\n---\n"}), index)
    with pytest.raises(KbassistError):
        build_index(tmp_path / "nowhere", index)
    assert names(tmp_path) == ["kb"]


def test_a_second_build_waits_or_says_who_is_at_work(write_kb: WriteKb, tmp_path: Path) -> None:
    kb, index = write_kb({"a.md": "# One\n\nText.\n"}), tmp_path / "index"
    build_index(kb, index)
    write_kb({"a.md": "# Two\n\nText.\n"})
    lock = Lock(index)
    lock.acquire("rollback")
    with pytest.raises(IndexBusy, match="rollback in process"):
        build_index(kb, index)
    assert live_folder(index).name == "gen-000001"
    threading.Timer(0.2, lock.release).start()
    assert build_index(kb, index, wait=60).generation == "gen-000002"


READ_ONLY = """
from kbassist import Assistant, build_index
from kbassist.errors import IndexUnwritable
from kbassist.index.rollback import rollback
from kbassist.index.verify import verify_index
assistant = Assistant.open("index")
answer = assistant.ask("What does a withdrawal cost?")
assert answer.text == "A withdrawal costs 2 USDT. [1]", answer.text
assert answer.citations[0].source == "missing" and not assistant.reload()
assert all(one.sound for one in verify_index("index", every=True))
assert not build_index("same", "index").changed
for write in (lambda: build_index("other", "index"), lambda: rollback("index")):
    try:
        write()
    except IndexUnwritable as error:
        assert "index" in error.message and "ls -ld" in error.hint, error
    else:
        raise AssertionError("written")
print("as it should be")
"""


def test_an_index_that_may_only_be_read(write_kb: WriteKb, tmp_path: Path) -> None:
    """Without its sources it answers, and a build of the same articles finds nothing to do."""
    place = tmp_path / "place"
    for cost in (1, 2):
        kb = write_kb({"fees.md": f"# Withdrawals\n\nA withdrawal costs {cost} USDT.\n"})
        build_index(kb, place / "index")
    kb.rename(place / "same")
    kb = write_kb({"fees.md": "# Withdrawals\n\nA withdrawal costs 3 USDT.\n"})
    kb.rename(place / "other")
    before = {path: path.read_bytes() for path in place.rglob("*") if path.is_file()}
    assert run_read_only(READ_ONLY, place) == "as it should be\n"
    assert {path: path.read_bytes() for path in place.rglob("*") if path.is_file()} == before


NO_ROOM = """
import resource, sys
from kbassist import Assistant, build_index
from kbassist.errors import IndexUnwritable
from kbassist.index.verify import verify_index
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
try:
    build_index("kb", "index")
except IndexUnwritable as error:
    assert "index" in error.message and "has room" in error.hint, error
else:
    raise AssertionError("written")
assert all(one.sound for one in verify_index("index", every=True))
print(Assistant.open("index").ask("What does a withdrawal cost?").text)
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="no limit of the size of files")
@pytest.mark.parametrize("room", [0, 100, 5_000, 20_000])
def test_files_that_cannot_be_written_in_full(write_kb: WriteKb, tmp_path: Path, room: int) -> None:
    """A limit of the size of files fails as a full disk does, which benchmarks/refusals.py tries."""
    build_index(
        write_kb({"fees.md": "# Withdrawals\n\nA withdrawal costs 1 USDT.\n"}), tmp_path / "index"
    )
    before = names(tmp_path / "index")
    write_kb({"fees.md": "# Withdrawals\n\nA withdrawal costs 2 USDT.\n"})
    found = subprocess.run(
        [sys.executable, "-c", NO_ROOM, str(room)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert (found.stdout, found.stderr) == ("A withdrawal costs 1 USDT. [1]\n", "")
    assert names(tmp_path / "index") == before
    assert build_index(tmp_path / "kb", tmp_path / "index").generation == "gen-000002"


def test_the_clock_may_go_backwards(
    write_kb: WriteKb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each edit, of the same size, is older than the one before, and so is the system's time."""
    now = time.time_ns()
    for step in range(1, 5):
        monkeypatch.setattr(time, "time", lambda then=now / 1e9 - 3600 * step: then)
        kb = write_kb({"fees.md": f"# Withdrawals\n\nA withdrawal costs {step} USDT.\n"})
        for path in (kb / "fees.md", *tmp_path.rglob("CURRENT"), *tmp_path.rglob("*.json")):
            os.utime(path, ns=(now, now - step * 3600 * 10**9))
        if step == 1:
            build_index(kb, tmp_path / "index")
            assistant = Assistant.open(tmp_path / "index")
        else:
            report = build_index(kb, tmp_path / "index")
            assert (report.generation, report.seconds > 0) == (f"gen-{step:06d}", True)
            assert assistant.reload()
        answer = assistant.ask("What does a withdrawal cost?")
        assert answer.text == f"A withdrawal costs {step} USDT. [1]"
        assert answer.citations[0].source == "unchanged"
