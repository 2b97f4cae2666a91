"""Files read and checked one by one, in this process or in several.

A worker is a Python of its own, as those of a build are: a caller may have threads, and need no
`__main__` guard. Batches are dealt out in turn, so that results come back in order.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import suppress

from kbassist.articles.load import read_source
from kbassist.errors import ArticleError, KbassistError
from kbassist.index.worker import receive, send
from kbassist.lint.model import Found, Page, Scope
from kbassist.lint.page import read_page
from kbassist.lint.registry import RULES

WORTH_STARTING = 300
"""Files below which starting processes costs more than they save."""
_BATCH = 20
_START = "import sys; sys.path[:] = {path!r}; from kbassist.lint.workers import main; main()"

Checked = tuple[Page, list[tuple[str, Found]]]
"""A file, and what the rules that look at one file alone find in it, by code."""


def read_all(
    paths: Sequence[str], scope: Scope, names: tuple[str, ...], jobs: int
) -> Iterator[Checked]:
    """Every file in order.

    Args:
        paths: relative to the kb folder.
        scope: what holds for all files.
        names: codes of the rules to apply.
        jobs: processes at most.

    Raises:
        KbassistError: a worker has died.
    """
    if jobs < 2 or len(paths) < WORTH_STARTING or not sys.executable:
        for path in paths:
            yield check_file(path, scope, names)
        return
    workers: list[subprocess.Popen[bytes]] = []
    batches = [paths[start : start + _BATCH] for start in range(0, len(paths), _BATCH)]
    try:
        for place in range(min(jobs, len(batches))):
            workers.append(_start())
            stream = workers[-1].stdin
            assert stream is not None
            send(stream, (scope, names, batches[place::jobs]))
        for number in range(len(batches)):
            yield from _result(workers[number % len(workers)])
    finally:
        for worker in workers:
            worker.kill()  # it writes nothing but its results
            worker.wait()
            for end in (worker.stdin, worker.stdout):
                with suppress(OSError):
                    end.close()  # type: ignore[union-attr]


def _result(worker: subprocess.Popen[bytes]) -> list[Checked]:
    assert worker.stdout is not None
    try:
        found: list[Checked] | str = receive(worker.stdout)
    except (EOFError, OSError):
        raise KbassistError(
            "a process that read articles died", hint="If memory ran out: --jobs 1"
        ) from None
    if isinstance(found, str):
        raise RuntimeError(found)
    return found


def _start() -> subprocess.Popen[bytes]:
    path = [os.path.abspath(place) for place in sys.path]
    return subprocess.Popen(
        [sys.executable, "-I", "-c", _START.format(path=path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        start_new_session=True,  # Ctrl-C is for the one that started it
    )


def check_file(path: str, scope: Scope, names: tuple[str, ...]) -> Checked:
    """One file; what cannot be read is a page with that problem."""
    try:
        _, raw = read_source(scope.folder, path)
        page = read_page(raw, path, scope.config)
    except ArticleError as error:
        page = Page(error.path, "", None, problems=(error,))
    checks = ((name, RULES[name].page) for name in names)
    return page, [(name, found) for name, check in checks if check for found in check(page, scope)]


def main() -> None:
    """Do the batches of one worker: they come in on standard input, results leave on its output."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    source, target = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not fall between the frames
    scope, names, batches = receive(source)
    try:
        for batch in batches:
            send(target, _done(batch, scope, names))
    except BrokenPipeError:
        os._exit(0)


def _done(batch: Sequence[str], scope: Scope, names: tuple[str, ...]) -> list[Checked] | str:
    try:
        return [check_file(path, scope, names) for path in batch]
    except Exception as error:
        return f"{type(error).__name__}: {error}"
