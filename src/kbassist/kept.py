"""What was worked out last, kept up to a number."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

T = TypeVar("T")
"""Anything but None."""


class Kept(Generic[T]):
    """Values by key; the one asked for longest ago goes first. Threads may share it."""

    def __init__(self, most: int) -> None:
        """Start with nothing.

        Args:
            most: values that are kept, 1 up.
        """
        self._most = most
        self._values: OrderedDict[Hashable, T] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        """Number of values that are kept."""
        return len(self._values)

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """The value of a key, made where it is not kept; two threads may then both make it."""
        found = self.peek(key)
        if found is None:
            found = make()
            self.keep(key, found)
        return found

    def peek(self, key: Hashable) -> T | None:
        """The value of a key where it is kept; it counts as asked for."""
        with self._lock:
            if key not in self._values:
                return None
            self._values.move_to_end(key)
            return self._values[key]

    def keep(self, key: Hashable, value: T) -> None:
        """Keep a value; the oldest goes where there are too many."""
        with self._lock:
            self._values[key] = value
            while len(self._values) > self._most:
                self._values.popitem(last=False)
