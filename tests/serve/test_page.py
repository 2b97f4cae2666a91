"""What docs/mcp.md tells users to paste is right."""

from __future__ import annotations

import json
import re

from kbassist.cli import quick, serving
from kbassist.serve.tools import TOOLS
from tests.conftest import REPOSITORY

PAGE = (REPOSITORY / "docs" / "mcp.md").read_text(encoding="utf-8")


def test_the_settings_of_clients_start_the_server() -> None:
    blocks = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)]
    assert len(blocks) == 3
    servers = [one for block in blocks for table in block.values() for one in table.values()]
    for server in servers:
        if "args" in server:
            command, *options = server["args"]
            assert (server["command"], command) == ("kbassist", "mcp")
            assert quick.parse(serving.mcp, options) is not None
        else:
            assert server["url"] == f"http://{serving.DEFAULT_HOST}:{serving.DEFAULT_PORT}/mcp"


def test_every_tool_is_in_the_table() -> None:
    named = re.findall(r"^\| `(\w+)` \|", PAGE, re.MULTILINE)
    assert sorted(named) == sorted(tool.name for tool in TOOLS)
