"""The endpoint as a server of its own on a local port, asked over HTTP."""

from __future__ import annotations

import asyncio
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from kbassist import Assistant, build_index
from kbassist.errors import IndexMissing, TimedOut
from tests.conftest import WriteKb

pytestmark = pytest.mark.extras("fastapi")

QUESTION = "提币一直没到账怎么办？"


@contextmanager
def serving(index: Path) -> Iterator[str]:
    """The address of the application, served by uvicorn in a thread."""
    import uvicorn

    from fastapi_endpoint import create_app

    server = uvicorn.Server(uvicorn.Config(create_app(index), port=0, log_level="warning"))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive()
            time.sleep(0.01)
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def address(harbor: Path) -> Iterator[str]:
    with serving(harbor) as found:
        yield found


def call(url: str, body: object = None, method: str = "POST") -> tuple[int, Any]:
    data = None if body is None else json.dumps(body).encode()
    request = Request(url, data, {"Content-Type": "application/json"}, method=method)
    try:
        with urlopen(request) as response:
            return response.status, json.load(response)
    except HTTPError as error:
        with error:
            return error.code, json.load(error)


def test_an_answer(address: str, assistant: Assistant) -> None:
    status, reply = call(f"{address}/ask", {"question": QUESTION})
    answer = assistant.ask(QUESTION)
    assert status == 200
    assert (reply["action"], reply["text"]) == ("answer", answer.text)
    assert reply["confidence"] == answer.confidence and reply["priority"] == "normal"
    [source, *_] = reply["citations"]
    cited = answer.citations[0]
    assert source == {
        "number": 1,
        "title": cited.title,
        "quote": cited.quote,
        "ref": cited.ref,
        "url": cited.url,
        "stale": False,
    }


def test_filters(address: str) -> None:
    asked = {"question": "withdrawal fee", "locale": ["zh"]}
    status, reply = call(f"{address}/ask", asked)
    assert status == 200
    assert all(source["ref"].startswith("zh/") for source in reply["citations"])


@pytest.mark.parametrize(
    ("body", "code"),
    [({"question": "???"}, "empty_question"), ({"question": "a" * 9000}, "question_too_long")],
)
def test_a_question_that_cannot_be_asked(address: str, body: Any, code: str) -> None:
    status, reply = call(f"{address}/ask", body)
    assert (status, reply["error"]["code"]) == (422, code)
    assert reply["error"]["message"] and reply["error"]["hint"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"question": 5},
        {"question": "fee", "audience": ["staff"]},
        {"question": "fee", "top_k": 3},
        ["fee"],
    ],
)
def test_a_request_of_another_shape(address: str, body: Any) -> None:
    status, reply = call(f"{address}/ask", body)
    assert status == 422 and reply["detail"]


def test_the_reply_is_typed(address: str) -> None:
    _, schema = call(f"{address}/openapi.json", method="GET")
    assert schema["paths"]["/ask"]["post"]["responses"]["200"]["content"]["application/json"] == {
        "schema": {"$ref": "#/components/schemas/Reply"}
    }
    assert "quote" in schema["components"]["schemas"]["Source"]["properties"]


def test_a_question_back_can_be_answered(address: str, assistant: Assistant) -> None:
    _, asked = call(f"{address}/ask", {"question": "手续费"})
    assert asked["action"] == "clarify" and asked["text"] == ""
    choices = assistant.ask("手续费").choices
    assert [choice["text"] for choice in asked["choices"]] == [one.text for one in choices]
    assert {choice["ref"] for choice in asked["choices"]} == {one.ref for one in choices}
    _, reply = call(f"{address}/ask", {"question": asked["choices"][0]["text"]})
    assert reply["action"] == "answer"


def test_what_is_near_urgent_misspelt_and_answered_in_part(
    address: str, assistant: Assistant
) -> None:
    _, nothing = call(f"{address}/ask", {"question": "weather in Paris"})
    assert nothing["action"] == "abstain" and nothing["related"]
    _, stolen = call(f"{address}/ask", {"question": "My account was hacked, my coins are gone"})
    assert stolen["priority"] == "urgent" and "account_stolen" in stolen["urgent"]
    _, misspelt = call(f"{address}/ask", {"question": "widthrawal fee"})
    assert misspelt["did_you_mean"] == assistant.ask("widthrawal fee").did_you_mean is not None
    question = "What is the TRC-20 fee and how do I close my account?"
    _, both = call(f"{address}/ask", {"question": question})
    assert [part["action"] for part in both["parts"]] == ["answer", "answer"]


def test_a_question_that_takes_too_long(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from kbassist.answer import calls

    def late(*_: object, **__: object) -> None:
        raise TimedOut("not within 10 s")

    monkeypatch.setattr(calls, "ask", late)
    status, reply = call(f"{address}/ask", {"question": QUESTION})
    assert (status, reply) == (503, {"error": {"code": "timeout"}})


def test_a_new_build_is_taken_over(write_kb: WriteKb, tmp_path: Path) -> None:
    index = tmp_path / "index"
    kb = write_kb({"a.md": "# Withdrawal fee\n\nA withdrawal costs 1 USDT.\n"})
    build_index(kb, index)
    with serving(index) as address:
        first = call(f"{address}/health", method="GET")
        assert first == (200, {"status": "ok", "generation": "gen-000001"})
        write_kb({"a.md": "# Withdrawal fee\n\nA withdrawal costs 2 USDT.\n"})
        build_index(kb, index)
        _, reply = call(f"{address}/ask", {"question": "How much is the withdrawal fee?"})
        assert "2 USDT" in reply["text"]
        assert call(f"{address}/health", method="GET")[1]["generation"] == "gen-000002"


def test_a_broken_build_is_not(write_kb: WriteKb, tmp_path: Path) -> None:
    index = tmp_path / "index"
    kb = write_kb({"a.md": "# Fees\n\nFree.\n"})
    build_index(kb, index)
    with serving(index) as address:
        (index / "CURRENT").write_text("gen-000009\n", encoding="utf-8")
        assert call(f"{address}/ask", {"question": "fees"})[0] == 200


def test_the_servers_own_faults_tell_no_paths() -> None:
    from fastapi_endpoint import failed

    reply = asyncio.run(failed(None, IndexMissing("no index at '/srv/secret'", hint="Build it.")))
    assert (reply.status_code, bytes(reply.body)) == (503, b'{"error":{"code":"index_missing"}}')
