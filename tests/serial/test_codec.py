"""Every public value becomes JSON and comes back the same; anything else is refused by name."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import kbassist
from kbassist import (
    Answer,
    AnswerSettings,
    ArticleMeta,
    Assistant,
    BuildReport,
    BuildSettings,
    Chunk,
    Citation,
    Filters,
    Hit,
    Passage,
    SearchSettings,
    Status,
    Turn,
    build_index,
)
from kbassist.errors import ArticleError, UsageError
from kbassist.serial import Serializable, codec
from tests.conftest import WriteKb
from tests.serial.values import values

KINDS: list[type[Serializable]] = [
    *(Answer, AnswerSettings, ArticleMeta, BuildReport, BuildSettings, Chunk, Citation, Filters),
    *(Hit, Passage, SearchSettings, Status, Turn),
]

QUESTIONS = {
    "提币一直没到账怎么办？": "answer",
    "What is the withdrawal fee, and how do I enable two-factor authentication?": "answer",
    "量子望远镜": "abstain",
    "手续费": "clarify",
    "我要找人工客服": "handoff",
    "my account was hacked and the money is gone": "handoff",
}


def plain_errors(value: object) -> object:
    """Errors of a report by their parts: two of the same are not equal otherwise."""
    if isinstance(value, BuildReport):
        return replace(value, skipped=()), [vars(error) for error in value.skipped]
    return value


def test_these_are_all_public_values() -> None:
    public = [getattr(kbassist, name) for name in kbassist.__all__]
    found = [one for one in public if isinstance(one, type) and issubclass(one, Serializable)]
    assert found == KINDS
    others = {"Assistant", "BuildError", "Conversation", "Embedder", "KbassistError"}
    assert {one.__name__ for one in public if isinstance(one, type)} - others == {
        kind.__name__ for kind in KINDS
    }


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_value_comes_back_the_same(kind: type[Serializable], data: st.DataObject) -> None:
    value: Any = data.draw(values(kind))
    text = value.to_json()
    text.encode()
    assert "\n" not in text
    again: Any = kind.from_json(text)
    assert plain_errors(again) == plain_errors(value)
    assert again.to_json() == text and repr(again) == repr(value)
    for copied in (kind.from_json(text.encode()), pickle.loads(pickle.dumps(value))):
        assert plain_errors(copied) == plain_errors(value)
    assert plain_errors(copy.deepcopy(value)) == plain_errors(value)


@pytest.mark.parametrize(("question", "action"), QUESTIONS.items())
def test_a_stored_answer_serves_as_the_fresh_one(
    assistant: Assistant, question: str, action: str
) -> None:
    fresh = assistant.ask(question)
    assert fresh.action == action
    stored = Answer.from_json(fresh.to_json())
    assert stored == fresh and stored is not fresh
    for form in ("markdown", "plain"):
        assert assistant.render(stored, form, mark=True) == assistant.render(fresh, form, mark=True)
    assert assistant.context(stored, 500) == assistant.context(fresh, 500)
    assert assistant.context(stored.hits, 500) == assistant.context(fresh.hits, 500)
    for text in (fresh.text, "It takes 77 hours [1].", ""):
        assert assistant.verify_citations(text, stored) == assistant.verify_citations(text, fresh)
    with pytest.raises(UsageError, match="the answer cannot be explained"):
        stored.explain()


def test_what_an_index_gives(assistant: Assistant, write_kb: WriteKb, tmp_path: Path) -> None:
    hits = assistant.search("withdrawal fee")
    assert [Hit.from_json(hit.to_json()) for hit in hits] == hits
    status, passage = assistant.status(), assistant.get("missing-memo")
    assert Status.from_json(status.to_json()) == status
    assert Passage.from_json(passage.to_json()) == passage
    kb = write_kb({"a.md": "# A\n\nWords.\n", "bad.md": "---\nkind: nothing\n---\n\nB\n"})
    report = build_index(kb, tmp_path / "index", skip_bad=True)
    again = BuildReport.from_json(report.to_json())
    (error,), (found,) = report.skipped, again.skipped
    assert replace(again, skipped=()) == replace(report, skipped=())
    assert (str(found), vars(found), type(found)) == (str(error), vars(error), ArticleError)


def test_the_object_says_what_it_is() -> None:
    assert json.loads(Turn("提币", action="answer").to_json()) == {
        "kbassist": "Turn",
        "version": 1,
        "value": {"question": "提币", "topic": None, "action": "answer", "reply": None},
    }
    assert "提币" in Turn("提币").to_json() and "\\ud800" in Turn("提\ud800").to_json()


def turn(**changes: Any) -> str:
    """JSON of a turn with members changed; `...` takes one away."""
    value = {"question": "a", "topic": None, "action": None, "reply": None, **changes}
    kept = {key: one for key, one in value.items() if one is not ...}
    return json.dumps({"kbassist": "Turn", "version": 1, "value": kept})


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (turn(topic=...), r"Turn\.topic: missing"),
        (turn(extra=1), r"Turn\.extra: no such member"),
        (turn(question=5), r"Turn\.question: must be text, found 5"),
        (turn(reply=[]), r"Turn\.reply: must be text or null, found \[\]"),
        ("", "no JSON"),
        ("[]", "no object of kbassist, version and value"),
        ("NaN", "NaN is no JSON"),
        ('{"kbassist": "Turn", "version": 1}', "no object of kbassist, version and value"),
        (turn().replace('"Turn"', '"Hit"'), "it is of the kind 'Hit'"),
        (turn().replace("1", "2"), "version 2, and this kbassist reads 1 to 1"),
        (turn().replace("1", "true"), "version True"),
        (turn().replace('"topic"', '"question"'), "a member twice"),
        ("[" * 100_000, "nested too deep"),
        (b"\xff", "no JSON"),
        (5, "it must be text, found int"),
    ],
)
def test_anything_else_is_refused(text: Any, message: str) -> None:
    with pytest.raises(UsageError, match=f"the Turn cannot be read: .*{message}") as caught:
        Turn.from_json(text)
    assert caught.value.hint == "Pass what to_json() of a Turn returned."


def test_the_place_of_what_is_wrong_is_named(assistant: Assistant) -> None:
    record = json.loads(assistant.ask("提币一直没到账怎么办？").to_json())
    record["value"]["citations"][0]["span"]["start"] = "x"
    with pytest.raises(UsageError, match=r"Answer\.citations\[0\]\.span\.start: must be a whole"):
        Answer.from_json(json.dumps(record))
    record["value"]["citations"] = []
    record["value"]["hits"][1]["legs"]["bm25"]["raw"] = True
    with pytest.raises(
        UsageError, match=r"Answer\.hits\[1\]\.legs\['bm25'\]\.raw: must be a number"
    ):
        Answer.from_json(json.dumps(record))
    record["value"]["hits"] = []
    record["value"]["action"] = "guess"
    with pytest.raises(UsageError, match=r"Answer\.action: must be 'answer' or 'clarify' or"):
        Answer.from_json(json.dumps(record))


def test_values_check_themselves_when_they_are_read() -> None:
    text = SearchSettings().to_json().replace('"candidates": 100', '"candidates": 0')
    with pytest.raises(UsageError, match="SearchSettings: candidates is 0"):
        SearchSettings.from_json(text)
    text = Filters(where={"region": ("hk",)}).to_json().replace('["hk"]', '"hk"')
    with pytest.raises(UsageError, match=r"Filters\.where\['region'\]: must be a list"):
        Filters.from_json(text)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"text": 5}, r"Answer\.text: must be text, found 5"),
        ({"confidence": float("nan")}, r"Answer\.confidence: must be a number, found nan"),
        ({"citations": 5}, r"Answer\.citations: must be a list"),
        ({"hits": ["a"]}, r"Answer\.hits\[0\]: must be a Hit"),
        ({"figures": {1: 2.0}}, r"Answer\.figures: must be an object"),
    ],
)
def test_what_could_not_be_read_is_not_written(
    assistant: Assistant, changes: dict[str, Any], message: str
) -> None:
    answer = replace(assistant.ask("fee"), **changes)
    with pytest.raises(UsageError, match=f"the Answer cannot be written: {message}"):
        answer.to_json()


def test_what_no_json_can_hold_is_refused(assistant: Assistant) -> None:
    meta = assistant.get("missing-memo").article
    deep: list[Any] = []
    for _ in range(100_000):
        deep = [deep]
    for value, message in ((deep, "nested too deep"), (10**5000, "digits"), (b"", "JSON can hold")):
        with pytest.raises(UsageError, match=f"the ArticleMeta cannot be written: .*{message}"):
            replace(meta, metadata={"key": value}).to_json()
    while deep:  # taken apart step by step: an interpreter may fall over it otherwise
        deep = deep.pop()


@settings(max_examples=150, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_damaged_json_is_refused_or_read(assistant: Assistant, data: st.DataObject) -> None:
    """One member of an answer, at any depth, becomes something else or goes."""
    record = json.loads(assistant.ask("withdrawal fee", top_k=2).to_json())
    place, key = record, "value"
    while isinstance(place[key], (dict, list)) and place[key] and data.draw(st.integers(0, 3)):
        place = place[key]
        keys = range(len(place)) if isinstance(place, list) else sorted(place)
        key = data.draw(st.sampled_from(keys))
    junk = data.draw(st.sampled_from([None, True, -1, 0.5, "", "x", [], {}, [None], {"x": 1}, ...]))
    if junk is ...:
        del place[key]
    else:
        place[key] = junk
    text = json.dumps(record)
    try:
        found = Answer.from_json(text)
    except UsageError as error:
        assert "the Answer cannot be read" in error.message
    else:
        assert json.loads(found.to_json()) == record


@dataclass(frozen=True, slots=True)
class Grown(Serializable):
    """A value that got a member with version 2."""

    name: str
    added: tuple[int, ...] = field(default=(7,), metadata={"since": 2})


def test_earlier_versions_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(codec, "VERSION", 2)
    text = '{"kbassist": "Grown", "version": %d, "value": {"name": "a"%s}}'
    assert Grown.from_json(text % (1, "")) == Grown("a", (7,))
    assert Grown.from_json(text % (2, ', "added": [1]')) == Grown("a", (1,))
    with pytest.raises(UsageError, match=r"Grown\.added: missing"):
        Grown.from_json(text % (2, ""))
    with pytest.raises(UsageError, match=r"Grown\.added: no such member"):
        Grown.from_json(text % (1, ', "added": [1]'))


def test_every_member_is_as_old_as_the_format() -> None:
    for kind in KINDS:
        for item in fields(kind):  # type: ignore[arg-type]
            assert item.metadata.get("since", 1) <= codec.VERSION
