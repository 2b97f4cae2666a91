"""The asker's own language first."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from kbassist import Assistant, Hit
from kbassist.answer.own_language import in_own_language
from kbassist.errors import UsageError


@pytest.fixture
def hits(assistant: Assistant) -> list[Hit]:
    """English fees, English other, Chinese fees (twice), Chinese other section."""
    (hit,) = assistant.search("withdrawal fee", top_k=1)
    made = [("fees-en", "en", "a"), ("cards-en", "en", "a"), ("fees", "zh-CN", "a")]
    made += [("fees", "zh-CN", "a"), ("fees", "zh-CN", "b")]
    return [
        replace(
            hit,
            chunk=replace(hit.chunk, id=f"{name}#{anchor}:{number}", anchor=anchor),
            article=replace(
                hit.article,
                id=name,
                locale=locale,
                translation_of=name.removesuffix("-en") if locale == "en" else None,
            ),
        )
        for number, (name, locale, anchor) in enumerate(made)
    ]


def places(hits: list[Hit], question: str) -> list[int]:
    return [int(hit.chunk.id[-1]) for hit in in_own_language(hits, question)]


def test_a_translation_moves_up_to_its_original(hits: list[Hit]) -> None:
    assert places(hits, "提币手续费是多少") == [2, 3, 0, 1, 4]


def test_what_is_in_the_askers_language_stays(hits: list[Hit]) -> None:
    assert places(hits, "what is the withdrawal fee") == [0, 1, 2, 3, 4]
    assert places(hits[::-1], "what is the withdrawal fee") == [4, 0, 3, 2, 1]


def test_a_question_of_no_language_moves_nothing(hits: list[Hit]) -> None:
    assert places(hits, "HB-1007") == [0, 1, 2, 3, 4]


def test_the_other_language_rather_than_nothing(hits: list[Hit]) -> None:
    assert places(hits[:2], "提币手续费是多少") == [0, 1]


def test_an_answer_is_in_the_language_of_the_question(assistant: Assistant) -> None:
    for question, language in (("TxID 是什么", "zh"), ("what is a txid", "en")):
        answer = assistant.ask(question)
        assert not answer.other_language
        locales = {h.article.id: h.article.locale for h in assistant.search(question, top_k=20)}
        assert {locales[c.article_id][:2] for c in answer.citations} <= {language}


def test_the_hits_of_an_answer_are_in_the_order_that_decided(assistant: Assistant) -> None:
    for question in ("TxID 是什么", "what is a txid"):
        answer = assistant.ask(question)
        assert answer.hits[0].article.id == answer.citations[0].article_id
        assert [hit.rank for hit in answer.hits] == list(range(1, len(answer.hits) + 1))


def test_the_language_that_the_user_reads_counts_more(hits: list[Hit]) -> None:
    moved = in_own_language(hits, "what is the withdrawal fee", "zh")
    assert [int(hit.chunk.id[-1]) for hit in moved] == [2, 3, 0, 1, 4]


@pytest.mark.parametrize("question", ["KYC", "TRC20 USDT"])
@pytest.mark.parametrize(("language", "locale"), [("en-US", "en"), ("zh-Hant", "zh-Hans")])
def test_a_question_of_no_language_is_answered_in_the_users(
    assistant: Assistant, question: str, language: str, locale: str
) -> None:
    answer = assistant.ask(question, language=language)
    assert answer.action == "answer" and not answer.other_language
    assert answer.hits[0].article.locale == locale
    assert answer.citations[0].article_id == answer.hits[0].article.id
    assert assistant.conversation().ask(question, language=language) == answer
    assert asyncio.run(assistant.conversation().aask(question, language=language)) == answer


def test_what_the_user_does_not_read_is_said(assistant: Assistant) -> None:
    question = "Lost my phone and I have no backup codes"
    assert assistant.ask(question, language="ja").other_language
    assert not assistant.ask(question, language="en").other_language


@pytest.mark.parametrize("language", ["", "english!", "e", "en_US", 5])
def test_a_language_is_a_tag(assistant: Assistant, language: Any) -> None:
    with pytest.raises(UsageError, match="language"):
        assistant.ask("KYC", language=language)
