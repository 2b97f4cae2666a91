"""The server over HTTP: who is refused, what is malformed, and where it may listen."""

from __future__ import annotations

import http.client
import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.serve.processes import COMMAND, INITIALIZE, environment
from tests.serve.processes import http as serving

pytest.importorskip("mcp", reason="needs kbassist[mcp]: make test-extras")

pytestmark = [pytest.mark.extras("mcp")]

HEADERS = {"Content-Type": "application/json", "Accept": "application/json, text/event-stream"}
ASK = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": "How long does a withdrawal take?"}},
}


@pytest.fixture(scope="module")
def url(awkward_index: Path) -> Iterator[str]:
    """A server that all requests of this file go to; it must live to the end."""
    with serving(awkward_index, "--allow-host", "kb.example") as (found, process):
        yield found
        assert process.poll() is None


def post(
    url: str, body: bytes, headers: dict[str, str] | None = None, method: str = "POST"
) -> tuple[int, bytes]:
    """Status and body of one request."""
    place = urlsplit(url)
    connection = http.client.HTTPConnection(place.netloc, timeout=60)
    try:
        connection.request(method, place.path, body, {**HEADERS, **(headers or {})})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def test_a_call(url: str) -> None:
    status, body = post(url, json.dumps(ASK).encode())
    assert status == 200
    quote = json.loads(body)["result"]["structuredContent"]["citations"][0]["quote"]
    assert quote == "A withdrawal takes ten minutes."


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.example"}, 421),
        ({"Host": "127.0.0.1.evil.example:80"}, 421),
        ({"Host": "localhost.evil.example"}, 421),
        ({"Host": ""}, 421),
        ({"Origin": "https://evil.example"}, 403),
        ({"Origin": "http://localhost.evil.example:80"}, 403),
        ({"Origin": "null"}, 403),
        ({"Host": "localhost:1"}, 200),
        ({"Host": "localhost"}, 200),
        ({"Host": "[::1]:80"}, 200),
        ({"Host": "kb.example"}, 200),
        ({"Origin": "http://localhost:6274"}, 200),
    ],
)
@pytest.mark.parametrize("method", ["tools/call", "initialize"])
def test_host_and_origin(url: str, headers: dict[str, str], status: int, method: str) -> None:
    params = ASK["params"] if method == "tools/call" else INITIALIZE
    body = {**ASK, "method": method, "params": params}
    found, answer = post(url, json.dumps(body).encode(), headers)
    assert found == status
    assert (b"withdrawal" in answer) == (status == 200 and method == "tools/call")


@pytest.mark.parametrize(
    ("body", "headers", "method"),
    [
        (b"", {}, "POST"),
        (b"{", {}, "POST"),
        (b"[" * 100_000, {}, "POST"),
        (b"\xff\xfe", {}, "POST"),
        (b"x" * (1024 * 1024 + 1), {}, "POST"),
        (b"{}", {"Content-Type": "text/plain"}, "POST"),
        (b"{}", {"Accept": "text/html"}, "POST"),
        (b"{}", {"MCP-Protocol-Version": "1999-01-01"}, "POST"),
        (b"{}", {"Mcp-Session-Id": "made-up"}, "POST"),
        (b"", {}, "PUT"),
        (b"", {}, "DELETE"),
        (b"", {"Accept": "text/html"}, "GET"),
        (b"", {"Accept": "text/event-stream"}, "GET"),
    ],
)
def test_what_is_malformed_is_refused(
    url: str, body: bytes, headers: dict[str, str], method: str
) -> None:
    status, answer = post(url, body, headers, method)
    assert 400 <= status < 500
    assert b"Traceback" not in answer
    assert b"site-packages" not in answer
    assert post(url, json.dumps(ASK).encode())[0] == 200


@settings(max_examples=80, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_bytes_that_are_no_http_do_no_harm(url: str, raw: bytes) -> None:
    place = urlsplit(url)
    with socket.create_connection((str(place.hostname), int(place.port or 0)), 60) as connection:
        connection.sendall(raw)
        connection.shutdown(socket.SHUT_WR)
        answer = connection.recv(1000)
    assert b"Traceback" not in answer
    assert b"200 OK" not in answer


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner),
    max_leaves=8,
)


@settings(max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(["tools/call", "tools/list", "resources/read", "x"]),
    st.fixed_dictionaries({}, optional={"name": VALUES, "arguments": VALUES, "uri": VALUES})
    | VALUES,
)
def test_fuzzed_requests(url: str, awkward_kb: Path, method: str, params: Any) -> None:
    message = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    status, answer = post(url, json.dumps(message).encode())
    assert status < 500
    assert b"Traceback" not in answer
    assert str(awkward_kb.parent).encode() not in answer


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it(awkward_index: Path, number: int) -> None:
    with serving(awkward_index) as (url, process):
        assert post(url, json.dumps(ASK).encode())[0] == 200
        process.send_signal(number)
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out) == (0, "")
    assert err == "WARNING plain.md is quoted and stale: past_review\n"


def start(index: Path, *options: str) -> tuple[int, str]:
    """Exit status and messages of a server that does not start."""
    run = subprocess.run(
        [sys.executable, *COMMAND, "--index", str(index), *options],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
        timeout=60,
        input="",
    )
    assert run.stdout == ""
    assert "Traceback" not in run.stderr
    return run.returncode, run.stderr


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (("--http", "--host", "0.0.0.0"), "Add --allow-remote if that is meant"),
        (("--http", "--host", "kb.example"), "without a login"),
        (("--http", "--host", "0.0.0.0", "--allow-remote"), "Add --allow-host NAME"),
        (("--http", "--port", "70000"), "--port must be 0 to 65535"),
        (("--port", "9000"), "need --http"),
        (("--allow-origin", "https://a.example"), "need --http"),
    ],
)
def test_what_would_open_it_to_others_must_be_meant(
    awkward_index: Path, options: tuple[str, ...], said: str
) -> None:
    status, told = start(awkward_index, *options)
    assert status == 2
    assert said in told


def test_a_port_that_is_taken(awkward_index: Path, url: str) -> None:
    port = str(urlsplit(url).port)
    status, told = start(awkward_index, "--http", "--port", port)
    assert status == 2
    assert f"cannot listen on 127.0.0.1:{port}: Address already in use" in told


def test_listening_to_others_says_what_that_means(awkward_index: Path) -> None:
    options = ("--host", "0.0.0.0", "--allow-remote", "--allow-host", "kb.example")
    with serving(awkward_index, *options) as (url, _):
        local = url.replace("0.0.0.0", "127.0.0.1")
        assert post(local, json.dumps(ASK).encode(), {"Host": "kb.example"})[0] == 200
        assert post(local, json.dumps(ASK).encode(), {"Host": "other.example"})[0] == 421
