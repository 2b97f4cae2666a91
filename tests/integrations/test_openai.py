"""The real client of `openai`, against a local server that answers, lies, hangs and breaks."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any

import pytest

from kbassist import Assistant
from kbassist.errors import UsageError
from kbassist.integrations.llm import Generated, agenerate, generate
from kbassist.types import Answer
from tests.integrations.chat_server import GOOD, KEY, Server, running

pytestmark = pytest.mark.extras("openai")

QUESTION = "XRP 充值忘记填 tag 了能找回吗？"

TROUBLES = [
    ("invents-a-citation", "unverified", "no_such_citation: 7"),
    ("changes-a-number", "unverified", "number: 5 workday"),
    ("names-a-foreign-address", "foreign_link", ""),
    ("obeys-an-article", "unverified", "no_citation"),
    ("cites-nothing", "uncited", ""),
    ("says-nothing", "empty", ""),
    ("resets", "model_error", "APIConnectionError"),
    ("cut-off", "model_error", "APIConnectionError"),
    ("fails", "model_error", "InternalServerError"),
    ("limits", "model_error", "RateLimitError"),
    ("refuses-the-key", "model_error", "AuthenticationError"),
    ("no-json", "model_error", "JSONDecodeError"),
    ("web-page", "malformed", "str"),
    ("streams", "malformed", "str"),
    ("no-choices", "malformed", "ChatCompletion"),
    ("null", "malformed", "NoneType"),
    ("no-content", "empty", ""),
    ("token-limit", "cut", ""),
]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running() as started:
        yield started


@pytest.fixture(scope="module")
def answer(assistant: Assistant) -> Answer:
    return assistant.ask(QUESTION)


def written(
    assistant: Assistant, answer: Answer, server: Server, model: str, **options: Any
) -> Any:
    from openai import OpenAI

    with OpenAI(base_url=server.url, api_key=KEY) as client:
        return generate(assistant, answer, client, model=model, **options)


def awritten(
    assistant: Assistant, answer: Answer, server: Server, model: str, **options: Any
) -> Generated:
    from openai import AsyncOpenAI

    async def run() -> Generated:
        async with AsyncOpenAI(base_url=server.url, api_key=KEY) as client:
            return await agenerate(assistant, answer, client, model=model, **options)

    return asyncio.run(run())


@pytest.mark.parametrize("ask", [written, awritten])
def test_a_good_model(ask: Any, assistant: Assistant, answer: Answer, server: Server) -> None:
    server.requests.clear()
    found = ask(assistant, answer, server, "good", request={"max_completion_tokens": 600})
    assert (found.text, found.source, found.reason) == (GOOD, "model", "verified")
    [request] = server.requests
    assert request["max_completion_tokens"] == 600 and request["model"] == "good"
    assert request["messages"][1]["content"].endswith(f"Question: {QUESTION}")


@pytest.mark.parametrize(("model", "reason", "detail"), TROUBLES)
@pytest.mark.parametrize("ask", [written, awritten])
def test_the_quotes_stand_in(
    ask: Any,
    model: str,
    reason: str,
    detail: str,
    assistant: Assistant,
    answer: Answer,
    server: Server,
) -> None:
    server.requests.clear()
    found = ask(assistant, answer, server, model)
    assert (found.answer, found.source) == (answer, "quotes")
    assert (found.reason, found.detail) == (reason, detail)
    assert len(server.requests) == 1  # the client's own retries are off


@pytest.mark.parametrize("model", ["hangs", "drips"])
@pytest.mark.parametrize("ask", [written, awritten])
def test_slow_servers(
    ask: Any, model: str, assistant: Assistant, answer: Answer, server: Server
) -> None:
    server.requests.clear()
    found = ask(assistant, answer, server, model, timeout=0.5)
    assert (found.answer, found.source, found.reason) == (answer, "quotes", "timeout")
    assert len(server.requests) == 1


def test_a_client_of_threads_serves_asyncio(
    assistant: Assistant, answer: Answer, server: Server
) -> None:
    from openai import AsyncOpenAI, OpenAI

    with OpenAI(base_url=server.url, api_key=KEY) as client:
        found = asyncio.run(agenerate(assistant, answer, client, model="good"))
    assert found.text == GOOD
    with pytest.raises(UsageError, match="asyncio"):
        generate(assistant, answer, AsyncOpenAI(base_url=server.url, api_key=KEY), model="good")


def test_no_server(assistant: Assistant, answer: Answer) -> None:
    from openai import OpenAI

    with OpenAI(base_url="http://127.0.0.1:9/v1", api_key=KEY) as client:
        found = generate(assistant, answer, client, model="good")
    assert (found.answer, found.reason) == (answer, "model_error")


def test_the_key_stays_where_it_is(
    assistant: Assistant, answer: Answer, server: Server, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, "kbassist")
    found = written(assistant, answer, server, "refuses-the-key")
    assert KEY not in repr(found) and KEY not in caplog.text


def test_nobody_is_asked_without_an_answer(assistant: Assistant, server: Server) -> None:
    server.requests.clear()
    found = written(assistant, assistant.ask("转人工"), server, "good")
    assert (found.reason, server.requests) == ("not_answered", [])
