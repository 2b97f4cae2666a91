"""Asking for a person, and urgency.

`handoff_persons.tsv` and `handoff_urgent.tsv` hold a label and an utterance per line. They were
written while the rules were, so their shares say that nothing broke, not how well strangers fare.
`handoff_utterances.jsonl` was written by somebody who had not seen the rules. Its odd lines were
used to extend them, its even lines were counted after most changes, and four of
them were seen in comparisons of two versions: nearly unseen, not blind. `handoff_second.jsonl` was written before
the rules were extended again, and its misses were looked at afterwards.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist.answer.decide import REASONS
from kbassist.answer.handoff import CODES, Signals, signals
from kbassist.records.schemas import schema
from kbassist.text.fold import fold


def read(name: str) -> list[tuple[str, str]]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    rows = [line.split("\t") for line in text.splitlines()]
    return [(label, utterance) for label, utterance in rows]


PERSONS = read("handoff_persons.tsv")
URGENT = read("handoff_urgent.tsv")


def utterances(name: str) -> list[dict[str, Any]]:
    text = (Path(__file__).parent / name).read_text(encoding="utf-8")
    return [json.loads(line) for line in text.splitlines()]


FIRST = utterances("handoff_utterances.jsonl")
SECOND = utterances("handoff_second.jsonl")


def label(question: str) -> str:
    found = signals(question)
    return "request" if found.person else "about" if found.about_person else "none"


def test_requests_are_told_from_look_alikes() -> None:
    found = [(truth, label(utterance)) for truth, utterance in PERSONS]
    right = found.count(("request", "request"))
    given_out = sum(got == "request" for _, got in found)
    asked = sum(truth == "request" for truth, _ in found)
    assert asked > 400
    assert len(found) - asked > 350
    assert right / given_out >= 0.985
    assert right / asked >= 0.985


@pytest.mark.parametrize(
    ("rows", "asked", "precision", "recall"),
    [
        (FIRST, 140, 0.97, 0.95),
        (FIRST[::2], 70, 0.97, 0.95),
        (FIRST[1::2], 70, 0.969, 0.9),  # below the goal of 0.97 and 0.95
        (SECOND, 76, 0.97, 0.95),
    ],
    ids=["first", "odd", "even", "second"],
)
def test_requests(rows: list[dict[str, Any]], asked: int, precision: float, recall: float) -> None:
    found = [(signals(row["text"]).person, row["request"]) for row in rows]
    right = found.count((True, True))
    assert sum(truth for _, truth in found) == asked
    assert right / (right + found.count((True, False))) >= precision
    assert right / asked >= recall


@pytest.mark.parametrize(
    ("rows", "said", "precision", "recall"),
    [(FIRST, 42, 0.97, 0.83), (FIRST[1::2], 21, 0.93, 0.66), (SECOND, 38, 0.9, 0.95)],
    ids=["first", "even", "second"],
)
def test_reasons_of_urgency(
    rows: list[dict[str, Any]], said: int, precision: float, recall: float
) -> None:
    found = {(row["text"], code) for row in rows for code in signals(row["text"]).urgent}
    truth = {(row["text"], code) for row in rows for code in row["urgent"]}
    assert len(truth) == said
    assert len(found & truth) / len(found) >= precision
    assert len(found & truth) / len(truth) >= recall


def test_the_codes_are_documented() -> None:
    docs = Path(__file__).parents[2] / "docs"
    table = (docs / "handoff.md").read_text(encoding="utf-8")
    ask = schema()["$defs"]["ask"]["properties"]
    assert tuple(ask["urgent"]["items"]["enum"]) == CODES
    assert tuple(ask["reason"]["enum"]) == REASONS
    assert all(f"| `{code}` |" in table for code in (*CODES, *REASONS))


def test_questions_about_reaching_a_person() -> None:
    about = [utterance for truth, utterance in PERSONS if truth == "about"]
    found = [label(utterance) for utterance in about]
    assert len(about) > 40
    assert found.count("request") == 0
    assert found.count("about") / len(about) >= 0.82


@pytest.mark.parametrize(
    "question",
    [
        "转人工",
        "轉真人",
        "我要人工客服",
        "提币三天没到账了，转人工",
        "rengong",
        "转human",
        "有人吗",
        "不要机器人",
        "talk to a human",
        "agent please",
        "i want to speek to an agnet",
        "I don't want to talk to a bot",
        "get me a real person right now",
        "ＡＧＥＮＴ　ＰＬＥＡＳＥ",
        "humannnnn",
    ],
)
def test_a_person_is_asked_for(question: str) -> None:
    assert signals(question) == Signals(True, False, ())


@pytest.mark.parametrize(
    "question",
    [
        "人工客服几点上班",
        "怎麼聯絡真人客服",
        "how do I reach human support?",
        "页面提示请联系客服怎么办",
        "customer service phone number",
    ],
)
def test_a_person_is_asked_about(question: str) -> None:
    assert signals(question) == Signals(False, True, ())


@pytest.mark.parametrize(
    "question",
    [
        "",
        "人工智能",
        "人工審核要多久",
        "is there a human review of KYC",
        "agent commission rate",
        "user agent error",
        "API agent",
        "代理人",
        "客服骗子打电话给我",
        "I don't want to talk to a human",
        "不用转人工",
        "human readable format",
        "a real person sent me money",
        "提币转人工审核了",
        "客服你好，请问手续费多少",
        "I am not a robot",
        "can I transfer USDT to someone else",
        "I contacted the smart contract",
    ],
)
def test_nobody_is_asked_for(question: str) -> None:
    assert signals(question) == Signals(False, False, ())


@pytest.mark.parametrize(("code", "question"), URGENT)
def test_urgency(code: str, question: str) -> None:
    found = signals(question).urgent
    assert found == () if code == "none" else code in found


def test_reasons_are_ascending_and_distinct() -> None:
    text = "我的币被盗了，账号也被盗了，币没了！不想活了。我要起诉你们，起诉你们，转人工"
    assert signals(text) == Signals(True, False, CODES)


@settings(max_examples=50)
@given(st.lists(st.sampled_from([utterance for _, utterance in PERSONS + URGENT]), max_size=3))
def test_the_spelling_that_matching_uses_changes_nothing(parts: list[str]) -> None:
    text = "！".join(parts)
    assert signals(text) == signals(fold(text)) == signals(text.upper())


@settings(max_examples=50)
@given(st.text())
def test_any_text_has_signals(text: str) -> None:
    found = signals(text)
    assert not (found.person and found.about_person)
    assert list(found.urgent) == sorted(set(found.urgent) & set(CODES))


@settings(max_examples=50)
@given(st.text(alphabet="我要转人工客服不用怎么 talk to human agent,。", max_size=30))
def test_an_urgent_sentence_is_read_after_any_other(text: str) -> None:
    assert signals(f"{text}。我账号被盗了").urgent == ("account_stolen",)
