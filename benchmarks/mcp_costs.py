"""What the tools of `kbassist mcp` cost an agent: milliseconds over both transports, and tokens.

    python benchmarks/mcp_costs.py [--rounds 30]

Builds the example help centre, asks its labelled questions by the library's own client,
and prints a table for docs/mcp.md. Needs kbassist[mcp].
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from mcp import Client

from kbassist import build_index
from kbassist.text.count import count_tokens
from mcp_transcript import HERE, server, tokens_of

Costs = dict[str, list[tuple[float, int, int]]]
"""Tool → milliseconds, tokens of the text, tokens of the object."""


def questions(count: int) -> list[str]:
    """Labelled questions of all kinds, Chinese and English."""
    sets = []
    for name in ("harbor-zh", "harbor-en"):
        lines = (HERE.parent / "evals" / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        records = [json.loads(line) for line in lines]
        sets.append([record["text"] for record in records])
    both = [text for pair in zip(*sets, strict=False) for text in pair]
    return both[:: max(1, len(both) // count)][:count]


async def costs(client: Any, asked: list[str]) -> Costs:
    """What each call took, after one of each kind that is not counted."""
    found: Costs = {}

    async def call(name: str, label: str, **arguments: Any) -> Any:
        start = time.perf_counter()
        result = await client.call_tool(name, arguments)
        spent = (time.perf_counter() - start) * 1000
        found.setdefault(label, []).append((spent, *tokens_of(result)))
        return result.structured_content

    await client.list_tools()
    for question in (asked[0], *asked):
        hits = (await call("search", "search", question=question))["hits"]
        await call("ask", "ask", question=question)
        for hit in hits[:1]:
            await call("get", "get, a section", ref=hit["chunk_id"])
            await call("get", "get, an article", ref=hit["chunk_id"].partition("#")[0])
        await call("list_articles", "list_articles")
        await call("status", "status")
    return {label: rows[1:] for label, rows in found.items()}


def table(stdio: Costs, http: Costs) -> str:
    """Medians as a Markdown table."""
    lines = ["| call | stdio, ms | HTTP, ms | text, tokens | object, tokens | together, 95 % |"]
    lines.append("|---|--:|--:|--:|--:|--:|")
    for label, rows in stdio.items():
        text, record = (statistics.median(row[i] for row in rows) for i in (1, 2))
        both = sorted(row[1] + row[2] for row in rows)[int(len(rows) * 0.95)]
        spent, by_http = (
            statistics.median(row[0] for row in found[label]) for found in (stdio, http)
        )
        lines.append(
            f"| {label} | {spent:.0f} | {by_http:.0f} | {text:.0f} | {record:.0f} | {both} |"
        )
    return "\n".join(lines)


async def over_stdio(index: Path, asked: list[str]) -> Costs:
    """Over stdio, with the times from the start of the process and the cost of the tools."""
    start = time.perf_counter()
    async with Client(server(index)) as client:
        ready = time.perf_counter() - start
        await client.call_tool("ask", {"question": asked[0]})
        answered = time.perf_counter() - start
        tools = (await client.list_tools()).tools
        print(f"from start to ready {ready:.2f} s, to the first answer {answered:.2f} s\n")
        for what, told in (
            ("names, descriptions and parameters", {"output_schema"}),
            ("with the schemas of results", set()),
        ):
            listed = [
                tool.model_dump(mode="json", exclude_none=True, exclude=told) for tool in tools
            ]
            print(f"{what}: {count_tokens(json.dumps(listed))} tokens")
        return await costs(client, asked)


async def over_http(index: Path, asked: list[str]) -> Costs:
    """Over HTTP on the loopback interface."""
    program = [sys.executable, "-m", "kbassist", "mcp", "--http", "--port", "0"]
    process = subprocess.Popen([*program, "--index", str(index)], stderr=subprocess.PIPE, text=True)
    try:
        assert process.stderr is not None
        url = process.stderr.readline().split(" at ")[1].split()[0]
        async with Client(url) as client:
            return await costs(client, asked)
    finally:
        process.terminate()
        process.wait()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    parser.add_argument("--rounds", type=int, default=30, help="questions")
    asked = questions(parser.parse_args().rounds)
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        build_index(HERE.parent / "kb", index)
        stdio = asyncio.run(over_stdio(index, asked))
        http = asyncio.run(over_http(index, asked))
    print("\n" + table(stdio, http))


if __name__ == "__main__":
    main()
