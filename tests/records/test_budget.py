"""No object costs more than was asked for, and each says what it left out."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist import Assistant, Filters
from kbassist.answer.near import near_answer, near_search
from kbassist.errors import UsageError
from kbassist.records import results
from kbassist.records.brief import brief_answer, brief_search
from kbassist.records.budget import cost, fit_answer, fit_passage, fit_search
from kbassist.records.schemas import schema
from kbassist.text.count import count_tokens

QUESTIONS = (
    "提币一直没到账怎么办？",
    "withdrawal fee",
    "How do I enable 2FA and who is your CEO?",
    "手续费",
    "Wie backt man Sauerteigbrot?",
    "我的账号被盗了，币也被转走了，转人工",
    "withdrawl feee \x1b[31m\u202e\x00",
    "提币" + "很久没有到账" * 200,
)
REFS = ("withdrawal-not-arrived", "zh/wallet/withdrawal-not-arrived.md:55-60", "glossary:1-9")

Record = dict[str, Any]


def validate(record: Record, definition: str) -> None:
    whole = {"$ref": f"#/$defs/{definition}", "$defs": schema()["$defs"]}
    jsonschema.Draft202012Validator(whole).validate(record)


@cache
def answered(assistant: Assistant, question: str, brief: bool) -> Record:
    filters = Filters(locale=("en",))
    answer = assistant.ask(question, filters=filters)
    near = None
    if answer.action == "abstain":
        settings = assistant.settings, assistant.answers
        near = near_answer(assistant.index, answer, None, filters, settings, assistant.today)
    record = results.answer(answer, None, near)
    return brief_answer(record) if brief else record


@cache
def searched(assistant: Assistant, question: str, brief: bool) -> Record:
    hits = assistant.search(question, top_k=9)
    record = results.search(question, hits, next=9)
    return brief_search(record) if brief else record


def nothing(assistant: Assistant) -> Record:
    filters = Filters(locale=("en",), where={"path": ("zh/wallet/withdraw-how-t.md",)})
    index, settings = assistant.index, assistant.settings
    near = near_search(index, "withdrawal fees", None, filters, settings, assistant.today)
    return results.search("withdrawal fees", [], near=near)


@cache
def read(assistant: Assistant, ref: str, around: int) -> Record:
    return results.passage(assistant.get(ref, before=around, after=2 * around))


def check(fit: Any, record: Record, budget: int, definition: str) -> Record | None:
    """What fits, checked; None where nothing does, and the error says what would."""
    try:
        found: Record = fit(record, budget)
    except UsageError as error:
        least = re.search(r"at least (\d+) tokens", error.hint)
        assert least is not None and int(least[1]) > budget
        assert cost(fit(record, int(least[1]))) <= int(least[1])
        return None
    assert cost(found) <= budget
    validate(found, definition)
    assert (found == record) == (cost(record) <= budget)
    cut = found.get("truncated", {})
    near = found.get("near", {}), record.get("near", {})
    for name in cut.keys() - {"texts"}:
        before, after = (
            one.get(name, other.get(name))
            for one, other in zip((record, found), near[::-1], strict=True)
        )
        assert len(before) - len(after) == cut[name] > 0
    return found


@given(st.sampled_from(QUESTIONS), st.booleans(), st.integers(1, 900))
def test_answers(assistant: Assistant, question: str, brief: bool, budget: int) -> None:
    record = answered(assistant, question, brief)
    found = check(fit_answer, record, budget, "ask_brief" if brief else "ask")
    if found is None:
        assert budget < (110 if brief else 220)
        return
    assert bool(found["text"].strip("…")) == bool(record["text"])
    assert bool(found["citations"]) == bool(record["citations"])
    assert bool(found.get("choices")) == bool(record.get("choices"))
    for member in ("action", "reason", "confidence"):
        assert found[member] == record[member]
    if found.get("hits"):  # they go before anything else does
        assert set(found["truncated"] if found != record else {}) <= {"hits"}
    kept = found["citations"]
    assert [one["ref"] for one in kept] == [one["ref"] for one in record["citations"][: len(kept)]]
    text = found["text"]
    assert record["text"].startswith(text.removesuffix("…") if text != record["text"] else text)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("Fees are low. They depend. [1]", "Fees are low…"),
        (
            "| Coin | Fee |\n|---|---|\n| A | 1 |\n| B | 2 |\n\n[1]",
            "| Coin | Fee |\n|---|---|\n| A | 1…",
        ),
        ("手续费是一元。按笔收。 [1]", "手续费是一元…"),
        ("费" * 90, "费" * 40 + "…"),
    ],
)
def test_the_least_of_an_answer_is_its_first_sentence_and_a_source(
    assistant: Assistant, text: str, kept: str
) -> None:
    record = {**answered(assistant, "withdrawal fee", True), "text": text}
    with pytest.raises(UsageError) as error:
        fit_answer(record, 16)
    least = re.search(r"at least (\d+) tokens", error.value.hint)
    assert least is not None
    found = fit_answer(record, int(least[1]))
    assert found["text"] == kept
    assert [one["ref"] for one in found["citations"]] == [record["citations"][0]["ref"]]
    with pytest.raises(UsageError):
        fit_answer(record, int(least[1]) - 1)


def test_a_passage_is_not_cut_to_a_rule(assistant: Assistant) -> None:
    record = read(assistant, "withdrawal-not-arrived", 0)
    assert record["lines"][0] == "---"
    with pytest.raises(UsageError) as error:
        fit_passage(record, 20)
    least = re.search(r"at least (\d+) tokens", error.value.hint)
    assert least is not None
    assert fit_passage(record, int(least[1]))["lines"] == ["---", record["lines"][1]]


@given(st.sampled_from(QUESTIONS), st.booleans(), st.integers(1, 2500))
def test_searches(assistant: Assistant, question: str, brief: bool, budget: int) -> None:
    record = searched(assistant, question, brief)
    found = check(fit_search, record, budget, "search_brief" if brief else "search")
    if found is None:
        assert budget < (80 if brief else 150)
        return
    left = len(record["hits"]) - len(found["hits"])
    assert found["next"] == (9 if not left else record["hits"][-left]["rank"] - 1)
    whole = [hit for hit in found["hits"] if hit in record["hits"]]
    assert len(whole) == len(found["hits"]) or len(found["hits"]) == 1


def test_as_many_whole_hits_as_fit(assistant: Assistant) -> None:
    record = searched(assistant, "withdrawal fee", True)
    three = {**record, "hits": record["hits"][:3], "next": 3, "truncated": {"hits": 6}}
    assert fit_search(record, cost(three)) == three
    two = {**record, "hits": record["hits"][:2], "next": 2, "truncated": {"hits": 7}}
    assert fit_search(record, cost(three) - 1) == two


def test_nothing_found_within_a_budget(assistant: Assistant) -> None:
    record = nothing(assistant)
    assert len(record["near"]["without_filters"]) == 3
    for budget in range(1, cost(record) + 1):
        check(fit_search, record, budget, "search")


@given(st.sampled_from(REFS), st.sampled_from([0, 3, 400]), st.integers(1, 2500))
def test_passages(assistant: Assistant, ref: str, around: int, budget: int) -> None:
    record = read(assistant, ref, around)
    found = check(fit_passage, {**record}, budget, "get")
    if found is None:
        assert budget < 100
        return
    assert any(map(count_tokens, found["lines"]))
    asked = range(found["asked_start_line"], found["asked_end_line"] + 1)
    lines = range(found["start_line"], found["end_line"] + 1)
    assert found["ref"] == f"{found['path']}:{lines[0]}-{lines[-1]}"
    assert len(found["lines"]) == len(lines) and asked[0] in lines
    if lines[-1] < record["end_line"]:
        assert found["next"] == f"{found['path']}:{lines[-1] + 1}-{record['end_line']}"
        assistant.get(found["next"])
    if asked[-1] not in lines:  # context has gone by then
        assert lines[0] == asked[0]
    if found["start_line"] == record["start_line"] and len(lines) > 1:
        assert found["lines"] == record["lines"][: len(lines)]


def test_reading_on_reads_everything(assistant: Assistant) -> None:
    ref: str | None = "withdrawal-not-arrived"
    whole = read(assistant, "withdrawal-not-arrived", 0)["lines"]
    lines: list[str] = []
    while ref is not None:
        found = fit_passage(results.passage(assistant.get(ref)), 300)
        lines += found["lines"]
        ref = found.get("next")
    assert lines == whole


def test_a_line_alone_that_is_too_long_is_shortened(assistant: Assistant) -> None:
    record = read(assistant, "zh/wallet/withdrawal-not-arrived.md:55-60", 0)
    record = {**record, "lines": ["提币" * 500], "end_line": 55, "asked_end_line": 55}
    found = fit_passage(record, 100)
    assert found["lines"][0] == "提币" * (count_tokens(found["lines"][0]) // 2) + (
        "提…" if count_tokens(found["lines"][0]) % 2 else "…"
    )
    assert cost(found) == 100 and found["truncated"] == {"texts": 1} and "next" not in found


def test_what_is_counted_is_what_is_printed() -> None:
    assert cost({"a": "提币\x1b[1m\n"}) == count_tokens('{"a": "提币\\u001b[1m\\n"}')


@pytest.mark.parametrize("budget", [1, 5])
def test_too_little_says_how_much_is_needed(assistant: Assistant, budget: int) -> None:
    with pytest.raises(UsageError, match=f"{budget} tokens are too few: what cannot be left out"):
        fit_answer(answered(assistant, "手续费", True), budget)
