"""The conversation in docs/mcp.md is the one that the program has today."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.conftest import REPOSITORY

pytest.importorskip("mcp", reason="needs kbassist[mcp]: make test-extras")

pytestmark = [pytest.mark.extras("mcp")]


def test_the_conversation_in_the_docs_is_of_today() -> None:
    run = subprocess.run(
        [sys.executable, "benchmarks/mcp_transcript.py"],
        capture_output=True,
        encoding="utf-8",
        check=True,
        cwd=REPOSITORY,
    )
    page = (REPOSITORY / "docs" / "mcp.md").read_text(encoding="utf-8")
    shown = page.split("<!-- transcript -->")[1].split("<!-- end of transcript -->")[0]
    assert shown.strip() == run.stdout.strip()  # else: python benchmarks/mcp_transcript.py --write
