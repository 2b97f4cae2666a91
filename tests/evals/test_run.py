from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import pytest

from kbassist import Answer, Assistant, SearchSettings, build_index
from kbassist.answer.followup import Turn
from kbassist.embed import registry
from kbassist.errors import DatasetError, UsageError
from kbassist.evals.model import Question, make_dataset
from kbassist.evals.result import Cited, Outcome, read_result, write_result
from kbassist.evals.run import run, turns_of
from kbassist.types import MODES
from tests.conftest import WriteKb
from tests.index.test_hybrid import HashedTerms

KB = {
    "withdraw.md": (
        "---\nid: withdraw\ntitle: Withdrawals\nlocale: en\n---\n\n"
        "## How long does a withdrawal take? {#time}\n\n"
        "A TRC-20 withdrawal takes **three minutes**.\n\n"
        "## Fees {#fee}\n\nEach withdrawal costs 1.5 USDT.\n"
    ),
    "deposit.md": (
        "---\nid: deposit\ntitle: Deposits\nlocale: en\nproducts: [spot]\nregion: hk\n---\n\n"
        "## Missing deposits {#missing}\n\nSend the transaction hash of a missing deposit.\n"
    ),
    "staff.md": (
        "---\nid: staff-note\nlocale: en\naudience: staff\n---\n\n"
        "Escalation: freeze the account first.\n"
    ),
}
TIME = "How long does a withdrawal take?"


@pytest.fixture
def index(write_kb: WriteKb, tmp_path: Path) -> Path:
    """By words alone, so that the passages which are found can be told by hand."""
    build_index(write_kb(KB), tmp_path / "index", embedder="none")
    return tmp_path / "index"


@pytest.fixture
def small(index: Path) -> Assistant:
    return Assistant.open(index)


def outcome(assistant: Assistant, **fields: Any) -> Outcome:
    question = Question.model_validate({"id": "q1", "text": TIME, **fields})
    (found,) = run(make_dataset("set", [question]), assistant).outcomes
    return found


def test_an_answer_from_the_right_section(small: Assistant) -> None:
    found = outcome(
        small, relevant={"withdraw#time": 3}, slice="wallet", locale="en", tags=["a", "b"]
    )
    assert (found.action, found.reason) == ("answer", "confident")
    assert 0.4 <= found.confidence < 1.0
    assert found.citations == [
        Cited("withdraw", "time", "withdraw.md:9-9", "A TRC-20 withdrawal takes **three minutes**.")
    ]
    assert (found.article_right, found.section_right, found.lines_right) == (True, True, True)
    assert (found.span_right, found.right) == (None, True)
    assert (found.id, found.text, found.expect) == ("q1", TIME, "answer")
    assert (found.slice, found.locale, found.tags) == ("wallet", "en", ["a", "b"])
    assert (found.labels, found.relevant) == ({"withdraw#time": 3}, {"withdraw": 3})
    assert found.search_ms > 0 < found.ask_ms


def test_an_answer_from_another_section_of_the_right_article(small: Assistant) -> None:
    found = outcome(small, relevant=["withdraw#fee"])
    assert (found.article_right, found.section_right, found.right) == (True, False, False)


def test_an_answer_from_another_article(small: Assistant) -> None:
    found = outcome(small, relevant=["deposit"])
    assert (found.article_right, found.section_right, found.right) == (False, False, False)
    assert found.relevant == {"deposit": 1}


def test_one_of_several_labels_is_enough(small: Assistant) -> None:
    found = outcome(small, relevant={"deposit": 3, "withdraw#fee": 1, "withdraw#time": 2})
    assert found.right
    assert found.relevant == {"deposit": 3, "withdraw": 2}


@pytest.mark.parametrize(
    ("label", "right"),
    [("withdraw.md:9-9", True), ("withdraw.md:7-10", True), ("withdraw.md:10-13", False)],
)
def test_labels_that_are_lines(small: Assistant, label: str, right: bool) -> None:
    found = outcome(small, relevant=[label])
    assert (found.section_right, found.article_right) == (right, True)


def test_the_first_quote_decides_and_any_quote_may_hold_the_span(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    posting = "".join(
        f"Posting number {n} goes by ship to a place far away.\n\n" for n in range(12)
    )
    text = (
        "---\nid: limits\ntitle: Limits\nlocale: en\n---\n\n## Card limits\n\n"
        "The daily limit of a card is 500 USDT.\n\n"
        f"{posting}The monthly limit of a card is 9000 USDT.\n"
    )
    build_index(write_kb({"limits.md": text}), tmp_path / "index", embedder="none")
    assistant = Assistant.open(tmp_path / "index")
    asked = "daily and monthly limit of a card"
    first, second = assistant.ask(asked).citations
    assert ("500" in first.quote, "9000" in second.quote) == (True, True)
    for span in ("500 USDT", "9000 USDT"):
        found = outcome(assistant, text=asked, relevant=[first.ref], answer_span=span)
        assert (found.section_right, found.span_right, found.right) == (True, True, True)
        found = outcome(assistant, text=asked, relevant=[second.ref], answer_span=span)
        assert (found.section_right, found.span_right, found.right) == (False, True, False)


@pytest.mark.parametrize(
    ("span", "held"),
    [
        ("three minutes", True),
        ("**three  minutes**", True),
        ("takes\n**three minutes**.", True),
        ("five minutes", False),
        ("Three minutes", False),
        ("1.5 USDT", False),
    ],
)
def test_the_span_of_the_answer(small: Assistant, span: str, held: bool) -> None:
    found = outcome(small, relevant=["withdraw#time"], answer_span=span)
    assert (found.span_right, found.right) == (held, held)


def test_a_question_that_should_not_be_answered(small: Assistant) -> None:
    found = outcome(small, text="How do I bake sourdough bread?", expect="abstain")
    assert (found.action, found.reason) == ("abstain", "low_confidence")
    assert (found.ranking, found.citations) == (["withdraw"], [])
    assert found.confidence < 0.1
    assert (found.article_right, found.section_right, found.lines_right) == (False, False, True)
    assert found.right
    answered = outcome(small, expect="abstain")
    assert (answered.action, answered.right, answered.relevant) == ("answer", False, {})


def test_an_answer_that_is_missing(small: Assistant) -> None:
    found = outcome(small, text="sourdough", relevant=["withdraw"], answer_span="three")
    assert (found.action, found.span_right, found.right) == ("abstain", False, False)


def test_the_ranking_holds_each_article_once(small: Assistant) -> None:
    text = "missing withdrawal deposit"
    hits = [hit.article.id for hit in small.search(text)]
    assert sorted(hits) == ["deposit", "withdraw", "withdraw"]
    assert outcome(small, text=text, relevant=["deposit"]).ranking == ["deposit", "withdraw"]


def test_the_ranking_goes_beyond_the_hits_of_one_article(write_kb: WriteKb, tmp_path: Path) -> None:
    """30 sections of one article come first; the other article is still ranked."""
    head = "---\nid: {0}\ntitle: {0}\nlocale: en\n---\n\n"
    long = "".join(f"## Part {number}\n\nWallet.\n\n" for number in range(30))
    filler = "Other words that make the passage long and the match weak. " * 5
    kb = write_kb({"long.md": head.format("long") + long,
                   "rest.md": head.format("rest") + f"{filler}\n\nA wallet.\n"})  # fmt: skip
    build_index(kb, tmp_path / "index", embedder="none")
    assistant = Assistant.open(tmp_path / "index")
    assert {hit.article.id for hit in assistant.search("wallet", top_k=20)} == {"long"}
    assert outcome(assistant, text="wallet", relevant=["rest"]).ranking == ["long", "rest"]


@pytest.mark.parametrize(
    ("filters", "ranking"),
    [
        ({}, ["deposit", "withdraw"]),
        ({"products": ["spot"]}, ["deposit"]),
        ({"where": {"region": ["hk", "sg"]}}, ["deposit"]),
        ({"locale": ["en"], "kind": ["feature", "faq"]}, ["deposit", "withdraw"]),
        ({"locale": ["zh"]}, []),
    ],
)
def test_filters_are_asked_with(
    small: Assistant, filters: dict[str, Any], ranking: list[str]
) -> None:
    found = outcome(small, text="missing withdrawal deposit", relevant=["deposit"], filters=filters)
    assert found.ranking == ranking
    assert found.action == ("answer" if ranking else "abstain")


def test_a_restricted_article_is_asked_for_with_its_audience(small: Assistant) -> None:
    text = "escalation freeze"
    assert outcome(small, text=text, expect="abstain").right
    staff = outcome(small, text=text, relevant=["staff-note"], filters={"audience": ["staff"]})
    assert (staff.ranking, staff.right) == (["staff-note"], True)


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"text": "？！"}, "set: q1: .*nothing to search for"),
        ({"text": "x" * 4001}, "set: q1: .*4001 characters"),
        ({"filters": {"kind": ["poem"]}}, "set: q1: no such kind: 'poem'"),
        ({"filters": {"where": {"colour": ["red"]}}}, "set: q1: .*'colour'"),
    ],
)
def test_what_cannot_be_asked_names_its_question(
    small: Assistant, fields: dict[str, Any], message: str
) -> None:
    with pytest.raises(DatasetError, match=message):
        outcome(small, relevant=["withdraw"], **fields)


class OffByOne(Assistant):
    """Cites the line above or below the one that it quotes."""

    shift = 1

    def ask(self, *args: Any, **options: Any) -> Answer:
        answer = super().ask(*args, **options)
        return replace(answer, citations=tuple(
            replace(citation, span=replace(
                citation.span,
                start_line=citation.span.start_line + self.shift,
                end_line=citation.span.end_line + self.shift,
            ))
            for citation in answer.citations
        ))  # fmt: skip


@pytest.mark.parametrize("shift", [-9, -1, 1, 99])
@pytest.mark.parametrize("text", [TIME, "withdrawal fees"])
def test_citations_of_other_lines_are_wrong(
    index: Path, monkeypatch: pytest.MonkeyPatch, shift: int, text: str
) -> None:
    monkeypatch.setattr(OffByOne, "shift", shift)
    found = outcome(OffByOne.open(index), text=text, relevant=["withdraw"])
    assert found.citations[0].quote in KB["withdraw.md"]
    assert (found.article_right, found.section_right) == (True, True)
    assert (found.lines_right, found.right) == (False, False)
    monkeypatch.setattr(OffByOne, "shift", 0)
    assert outcome(OffByOne.open(index), text=text, relevant=["withdraw"]).right


QUESTIONS = [
    Question(id="d", text=TIME, relevant={"withdraw#time": 1}),
    Question(id="c", text="withdrawal fees", relevant={"withdraw#fee": 1}),
    Question(id="b", text="missing deposit", relevant={"deposit": 1}),
    Question(id="a", text="sourdough", expect="abstain"),
]


def test_the_result_says_what_was_run(small: Assistant, tmp_path: Path) -> None:
    dataset = make_dataset("golden", QUESTIONS)
    steps: list[tuple[int, int]] = []
    result = run(dataset, small, progress=lambda done, count: steps.append((done, count)))
    assert [found.id for found in result.outcomes] == ["d", "c", "b", "a"]
    assert all(found.right for found in result.outcomes)
    assert steps == [(1, 4), (2, 4), (3, 4), (4, 4)]
    assert (result.dataset, result.dataset_digest) == ("golden", dataset.digest)
    assert (result.split, result.mode) == ("all", "lexical")
    assert result.settings == asdict(SearchSettings())
    assert result.index["generation"] == small.index.generation
    assert (result.index["articles"], result.index["embedder"]) == (3, None)
    write_result(result, tmp_path / "result.json")
    assert read_result(tmp_path / "result.json") == result


def test_equal_runs_give_equal_results(small: Assistant) -> None:
    first, second = (run(make_dataset("golden", QUESTIONS), small) for _ in range(2))
    untimed = [
        [replace(found, search_ms=0.0, ask_ms=0.0) for found in result.outcomes]
        for result in (first, second)
    ]
    assert untimed[0] == untimed[1]
    assert first.index == second.index


def test_a_part_of_the_questions(small: Assistant) -> None:
    dataset = make_dataset("golden", QUESTIONS)
    dev, test = (run(dataset, small, split=part) for part in ("dev", "test"))
    assert [found.id for found in dev.outcomes] == ["d", "b"]
    assert [found.id for found in test.outcomes] == ["c", "a"]
    assert (dev.split, test.split) == ("dev", "test")


def test_an_empty_part(small: Assistant) -> None:
    with pytest.raises(DatasetError, match="golden: the split 'test' holds no questions") as caught:
        run(make_dataset("golden", QUESTIONS[:1]), small, split="test")
    assert caught.value.hint == "Use --split all."
    with pytest.raises(DatasetError, match="the split 'all' holds no questions"):
        run(make_dataset("golden", []), small)


def test_labels_are_checked_before_anything_is_asked(small: Assistant) -> None:
    """Those of the other part too."""
    steps: list[int] = []
    wrong = Question(id="c", text="fees", relevant={"fee": 1})
    with pytest.raises(DatasetError, match="1 label names nothing"):
        run(make_dataset("golden", [QUESTIONS[0], wrong]), small, split="dev",
            progress=lambda done, _: steps.append(done))  # fmt: skip
    assert steps == []


def test_a_mode_that_the_index_lacks(small: Assistant) -> None:
    dataset = make_dataset("golden", QUESTIONS)
    assert run(dataset, small, mode="lexical").mode == "lexical"
    with pytest.raises(UsageError, match="the mode 'vector' needs vectors"):
        run(dataset, small, mode="vector")


def test_both_legs_are_measured_where_nothing_else_is_said(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    build_index(write_kb(KB), tmp_path / "index")
    assistant = Assistant.open(tmp_path / "index")
    result = run(make_dataset("golden", QUESTIONS), assistant)
    assert (result.mode, result.index["embedder"]) == ("hybrid", "bundled")
    assert assistant.index.embedder is not None
    assert result.index["embedder_fingerprint"] == assistant.index.embedder.fingerprint
    assert all(found.right for found in result.outcomes)


def test_the_mode_decides_which_legs_rank(
    small: Assistant, write_kb: WriteKb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "LOADERS", {**registry.LOADERS, "hashed": HashedTerms})
    build_index(write_kb(KB), tmp_path / "both", embedder="hashed:1")
    both = Assistant.open(tmp_path / "both")
    dataset = make_dataset("golden", QUESTIONS)
    assert run(dataset, both).mode == "hybrid"
    lexical = run(dataset, both, mode="lexical")
    assert (lexical.mode, lexical.index["embedder"]) == ("lexical", "hashed:1")
    for found, alone in zip(lexical.outcomes, run(dataset, small).outcomes, strict=True):
        assert (found.ranking, found.citations) == (alone.ranking, alone.citations)
    for found, question in zip(run(dataset, both, mode="vector").outcomes, QUESTIONS, strict=True):
        hits = both.search(question.text, mode="vector")
        assert found.ranking == list(dict.fromkeys(hit.article.id for hit in hits))


def test_search_and_ask_get_the_same_mode(
    write_kb: WriteKb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[object] = []

    class Listening(Assistant):
        def ask(self, *args: Any, **options: Any) -> Answer:
            asked.append(options["mode"])
            return super().ask(*args, **options)

    monkeypatch.setattr(registry, "LOADERS", {**registry.LOADERS, "hashed": HashedTerms})
    build_index(write_kb(KB), tmp_path / "both", embedder="hashed:1")
    both = Listening.open(tmp_path / "both")
    for mode in MODES:
        run(make_dataset("golden", QUESTIONS[:1]), both, mode=mode)
    assert asked == ["lexical", "vector", "hybrid"]


def test_a_follow_up_is_asked_with_its_history(small: Assistant) -> None:
    """As a conversation that went so far, and under the words that were typed."""
    history = ["How long does a withdrawal take?", {"role": "assistant", "text": "Three minutes."}]
    asked = {"text": "and the fee?", "relevant": ["withdraw#fee"]}
    found = outcome(small, **asked, history=history)
    alone = outcome(small, **asked)
    assert (found.has_history, alone.has_history) == (True, False)
    assert found.text == alone.text == "and the fee?"
    turns = turns_of(Question.model_validate({"id": "q", **asked, "history": history}))
    assert turns == [Turn("How long does a withdrawal take?", reply="Three minutes.")]
    answer = small.conversation(turns).ask("and the fee?")
    assert (found.action, found.confidence) == (answer.action, answer.confidence)
    assert [cited.quote for cited in found.citations] == [c.quote for c in answer.citations]
    assert found.confidence != alone.confidence


def test_a_reply_before_the_first_question_is_no_turn() -> None:
    """As where a bot greets first."""
    history = [{"role": "assistant", "text": "Hello!"}, "fees", {"role": "user", "text": "and?"}]
    asked = Question.model_validate(
        {"id": "q", "text": "x", "expect": "abstain", "history": history}
    )
    assert turns_of(asked) == [Turn("fees"), Turn("and?")]
