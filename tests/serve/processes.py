"""Servers as processes of their own, and the plainest client there can be."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Any

PATIENCE = 60
"""Seconds after which a server that says nothing is taken for dead."""
COMMAND = ("-m", "kbassist", "mcp")
INITIALIZE = {
    "protocolVersion": "2025-06-18",
    "capabilities": {},
    "clientInfo": {"name": "test", "version": "1"},
}


def environment() -> dict[str, str]:
    """What a server needs to find this package, and a fixed day."""
    return {**os.environ, "KBASSIST_TODAY": "2026-11-21"}


class Lines:
    """A server over stdio, spoken to line by line."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process = process
        self.ids = count(1)
        self.seen: list[bytes] = []
        self.buffer = b""

    def raw(self, line: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(line + b"\n")
        self.process.stdin.flush()

    def request(self, method: str, params: Any = None) -> int:
        id = next(self.ids)
        message = {"jsonrpc": "2.0", "id": id, "method": method}
        self.raw(json.dumps(message if params is None else {**message, "params": params}).encode())
        return id

    def call(self, tool: Any, arguments: Any) -> int:
        return self.request("tools/call", {"name": tool, "arguments": arguments})

    def read(self) -> dict[str, Any]:
        """The next message; every line on standard output must be one."""
        assert self.process.stdout is not None
        out = self.process.stdout.fileno()
        while b"\n" not in self.buffer:
            assert select.select([out], [], [], PATIENCE)[0], "the server says nothing"
            piece = os.read(out, 1 << 16)
            assert piece, "the server ended"
            self.buffer += piece
        line, _, self.buffer = self.buffer.partition(b"\n")
        self.seen.append(line)
        message = json.loads(line)
        assert message["jsonrpc"] == "2.0"
        return dict(message)

    def answer(self, id: int) -> dict[str, Any]:
        """The answer to a request; others that come before it are passed over."""
        while True:
            message = self.read()
            if message.get("id") == id:
                return message

    def initialize(self) -> None:
        self.answer(self.request("initialize", INITIALIZE))
        self.raw(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')

    def end(self) -> tuple[bytes, bytes, int]:
        """End the input; what was still written to both outputs, and the exit status."""
        out, err = self.process.communicate(timeout=PATIENCE)
        return self.buffer + out, err, self.process.returncode


@contextmanager
def lines(index: Path, *options: str, program: str | None = None) -> Iterator[Lines]:
    """A server over stdio; `program` runs in its place before the command line does."""
    arguments = COMMAND
    if program is not None:
        arguments = ("-c", f"{program}\nfrom kbassist.cli import main\nmain()", "mcp")
    process = subprocess.Popen(
        [sys.executable, *arguments, "--index", str(index), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(),
    )
    try:
        yield Lines(process)
    finally:
        process.kill()
        process.communicate()


@contextmanager
def http(index: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server over HTTP on a free port: its address and its process."""
    process = subprocess.Popen(
        [sys.executable, *COMMAND, "--http", "--port", "0", "--index", str(index), *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
    )
    assert process.stderr is not None
    try:
        for line in process.stderr:
            if "Serving MCP at " in line:
                break
        yield line.split("Serving MCP at ")[1].split()[0], process
    finally:
        process.kill()
        process.communicate()
