"""JSON lines: questions, whether labelled or logged, come one on each line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from kbassist.errors import DatasetError


def json_values(text: str, path: Path) -> Iterator[tuple[int, Any]]:
    """Line number and value of each line that is not blank.

    Args:
        text: of the file.
        path: named in errors.

    Raises:
        DatasetError: a line is no JSON.
    """
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            found = str(error)
            if isinstance(error, json.JSONDecodeError):
                found = f"{error.msg} at column {error.colno}"
            raise DatasetError(
                f"bad JSON: {found}",
                path=str(path),
                line=number,
                hint="Write one JSON object on each line.",
            ) from None
        yield number, value
