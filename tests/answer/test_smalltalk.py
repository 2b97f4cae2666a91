"""Small talk: what asks nothing, and what is done with it."""

from __future__ import annotations

import pytest

from kbassist import Assistant, Conversation, Filters
from kbassist.answer.smalltalk import LONGEST, is_small_talk
from kbassist.errors import EmptyQuestion, FilterError


@pytest.mark.parametrize(
    "text",
    [
        "hello",
        "Hi there!",
        "ok thanks bye",
        "THANK YOU SO MUCH!!",
        "you're welcome",
        "在吗？",
        "好的",
        "好的，知道了！",
        "再见",
        "謝謝您",
        "早上好",
        "哈哈哈",
        "😀",
        "👍🏻",
        "❤️",
        "谢谢 😀",
    ],
)
def test_small_talk(text: str) -> None:
    assert is_small_talk(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "？？",
        "...",
        "help",
        "不行",
        "好的，多久？",
        "hello, how do I withdraw",
        "ok and for BTC?",
        "KYC",
        "1",
        "谢" * (LONGEST + 1),
        "没到账",
        "and then?",
    ],
)
def test_no_small_talk(text: str) -> None:
    assert not is_small_talk(text)


@pytest.mark.parametrize("text", ["hello", "再见", "在吗", "😀"])
def test_nothing_is_said_or_suggested(assistant: Assistant, text: str) -> None:
    found = assistant.ask(text, failures=5)
    assert (found.action, found.reason) == ("abstain", "small_talk")
    assert (found.related, found.choices, found.hits, found.citations) == ((), (), (), ())
    assert "asks nothing" in found.explain().decision.rule


def test_it_is_no_failure(assistant: Assistant) -> None:
    conversation = Conversation(assistant)
    reasons = [conversation.ask(text).reason for text in ("hello", "在吗", "谢谢", "😀", "bye")]
    assert reasons == ["small_talk"] * 5
    assert conversation.failures == 0


def test_filters_are_checked_all_the_same(assistant: Assistant) -> None:
    with pytest.raises(FilterError):
        assistant.ask("hello", filters=Filters(where={"regoin": ("hk",)}))


def test_signs_alone_are_an_empty_question(assistant: Assistant) -> None:
    with pytest.raises(EmptyQuestion):
        assistant.ask("？？")
