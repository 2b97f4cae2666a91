"""Conversations: follow-ups find their subject, failures are counted, the state can be kept."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from kbassist import Assistant, SearchSettings, build_index
from kbassist.answer.followup import Turn
from kbassist.conversation import MAX_TURN_CHARS, MAX_TURNS, Conversation
from kbassist.errors import EmptyQuestion, QuestionTooLong, UsageError
from tests.conftest import WriteKb

KB = {
    "withdraw-trc20.md": "# TRC20 提币\n\n## 手续费\n\nTRC20 提币手续费每笔 1.5 USDT。\n\n## 到账时间\n\nTRC20 提币三分钟到账。\n",
    "withdraw-erc20.md": "# ERC20 提币\n\n## 手续费\n\nERC20 提币手续费每笔 4 USDT。\n\n## 到账时间\n\nERC20 提币七分钟到账。\n",
    "identity.md": "# 身份认证\n\n## 要多久\n\n身份认证一般两个工作日完成。\n\n## 手续费\n\n身份认证不收手续费。\n",
    "close.md": "# Closing an account\n\n## How long it takes\n\nClosing an account takes seven days.\n",
    "card.md": "# Buying with a card\n\n## How long it takes\n\nA card purchase takes two minutes.\n",
}


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    folder = tmp_path_factory.mktemp("conversation")
    for name, text in KB.items():
        (folder / "kb").mkdir(exist_ok=True)
        (folder / "kb" / name).write_text(text, encoding="utf-8")
    build_index(folder / "kb", folder / "index")
    return Assistant.open(folder / "index")


def first_article(conversation: Conversation, question: str) -> str:
    """The article that an answer cites first."""
    return conversation.ask(question).citations[0].article_id


@pytest.mark.parametrize(
    ("opening", "question", "article"),
    [
        ("TRC20 提币手续费多少", "那要多久到账？", "withdraw-trc20"),
        ("ERC20 提币手续费多少", "那要多久到账？", "withdraw-erc20"),
        ("TRC20 提币手续费多少", "那 ERC20 呢？", "withdraw-erc20"),
        ("ERC20 提幣手續費多少", "那要多久到帳？", "withdraw-erc20"),
        ("身份认证怎么做", "要多久", "identity"),
        ("how do I close my account", "how long?", "close"),
        ("buying with a card", "how long?", "card"),
        ("TRC20 withdrawal 手续费多少", "and for ERC-20?", "withdraw-erc20"),
    ],
)
def test_a_follow_up_finds_its_subject(
    small: Assistant, opening: str, question: str, article: str
) -> None:
    conversation = Conversation(small)
    conversation.ask(opening)
    assert first_article(conversation, question) == article


def test_a_complete_question_gets_the_answer_it_gets_alone(small: Assistant) -> None:
    conversation = Conversation(small)
    conversation.ask("how do I close my account")
    assert conversation.ask("身份认证的手续费多少") == small.ask("身份认证的手续费多少")
    assert conversation.resolution is not None
    assert not conversation.resolution.elliptical


def test_the_answer_names_the_question_as_asked(small: Assistant) -> None:
    conversation = Conversation(small)
    assert conversation.resolution is None
    conversation.ask("TRC20 提币手续费多少")
    assert conversation.ask("那要多久到账？").question == "那要多久到账？"
    assert conversation.resolution is not None
    assert conversation.resolution.question == "TRC20 提币\n那要多久到账？"
    assert conversation.resolution.from_turn == 0


def test_turns_say_what_became_of_questions(small: Assistant) -> None:
    conversation = Conversation(small)
    conversation.ask("TRC20 提币手续费多少")
    conversation.ask("量子望远镜")
    answered, failed = conversation.turns
    assert answered == Turn("TRC20 提币手续费多少", "TRC20 提币 › 手续费", "answer")
    assert failed == Turn("量子望远镜", None, "abstain")


def test_failures_are_counted_until_an_answer(small: Assistant) -> None:
    conversation = Conversation(small)
    assert conversation.failures == 0
    for count in (1, 2):
        conversation.ask("量子望远镜")
        assert conversation.failures == count
    conversation.ask("TRC20 提币手续费多少")
    assert conversation.failures == 0


def test_unknown_actions_and_questions_back_are_no_failures(small: Assistant) -> None:
    history = [Turn("a", action="abstain"), Turn("b"), Turn("c", action="clarify")]
    assert Conversation(small, history).failures == 1


def test_history_can_be_passed_in(small: Assistant) -> None:
    conversation = Conversation(small, [Turn("how do I close my account")])
    assert first_article(conversation, "how long?") == "close"


def test_the_state_survives_json(small: Assistant) -> None:
    conversation = Conversation(small, [Turn("充值", reply="好 \ud800")])
    conversation.ask("TRC20 提币手续费多少")
    text = conversation.to_json()
    again = Conversation.from_json(small, text.encode("utf-8").decode("utf-8"))
    assert again.turns == conversation.turns
    assert again.to_json() == text
    assert first_article(again, "那要多久到账？") == "withdraw-trc20"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"version": 1}',
        '{"version": 2, "turns": []}',
        '{"turns": []}',
        '{"version": 1, "turns": ["a"]}',
        '{"version": 1, "turns": [{}]}',
        '{"version": 1, "turns": [{"question": null}]}',
        '{"version": 1, "turns": [{"question": "a", "topic": 1}]}',
        '{"version": 1, "turns": [{"question": "a", "other": "b"}]}',
        "[" * 100_000,
    ],
)
def test_another_text_is_an_error(small: Assistant, text: str) -> None:
    with pytest.raises(UsageError, match="the conversation cannot be read"):
        Conversation.from_json(small, text)


def test_turns_and_characters_are_bounded(small: Assistant) -> None:
    long = "长" * (MAX_TURN_CHARS + 1)
    history = [Turn(f"{number}{long}", long, "answer", long) for number in range(MAX_TURNS + 5)]
    conversation = Conversation(small, history)
    assert len(conversation.turns) == MAX_TURNS
    assert conversation.turns[0].question.startswith("5长")
    texts = [
        text for turn in conversation.turns for text in (turn.question, turn.topic, turn.reply)
    ]
    assert {len(text or "") for text in texts} == {MAX_TURN_CHARS}
    state = {"version": 1, "turns": [{"question": turn.question} for turn in history]}
    assert len(Conversation.from_json(small, json.dumps(state)).turns) == MAX_TURNS


def test_a_question_that_raises_is_not_remembered(small: Assistant) -> None:
    conversation = Conversation(small, [Turn("how do I close my account")])
    limit = small.settings.max_question_chars
    for question, error in (("？", EmptyQuestion), ("长" * (limit + 1), QuestionTooLong)):
        with pytest.raises(error):
            conversation.ask(question)
    wrong: Any = 1
    with pytest.raises(UsageError):
        conversation.ask(wrong)
    assert len(conversation.turns) == 1
    assert conversation.resolution is None


def test_a_completed_question_keeps_to_the_limit(write_kb: WriteKb, tmp_path: Path) -> None:
    build_index(write_kb(KB), tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index", settings=SearchSettings(max_question_chars=12))
    conversation = Conversation(assistant, [Turn("how do I close my account")])
    conversation.ask("how long?")
    assert conversation.resolution is not None
    assert conversation.resolution.question == "how long?"


def test_the_history_must_hold_turns(small: Assistant) -> None:
    wrong: Any = ["how do I close my account"]
    with pytest.raises(UsageError, match="must hold turns"):
        Conversation(small, wrong)


def test_tasks_of_one_conversation_are_answered_in_order(small: Assistant) -> None:
    """Two messages of a customer may come at once; the second leans on the first."""
    conversation = Conversation(small)

    async def run() -> list[str]:
        asked = ("TRC20 提币手续费多少", "那要多久到账？", "那 ERC20 呢？")
        answers = await asyncio.gather(*(conversation.aask(one, top_k=1) for one in asked))
        return [answer.citations[0].ref for answer in answers]

    together = asyncio.run(run())
    conversation_of_one = Conversation(small)
    asked = [turn.question for turn in conversation.turns]
    assert asked == ["TRC20 提币手续费多少", "那要多久到账？", "那 ERC20 呢？"]
    assert together == [conversation_of_one.ask(one).citations[0].ref for one in asked]
    assert conversation.turns == conversation_of_one.turns
    assert conversation.resolution == conversation_of_one.resolution


def test_a_conversation_may_go_on_in_another_event_loop(small: Assistant) -> None:
    conversation = Conversation(small)
    for question in ("TRC20 提币手续费多少", "那要多久到账？"):
        answer = asyncio.run(conversation.aask(question))
    assert answer.question == "那要多久到账？"
    assert answer.citations[0].article_id == "withdraw-trc20"


def test_a_question_that_raises_is_not_remembered_in_asyncio(small: Assistant) -> None:
    conversation = Conversation(small)
    for wrong in ("？", 1):
        question: Any = wrong
        with pytest.raises((EmptyQuestion, UsageError)):
            asyncio.run(conversation.aask(question))
    assert conversation.turns == ()


@pytest.mark.parametrize("history", [5, None, "ab", [None]])
def test_a_history_is_a_list_of_turns(small: Assistant, history: Any) -> None:
    with pytest.raises(UsageError, match="must hold turns"):
        Conversation(small, history)


@pytest.mark.parametrize("name", ["question", "topic", "action", "reply"])
def test_a_turn_is_made_of_texts(name: str) -> None:
    wrong: Any = {"question": "a", name: 5}
    with pytest.raises(UsageError, match=f"{name} must be text, found 5"):
        Turn(**wrong)
