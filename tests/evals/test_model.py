from __future__ import annotations

import hashlib
from collections import Counter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from kbassist.evals.model import Question, make_dataset, split_of


def ask(name: str, slice: str = "all", **more: Any) -> Question:
    return Question(id=name, text="提币多久？", slice=slice, relevant={"withdraw": 1}, **more)


def test_a_list_of_labels_has_grade_1() -> None:
    listed = Question.model_validate({"id": "a", "text": "x", "relevant": ["b#c", "d", "b#c"]})
    assert listed.relevant == {"b#c": 1, "d": 1}
    graded = Question.model_validate({"id": "a", "text": "x", "relevant": {"b": 3, "d": 2}})
    assert graded.relevant == {"b": 3, "d": 2}


def test_defaults() -> None:
    question = ask("a")
    assert (question.expect, question.locale, question.slice) == ("answer", "und", "all")
    assert (question.tags, question.history, question.answer_span) == ((), (), None)
    assert question.filters.model_dump() == {
        "locale": (), "kind": (), "products": (), "audience": (), "where": {}
    }  # fmt: skip


@pytest.mark.parametrize(
    ("record", "message"),
    [
        ({}, "relevant is empty"),
        ({"relevant": []}, "relevant is empty"),
        ({"relevant": ["a"], "expect": "abstain"}, "relevant is not empty"),
        ({"relevant": {"a": 0}}, "greater than or equal to 1"),
        ({"relevant": {"a": 4}}, "less than or equal to 3"),
        ({"relevant": [{"id": "a"}]}, "references of a list must be texts"),
        ({"relevant": [["a"]]}, "references of a list must be texts"),
        ({"relevant": [5]}, "references of a list must be texts"),
        ({"relevant": "a"}, "valid dictionary"),
        ({"relevant": ["a"], "id": "two words"}, "pattern"),
        ({"relevant": ["a"], "id": ""}, "pattern"),
        ({"relevant": ["a"], "id": "a\n"}, "pattern"),
        ({"relevant": ["a"], "text": ""}, "at least 1 character"),
        ({"relevant": ["a"], "text": " \n"}, "pattern"),
        ({"relevant": ["a"], "answer_span": ""}, "at least 1 character"),
        ({"relevant": ["a"], "answer_span": " "}, "pattern"),
        ({"relevant": ["a"], "history": [" "]}, "pattern"),
        ({"relevant": ["a"], "history": "hello"}, "valid tuple"),
        ({"relevant": ["a"], "history": [{"role": "bot", "text": "x"}]}, "'user' or 'assistant'"),
        ({"relevant": ["a"], "expect": "guess"}, "'answer', 'clarify', 'abstain' or 'handoff'"),
        ({"relevant": ["a"], "grade": 1}, "Extra inputs are not permitted"),
        ({"relevant": ["a"], "filters": {"locales": []}}, "Extra inputs are not permitted"),
        ({"relevant": ["a"], "filters": {"locale": "en"}}, "valid tuple"),
    ],
)
def test_questions_that_are_wrong(record: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Question.model_validate({"id": "a", "text": "x", **record})


@pytest.mark.parametrize("expect", ["clarify", "handoff"])
def test_other_actions_may_have_labels_or_none(expect: str) -> None:
    for relevant in ([], ["a"]):
        record = {"id": "a", "text": "x", "expect": expect, "relevant": relevant}
        assert Question.model_validate(record).expect == expect


def test_the_digest_is_of_the_questions_in_any_order() -> None:
    first, second = ask("a"), ask("b", slice="zh")
    digest = make_dataset("x", [first, second]).digest
    assert len(digest) == 64
    assert make_dataset("y", iter([second, first])).digest == digest
    assert make_dataset("x", [first]).digest != digest
    assert make_dataset("x", [first, ask("b", slice="en")]).digest != digest


def test_the_digest_does_not_depend_on_the_order_of_labels() -> None:
    one = Question(id="a", text="x", relevant={"b": 1, "c": 2})
    other = Question(id="a", text="x", relevant={"c": 2, "b": 1})
    assert one == other
    assert make_dataset("x", [one]).digest == make_dataset("x", [other]).digest
    graded = Question(id="a", text="x", relevant={"b": 2, "c": 1})
    assert make_dataset("x", [graded]).digest != make_dataset("x", [one]).digest


def test_parts_worked_out_by_hand() -> None:
    """Hex SHA-256 of d is 18ac, c 2e7d, b 3e23, a ca97: so d dev, c test, b dev, a test."""
    heads = {name: hashlib.sha256(name.encode()).hexdigest()[:4] for name in "abcd"}
    assert heads == {"a": "ca97", "b": "3e23", "c": "2e7d", "d": "18ac"}
    questions = [ask(name) for name in "abcd"]
    assert split_of(questions) == {"d": "dev", "c": "test", "b": "dev", "a": "test"}
    dataset = make_dataset("x", questions)
    assert [question.id for question in dataset.split("dev")] == ["b", "d"]
    assert [question.id for question in dataset.split("test")] == ["a", "c"]
    assert dataset.split("all") == tuple(questions)


names = st.text("abcdefgh0123-充值", min_size=1, max_size=6)
members = st.dictionaries(names, st.sampled_from(["zh", "en", "mixed"]), max_size=30)


@given(members)
def test_the_parts_of_a_slice_are_of_one_size(slices: dict[str, str]) -> None:
    parts = split_of([ask(name, part) for name, part in slices.items()])
    assert parts.keys() == slices.keys()
    sizes = Counter((slices[name], part) for name, part in parts.items())
    for name in set(slices.values()):
        assert sizes[name, "dev"] - sizes[name, "test"] in (0, 1)


@given(members, st.randoms(use_true_random=False))
def test_the_parts_do_not_depend_on_order_or_other_slices(slices: dict[str, str], rng: Any) -> None:
    questions = [ask(name, part) for name, part in slices.items()]
    parts = split_of(questions)
    rng.shuffle(questions)
    assert split_of(questions) == parts
    alone = [question for question in questions if question.slice == "zh"]
    assert split_of(alone) == {question.id: parts[question.id] for question in alone}


@given(members)
def test_dev_and_test_are_the_whole(slices: dict[str, str]) -> None:
    dataset = make_dataset("x", [ask(name, part) for name, part in slices.items()])
    halves = [*dataset.split("dev"), *dataset.split("test")]
    assert sorted(question.id for question in halves) == sorted(slices)
