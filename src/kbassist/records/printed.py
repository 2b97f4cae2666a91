"""Records as the JSON that is printed: one form, so that what is counted is what is shown."""

from __future__ import annotations

import json
import re
from typing import Any

UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)
"""Control characters apart from tab and newline, and those that reorder what is shown."""


def as_json(record: dict[str, Any], indent: int | None = None) -> str:
    """A record as JSON, on one line unless it is indented.

    What must not reach a terminal is escaped; it stands in strings only, so the value is equal.
    """
    text = json.dumps(record, ensure_ascii=False, indent=indent)
    return UNSAFE.sub(lambda match: f"\\u{ord(match[0]):04x}", text)
