"""Fuzz `kbassist mcp`: random calls, requests, lines and HTTP bodies, all to one living server.

    python benchmarks/fuzz_mcp.py --minutes 5 [--seed 1]

Prints how many cases ended how, for each transport. Exits 1 with the case where the server dies,
says nothing for a minute, answers with what is no JSON-RPC, breaks the schema or the budget of a
result, or tells a traceback or a folder of this machine. Needs kbassist[mcp].
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import random
import select
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import jsonschema

from kbassist import build_index
from kbassist.serve.result import MAX_TOKENS, compact
from kbassist.serve.tools import BY_NAME
from kbassist.text.count import count_tokens

HERE = Path(__file__).parent
PATIENCE = 60
METHODS = (
    *("tools/call", "tools/list", "resources/list", "resources/read", "resources/templates/list"),
    *("ping", "initialize", "prompts/list", "completion/complete", "server/discover", "nonsense"),
)
WORDS = (
    "提币手续费",
    "withdrawal fee",
    "missing-memo",
    "zh/wallet/missing-memo.md:53-60",
    "\ud800",
)
ODD = (None, True, -1, 0, 5, 200, 10**30, 1.5, float("nan"), float("inf"), "", "\0", "x" * 9000)


class Fault(Exception):
    """What must not happen."""


def value(rng: random.Random, depth: int = 0) -> Any:
    """Any JSON value, likely ones more often."""
    kind = rng.random()
    if kind < 0.35:
        return rng.choice(WORDS)
    if kind < 0.6 or depth > 3:
        return rng.choice(ODD)
    if kind < 0.7:
        return "".join(chr(rng.randrange(0x3000)) for _ in range(rng.randrange(40)))
    if kind < 0.85:
        return [value(rng, depth + 1) for _ in range(rng.randrange(4))]
    return {str(value(rng, 9))[:20]: value(rng, depth + 1) for _ in range(rng.randrange(4))}


def arguments(rng: random.Random, tool: str) -> Any:
    """Arguments of a tool, most of them of the right names, some of the right types."""
    if rng.random() < 0.05:
        return value(rng)
    found = {}
    for parameter in BY_NAME[tool].parameters:
        if rng.random() < (0.9 if parameter.required else 0.25):
            kind = parameter.schema["type"]
            found[parameter.name] = (
                rng.choice(WORDS)
                if kind == "string" and rng.random() < 0.8
                else rng.randrange(1, 2000)
                if kind == "integer" and rng.random() < 0.8
                else value(rng)
            )
    if rng.random() < 0.1:
        found[str(value(rng, 9))[:20]] = value(rng)
    return found


def call(rng: random.Random) -> dict[str, Any]:
    """A call of a tool."""
    tool = rng.choice(list(BY_NAME))
    name = tool if rng.random() < 0.95 else value(rng)
    return {"method": "tools/call", "params": {"name": name, "arguments": arguments(rng, tool)}}


def request(rng: random.Random) -> dict[str, Any]:
    """Any request."""
    params = {key: value(rng) for key in ("uri", "cursor", "_meta", "name") if rng.random() < 0.4}
    return {"method": rng.choice(METHODS), "params": params if rng.random() < 0.8 else value(rng)}


def line(rng: random.Random) -> bytes:
    """A line that may be anything: a message with bytes changed, or none at all."""
    if rng.random() < 0.3:
        return rng.randbytes(rng.randrange(200)).replace(b"\n", b"")
    raw = bytearray(json.dumps({"jsonrpc": "2.0", "id": 0, **call(rng)}).encode())
    for _ in range(rng.randrange(1, 6)):
        raw[rng.randrange(len(raw))] = rng.randrange(11, 256)
    return bytes(raw)


def check(sent: Any, answer: bytes) -> str:
    """How an answer ends.

    Raises:
        Fault: it is one that must not be.
    """
    for word in (b"Traceback", b"site-packages", str(HERE.parent).encode()):
        if word in answer:
            raise Fault(f"tells {word!r}")
    found = json.loads(answer)
    if found.get("jsonrpc") != "2.0":
        raise Fault("no JSON-RPC")
    result = found.get("result", {})
    if "error" in found:
        return f"protocol error {found['error']['code']}"
    if "structuredContent" not in result:
        return "answered"
    record = result["structuredContent"]
    if result.get("isError"):
        return f"error {record['error']['code']}"
    jsonschema.validate(record, BY_NAME[sent["params"]["name"]].output)
    most = (sent["params"]["arguments"] or {}).get("max_tokens") or MAX_TOKENS
    if count_tokens(result["content"][0]["text"]) + count_tokens(compact(record)) > most:
        raise Fault("over its budget")
    return "result"


class Stdio:
    """A server over stdio."""

    def __init__(self, index: Path) -> None:
        program = [sys.executable, "-m", "kbassist", "mcp", "--index", str(index)]
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(program, stdin=pipe, stdout=pipe, stderr=subprocess.DEVNULL)
        self.rest = b""
        self.id = 1000
        hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": CLIENT}
        self.ask({"method": "initialize", "params": hello})
        self.send(b'{"jsonrpc":"2.0","method":"notifications/initialized"}')

    def send(self, raw: bytes) -> None:
        """Send a line."""
        assert self.process.stdin is not None
        self.process.stdin.write(raw + b"\n")
        self.process.stdin.flush()

    def read(self) -> bytes:
        """The next line.

        Raises:
            Fault: there is none.
        """
        assert self.process.stdout is not None
        out = self.process.stdout.fileno()
        while b"\n" not in self.rest:
            if not select.select([out], [], [], PATIENCE)[0]:
                raise Fault("says nothing")
            piece = os.read(out, 1 << 16)
            if not piece:
                raise Fault("is dead")
            self.rest += piece
        found, _, self.rest = self.rest.partition(b"\n")
        return found

    def ask(self, message: dict[str, Any]) -> bytes:
        """The answer to a request; those of stray lines may come before it."""
        self.id += 1
        self.send(json.dumps({"jsonrpc": "2.0", "id": self.id, **message}).encode())
        while json.loads(answer := self.read()).get("id") not in (self.id, None):
            pass
        return answer

    def stray(self, raw: bytes) -> str:
        """Send a line, and see that the server lives."""
        self.send(raw)
        self.send(b'{"jsonrpc":"2.0","id":"alive","method":"ping"}')
        ends = []
        while not (answer := self.read()).startswith(b'{"jsonrpc":"2.0","id":"alive"'):
            ends.append(json.loads(answer).get("error", {}).get("code", "answered"))
        return f"line: {', '.join(map(str, ends)) or 'no answer'}"


CLIENT = {"name": "fuzz", "version": "1"}
HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}


class Http:
    """A server over HTTP."""

    def __init__(self, index: Path) -> None:
        program = [sys.executable, "-m", "kbassist", "mcp", "--http", "--port", "0"]
        self.process = subprocess.Popen(
            [*program, "--index", str(index)], stderr=subprocess.PIPE, text=True
        )
        assert self.process.stderr is not None
        self.url = urlsplit(self.process.stderr.readline().split(" at ")[1].split()[0])

    def post(self, body: bytes) -> tuple[int, bytes]:
        """Status and body of a request.

        Raises:
            Fault: the server failed.
        """
        connection = http.client.HTTPConnection(self.url.netloc, timeout=PATIENCE)
        connection.request("POST", self.url.path, body, HEADERS)
        answer = connection.getresponse()
        found = answer.status, answer.read()
        connection.close()
        if found[0] >= 500:
            raise Fault(f"status {found[0]}: {found[1][:200]!r}")
        return found

    def ask(self, message: dict[str, Any]) -> bytes:
        """The answer to a request."""
        return self.post(json.dumps({"jsonrpc": "2.0", "id": 1, **message}).encode())[1]

    def stray(self, raw: bytes) -> str:
        """Send any body."""
        status, answer = self.post(raw)
        if b"Traceback" in answer:
            raise Fault("tells a traceback")
        return f"body: status {status}"


def run(server: Stdio | Http, rng: random.Random, until: float) -> Counter[str]:
    """Cases until a time, by how they ended."""
    ends: Counter[str] = Counter()
    kinds: tuple[Callable[[random.Random], Any], ...] = (call, call, request, line)
    while time.monotonic() < until:
        sent = rng.choice(kinds)(rng)
        try:
            known = isinstance(sent, dict)
            ends[check(sent, server.ask(sent)) if known else server.stray(sent)] += 1
        except Exception as error:
            print(f"FAULT {type(error).__name__}: {error}\n{sent!r}")
            raise SystemExit(1) from None
    return ends


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n")[0])
    parser.add_argument("--minutes", type=float, default=5.0, help="wall time of each transport")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        index = Path(folder) / "index"
        build_index(HERE.parent / "kb", index)
        for kind in (Stdio, Http):
            server = kind(index)
            until = time.monotonic() + options.minutes * 60
            ends = run(server, random.Random(options.seed), until)
            print(f"\n## {kind.__name__}: {sum(ends.values())} cases from seed {options.seed}\n")
            for end, count in ends.most_common():
                print(f"{count:8} {end}")
            server.process.terminate()
            server.process.wait()


if __name__ == "__main__":
    main()
