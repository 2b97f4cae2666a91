"""Whatever a program passes in by mistake, what comes out is a `KbassistError`."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kbassist import (
    Answer,
    AnswerSettings,
    Assistant,
    BuildSettings,
    Conversation,
    Filters,
    KbassistError,
    SearchSettings,
    Turn,
    build_index,
)
from kbassist.config import Bm25Settings, ChunkSettings
from tests.conftest import WriteKb

PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.sampled_from([10**30, -(10**30)]),
    st.floats(),
    st.binary(max_size=3),
    st.sampled_from([object(), str, math.sqrt, 1j, {"a"}, Path("no-such-place"), iter("a")]),
)
TEXTS = st.one_of(st.text(max_size=8), st.sampled_from(["\ud800", "a\0b", "\x1b[2J", "?" * 9]))
JUNK = st.recursive(
    PLAIN | TEXTS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.lists(inner, max_size=3).map(tuple),
        st.dictionaries(TEXTS | st.integers(0, 3), inner, max_size=3),
    ),
    max_leaves=4,
)
SLOW = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]

QUESTION = {"question": "withdrawal fee"}
SEARCH = {**QUESTION, "top_k": 3, "mode": None, "filters": None, "timeout": None}
TURN = {**SEARCH, "language": None}
ASK = {**TURN, "asked": None, "failures": 0}


def in_asyncio(call: Callable[..., Any]) -> Callable[..., Any]:
    """An async call as an ordinary one."""
    return lambda **arguments: asyncio.run(call(**arguments))


def calls(assistant: Assistant) -> dict[str, tuple[Callable[..., Any], Mapping[str, Any]]]:
    """Public calls that read, each with arguments that are right."""
    answer = assistant.ask("withdrawal fee")
    stored = {"text": answer.to_json()}
    return {
        "search": (assistant.search, SEARCH),
        "ask": (assistant.ask, ASK),
        "asearch": (in_asyncio(assistant.asearch), SEARCH),
        "aask": (in_asyncio(assistant.aask), ASK),
        "search_many": (
            assistant.search_many,
            {"questions": ["fee"], "top_k": 3, "mode": None, "filters": None, "threads": None},
        ),
        "get": (assistant.get, {"ref": "missing-memo", "audience": ()}),
        "conversation": (assistant.conversation, {"history": ()}),
        "Conversation.ask": (assistant.conversation([Turn("fee")]).ask, TURN),
        "Conversation.aask": (in_asyncio(assistant.conversation([Turn("fee")]).aask), TURN),
        "Conversation.from_json": (
            partial(Conversation.from_json, assistant),
            {"text": assistant.conversation([Turn("fee")]).to_json()},
        ),
        "context": (assistant.context, {"source": answer, "max_tokens": 100}),
        "render": (assistant.render, {"answer": answer, "form": "plain", "mark": True}),
        "verify_citations": (
            assistant.verify_citations,
            {"text": "It is free [1].", "answer": answer},
        ),
        "Answer.from_json": (Answer.from_json, stored),
        "Filters": (
            Filters,
            {"locale": (), "kind": (), "products": (), "audience": (), "where": {}},
        ),
        "Turn": (Turn, {"question": "a", "topic": None, "action": None, "reply": None}),
        **{
            kind.__name__: (kind, {name: getattr(kind(), name) for name in kind.__slots__})
            for kind in (SearchSettings, AnswerSettings, BuildSettings, ChunkSettings, Bm25Settings)
        },
    }


def raises_no_other(call: Callable[..., Any], arguments: Mapping[str, Any]) -> None:
    """Make a call; an error that is no `KbassistError` fails the test."""
    try:
        call(**arguments)
    except KbassistError as error:
        assert error.message and error.code


@pytest.fixture(scope="module")
def every_call(assistant: Assistant) -> dict[str, tuple[Callable[..., Any], Mapping[str, Any]]]:
    found = calls(assistant)
    for call, right in found.values():
        call(**right)
    return found


NAMES = [
    *("search", "ask", "asearch", "aask", "search_many", "get", "conversation"),
    *("Conversation.ask", "Conversation.aask", "Conversation.from_json", "context", "render"),
    *("verify_citations", "Answer.from_json", "Filters", "Turn", "SearchSettings"),
    *("AnswerSettings", "BuildSettings", "ChunkSettings", "Bm25Settings"),
]


def test_every_call_is_tried(every_call: dict[str, Any]) -> None:
    assert set(NAMES) == set(every_call)


@pytest.mark.parametrize("name", NAMES)
@settings(max_examples=60, suppress_health_check=SLOW)
@given(data=st.data())
def test_a_wrong_argument_is_an_error_of_kbassist(
    every_call: dict[str, Any], name: str, data: st.DataObject
) -> None:
    call, right = every_call[name]
    wrong = data.draw(st.sampled_from(sorted(right)))
    raises_no_other(call, {**right, wrong: data.draw(JUNK)})


OPENING = ("index", "kb", "settings", "answers", "today", "follow", "log_questions")


@settings(max_examples=100, suppress_health_check=SLOW)
@given(name=st.sampled_from(OPENING), junk=JUNK)
def test_opening(harbor: Path, name: str, junk: object) -> None:
    raises_no_other(Assistant.open, {"index": harbor, name: junk})


BUILDING = (
    *("kb", "index", "embedder", "settings", "full", "strict", "skip_bad"),
    *("jobs", "keep", "wait", "progress"),
)


@settings(max_examples=100, suppress_health_check=SLOW)
@given(data=st.data())
def test_building(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, data: st.DataObject) -> None:
    """Names of models are left out: a text may be one that is downloaded."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "kb").mkdir(exist_ok=True)
    (tmp_path / "kb" / "a.md").write_text("# A\n\nWords.\n", encoding="utf-8")
    name = data.draw(st.sampled_from(BUILDING))
    junk = data.draw(PLAIN if name == "embedder" else JUNK)
    right: dict[str, Any] = {"kb": tmp_path / "kb", "index": tmp_path / "index", "embedder": "none"}
    raises_no_other(build_index, {**right, name: junk})


def nested() -> list[Any]:
    """A list so deep that it has no `repr`."""
    nest: list[Any] = []
    for _ in range(10_000):
        nest = [nest]
    return nest


@pytest.mark.parametrize("value", [10**5000, -(10**5000), nested()], ids=["high", "low", "deep"])
def test_what_cannot_even_be_shown_is_an_error_of_kbassist(
    assistant: Assistant, write_kb: WriteKb, tmp_path: Path, value: Any
) -> None:
    kb = write_kb({"fees.md": "# Fees\n\nOne.\n"})
    calls: list[tuple[Callable[..., Any], dict[str, Any], Sequence[str]]] = [
        (assistant.ask, QUESTION, list(ASK)),
        (assistant.search_many, {"questions": ["fee"]}, ["questions", "threads", "mode"]),
        (assistant.get, {"ref": "glossary"}, ["ref", "audience", "before", "after"]),
        (SearchSettings, {}, [field.name for field in fields(SearchSettings)]),
        (Filters, {}, ["locale", "where"]),
        (build_index, {"kb": kb, "index": tmp_path / "i"}, ["jobs", "keep", "wait"]),
    ]
    for call, right, names in calls:
        for name in names:
            with suppress(KbassistError):  # a wait of any length can be kept
                call(**{**right, name: value})
