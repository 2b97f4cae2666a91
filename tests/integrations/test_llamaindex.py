"""The LlamaIndex retriever, in query engines of the real library with a model of its own."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from kbassist import Assistant, Filters, build_index
from kbassist.errors import EmptyQuestion, FilterError, UsageError
from tests.conftest import WriteKb

pytestmark = pytest.mark.extras("llamaindex")

QUESTION = "提币一直没到账怎么办？"


def retriever(assistant: Assistant, **options: Any) -> Any:
    from kbassist.integrations.llamaindex import KbassistRetriever

    return KbassistRetriever(assistant, **options)


def test_nodes_are_the_hits_of_the_same_search(assistant: Assistant) -> None:
    hits = assistant.search(QUESTION, top_k=4)
    nodes = retriever(assistant, top_k=4).retrieve(QUESTION)
    assert [node.node_id for node in nodes] == [hit.chunk.id for hit in hits]
    assert [node.text for node in nodes] == [hit.chunk.source for hit in hits]
    assert [node.score for node in nodes] == [hit.score for hit in hits]
    assert [node.node.ref_doc_id for node in nodes] == [hit.article.id for hit in hits]


def test_metadata_names_the_place_and_survives_json(assistant: Assistant) -> None:
    hit = assistant.search(QUESTION, top_k=1)[0]
    [node] = retriever(assistant, top_k=1).retrieve(QUESTION)
    assert json.loads(json.dumps(node.metadata)) == node.metadata
    assert node.metadata["ref"] == hit.chunk.ref
    assert node.metadata["content_hash"] == hit.chunk.hash
    assert (node.metadata["verified"], node.metadata["stale"]) == ("source", False)
    again = type(node.node).from_json(node.node.to_json())
    assert again.node_id == node.node_id and again.metadata == node.metadata


def test_async_is_the_same(assistant: Assistant) -> None:
    found = retriever(assistant, top_k=3)
    nodes = asyncio.run(found.aretrieve(QUESTION))
    assert [node.node_id for node in nodes] == [node.node_id for node in found.retrieve(QUESTION)]


def test_options(assistant: Assistant) -> None:
    english = retriever(assistant, top_k=3, mode="lexical", filters=Filters(locale=("en",)))
    nodes = english.retrieve("withdrawal fee")
    assert [node.metadata["locale"] for node in nodes] == ["en", "en", "en"]
    with pytest.raises(TypeError, match="similarity_top_k"):
        retriever(assistant, similarity_top_k=3)


def test_errors_are_those_of_a_search(assistant: Assistant) -> None:
    with pytest.raises(EmptyQuestion):
        retriever(assistant).retrieve("  ")
    with pytest.raises(UsageError, match="top_k"):
        asyncio.run(retriever(assistant, top_k=0).aretrieve(QUESTION))
    with pytest.raises(FilterError):
        retriever(assistant, filters=Filters(kind=("essay",))).retrieve(QUESTION)


def test_a_restricted_article_is_found_only_by_its_readers(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    staff = "---\naudience: staff\n---\n# Refund limits\n\nAgents may refund up to 900 USD.\n"
    build_index(write_kb({"staff.md": staff, "a.md": "# Fees\n\nFree.\n"}), tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index")
    public = retriever(assistant).retrieve("refund limits")
    assert "staff" not in {node.metadata["article_id"] for node in public}
    readers = retriever(assistant, filters=Filters(audience=("staff",)))
    assert readers.retrieve("refund limits")[0].metadata["article_id"] == "staff"


def test_a_query_engine_answers_from_the_passages(assistant: Assistant) -> None:
    from llama_index.core.llms import CompletionResponse, CustomLLM, LLMMetadata
    from llama_index.core.llms.callbacks import llm_completion_callback
    from llama_index.core.query_engine import RetrieverQueryEngine

    seen: list[str] = []

    class Local(CustomLLM):
        """Keeps the prompts, and always says the same."""

        @property
        def metadata(self) -> LLMMetadata:
            return LLMMetadata()

        @llm_completion_callback()
        def complete(self, prompt: str, formatted: bool = False, **_: Any) -> CompletionResponse:
            seen.append(prompt)
            return CompletionResponse(text="No charge.")

        def stream_complete(self, prompt: str, formatted: bool = False, **_: Any) -> Any:
            yield self.complete(prompt)

    engine = RetrieverQueryEngine.from_args(retriever(assistant, top_k=2), llm=Local())
    hits = assistant.search("Is a deposit free?", top_k=2)
    for response in (
        engine.query("Is a deposit free?"),
        asyncio.run(engine.aquery("Is a deposit free?")),
    ):
        assert str(response) == "No charge."
        assert [node.metadata["ref"] for node in response.source_nodes] == [
            hit.chunk.ref for hit in hits
        ]
    for hit in hits:
        assert hit.chunk.source in seen[0]
        assert f"ref: {hit.chunk.ref}" in seen[0] and f"title: {hit.article.title}" in seen[0]
    assert "content_hash" not in seen[0]


def test_events_reach_the_callback_manager(assistant: Assistant) -> None:
    from llama_index.core.callbacks import CallbackManager, CBEventType, LlamaDebugHandler

    handler = LlamaDebugHandler(print_trace_on_end=False)
    found = retriever(assistant, top_k=2, callback_manager=CallbackManager([handler]))
    found.retrieve("withdrawal fee")
    [[_, end]] = handler.get_event_pairs(CBEventType.RETRIEVE)
    assert len(end.payload["nodes"]) == 2
