"""A conversation with `kbassist mcp` by the library's own client: search, get, ask, with budgets.

    python benchmarks/mcp_transcript.py          # prints it
    python benchmarks/mcp_transcript.py --write  # and puts it into docs/mcp.md

Builds the example help centre and starts a server of it over stdio. Needs kbassist[mcp].
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

from mcp import Client, StdioServerParameters

from kbassist import build_index
from kbassist.text.count import count_tokens

HERE = Path(__file__).parent
PAGE = HERE.parent / "docs" / "mcp.md"
BEGIN, END = "<!-- transcript -->\n", "<!-- end of transcript -->"
QUESTION = "XRP 充值忘记填 tag 了能找回吗？"


def server(index: Path) -> StdioServerParameters:
    """What starts a server over stdio on a fixed day."""
    arguments = ["-m", "kbassist", "mcp", "--index", str(index)]
    environment = {**os.environ, "KBASSIST_TODAY": "2026-11-21"}
    return StdioServerParameters(command=sys.executable, args=arguments, env=environment)


def tokens_of(result: Any) -> tuple[int, int]:
    """Of the text and of the object."""
    record = json.dumps(result.structured_content, ensure_ascii=False, separators=(",", ":"))
    return sum(count_tokens(block.text) for block in result.content), count_tokens(record)


async def conversation(index: Path) -> list[str]:
    """Each call with its arguments, its cost, its text, and for the last one its object."""
    parts: list[str] = []

    async with Client(server(index)) as client:

        async def call(name: str, **arguments: Any) -> Any:
            result = await client.call_tool(name, arguments)  # checked against its schema
            said = json.dumps(arguments, ensure_ascii=False)
            text, record = tokens_of(result)
            cost = f"# {text} + {record} = {text + record} tokens"
            parts.append(f"> {name} {said}\n{cost}\n{result.content[0].text}")
            return result.structured_content

        found = await call("search", question=QUESTION, limit=3, snippet_tokens=40, max_tokens=700)
        section = found["hits"][0]["chunk_id"]
        read = await call("get", ref=section, before=1, max_tokens=300)
        await call("get", ref=read["next_ref"], max_tokens=800)
        asked = await call("ask", question=QUESTION, max_tokens=800)
        parts.append("the object of the same answer\n" + json.dumps(asked, ensure_ascii=False))
    return parts


def transcript() -> str:
    """The whole conversation, as Markdown."""
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        build_index(HERE.parent / "kb", index)
        parts = asyncio.run(conversation(index))
    return "".join(f"```text\n{part}\n```\n\n" for part in parts)


def main() -> None:
    found = transcript()
    print(found)
    if "--write" in sys.argv[1:]:
        page = PAGE.read_text(encoding="utf-8")
        before, _, rest = page.partition(BEGIN)
        _, _, after = rest.partition(END)
        PAGE.write_text(f"{before}{BEGIN}\n{found}{END}{after}", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
