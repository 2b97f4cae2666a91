"""What holds for any text: lines and edits lie inside it, and mending twice changes nothing more."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kbassist.articles.source import decode
from kbassist.lint.fix import changes, write
from kbassist.lint.run import lint
from tests.articles.documents import texts
from tests.lint.helpers import TODAY

QUICK, LONG = 120, 10_000
FIXABLE = [
    "##a\n", "[x](a.md#X)", "[x](A.md)", "[x](www.a.example)", "[x](a@b.example)", "# x\n", "体币，",
    "<!-- kbassist-lint: disable=KB201 -->", "<!-- kbassist-lint: disable-line=KB2 -->\n", "\r\n",
    "<!-- kbassist-lint: disable-next-line=KB402 -->\n", "---\nquestions:\n- a\n- a\n---\n", "\n",
    "---\nkind: glossary\nlocale: zh\n---\n\n提币\n: 转出。误写：体币。\n\n", "text ", "```\n", "> ",
]  # fmt: skip
documents = st.one_of(
    texts,
    st.lists(st.sampled_from(FIXABLE), max_size=25).map("".join),
    st.tuples(st.lists(st.sampled_from(FIXABLE), max_size=9).map("".join), texts).map("".join),
)


def profile(examples: int) -> Callable[[Any], Any]:
    return settings(
        max_examples=examples,
        deadline=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )


def check(first: str, second: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        kb = Path(folder)
        (kb / "a.md").write_bytes(first.encode("utf-8", "replace"))
        (kb / "b.md").write_bytes(second.encode("utf-8", "replace"))
        report = lint(kb, today=TODAY)
        for finding in report.findings:
            text = decode((kb / finding.path).read_bytes(), finding.path)
            assert 1 <= finding.line <= text.count("\n") + 1
            assert all(0 <= edit.start <= edit.end <= len(text) for edit in finding.edits)
        for _ in range(6):  # one silence may free another finding
            found = list(changes(lint(kb, today=TODAY)))
            assert all(write(kb, change) for change in found)
            if not found:
                return
        raise AssertionError("mending does not come to an end")


@given(documents, documents)
@profile(QUICK)
def test_any_text(first: str, second: str) -> None:
    check(first, second)


@pytest.mark.long
@given(documents, documents)
@profile(LONG)
def test_any_text_long(first: str, second: str) -> None:
    check(first, second)
