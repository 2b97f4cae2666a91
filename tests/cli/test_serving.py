"""`kbassist mcp` without its library, and what it refuses before it needs that."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

WITHOUT = """
import sys
sys.modules["mcp_types"] = None
from kbassist.cli import main
main()
"""


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """The command where the protocol's library is not installed."""
    return subprocess.run(
        [sys.executable, "-c", WITHOUT, "mcp", *options],
        capture_output=True,
        text=True,
        env=dict(os.environ),
        check=False,
        input="",
    )


@pytest.mark.parametrize("options", [(), ("--http",)])
def test_a_missing_library_is_an_error_with_the_install_line(
    harbor: Path, options: tuple[str, ...]
) -> None:
    found = run("--index", str(harbor), *options)
    assert (found.returncode, found.stdout) == (1, "")
    assert "serving agents needs the MCP library" in found.stderr
    assert found.stderr.endswith("hint: Install it: pip install 'kbassist[mcp]'\n")


@pytest.mark.parametrize(
    "options", [("--port", "9"), ("--host", "::1"), ("--allow-remote",), ("--allow-host", "x")]
)
def test_options_of_http_need_it(options: tuple[str, ...]) -> None:
    found = run(*options)
    assert (found.returncode, found.stdout) == (2, "")
    assert "need --http" in found.stderr


def test_json_is_not_for_the_server() -> None:
    found = run("--json")
    error = json.loads(found.stdout)["error"]
    assert (found.returncode, error["code"]) == (2, "usage")
    assert error["hint"] == "It speaks MCP. Try: kbassist mcp --help"
