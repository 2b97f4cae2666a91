"""One module for each system; each has a `build`, and an `open_index` for a fresh process."""

from __future__ import annotations

from collections.abc import Callable, Sequence

K = 10
"""Results that are asked for."""

Search = Callable[[str], Sequence[str]]
"""From a question to the ids of chunks, best first."""
