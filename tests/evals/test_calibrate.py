"""Fitting the confidence to labelled questions."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from kbassist import Assistant, build_index
from kbassist.answer.confidence import FILE_NAME, bundled, read
from kbassist.errors import ConfigError, UsageError
from kbassist.evals.calibrate import calibrate_index, collect, held_out
from kbassist.evals.model import Dataset, Question, make_dataset
from kbassist.evals.read import read_dataset
from tests.conftest import REPOSITORY, WriteKb

QUESTIONS = REPOSITORY / "evals" / "harbor-en.jsonl"
UNASKABLE = [
    Question(id="marks", text="？！", relevant={"account-freeze": 1}),
    Question.model_validate(
        {"id": "filter", "text": "fee", "expect": "abstain", "filters": {"locale": [""]}}
    ),
]


@pytest.fixture(scope="module")
def dataset() -> Dataset:
    """Every third question, 80 in all: enough to fit to, and to four fifths of them."""
    return make_dataset("third", read_dataset(QUESTIONS).questions[::3])


@pytest.fixture
def index(harbor: Path, tmp_path: Path) -> Path:
    return shutil.copytree(harbor, tmp_path / "index")


@pytest.fixture
def fees(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    kb = write_kb(
        {
            "fees.md": "---\nid: fees\n---\n\n# Fees\n\nA withdrawal costs one coin.\n",
            "cards.md": "---\nid: cards\n---\n\n# Cards\n\nFreeze a lost card in the app.\n",
        }
    )
    build_index(kb, tmp_path / "small")
    return Assistant.open(tmp_path / "small")


def test_an_index_keeps_its_own(index: Path, dataset: Dataset) -> None:
    assistant = Assistant.open(index)
    before = assistant.ask("withdrawal fee").confidence
    found = calibrate_index([dataset], assistant)
    assert found.path == index / FILE_NAME
    assert found.fitted.brier < found.bundled.brier
    assert found.held_out is not None and found.held_out.brier > found.fitted.brier
    own = Assistant.open(index)
    assert own.calibration == read(found.path) != bundled()
    assert own.ask("withdrawal fee").confidence != before
    assert assistant.ask("withdrawal fee").confidence == before
    found.path.unlink()
    assert Assistant.open(index).calibration == bundled()


def test_a_rebuild_leaves_it_there(fees: Assistant) -> None:
    index = fees.index.path
    own = replace(bundled(), intercept=9.0)
    (index / FILE_NAME).write_text(own.to_json(), encoding="utf-8")
    assert fees.index.kb is not None
    assert build_index(fees.index.kb, index, full=True).changed
    assert Assistant.open(index).calibration == own


def test_one_that_cannot_be_used_any_more_is_replaced(index: Path, dataset: Dataset) -> None:
    """As the error that it causes says."""
    file = index / FILE_NAME
    for damaged in (replace(bundled(), analyzer="older").to_json(), "{}"):
        file.write_text(damaged, encoding="utf-8")
        with pytest.raises(ConfigError) as error:
            Assistant.open(index).ask("withdrawal fee")
        assert error.value.hint.startswith("Fit it anew: kbassist calibrate")
    calibrate_index([dataset], Assistant.open(index))
    assert Assistant.open(index).calibration == read(file)
    assert Assistant.open(index).ask("withdrawal fee").confidence > 0


def test_what_cannot_be_used_is_reported(index: Path, dataset: Dataset) -> None:
    more = make_dataset("more", [*dataset.questions, *UNASKABLE])
    found = calibrate_index([more], Assistant.open(index))
    assert [item.question for item in found.unaskable] == ["marks", "filter"]
    assert found.unaskable[0].message == "nothing to search for in '？！'"
    asked = [q for q in dataset.questions if q.expect in ("answer", "abstain")]
    assert found.fitted.questions == len(asked)
    assert found.others == len(dataset.questions) - len(asked)


def test_where_a_question_stands_is_said(index: Path, tmp_path: Path) -> None:
    file = tmp_path / "own.jsonl"
    file.write_text(f"\n\n{UNASKABLE[0].model_dump_json()}\n", encoding="utf-8")
    with pytest.raises(UsageError, match=r"own\.jsonl:3: marks: nothing to search for"):
        calibrate_index([read_dataset(file)], Assistant.open(index))


@pytest.mark.parametrize("count", [0, 6])
def test_too_few_questions_write_nothing(index: Path, dataset: Dataset, count: int) -> None:
    few = make_dataset("few", [*dataset.questions[:count], *UNASKABLE])
    with pytest.raises(UsageError) as error:
        calibrate_index([few], Assistant.open(index))
    asked = sum(q.expect in ("answer", "abstain") for q in few.questions) - len(UNASKABLE)
    assert error.value.message.startswith(f"{asked} questions, ")
    assert "too little to fit; 2 cannot be asked (marks: nothing to search" in error.value.message
    assert not (index / FILE_NAME).exists()


def test_what_is_collected(fees: Assistant) -> None:
    dataset = make_dataset(
        "small",
        [
            Question(id="a", text="What does a withdrawal cost?", relevant={"fees": 1}),
            Question(id="b", text="What does a withdrawal cost?", relevant={"cards": 1}),
            Question(id="c", text="sourdough bread", slice="far", expect="abstain"),
            Question(id="d", text="a person, please", expect="handoff"),
            UNASKABLE[0].model_copy(update={"relevant": {"fees": 1}}),
        ],
    )
    steps: list[tuple[str, int, int]] = []
    found = collect(dataset, fees, lambda *step: steps.append(step))
    assert [(s.slice, s.answerable, s.right) for s in found.samples] == [
        ("all", True, True),
        ("all", True, False),
        ("far", False, False),
    ]
    assert [s.action for s in found.samples] == ["answer", "answer", "abstain"]
    assert [item.question for item in found.unaskable] == ["marks"]
    assert found.others == 1
    assert steps == [("small", number, 4) for number in (1, 2, 3, 4)]


def test_a_follow_up_is_collected_as_its_conversation_asks_it(fees: Assistant) -> None:
    history = ["What does a withdrawal cost?"]
    asked = Question.model_validate(
        {"id": "a", "text": "and for a card?", "relevant": {"fees": 1}, "history": history}
    )
    (sample,) = collect(make_dataset("one", [asked]), fees).samples
    conversation = fees.conversation()
    conversation.ask(history[0])
    assert sample.confidence == conversation.ask("and for a card?").confidence
    assert sample.confidence != fees.ask("and for a card?").confidence


def test_each_fifth_is_measured_by_a_fit_to_the_others(index: Path, dataset: Dataset) -> None:
    assistant = Assistant.open(index)
    samples = collect(dataset, assistant).samples
    given = held_out(samples, assistant)
    assert given is not None and len(given) == len(samples)
    turned = [
        s if number % 5 else replace(s, right=not s.right) for number, s in enumerate(samples)
    ]
    again = held_out(turned, assistant)
    assert again is not None
    assert again[::5] == given[::5]  # its own outcomes do not reach them
    assert again[1::5] != given[1::5]
    assert held_out(samples[:60], assistant) is None
