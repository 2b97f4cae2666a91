"""The library's own client, which checks every result against its schema, over both transports."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from kbassist.serve.knowledge import NOTICE
from kbassist.serve.result import compact
from kbassist.text.count import count_tokens
from tests.conftest import HARBOR
from tests.serve.conftest import CHINESE_ID, SECRET
from tests.serve.processes import COMMAND, environment, http

mcp = pytest.importorskip("mcp", reason="needs kbassist[mcp]: make test-extras")

pytestmark = [pytest.mark.extras("mcp")]

ERAS = ("auto", "legacy")
"""The protocol of 2026 without a handshake, and the one before."""


@pytest.fixture(scope="module", params=["stdio", "http"])
def target(request: pytest.FixtureRequest, harbor: Path) -> Iterator[Any]:
    """The example help centre, served."""
    if request.param == "stdio":
        yield stdio(harbor)
    else:
        with http(harbor) as (url, _):
            yield url


def stdio(index: Path, *options: str) -> Any:
    """What starts a server over stdio."""
    arguments = [*COMMAND, "--index", str(index), *options]
    return mcp.StdioServerParameters(command=sys.executable, args=arguments, env=environment())


def using(target: Any, work: Callable[[Any], Awaitable[None]], era: str = "auto") -> None:
    """Do something with a client."""

    async def run() -> None:
        async with mcp.Client(target, mode=era) as client:
            await work(client)

    asyncio.run(asyncio.wait_for(run(), 60))


@pytest.mark.parametrize("era", ERAS)
def test_the_tools(target: Any, era: str) -> None:
    async def work(client: Any) -> None:
        assert client.server_info.name == "kbassist"
        assert "untrusted" in client.instructions
        tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        assert list(tools) == ["search", "ask", "get", "list_articles", "status"]
        for tool in tools.values():
            assert tool.input_schema["additionalProperties"] is False
            assert tool.output_schema["type"] == "object"
            assert tool.annotations.read_only_hint
            assert tool.annotations.idempotent_hint
            assert not tool.annotations.open_world_hint
            described = tool.input_schema["properties"].values()
            assert all(parameter["description"] for parameter in described)

    using(target, work, era)


CALLS: list[tuple[str, dict[str, Any]]] = [
    ("search", {"question": "XRP 充值忘记填 tag 了能找回吗？", "limit": 3, "max_tokens": 800}),
    ("search", {"question": "xyzzy"}),
    ("search", {"question": "手续费", "locale": ["en"], "kind": ["faq"], "snippet_tokens": 30}),
    ("ask", {"question": "How do I enable 2FA? And what is the fee?", "max_tokens": 300}),
    ("ask", {"question": "那 ERC20 呢？", "history": [{"question": "TRC20 提币手续费是多少？"}]}),
    ("ask", {"question": "My account was hacked, I want to talk to a person!"}),
    ("ask", {"question": "手续费"}),
    ("get", {"ref": "missing-memo#recover:1", "before": 2, "after": 2}),
    ("get", {"ref": "zh/wallet/missing-memo.md:1-60", "max_tokens": 250}),
    ("list_articles", {"limit": 3, "locale": ["zh-Hant"]}),
    ("status", {}),
]


@pytest.mark.parametrize("era", ERAS)
def test_every_result_keeps_its_schema_and_its_budget(target: Any, era: str) -> None:
    async def work(client: Any) -> None:
        for name, arguments in CALLS:
            result = await client.call_tool(name, arguments)  # refuses what breaks the schema
            assert not result.is_error, result.content
            [block] = result.content
            record = result.structured_content
            tokens = count_tokens(block.text) + count_tokens(compact(record))
            assert tokens <= arguments.get("max_tokens", 20_000)
            assert record["notice"] == NOTICE
            assert NOTICE in block.text

    using(target, work, era)


def test_search_then_get_then_ask(target: Any) -> None:
    async def work(client: Any) -> None:
        question = "XRP 充值忘记填 tag 了能找回吗？"
        found = await client.call_tool("search", {"question": question, "max_tokens": 600})
        hit = found.structured_content["hits"][0]
        read = await client.call_tool("get", {"ref": hit["chunk_id"], "max_tokens": 900})
        assert read.structured_content["article_id"] == "missing-memo"
        assert "53\t币还在 Harbor 的地址里" in read.content[0].text
        asked = await client.call_tool("ask", {"question": question, "max_tokens": 600})
        [citation] = asked.structured_content["citations"]
        path, _, span = citation["ref"].rpartition(":")
        start, end = map(int, span.split("-"))
        source = (HARBOR / path).read_text("utf-8-sig").split("\n")[start - 1 : end]
        assert citation["quote"] in "\n".join(source)

    using(target, work)


@pytest.mark.parametrize("era", ERAS)
def test_errors(target: Any, era: str) -> None:
    async def work(client: Any) -> None:
        for name, arguments, code in (
            ("search", {"query": "fee"}, "usage"),
            ("search", {"question": "fee", "audience": ["staff"]}, "usage"),
            ("search", {"question": "fee", "kind": ["memo"]}, "filter"),
            ("ask", {"question": ""}, "empty_question"),
            ("get", {"ref": "nowhere"}, "not_found"),
        ):
            result = await client.call_tool(name, arguments)
            assert result.is_error
            assert result.structured_content["error"]["code"] == code
            assert result.content[0].text.startswith(f"Error ({code}): ")
        with pytest.raises(mcp.MCPError, match="Did you mean 'search'"):
            await client.call_tool("serach", {})

    using(target, work, era)


@pytest.mark.parametrize("era", ERAS)
def test_resources(target: Any, era: str) -> None:
    async def work(client: Any) -> None:
        first = await client.list_resources()
        second = await client.list_resources(cursor=first.next_cursor)
        listed = [*first.resources, *second.resources]
        total = (await client.call_tool("list_articles", {"limit": 1})).structured_content["total"]
        assert len({item.uri for item in listed}) == total
        address = next(item.uri for item in listed if item.name == "missing-memo")
        [content] = (await client.read_resource(address)).contents
        assert content.mime_type == "text/markdown"
        assert content.text == (HARBOR / "zh/wallet/missing-memo.md").read_text("utf-8-sig")
        assert content.meta["kbassist/notice"] == NOTICE
        templates = (await client.list_resource_templates()).resource_templates
        assert [item.uri_template for item in templates] == ["kbassist://article/{id}"]
        with pytest.raises(mcp.MCPError, match="no such resource"):
            await client.read_resource("kbassist://article/nowhere")
        with pytest.raises(mcp.MCPError, match="not a cursor"):
            await client.list_resources(cursor="x")

    using(target, work, era)


def test_many_calls_at_once(target: Any) -> None:
    async def work(client: Any) -> None:
        names = [("search", {"question": f"fee {i}"}) for i in range(20)]
        names += [("ask", {"question": "提币手续费是多少？"})] * 20
        results = await asyncio.gather(*(client.call_tool(*one) for one in names))
        assert not any(result.is_error for result in results)
        answers = {compact(result.structured_content) for result in results[20:]}
        assert len(answers) == 1

    using(target, work)


@pytest.mark.parametrize("transport", ["stdio", "http"])
def test_the_audience_is_an_option_of_the_server(awkward_index: Path, transport: str) -> None:
    async def as_anyone(client: Any) -> None:
        result = await client.call_tool("ask", {"question": "What is the vault code?"})
        assert SECRET not in result.content[0].text
        names = [item.name for item in (await client.list_resources()).resources]
        assert "internal" not in names
        assert CHINESE_ID in names
        with pytest.raises(mcp.MCPError, match="no such resource"):
            await client.read_resource("kbassist://article/internal")

    async def as_staff(client: Any) -> None:
        result = await client.call_tool("ask", {"question": "What is the vault code?"})
        assert SECRET in result.content[0].text
        [content] = (await client.read_resource("kbassist://article/internal")).contents
        assert SECRET in content.text

    for work, options in ((as_anyone, ()), (as_staff, ("--audience", "staff"))):
        if transport == "stdio":
            using(stdio(awkward_index, *options), work)
        else:
            with http(awkward_index, *options) as (url, _):
                using(url, work)


def test_an_odd_id_as_a_resource(awkward_index: Path) -> None:
    async def work(client: Any) -> None:
        listed = (await client.list_resources()).resources
        address = next(item.uri for item in listed if item.name == CHINESE_ID)
        [content] = (await client.read_resource(address)).contents
        assert "提币需要十分钟" in content.text

    using(stdio(awkward_index), work)
