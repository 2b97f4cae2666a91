"""Work over processes: the same result, no orphan, no litter, however the build ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from kbassist import BuildError, build_index
from kbassist.config import Bm25Settings, ChunkSettings
from kbassist.errors import ArticleError, KbassistError, ModelError, UsageError
from kbassist.index import pool
from kbassist.index.pool import Crew, Pool, spread
from kbassist.index.task import Context, File
from kbassist.kb_config import KbConfig
from tests.conftest import HARBOR
from tests.index.test_incremental import contents

CONTEXT = Context(KbConfig(), ChunkSettings(), Bm25Settings(), None)
FILES = [File(f"{name}.md", b"# Title\n\nText.\n", name.encode() * 16, True) for name in "ab"]


@pytest.fixture(autouse=True)
def _always_worth_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "WORTH_STARTING", 0)


def test_any_number_of_jobs_gives_the_same_bytes(tmp_path: Path) -> None:
    for jobs in (1, 2, 3):
        report = build_index(HARBOR, tmp_path / str(jobs), jobs=jobs)
        assert report.chunks > 1000
    one = contents(tmp_path / "1")
    assert contents(tmp_path / "2") == one
    assert contents(tmp_path / "3") == one


def test_results_come_in_order() -> None:
    tasks = [(number, ("parse", FILES[:1] * (1 + number % 3)), 1) for number in range(20)]
    with Crew(CONTEXT, 2) as crew:
        found = [(key, len(parsed.records)) for key, parsed in crew.run(tasks)]
    assert found == [(number, 1 + number % 3) for number in range(20)]


def test_a_worker_that_dies_is_an_error() -> None:
    workers = Pool(CONTEXT, 2)
    try:
        assert list(workers.run([("a", ("parse", FILES))]))
        for process in workers.processes:
            process.kill()
        with pytest.raises(BuildError, match="worker process of the build died") as error:
            list(workers.run([("a", ("parse", FILES))]))
        assert "--jobs 1" in error.value.hint
    finally:
        workers.close()
    assert all(process.returncode is not None for process in workers.processes)


def test_an_error_in_a_worker_is_that_error() -> None:
    context = CONTEXT._replace(embedder="static:/nowhere")
    with Crew(context, 2) as crew, pytest.raises(ModelError, match="/nowhere"):
        list(crew.run([("a", ("parse", FILES), 1)]))
    with Crew(CONTEXT, 2) as crew, pytest.raises(RuntimeError, match="AttributeError"):
        list(crew.run([("a", ("no_such_work", FILES), 1)]))


def test_errors_of_files_come_back_with_their_places(tmp_path: Path) -> None:
    (tmp_path / "kb").mkdir()
    (tmp_path / "kb" / "bad.md").write_text("---\nupdated: soon\n---\ntext\n")
    with pytest.raises(BuildError) as error:
        build_index(tmp_path / "kb", tmp_path / "index", jobs=2)
    (problem,) = error.value.problems
    assert isinstance(problem, ArticleError)
    assert (problem.path, problem.line) == ("bad.md", 2)
    assert "found 'soon'" in problem.message and "YYYY-MM-DD" in problem.hint
    assert not (tmp_path / "index").exists()


SCRIPT = """
import sys, threading
from kbassist import build_index
from kbassist.index import pool

pool.WORTH_STARTING = 0
for number in range(2):
    thread = threading.Thread(target=build_index, args=(sys.argv[1], f"{sys.argv[2]}/{number}"),
                              kwargs={"jobs": 2})
    thread.start()
    thread.join()
print("once")
"""


def test_scripts_need_no_guard_and_threads_may_build(tmp_path: Path) -> None:
    script = tmp_path / "numpy.py"  # a name in the working folder that must not be imported
    script.write_text(SCRIPT)
    run = subprocess.run(
        [sys.executable, "-P", script, str(HARBOR), str(tmp_path / "out")]
        if sys.version_info >= (3, 11)
        else [sys.executable, "-c", SCRIPT, str(HARBOR), str(tmp_path / "out")],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert (run.returncode, run.stdout) == (0, "once\n"), run.stderr
    assert contents(tmp_path / "out" / "0") == contents(tmp_path / "out" / "1")


def children(process: int) -> list[int]:
    """The processes that a process started."""
    found = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process)], capture_output=True)
    return [int(word) for word in found.stdout.split()]


@pytest.mark.skipif(os.name != "posix", reason="signals")
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_nothing_is_left_of_an_interrupted_build(tmp_path: Path, how: signal.Signals) -> None:
    index = tmp_path / "index"
    build_index(HARBOR, index, embedder="none")
    before = contents(index)
    code = (
        "import sys; from kbassist.cli import main; from kbassist.index import pool;"
        f"pool.WORTH_STARTING = 0; sys.argv[1:] = ['build', {str(HARBOR)!r}, '--index',"
        f" {str(index)!r}, '--full', '--jobs', '2']; main()"
    )
    build = subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while len(workers := children(build.pid)) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.2)
    os.killpg(build.pid, how) if how == signal.SIGINT else build.kill()
    out, err = build.communicate(timeout=60)
    if how == signal.SIGINT:
        assert (build.returncode, out) == (130, "")
        assert err in ("", "interrupted\n")  # as the version of Typer has it
        assert not [path.name for path in index.iterdir() if path.name.startswith(".")]
    while any(Path(f"/proc/{pid}/cmdline").exists() for pid in workers):
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert contents(index) == before
    assert build_index(HARBOR, index, embedder="none", full=True).changed


def test_jobs_must_be_a_number_from_one(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="jobs must be a whole number from 1 up, found 0"):
        build_index(HARBOR, tmp_path / "index", jobs=0)


def test_threads_are_not_left() -> None:
    before = threading.active_count()
    with Crew(CONTEXT, 2) as crew:
        list(crew.run([("a", ("parse", FILES), 1)]))
    assert threading.active_count() == before


class Dying(NamedTuple):
    """A context whose worker ends its process."""

    status: int

    def worker(self) -> Dying:
        return self

    def die(self, items: Sequence[int]) -> None:
        os._exit(self.status)


def test_work_that_is_no_build_says_what_died() -> None:
    with pytest.raises(KbassistError, match="a process that read files died") as error:
        list(spread(Dying(3), "die", range(4), batch=1, jobs=2, what="read files"))
    assert not isinstance(error.value, BuildError)
    assert "--jobs 1" in error.value.hint


def test_work_that_is_no_build_comes_in_order() -> None:
    for jobs in (1, 2):
        done = [*spread(CONTEXT, "parse", FILES * 4, batch=3, jobs=jobs, what="read files")]
        assert [len(parsed.records) for parsed in done] == [3, 3, 2]
