"""Many questions at once find what one by one finds."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from kbassist import Assistant, Filters
from kbassist.errors import EmptyQuestion, FilterError, QuestionError, QuestionTooLong, UsageError
from kbassist.types import Hit

QUESTIONS = [
    "提币一直没到账怎么办？",
    "How do I enable two-factor authentication?",
    "withdrawal fee",
    "USDT-TRC20 提现没到账，钱去哪了？",
    "zzz qqq",
    "手續費多少",
]


@pytest.fixture
def assistant(harbor: Path) -> Assistant:
    return Assistant.open(harbor)


@pytest.mark.parametrize("threads", [None, 1, 2, 7])
@pytest.mark.parametrize("mode", ["lexical", "hybrid"])
def test_many_are_what_each_is(assistant: Assistant, threads: int | None, mode: Any) -> None:
    filters = Filters(kind=("faq", "guide"))
    asked = QUESTIONS * 3
    found = assistant.search_many(asked, top_k=4, mode=mode, filters=filters, threads=threads)
    assert found == [assistant.search(q, top_k=4, mode=mode, filters=filters) for q in asked]


def test_a_question_that_cannot_be_asked_costs_no_other(assistant: Assistant) -> None:
    asked = ["withdrawal fee", "", "?!", "x" * 100_000, "提币"]
    first, empty, marks, long, last = assistant.search_many(asked, threads=2)
    assert first == assistant.search("withdrawal fee")
    assert last == assistant.search("提币")
    assert [type(error) for error in (empty, marks, long)] == [
        EmptyQuestion,
        EmptyQuestion,
        QuestionTooLong,
    ]


def test_hits_can_be_explained(assistant: Assistant) -> None:
    [hits] = assistant.search_many(["withdrawal fee"])
    assert isinstance(hits, list)
    assert hits[0].explain().search.question == "withdrawal fee"


def test_none_are_none(assistant: Assistant) -> None:
    assert assistant.search_many([]) == []


@pytest.mark.parametrize(
    ("questions", "options", "error"),
    [
        ("withdrawal fee", {}, UsageError),
        (None, {}, UsageError),
        ({"a", "b"}, {}, UsageError),
        (["a", 1], {}, UsageError),
        (["a"], {"threads": 0}, UsageError),
        (["a"], {"threads": 1.5}, UsageError),
        (["a"], {"threads": True}, UsageError),
        (["a"], {"top_k": 0}, UsageError),
        (["a", "b"], {"filters": Filters(kind=("nothing",)), "threads": 2}, FilterError),
    ],
)
def test_what_concerns_all_is_raised(
    assistant: Assistant, questions: Any, options: dict[str, Any], error: type[Exception]
) -> None:
    with pytest.raises(error):
        assistant.search_many(questions, **options)


def test_asyncio_goes_on_while_a_question_is_answered(assistant: Assistant) -> None:
    async def run() -> tuple[list[Any], list[list[Hit]]]:
        answers = asyncio.gather(*(assistant.aask(q, top_k=3) for q in QUESTIONS))
        hits = asyncio.gather(*(assistant.asearch(q, top_k=3) for q in QUESTIONS))
        return await answers, await hits

    answers, hits = asyncio.run(run())
    assert answers == [assistant.ask(q, top_k=3) for q in QUESTIONS]
    assert hits == [assistant.search(q, top_k=3) for q in QUESTIONS]


def test_asyncio_raises_what_the_call_raises(assistant: Assistant) -> None:
    with pytest.raises(QuestionError):
        asyncio.run(assistant.asearch("?"))
    with pytest.raises(UsageError):
        asyncio.run(assistant.aask("fee", top_k=0))


def test_threads_share_an_assistant_from_its_first_question(harbor: Path) -> None:
    expected = [Assistant.open(harbor).ask(q) for q in QUESTIONS]
    shared = Assistant.open(harbor)
    start = threading.Barrier(8)
    wrong: list[object] = []

    def ask(offset: int) -> None:
        start.wait()
        for step in range(2 * len(QUESTIONS)):
            place = (offset + step) % len(QUESTIONS)
            try:
                answer = shared.ask(QUESTIONS[place])
                if answer != expected[place]:
                    wrong.append(answer)
            except Exception as error:
                wrong.append(error)

    threads = [threading.Thread(target=ask, args=(n,)) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
