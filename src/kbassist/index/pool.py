"""Batches of a build, of questions or of files, over several processes or in this one."""

from __future__ import annotations

import os
import queue
import subprocess
import sys
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from itertools import chain
from typing import Any, Protocol, TypeVar

from kbassist.errors import BuildError, KbassistError
from kbassist.index.worker import receive, send

_START = "import sys; sys.path[:] = {path!r}; from kbassist.index.worker import main; main()"
WORTH_STARTING = 1 << 20
"""Bytes of text below which starting processes costs more than they save."""
_AHEAD = 2
"""Batches that wait for each worker: memory stays bounded, and nobody idles."""

Task = tuple[str, Any]
"""Name of a method of the worker, and its argument."""

Key = TypeVar("Key")


class Context(Protocol):
    """What holds for all batches; it travels to the processes."""

    def worker(self) -> Any:
        """Who does the batches: has the methods that tasks name."""
        ...


def default_jobs() -> int:
    """The cores that this process may use."""
    try:
        return len(os.sched_getaffinity(0))
    except AttributeError:  # not on every system
        return os.cpu_count() or 1


class Inline:
    """Does the work in this process."""

    def __init__(self, context: Context) -> None:
        self._worker = context.worker()

    def run(self, tasks: Iterable[tuple[Key, Task]]) -> Iterator[tuple[Key, Any]]:
        """The result of each task, in order."""
        for key, (name, argument) in tasks:
            yield key, getattr(self._worker, name)(argument)


class Pool:
    """Does the work in processes of their own."""

    def __init__(self, context: Context, jobs: int) -> None:
        """Start the processes.

        Raises:
            OSError: the system starts none.
        """
        self._idle: queue.SimpleQueue[subprocess.Popen[bytes]] = queue.SimpleQueue()
        self.processes: list[subprocess.Popen[bytes]] = []
        """All of them; none is left after `close`."""
        self._threads = ThreadPoolExecutor(jobs, thread_name_prefix="kbassist-build")
        self._jobs = jobs
        try:
            for _ in range(jobs):
                process = _start()
                self.processes.append(process)
                self._idle.put(process)
            for process in self.processes:
                assert process.stdin is not None
                send(process.stdin, context)
        except BaseException:
            self.close()
            raise

    def run(self, tasks: Iterable[tuple[Key, Task]]) -> Iterator[tuple[Key, Any]]:
        """The result of each task, in order.

        Raises:
            BuildError: a process has died.
        """
        waiting: deque[tuple[Key, Future[Any]]] = deque()
        for key, task in tasks:
            waiting.append((key, self._threads.submit(self._do, task)))
            while len(waiting) > _AHEAD * self._jobs:
                first, future = waiting.popleft()
                yield first, future.result()
        while waiting:
            first, future = waiting.popleft()
            yield first, future.result()

    def _do(self, task: Task) -> Any:
        process = self._idle.get()
        assert process.stdin is not None and process.stdout is not None
        try:
            send(process.stdin, task)
            outcome, value = receive(process.stdout)
        except (OSError, EOFError, ValueError):
            raise _died(process) from None
        finally:
            self._idle.put(process)
        if outcome == "done":
            return value
        raise value if outcome == "refused" else RuntimeError(value)

    def close(self) -> None:
        """Stop every process; none is left when this returns."""
        for process in self.processes:
            process.kill()  # it writes nothing but its results
        self._threads.shutdown(wait=True, cancel_futures=True)
        for process in self.processes:
            process.wait()
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):  # what was not sent any more
                    stream.close()  # type: ignore[union-attr]


def _start() -> subprocess.Popen[bytes]:
    path = [os.path.abspath(place) for place in sys.path]
    environment = {**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _START.format(path=path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment,
        start_new_session=True,  # Ctrl-C is for the build, which ends its workers
    )


def _died(process: subprocess.Popen[bytes]) -> BuildError:
    with suppress(subprocess.TimeoutExpired):
        process.wait(timeout=5)
    how = f"with status {process.returncode}" if process.returncode is not None else "somehow"
    return BuildError(
        f"a worker process of the build died {how}; the live index is untouched",
        hint="If memory ran out, build in one process: --jobs 1",
    )


class Crew:
    """Does batches in this process while there are few, else in others."""

    def __init__(self, context: Context, jobs: int) -> None:
        """Start nothing yet.

        Args:
            context: what holds for all batches.
            jobs: processes at most; 1 for none but this one.
        """
        self._context = context
        self._jobs = jobs if sys.executable and not getattr(sys, "frozen", False) else 1
        self._pool: Pool | None = None
        self._inline = Inline(context)

    def run(self, tasks: Iterable[tuple[Key, Task, int]]) -> Iterator[tuple[Key, Any]]:
        """The result of each task, in order.

        Args:
            tasks: a key of the caller's, the task, and its size in bytes of text.
        """
        rest = iter(tasks)
        head, size = [], 0
        if self._pool is None and self._jobs > 1:
            for task in rest:
                head.append(task)
                size += task[2]
                if size >= WORTH_STARTING:
                    with suppress(OSError):  # where none can be started, this one does it all
                        self._pool = Pool(self._context, self._jobs)
                    break
        run = self._inline.run if self._pool is None else self._pool.run
        yield from run((key, task) for key, task, _ in chain(head, rest))

    def __enter__(self) -> Crew:
        return self

    def __exit__(self, *_: object) -> None:
        if self._pool is not None:
            self._pool.close()


def spread(
    context: Context, name: str, items: Sequence[Any], *, batch: int, jobs: int, what: str
) -> Iterator[Any]:
    """Do equal work on many items, where no build is running.

    Args:
        context: what holds for all of them.
        name: method of the worker that takes a batch.
        items: any number.
        batch: items of one.
        jobs: processes; 1 for none but this one.
        what: what they do, in the past tense, for the message.

    Returns:
        What the method returns for each batch, in order.

    Raises:
        KbassistError: a process has died.
    """
    tasks = (
        (start, (name, items[start : start + batch]), WORTH_STARTING)
        for start in range(0, len(items), batch)
    )
    try:
        with Crew(context, jobs) as crew:
            for _, result in crew.run(tasks):
                yield result
    except BuildError:
        raise KbassistError(
            f"a process that {what} died",
            hint="If memory ran out, use one process: --jobs 1",
        ) from None
