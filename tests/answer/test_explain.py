"""Why a question was answered, or not."""

from __future__ import annotations

import math
import pickle

import pytest

from kbassist import Answer, Assistant
from kbassist.answer.decide import REASONS
from kbassist.answer.evidence import NAMES
from kbassist.answer.explain import RULES, WORDS
from kbassist.errors import UsageError


def test_every_figure_and_every_reason_has_words() -> None:
    assert set(WORDS) == set(NAMES)
    assert set(RULES) == set(REASONS)


def test_the_confidence_adds_up(assistant: Assistant) -> None:
    answer = assistant.ask("withdrawal fee for xrp")
    found = answer.explain().confidence
    total = found.intercept + sum(figure.contribution for figure in found.figures)
    assert total == pytest.approx(found.log_odds)
    assert 1 / (1 + math.exp(-total)) == pytest.approx(answer.confidence) == found.value
    assert {figure.name: figure.value for figure in found.figures} == answer.figures
    moves = [abs(figure.contribution) for figure in found.figures]
    assert moves == sorted(moves, reverse=True)
    assert not found.own and found.questions == assistant.calibration.questions


@pytest.mark.parametrize(
    ("question", "reason", "rule"),
    [
        ("withdrawal fee for xrp", "confident", "reaches answer_threshold 0.5"),
        ("what is the weather in Paris", "low_confidence", "is below answer_threshold 0.5"),
        ("手续费", "question_too_short", "3 tokens (short_question 4), and two articles compete"),
        ("怎么办？", "question_too_short", "nothing but stop words"),
        ("HB-1007", "unknown_identifier", "no article has hb-1007, and nothing else"),
        ("转人工", "asked_for_person", "the message asks for a person"),
        ("攒了八年的钱全没了，不想活了", "urgent", "urgent (lost_funds, self_harm)"),
    ],
)
def test_which_rule_decided(assistant: Assistant, question: str, reason: str, rule: str) -> None:
    answer = assistant.ask(question)
    found = answer.explain().decision
    assert (found.action, found.reason) == (answer.action, reason)
    assert rule in found.rule
    assert found.lines()[:2] == [f"{answer.action} ({reason})", found.rule]


def test_what_the_rules_look_at(assistant: Assistant) -> None:
    found = assistant.ask("手续费").explain().decision
    assert (found.tokens, found.competing, found.content) == (3, True, True)
    assert found.thresholds["clarify_lead"] == assistant.answers.clarify_lead
    about = assistant.ask("how do I reach human support?").explain()
    assert (about.decision.person, about.decision.about_person) == (False, True)
    assert "a person is offered" in about.text()
    failed = assistant.ask("what is the weather in Paris", failures=2).explain().decision
    assert failed.rule == "3 questions in a row without an answer, max_failures 3"
    assert failed.failures == 2


def test_the_best_hit_and_the_next_article(assistant: Assistant) -> None:
    answer = assistant.ask("withdrawal fee for xrp", top_k=1)
    found = answer.explain()
    assert found.best == answer.hits[0].explain()
    assert found.rival is not None and found.best is not None
    lead = found.best.score - found.rival.score
    assert lead == pytest.approx(answer.figures["lead"])
    assert found.search == found.best.search
    labels = [line[:13].strip() for line in str(found).splitlines() if line[:13].strip()]
    assert labels[:3] == ["Decision", "Confidence", "Best hit"]
    assert labels[-3:] == ["Question", "Ranked", "Searched"]


def test_nothing_found(assistant: Assistant) -> None:
    answer = assistant.ask("zzyzx", mode="lexical")
    found = answer.explain()
    assert (found.best, found.rival, found.confidence.figures) == (None, None, ())
    assert found.decision.rule == "no chunk matches what may be searched"
    assert "Confidence" not in found.text()


def test_a_question_that_was_completed_says_both(assistant: Assistant) -> None:
    talk = assistant.conversation()
    talk.ask("TRC20 提币手续费是多少？")
    found = talk.ask("那 ERC20 呢？").explain()
    assert found.question == "那 ERC20 呢？"
    assert found.search.question != found.question
    assert "Asked        那 ERC20 呢？" in found.text()


def test_a_stored_answer_cannot_be_explained(assistant: Assistant) -> None:
    answer = assistant.ask("提币")
    stored = pickle.loads(pickle.dumps(answer))
    assert stored == answer
    for one in (stored, Answer("?", "abstain", "no_hits", "", (), ())):
        with pytest.raises(UsageError, match="the answer cannot be explained"):
            one.explain()
