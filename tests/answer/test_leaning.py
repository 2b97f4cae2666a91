"""Follow-ups over the example help centre: a new subject is a new question, another attribute too.

The cases are in `leaning_cases.txt`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from kbassist import Answer, Assistant, Conversation
from kbassist.answer.followup import Turn
from kbassist.answer.leaning import follow_up
from kbassist.config import AnswerSettings

CASES = Path(__file__).parent / "leaning_cases.txt"


def cases(sign: str) -> Iterator[list[str]]:
    """The cases of a kind, each as its messages and what is expected."""
    for line in CASES.read_text(encoding="utf-8").splitlines():
        if line.startswith(f"{sign} "):
            yield [part.strip() for part in line[1:].split(" | ")]


def after(assistant: Assistant, messages: list[str]) -> Answer:
    """The answer to the last of some messages."""
    conversation = Conversation(assistant)
    return [conversation.ask(message) for message in messages][-1]


def test_there_are_cases() -> None:
    assert len(list(cases("="))) >= 30
    assert len(list(cases(">"))) >= 20


@pytest.mark.parametrize("messages", list(cases("=")), ids=" → ".join)
def test_a_new_question_is_answered_as_alone(assistant: Assistant, messages: list[str]) -> None:
    found, alone = after(assistant, messages), assistant.ask(messages[-1])
    assert (found.action, found.reason, found.text) == (alone.action, alone.reason, alone.text)


@pytest.mark.parametrize("case", list(cases(">")), ids=" → ".join)
def test_a_follow_up_is_answered_from_its_section(assistant: Assistant, case: list[str]) -> None:
    *messages, section = case
    found = after(assistant, messages)
    if section == "?":
        assert found.action == "clarify"
        return
    assert found.action == "answer"
    first = found.citations[0]
    assert f"{first.article_id}#{first.anchor}" == section


def test_what_was_asked_alone_was_not_completed(assistant: Assistant) -> None:
    conversation = Conversation(assistant)
    conversation.ask("提币一直没到账怎么办？")
    conversation.ask("I lost my phone")
    assert conversation.resolution is not None
    assert conversation.resolution.question == "I lost my phone"
    assert conversation.resolution.carried == ()


def test_the_language_is_that_of_the_message(assistant: Assistant) -> None:
    conversation = Conversation(assistant, [Turn("提币白名单", action="answer")])
    assert conversation.ask("can I turn it off?").citations[0].path.startswith("en/")
    conversation = Conversation(assistant, [Turn("USDT 提币手续费是多少？", action="answer")])
    found = conversation.ask("and on Ethereum?")  # not sure enough in English
    assert found.citations[0].path.startswith("zh/")


def test_a_turn_without_an_answer_is_not_carried(assistant: Assistant) -> None:
    for action, topic in (("abstain", None), ("handoff", None)):
        conversation = Conversation(assistant, [Turn("提币手续费是多少？", topic, action)])
        conversation.ask("那多久到账？")
        assert conversation.resolution is not None
        assert conversation.resolution.carried == ()


def answered(assistant: Assistant, confidence: float, *, action: str = "answer") -> Answer:
    """An answer with another confidence; what it quotes does not matter."""
    reason = {"answer": "confident", "abstain": "low_confidence", "clarify": "competing_sections"}
    found = assistant.ask("提币一直没到账怎么办？")
    return replace(found, confidence=confidence, action=action, reason=reason[action])  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("said", "alone", "completed", "holds", "completes"),
    [
        ("那多久到账？", ("answer", 0.9), ("abstain", 0.1), False, True),  # names nothing: for sure
        ("KYC 要多久", ("answer", 0.6), ("answer", 0.9), True, False),  # stands alone
        ("KYC 要多久", ("abstain", 0.2), ("answer", 0.9), True, True),
        ("KYC 要多久", ("abstain", 0.2), ("answer", 0.9), False, False),  # the earlier answer again
        ("KYC 要多久", ("abstain", 0.4), ("answer", 0.9), False, True),  # near enough
        ("KYC 要多久", ("clarify", 0.4), ("abstain", 0.3), True, False),
        ("KYC 要多久", ("abstain", 0.2), ("abstain", 0.1), True, True),
        ("那怎么提现", ("answer", 0.9), ("answer", 0.6), True, True),  # joins on
        ("那怎么提现", ("answer", 0.9), ("answer", 0.6), False, False),
    ],
)
def test_what_is_answered(
    assistant: Assistant,
    said: str,
    alone: tuple[str, float],
    completed: tuple[str, float],
    holds: bool,
    completes: bool,
) -> None:
    own = answered(assistant, alone[1], action=alone[0])
    full = answered(assistant, completed[1], action=completed[0])
    found = follow_up(said, lambda: full, lambda: own, lambda *_: holds, AnswerSettings())
    assert found is (full if completes else own)
