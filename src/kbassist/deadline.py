"""How long a call may take: it gives up between two of its steps, where nothing is half done.

The deadline of a call stands in a context variable, so that no function between the call and its
steps has to pass it on; each thread and each asyncio task has its own.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from kbassist.checks import seconds
from kbassist.errors import TimedOut

LONGEST = 1e9
"""Seconds, some thirty years: more would not fit a clock."""

_current: ContextVar[Deadline | None] = ContextVar("kbassist_deadline", default=None)


class Deadline:
    """The moment by which a call must be done, counted from when this is made.

    Args:
        timeout: seconds, above 0; None for as long as it takes.

    Raises:
        UsageError: anything else.
    """

    __slots__ = ("_end", "_timeout", "_untold")

    def __init__(self, timeout: float | None) -> None:
        self._timeout = None if timeout is None else seconds("timeout", timeout)
        self._end = math.inf if timeout is None else time.monotonic() + min(timeout, LONGEST)
        self._untold = [True]

    @property
    def left(self) -> float | None:
        """Seconds that are left, 0 up; None for as long as it takes."""
        return None if self._end == math.inf else max(self._end - time.monotonic(), 0.0)

    @property
    def given_up(self) -> bool:
        """Whether nobody waits for the call any more."""
        return self._end == -math.inf

    def give_up(self) -> None:
        """Let the call end at its next step: nobody waits for it any more."""
        self._end = -math.inf

    def tells(self) -> bool:
        """True once: the call and who waits for it may both tell that it failed, and one shall."""
        try:
            return self._untold.pop()
        except IndexError:
            return False

    def check(self) -> None:
        """Raise where the moment has passed.

        Raises:
            TimedOut: it has.
        """
        if time.monotonic() >= self._end:
            raise self.passed()

    def passed(self) -> TimedOut:
        """The error of a call that took longer."""
        if self._timeout is None:
            return TimedOut("the call was given up: nobody waits for it any more")
        return TimedOut(
            f"the call took longer than {self._timeout:g} s",
            hint="Allow it more time (timeout=…), or ask again when less is going on.",
        )


@contextmanager
def within(deadline: Deadline) -> Iterator[None]:
    """Run a block under a deadline, which `check_deadline` looks at meanwhile.

    Raises:
        TimedOut: it has passed before anything began, or at one of the steps.
    """
    deadline.check()
    token = _current.set(deadline)
    try:
        yield
    finally:
        _current.reset(token)


def check_deadline() -> None:
    """Between two steps of a call: go on, or give up where its deadline has passed.

    Raises:
        TimedOut: it has.
    """
    deadline = _current.get()
    if deadline is not None:
        deadline.check()
