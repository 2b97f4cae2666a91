"""One writer at a time, and a lock that no death leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from kbassist.errors import IndexBusy, IndexUnwritable
from kbassist.index.lock import LOCK_NAME, Lock

HOLD = """
import sys, time
from pathlib import Path
from kbassist.index.lock import Lock
Lock(Path(sys.argv[1])).acquire("build")
print("held", flush=True)
time.sleep(60)
"""

HOLD_AND_FORK = """
import os, sys, time
from pathlib import Path
from kbassist.index.lock import Lock
Lock(Path(sys.argv[1])).acquire("build")
child = os.fork()
if child:
    print(child, flush=True)
time.sleep(60)
"""


def start(code: str, index: Path) -> tuple[subprocess.Popen[str], str]:
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(index)], stdout=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    return process, process.stdout.readline().strip()


def end(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


def test_the_second_writer_is_told_who_and_since_when(tmp_path: Path) -> None:
    process, _ = start(HOLD, tmp_path)
    try:
        holder = json.loads((tmp_path / LOCK_NAME).read_text())
        assert holder["pid"] == process.pid
        with pytest.raises(IndexBusy) as error:
            Lock(tmp_path).acquire("rollback")
    finally:
        end(process)
    assert error.value.message == (
        f"{str(tmp_path)!r} is being written: build in process {process.pid} on"
        f" {holder['host']} since {holder['since']}"
    )
    assert "--wait" in error.value.hint


def test_a_killed_writer_holds_nothing(tmp_path: Path) -> None:
    process, _ = start(HOLD, tmp_path)
    end(process)
    lock = Lock(tmp_path)
    lock.acquire("build")
    assert json.loads((tmp_path / LOCK_NAME).read_text())["pid"] == os.getpid()
    lock.release()
    assert (tmp_path / LOCK_NAME).read_text() == ""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_children_do_not_hold_the_lock_of_a_killed_writer(tmp_path: Path) -> None:
    process, child = start(HOLD_AND_FORK, tmp_path)
    end(process)
    try:
        Lock(tmp_path).acquire("build", wait=60)  # the child may not have begun to run yet
    finally:
        os.kill(int(child), signal.SIGKILL)


def test_two_threads_of_a_process_exclude_each_other(tmp_path: Path) -> None:
    first, second = Lock(tmp_path), Lock(tmp_path)
    first.acquire("build")
    with pytest.raises(IndexBusy, match=f"build in process {os.getpid()}"):
        second.acquire("build")
    threading.Timer(0.2, first.release).start()
    second.acquire("build", wait=30)
    with pytest.raises(IndexBusy, match=r"; waited 0\.2 seconds"):
        first.acquire("build", wait=0.2)
    second.release()
    first.acquire("build")
    first.release()


@pytest.mark.parametrize("content", ["", "{", "[]", '{"pid": 1}', '{"pid": "x", "host": "h"}'])
def test_what_the_file_says_decides_nothing(tmp_path: Path, content: str) -> None:
    (tmp_path / LOCK_NAME).write_text(content)
    lock = Lock(tmp_path)
    lock.acquire("build")
    (tmp_path / LOCK_NAME).write_text(content)
    with pytest.raises(IndexBusy, match="is being written: another process"):
        Lock(tmp_path).acquire("build")
    lock.release()


def test_a_file_that_was_taken_away_is_not_the_lock(tmp_path: Path) -> None:
    """Whoever waits for the old one gets the new one, and is alone."""
    index = tmp_path / "index"
    index.mkdir()
    first, second = Lock(index), Lock(index)
    first.acquire("build")
    waiting = threading.Thread(target=second.acquire, args=("build", 30.0))
    waiting.start()
    time.sleep(0.2)
    (index / LOCK_NAME).unlink()
    index.rmdir()
    first.release()
    waiting.join()
    with pytest.raises(IndexBusy):
        Lock(index).acquire("build")
    second.release()


def test_a_lock_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / LOCK_NAME).mkdir()
    with pytest.raises(IndexUnwritable, match="cannot be locked") as error:
        Lock(tmp_path).acquire("build")
    assert "local disk" in error.value.hint


def test_releasing_twice_does_no_harm(tmp_path: Path) -> None:
    lock, other = Lock(tmp_path), Lock(tmp_path)
    lock.acquire("build")
    lock.release()
    other.acquire("build")
    lock.release()
    with pytest.raises(IndexBusy):
        lock.acquire("build")
    other.release()
