"""The LangChain retriever, in chains of the real library."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from kbassist import Assistant, Filters, build_index
from kbassist.errors import EmptyQuestion, FilterError, UsageError
from tests.conftest import WriteKb

pytestmark = pytest.mark.extras("langchain")

QUESTION = "提币一直没到账怎么办？"


def retriever(assistant: Assistant, **options: Any) -> Any:
    from kbassist.integrations.langchain import KbassistRetriever

    return KbassistRetriever(assistant=assistant, **options)


def test_documents_are_the_hits_of_the_same_search(assistant: Assistant) -> None:
    hits = assistant.search(QUESTION, top_k=4)
    documents = retriever(assistant, top_k=4).invoke(QUESTION)
    assert [document.id for document in documents] == [hit.chunk.id for hit in hits]
    assert [document.page_content for document in documents] == [hit.chunk.source for hit in hits]


def test_metadata_names_the_place_and_survives_json(assistant: Assistant) -> None:
    hit = assistant.search(QUESTION, top_k=1)[0]
    [document] = retriever(assistant, top_k=1).invoke(QUESTION)
    told = document.metadata
    assert json.loads(json.dumps(told)) == told
    assert told["ref"] == hit.chunk.ref == f"{told['path']}:{told['start_line']}-{told['end_line']}"
    assert told["article_id"] == hit.article.id and told["locale"] == "zh-Hans"
    assert told["url"].startswith("https://help.harbor.example/zh/")
    assert told["heading_path"] == " › ".join(hit.chunk.heading_path)
    assert told["score"] == hit.score and told["rank"] == 1
    assert told["content_hash"] == hit.chunk.hash
    assert (told["verified"], told["stale"]) == ("source", False)


def test_async_is_the_same(assistant: Assistant) -> None:
    found = retriever(assistant, top_k=3)
    assert asyncio.run(found.ainvoke(QUESTION)) == found.invoke(QUESTION)


def test_batches_keep_their_order(assistant: Assistant) -> None:
    found = retriever(assistant, top_k=2)
    questions = [QUESTION, "withdrawal fee"]
    assert found.batch(questions) == [found.invoke(question) for question in questions]
    assert asyncio.run(found.abatch(questions)) == found.batch(questions)


def test_options_of_the_retriever_and_of_one_call(assistant: Assistant) -> None:
    english = retriever(assistant, top_k=3, mode="lexical", filters=Filters(locale=("en",)))
    assert {d.metadata["locale"] for d in english.invoke("withdrawal fee")} == {"en"}
    chinese = english.invoke("提币手续费", top_k=2, filters=Filters(locale=("zh",)))
    assert [document.metadata["locale"] for document in chinese] == ["zh-Hans", "zh-Hans"]
    assert len(asyncio.run(english.ainvoke("withdrawal fee", top_k=1))) == 1


def test_unknown_options_are_refused(assistant: Assistant) -> None:
    from pydantic import ValidationError

    with pytest.raises(ValidationError, match="k\n"):
        retriever(assistant, k=3)
    with pytest.raises(UsageError, match="no option 'k'"):
        retriever(assistant).invoke(QUESTION, k=3)


def test_errors_are_those_of_a_search(assistant: Assistant) -> None:
    with pytest.raises(EmptyQuestion):
        retriever(assistant).invoke("  ")
    with pytest.raises(UsageError, match="top_k"):
        asyncio.run(retriever(assistant, top_k=0).ainvoke(QUESTION))
    with pytest.raises(FilterError):
        retriever(assistant, filters=Filters(kind=("essay",))).invoke(QUESTION)


def test_a_restricted_article_is_found_only_by_its_readers(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    staff = "---\naudience: staff\n---\n# Refund limits\n\nAgents may refund up to 900 USD.\n"
    settings = 'restricted_audiences = ["staff"]\n'
    kb = write_kb({"staff.md": staff, "a.md": "# Fees\n\nFree.\n", "kbassist.toml": settings})
    build_index(kb, tmp_path / "index")
    found = retriever(Assistant.open(tmp_path / "index"))
    assert "staff" not in {d.metadata["article_id"] for d in found.invoke("refund limits")}
    allowed = found.invoke("refund limits", filters=Filters(audience=("staff",)))
    assert allowed[0].metadata["article_id"] == "staff"


def test_an_edited_article_is_stale(write_kb: WriteKb, tmp_path: Path) -> None:
    kb = write_kb({"a.md": "# Fees\n\nA withdrawal costs 1 USDT.\n"})
    build_index(kb, tmp_path / "index")
    found = retriever(Assistant.open(tmp_path / "index"))
    (kb / "a.md").write_text("# Fees\n\nA withdrawal costs 2 USDT.\n", encoding="utf-8")
    [document] = found.invoke("withdrawal")
    assert (document.metadata["verified"], document.metadata["stale"]) == ("stale", True)


def test_a_chain_gets_the_passages_and_their_places(assistant: Assistant) -> None:
    from langchain_core.language_models.fake_chat_models import GenericFakeChatModel
    from langchain_core.messages import AIMessage
    from langchain_core.output_parsers import StrOutputParser
    from langchain_core.prompts import ChatPromptTemplate
    from langchain_core.runnables import RunnableLambda, RunnablePassthrough

    seen: list[str] = []

    def together(documents: list[Any]) -> str:
        return "\n\n".join(f"{d.metadata['ref']}\n{d.page_content}" for d in documents)

    def look(prompt: Any) -> Any:
        seen.append(prompt.to_string())
        return prompt

    template = ChatPromptTemplate.from_template("Answer from:\n{context}\n\n{question}")
    model = GenericFakeChatModel(messages=iter([AIMessage("No charge.")]))
    chain = (
        {"context": retriever(assistant, top_k=2) | together, "question": RunnablePassthrough()}
        | template
        | RunnableLambda(look)
        | model
        | StrOutputParser()
    )
    assert chain.invoke("Is a deposit free?") == "No charge."
    for hit in assistant.search("Is a deposit free?", top_k=2):
        assert hit.chunk.ref in seen[0] and hit.chunk.source in seen[0]


def test_callbacks_see_tags_documents_and_errors(assistant: Assistant) -> None:
    from langchain_core.callbacks import BaseCallbackHandler

    seen: list[Any] = []

    class Handler(BaseCallbackHandler):
        def on_retriever_start(self, serialized: Any, query: str, **kwargs: Any) -> None:
            seen.append((query, kwargs["tags"]))

        def on_retriever_end(self, documents: Any, **kwargs: Any) -> None:
            seen.append(len(documents))

        def on_retriever_error(self, error: BaseException, **kwargs: Any) -> None:
            seen.append(type(error))

    found = retriever(assistant, top_k=2, tags=["help"])
    config = {"callbacks": [Handler()], "tags": ["call"]}
    found.invoke("withdrawal fee", config=config)
    with pytest.raises(EmptyQuestion):
        found.invoke("", config=config)
    assert seen[:2] == [("withdrawal fee", seen[0][1]), 2] and seen[-1] is EmptyQuestion
    assert set(seen[0][1]) == {"help", "call"}
