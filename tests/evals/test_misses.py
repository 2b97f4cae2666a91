from __future__ import annotations

from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.evals.misses import Miss, misses
from kbassist.evals.model import Conditions, Question, make_dataset
from kbassist.evals.run import run
from tests.conftest import WriteKb
from tests.evals.small import build

LONG = "".join(f"第{n}条说的是别的事情，与此无关，只是把篇幅拉长一些。" for n in range(60))


@pytest.fixture
def small(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    return build(write_kb, tmp_path)


def explain(assistant: Assistant, question: Question) -> Miss:
    dataset = make_dataset("one", [question])
    (miss,) = misses(run(dataset, assistant), dataset, assistant)
    return miss


def test_answered_although_nothing_answers(small: Assistant) -> None:
    miss = explain(small, Question(id="q", text="提币送手机吗", expect="abstain"))
    assert miss.cause == "confidence too high"
    assert miss.evidence.startswith("answered with confidence 0.")
    assert "fees.md" in miss.evidence


def test_no_word_in_common(small: Assistant) -> None:
    miss = explain(small, Question(id="q", text="TRC-20 价格", relevant={"holds": 1}))
    assert miss.cause == "vocabulary mismatch"
    assert miss.evidence.startswith("not among the first 200 chunks; shares nothing of ")


def test_the_questions_own_filters(small: Assistant) -> None:
    filters = Conditions(locale=("en",))
    miss = explain(
        small, Question(id="q", text="提币手续费", relevant={"fees": 1}, filters=filters)
    )
    assert (miss.cause, miss.evidence) == ("filtered out", "{'locale': ('en',)}")


def test_another_passage_of_the_right_article(small: Assistant) -> None:
    miss = explain(small, Question(id="q", text="TRC-20 手续费 充币", relevant={"fees#deposit": 1}))
    assert miss.cause == "wrong passage"
    assert "stands at rank 2" in miss.evidence


def test_behind_other_articles(small: Assistant) -> None:
    question = Question(id="q", text="提币手续费 密码", relevant={"holds": 1})
    miss = explain(small, question)
    assert miss.cause == "ranked too low"
    assert miss.evidence.startswith("rank ") and miss.evidence.endswith("is first")


def test_an_unlabelled_article_that_holds_the_span(small: Assistant) -> None:
    question = Question(
        id="q", text="TRC-20 提币手续费", relevant={"holds": 1}, answer_span="1.5 USDT"
    )
    miss = explain(small, question)
    assert miss.cause == "label suspect"
    assert miss.evidence == "fees.md:9-9 holds the answer span and is not labelled"


def test_a_quote_without_the_span(write_kb: WriteKb, tmp_path: Path) -> None:
    text = f"---\nlocale: zh-Hans\n---\n\n保证金率低于一成会强平。\n\n{LONG}\n\n清算费是 0.5%。\n"
    build_index(write_kb({"margin.md": text}), tmp_path / "index", embedder="none")
    assistant = Assistant.open(tmp_path / "index")
    question = Question(
        id="q", text="保证金率低于多少会强平", relevant={"margin": 1}, answer_span="0.5%"
    )
    miss = explain(assistant, question)
    assert miss.cause == "chunked badly"


def test_another_action_was_wanted(small: Assistant) -> None:
    miss = explain(small, Question(id="q", text="提币手续费", expect="handoff"))
    assert (miss.cause, miss.evidence) == ("wrong action", "answer instead of handoff")


def test_what_is_right_is_no_miss(small: Assistant) -> None:
    dataset = make_dataset("one", [Question(id="q", text="提币手续费", relevant={"fees": 1})])
    assert misses(run(dataset, small), dataset, small) == []
