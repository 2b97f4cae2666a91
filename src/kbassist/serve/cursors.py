"""Cursors: where the next page of the same question to the same generation begins.

A cursor is an offset and a digest of what it belongs to. It opens nothing: the question and the
filters are sent again with it, and are checked and applied as on the first page, so one that was
made up gives at most another page of what its maker may see anyway.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import Any

from kbassist.errors import UsageError
from kbassist.serve.parameters import shown

_CURSOR = re.compile(r"([0-9]{1,9})x([0-9a-f]{16})", re.ASCII)
_DIGITS = 16


def make(offset: int, asked: Any) -> str:
    """The cursor of a page.

    Args:
        offset: results before it, 1 up.
        asked: all that decides the results, as plain JSON values: tool, generation, question,
            filters, audience, day.
    """
    return f"{offset}x{_digest(offset, asked)}"


def read(cursor: str | None, asked: Any) -> int:
    """The offset that a cursor names; 0 without one.

    Raises:
        UsageError: it is none, or belongs to another question, filter or generation.
    """
    if cursor is None:
        return 0
    match = _CURSOR.fullmatch(cursor)
    if match is None:
        raise UsageError(
            f"not a cursor: {shown(cursor)}", hint="Pass next_cursor of an earlier result as it is."
        )
    offset = int(match[1])
    if _digest(offset, asked) != match[2]:
        raise UsageError(
            "the cursor is of another question, of other filters, or of an index that was rebuilt",
            hint="Start again without a cursor, and change nothing else while you page.",
        )
    return offset


def _digest(offset: int, asked: Any) -> str:
    said = json.dumps([offset, asked], ensure_ascii=True, sort_keys=True)
    return hashlib.sha256(said.encode()).hexdigest()[:_DIGITS]
