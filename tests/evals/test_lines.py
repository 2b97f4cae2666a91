from __future__ import annotations

from pathlib import Path

import pytest

from kbassist.errors import DatasetError
from kbassist.evals.lines import json_values


def test_values_come_with_their_lines() -> None:
    text = '{"a": 1}\n\n  \n"b"\r\n[2]'
    assert [*json_values(text, Path("x"))] == [(1, {"a": 1}), (4, "b"), (5, [2])]


def test_what_is_no_json_is_named_by_place() -> None:
    lines = json_values('1\n{"a": }\n', Path("log.jsonl"))
    assert next(lines) == (1, 1)
    with pytest.raises(DatasetError, match=r"log\.jsonl:2: bad JSON: Expecting value at column 7"):
        next(lines)
