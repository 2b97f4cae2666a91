"""The server over stdio: nothing but the protocol on its output, and a clean end."""

from __future__ import annotations

import json
import math
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kbassist import build_index
from kbassist.serve.tools import BY_NAME
from tests.conftest import WriteKb
from tests.serve.processes import COMMAND, Lines, environment, lines

pytest.importorskip("mcp", reason="needs kbassist[mcp]: make test-extras")

pytestmark = [pytest.mark.extras("mcp")]


@pytest.fixture(scope="module")
def server(awkward_index: Path) -> Iterator[Lines]:
    """One server that all fuzzing goes to; it must live to the end."""
    with lines(awkward_index) as found:
        found.initialize()
        yield found
        assert found.process.poll() is None


def harmless(server: Lines, kb: Path) -> None:
    """What was answered since the last look tells nothing of the machine, and is small."""
    for line in server.seen:
        assert b"Traceback" not in line
        assert str(kb.parent).encode() not in line
        assert b"site-packages" not in line
    server.seen.clear()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(codec=None), max_size=30)
    | st.sampled_from(["x" * 5000, "提" * 5000, "\ud800", "\0", math.nan, math.inf, 10**400, -1]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec=None), max_size=9), inner, max_size=4)
    ),
    max_leaves=10,
)
NAMES = st.sampled_from(["search", "ask", "get", "list_articles", "status"])
KEYS = st.sampled_from(
    (*BY_NAME["search"].parameters, *BY_NAME["ask"].parameters, *BY_NAME["get"].parameters)
).map(lambda parameter: parameter.name) | st.just("audience")
ARGUMENTS = st.dictionaries(KEYS, JSON, max_size=5)
QUIET = settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])


@QUIET
@given(NAMES | st.text(st.characters(codec=None), max_size=20), ARGUMENTS | JSON)
def test_fuzzed_calls(server: Lines, awkward_kb: Path, name: Any, arguments: Any) -> None:
    id = server.call(name, arguments)
    found = server.read()
    assert found["id"] in (id, None)
    assert ("result" in found) != ("error" in found)
    assert server.answer(server.request("ping")) is not None
    harmless(server, awkward_kb)


@QUIET
@given(
    st.sampled_from(
        [
            *("tools/list", "tools/call", "resources/list", "resources/read", "prompts/list"),
            *("initialize", "ping", "completion/complete", "logging/setLevel", "server/discover"),
        ]
    )
    | st.text(max_size=20),
    st.dictionaries(st.sampled_from(["cursor", "uri", "name", "_meta", "arguments"]), JSON) | JSON,
)
def test_fuzzed_requests(server: Lines, awkward_kb: Path, method: str, params: Any) -> None:
    server.request(method, params)
    server.answer(server.request("ping"))
    harmless(server, awkward_kb)


@QUIET
@given(
    st.binary(max_size=60).map(lambda raw: raw.replace(b"\n", b""))
    | JSON.map(lambda value: json.dumps(value).encode())
    | st.sampled_from([b"[" * 5000, b'{"a":' * 5000, b"\xff\xfe", b'{"jsonrpc":"2.0"}', b""])
)
def test_fuzzed_lines(server: Lines, awkward_kb: Path, line: bytes) -> None:
    server.raw(line)
    server.answer(server.request("ping"))
    harmless(server, awkward_kb)


def test_a_line_that_is_no_message_is_answered(server: Lines) -> None:
    server.raw(b"garbage")
    assert server.read() == {
        "jsonrpc": "2.0",
        "id": None,
        "error": {"code": -32700, "message": "Parse error: the line is not JSON"},
    }
    for params in (rb'{"a":"\ud800"}', b"[1]", b"NaN", b"5"):
        server.raw(b'{"jsonrpc":"2.0","id":"own","method":"ping","params":%s}' % params)
        found = server.read()
        assert (found["id"], found["error"]["code"]) == ("own", -32600)
    for line in (b"[1]", b"5", b'{"id":[1]}', rb'{"id":"\ud800"}', b"{}"):
        server.raw(line)
        found = server.read()
        assert (found["id"], found["error"]["code"]) == (None, -32600)


NOISE = """
import logging, os, sys, warnings
logging.basicConfig(level="INFO", stream=sys.stdout)
print("noise before")
from kbassist.assistant import Assistant
status = Assistant.status
def noisy(self):
    print("noise within", flush=True)
    sys.__stdout__.write("noise unflushed")
    os.write(1, b"noise below\\n")
    os.system("echo noise of a child")
    warnings.warn("noise of a warning")
    logging.warning("noise of a log")
    return status(self)
Assistant.status = noisy
"""


def test_nothing_but_the_protocol_on_standard_output(harbor: Path) -> None:
    quiet = NOISE.replace('print("noise before")\n', "")
    with lines(harbor, program=quiet) as server:
        server.initialize()
        id = server.call("status", {})
        assert "result" in server.answer(id)
        out, err, status = server.end()
    assert (out, status) == (b"", 0)
    for noise in (b"within", b"below", b"of a child", b"of a warning", b"of a log"):
        assert b"noise " + noise in err


def test_calls_under_way_are_answered_after_the_input_has_ended(harbor: Path) -> None:
    with lines(harbor) as server:
        server.initialize()
        ids = {server.call("ask", {"question": f"What is the fee {i}?"}) for i in range(5)}
        out, _, status = server.end()
    answers = [json.loads(line) for line in out.splitlines()]
    assert {answer["id"] for answer in answers} == ids
    assert all("result" in answer for answer in answers)
    assert status == 0


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("begun", [False, True])
def test_a_signal_ends_it(harbor: Path, number: int, begun: bool) -> None:
    with lines(harbor) as server:
        server.initialize()
        if begun:
            server.answer(server.request("ping"))
        server.process.send_signal(number)
        assert server.process.wait(60) == 0
        assert server.process.stderr is not None
        assert server.process.stderr.read() == b""


def test_a_client_that_is_gone_ends_it(harbor: Path) -> None:
    with lines(harbor) as server:
        server.initialize()
        server.answer(server.request("ping"))
        assert server.process.stdout is not None
        server.process.stdout.close()
        server.request("ping")
        assert server.process.wait(60) == 0
        assert server.process.stderr is not None
        assert server.process.stderr.read() == b"the client takes no more answers\n"


def test_an_audience_that_opens_nothing_is_told(harbor: Path) -> None:
    with lines(harbor, "--audience", "staf") as server:
        _, err, status = server.end()
    assert b"'staf' opens nothing: restricted labels are" in err
    assert status == 0


SLOW = """
import time
from kbassist.assistant import Assistant
search = Assistant.ask
def slow(self, question, **options):
    if "slow" in question:
        time.sleep(2)
    return search(self, question, **options)
Assistant.ask = slow
"""


def test_a_slow_call_holds_up_no_other(harbor: Path) -> None:
    with lines(harbor, program=SLOW) as server:
        server.initialize()
        slow = server.call("search", {"question": "slow fee"})
        quick = server.call("search", {"question": "fee"})
        assert [server.read()["id"], server.read()["id"]] == [quick, slow]


def test_a_cancelled_call_does_no_harm(harbor: Path) -> None:
    with lines(harbor, program=SLOW) as server:
        server.initialize()
        slow = server.call("search", {"question": "slow fee"})
        cancel = {"jsonrpc": "2.0", "method": "notifications/cancelled"}
        server.raw(json.dumps({**cancel, "params": {"requestId": slow}}).encode())
        quick = server.call("search", {"question": "fee"})
        assert server.read()["id"] == quick
        out, _, status = server.end()
    assert (out, status) == (b"", 0)


def test_a_new_generation_is_served_and_a_broken_one_is_not(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    kb = write_kb({"fees.md": "# Fees\n\n## Withdrawal fee\n\nThe withdrawal fee is 1 USDT.\n"})
    index = tmp_path / "index"
    build_index(kb, index)
    with lines(index) as server:
        server.initialize()

        def ask() -> dict[str, Any]:
            id = server.call("ask", {"question": "What is the withdrawal fee?"})
            found: dict[str, Any] = server.answer(id)["result"]["structuredContent"]
            return found

        assert ask()["citations"][0]["quote"] == "The withdrawal fee is 1 USDT."
        write_kb({"fees.md": "# Fees\n\n## Withdrawal fee\n\nThe withdrawal fee is 2 USDT.\n"})
        build_index(kb, index)
        assert ask()["citations"][0]["quote"] == "The withdrawal fee is 2 USDT."
        (index / "CURRENT").write_text("gen-000077")
        found = ask()
        assert found["citations"][0]["quote"] == "The withdrawal fee is 2 USDT."
        assert "(index_broken)" in found["warning"]
        _, err, status = server.end()
    assert b"gen-000077" in err  # the operator reads what the client is not told
    assert status == 0


@pytest.mark.parametrize("options", [(), ("--http", "--port", "0")])
def test_it_does_not_start_without_an_index(tmp_path: Path, options: tuple[str, ...]) -> None:
    run = subprocess.run(
        [sys.executable, *COMMAND, *options, "--index", str(tmp_path / "none")],
        capture_output=True,
        text=True,
        env=environment(),
        check=False,
        input="",
    )
    assert (run.returncode, run.stdout) == (5, "")
    assert "kbassist build" in run.stderr
    assert "Traceback" not in run.stderr
