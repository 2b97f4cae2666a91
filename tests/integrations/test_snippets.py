"""The snippets of docs/integrations.md run as they stand."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from kbassist import Assistant
from tests.conftest import REPOSITORY
from tests.integrations.chat_server import GOOD, running

PAGE = REPOSITORY / "docs" / "integrations.md"


def run(heading: str, wanted: slice, harbor: Path, place: Path, **names: Any) -> dict[str, Any]:
    """The names that are there after some snippets of a section."""
    section = PAGE.read_text(encoding="utf-8").split(f"\n## {heading}\n")[1].split("\n## ")[0]
    (place / "indexes").mkdir()
    (place / "indexes" / "default").symlink_to(harbor)
    snippets: list[str] = re.findall(r"^```python\n(.*?)^```", section, re.DOTALL | re.MULTILINE)
    for snippet in snippets[wanted]:
        exec(compile(snippet, f"{PAGE.name}: {heading}", "exec"), names)
    return names


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_function(harbor: Path, place: Path) -> None:
    names = run("A model that words the answer", slice(1, 2), harbor, place)
    written = names["generate"](names["assistant"], names["answer"], names["ask_model"])
    assert (written.text, written.reason) == ("可以自助认领，免费 [1]。", "verified")


@pytest.mark.extras("openai")
def test_a_client(harbor: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with running() as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
        names = run("A model that words the answer", slice(1), harbor, place)
    assert (names["written"].text, names["written"].source) == (GOOD, "model")


@pytest.mark.extras("langchain")
def test_langchain(harbor: Path, place: Path, assistant: Assistant) -> None:
    from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage

    model = GenericFakeChatModel(messages=iter([AIMessage("One."), AIMessage("Two.")]))
    names = run("LangChain", slice(2), harbor, place, model=model)
    assert names["found"][0].id == "withdrawal-not-arrived#not-arrived:1"
    ref = names["found"][0].metadata["ref"]
    assert ref.startswith("zh/wallet/") and f'# "{ref}"' in PAGE.read_text(encoding="utf-8")
    assert names["chain"].invoke("withdrawal fee") == "Two."


@pytest.mark.extras("llamaindex")
def test_llamaindex(harbor: Path, place: Path) -> None:
    from llama_index.core.llms import MockLLM

    names = run("LlamaIndex", slice(1), harbor, place, llm=MockLLM(max_tokens=5))
    [first, *_] = names["response"].source_nodes
    assert first.node_id == "withdrawal-not-arrived#not-arrived:1"
    assert first.metadata["url"].startswith("https://help.harbor.example/")
