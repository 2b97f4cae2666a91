"""Each tool on the example help centre and on an awkward one: what it gives, keeps and hides."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist import Assistant, build_index
from kbassist.serve.knowledge import NOTICE, Knowledge
from kbassist.serve.result import MAX_TOKENS, MIN_TOKENS, Result, compact
from kbassist.serve.tools import BY_NAME, TOOLS, call
from kbassist.text.count import count_tokens
from tests.conftest import HARBOR, REPOSITORY, WriteKb
from tests.serve.conftest import CHINESE_ID, LONG, ORDERS, SECRET

QUESTIONS = [
    json.loads(line)["text"]
    for name in ("harbor-zh", "harbor-en")
    for line in (REPOSITORY / "evals" / f"{name}.jsonl").read_text("utf-8").splitlines()
]


def ok(knowledge: Knowledge, name: str, **arguments: Any) -> dict[str, Any]:
    """The object of a call that must succeed, checked against its schema and its budget."""
    result = call(knowledge, name, arguments)
    assert not result.failed, result.text
    check(name, result, arguments.get("max_tokens", MAX_TOKENS))
    return result.record


def check(name: str, result: Result, most: int) -> None:
    jsonschema.validate(result.record, BY_NAME[name].output)
    assert count_tokens(result.text) + count_tokens(compact(result.record)) <= most
    assert NOTICE in result.text
    assert result.record["notice"] == NOTICE


def error(knowledge: Knowledge, name: str, arguments: Any) -> tuple[str, str]:
    """Code and text of a call that must fail."""
    result = call(knowledge, name, arguments)
    assert result.failed
    assert result.text.startswith(f"Error ({result.record['error']['code']}): ")
    return result.record["error"]["code"], result.text


def members(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Every member that an object, or one in it, may have."""
    for member in schema.get("properties", {}).values():
        yield member
        yield from members(member.get("items", {}))


@pytest.mark.parametrize("tool", TOOLS, ids=lambda tool: tool.name)
def test_a_tool_says_when_to_use_it_when_not_and_what_it_costs(tool: Any) -> None:
    for words in ("Use it", "Not ", "Costs about", "tokens", " ms."):
        assert words in tool.description
    jsonschema.Draft202012Validator.check_schema(tool.output)
    assert all("description" in member for member in members(tool.output))
    assert "audience" not in {parameter.name for parameter in tool.parameters}


def test_search(help_centre: Knowledge) -> None:
    found = ok(help_centre, "search", question="XRP 充值忘记填 tag 了能找回吗？")
    first = found["hits"][0]
    assert first["chunk_id"] == "missing-memo#recover:1"
    assert first["url"] == "https://help.harbor.example/zh/wallet/missing-memo#recover"
    assert first["verified"] == "source"
    assert found["freshness"] == "fresh"
    assert found["confidence"] >= 0.5
    assert len(found["hits"]) == 5


@pytest.mark.parametrize("question", QUESTIONS[::25])
def test_a_snippet_stands_in_the_lines_that_its_hit_names(
    help_centre: Knowledge, question: str
) -> None:
    for hit in ok(help_centre, "search", question=question, snippet_tokens=40)["hits"]:
        path, _, lines = hit["ref"].rpartition(":")
        start, end = map(int, lines.split("-"))
        source = (HARBOR / path).read_text("utf-8-sig").split("\n")
        assert count_tokens(hit["snippet"]) <= 40
        named = "\n".join(source[start - 1 : end])
        for piece in hit["snippet"].split("\n[…]\n"):
            assert piece in named


def test_pages_follow_each_other_and_end(help_centre: Knowledge) -> None:
    asked: dict[str, Any] = {"question": "withdrawal fee", "locale": ["en"], "max_tokens": 20_000}
    seen: list[str] = []
    cursor = None
    for _ in range(200):
        page = ok(help_centre, "search", **asked, limit=7, cursor=cursor)
        seen += [hit["chunk_id"] for hit in page["hits"]]
        assert [hit["rank"] for hit in page["hits"]][-1] == len(seen)
        cursor = page.get("next_cursor")
        if cursor is None:
            break
    whole = [hit["chunk_id"] for hit in ok(help_centre, "search", **asked, limit=50)["hits"]]
    assert seen[:50] == whole
    assert len(seen) == len(set(seen)) == 100


def test_a_page_cut_for_its_budget_goes_on_where_it_ended(help_centre: Knowledge) -> None:
    asked = {"question": "withdrawal fee"}
    whole = [hit["chunk_id"] for hit in ok(help_centre, "search", **asked, limit=9)["hits"]]
    first = ok(help_centre, "search", **asked, limit=9, max_tokens=700)
    assert first["truncated"]
    assert 0 < len(first["hits"]) < 9
    second = ok(help_centre, "search", **asked, limit=2, cursor=first["next_cursor"])
    seen = [hit["chunk_id"] for hit in first["hits"] + second["hits"]]
    assert seen == whole[: len(seen)]


def test_a_cursor_of_another_question_is_refused(help_centre: Knowledge) -> None:
    cursor = ok(help_centre, "search", question="withdrawal fee")["next_cursor"]
    for other in (
        {"question": "deposit fee"},
        {"question": "withdrawal fee", "locale": ["zh"]},
    ):
        code, text = error(help_centre, "search", {**other, "cursor": cursor})
        assert code == "usage"
        assert "Start again without a cursor" in text


def test_near_misses_without_the_filters(awkward: Knowledge) -> None:
    found = ok(awkward, "search", question="parrot orders", where={"region": ["hk"]}, locale=["de"])
    assert found["hits"] == []
    assert found["near"][0] == {"title": "Orders", "ref": "orders.md:8-14"}
    assert found["why"] == "no article passes the filters"


def test_what_is_hidden_or_over_is_no_near_miss(write_kb: WriteKb, tmp_path: Path) -> None:
    hidden = "---\naudience: staff\n---\n# Parrot handbook\n\nParrot orders.\n"
    ended = "---\nvalid_until: 2026-01-01\n---\n# Parrot offer\n\nParrot orders.\n"
    kb = write_kb({"a.md": "# Cats\n\nSeeds.\n", "staff.md": hidden, "ended.md": ended})
    build_index(kb, tmp_path / "index", embedder="none")
    knowledge = Knowledge(Assistant.open(tmp_path / "index"))
    found = ok(knowledge, "search", question="parrot orders", locale=["de"])
    assert (found["hits"], found.get("near")) == ([], None)
    assert found["why"] == "no article passes the filters"
    found = ok(knowledge, "search", question="parrot orders")
    assert found["why"] == "nothing in the articles has anything in common with it"


def test_ask(help_centre: Knowledge) -> None:
    found = ok(help_centre, "ask", question="XRP 充值忘记填 tag 了能找回吗？")
    assert (found["action"], found["reason"]) == ("answer", "confident")
    [citation] = found["citations"]
    assert citation["ref"] == "zh/wallet/missing-memo.md:53-62"
    assert citation["heading_path"] == ["充币漏填或填错，怎么找回"]
    lines = (HARBOR / "zh/wallet/missing-memo.md").read_text("utf-8").split("\n")
    assert citation["quote"] in "\n".join(lines[52:62])


def test_ask_in_a_conversation(help_centre: Knowledge) -> None:
    turn = {"question": "TRC20 提币手续费是多少？", "action": "answer"}
    found = ok(help_centre, "ask", question="那 ERC20 呢？", history=[turn])
    assert found["action"] == "answer"
    assert "4 USDT" in found["citations"][-1]["quote"]
    assert found["completed_with"] == "提币手续费是多少？"


def test_ask_abstains_with_near_misses(help_centre: Knowledge) -> None:
    found = ok(help_centre, "ask", question="P2P 申诉")
    assert found["action"] == "abstain"
    assert found["citations"] == []
    assert len(found["related"]) == 3


def test_repeated_failures_hand_over(help_centre: Knowledge) -> None:
    history = [{"question": "P2P 申诉", "action": "abstain"}] * 3
    found = ok(help_centre, "ask", question="P2P 申诉", history=history)
    assert (found["action"], found["reason"]) == ("handoff", "repeated_failure")


def test_several_questions(help_centre: Knowledge) -> None:
    question = "How do I enable 2FA? And what is the withdrawal fee for USDT on TRC-20?"
    found = ok(help_centre, "ask", question=question)
    numbers = [number for part in found["parts"] for number in part["citations"]]
    assert numbers == [citation["number"] for citation in found["citations"]]
    assert len(found["parts"]) == 2


def test_a_stale_quote_says_so(awkward: Knowledge) -> None:
    result = call(awkward, "ask", {"question": "How long does a withdrawal take?"})
    [citation] = result.record["citations"]
    assert citation["quote"] == "A withdrawal takes ten minutes."
    assert citation["past_review"]
    assert citation["stale"]
    assert "(past its review date, 2026-02-03)" in result.text


def test_get_lines_with_context(awkward: Knowledge) -> None:
    found = ok(awkward, "get", ref="plain.md:13-13", before=2, after=99)
    assert found["text"] == (
        "11\t## How long does a withdrawal take?\n12\t\n13\tA withdrawal takes ten minutes.\n"
        "14\t\n15\t## Fees\n16\t\n17\tThe withdrawal fee is 1 USDT."
    )
    assert (found["ref"], found["total_lines"]) == ("plain.md:11-17", 17)
    assert found["past_review"]


@pytest.mark.parametrize("ref", ["missing-memo", "zh/wallet/missing-memo.md"])
def test_get_an_article(help_centre: Knowledge, ref: str) -> None:
    found = ok(help_centre, "get", ref=ref)
    source = (HARBOR / "zh/wallet/missing-memo.md").read_text("utf-8").rstrip("\n").split("\n")
    assert [line.partition("\t")[2] for line in found["text"].split("\n")] == source
    assert "next_ref" not in found


def test_the_rest_of_what_did_not_fit_can_be_read_on(help_centre: Knowledge) -> None:
    ref: str | None = "missing-memo"
    lines: list[str] = []
    while ref is not None:
        page = ok(help_centre, "get", ref=ref, max_tokens=400)
        lines += page["text"].split("\n")
        ref = page.get("next_ref")
        assert page.get("truncated", False) == (ref is not None)
    assert lines == ok(help_centre, "get", ref="missing-memo")["text"].split("\n")


def test_a_line_over_the_budget_is_cut_and_said(awkward: Knowledge) -> None:
    line = "long.md:8"
    found = ok(awkward, "get", ref=line, max_tokens=400)
    assert found["cut"]
    assert f"A withdrawal story: {LONG}".startswith(found["text"].partition("\t")[2])
    assert "next_ref" not in found
    assert "cut" not in ok(awkward, "get", ref=line, max_tokens=7000)


@pytest.mark.parametrize("ref", ["/etc/passwd", "../kb/plain.md", "./staff.md", "C:\\x", "\0"])
def test_no_path_of_the_machine_is_looked_at(awkward: Knowledge, ref: str) -> None:
    assert error(awkward, "get", {"ref": ref})[0] == "not_found"


def test_an_absolute_path_into_the_kb_is_no_name(awkward: Knowledge, awkward_kb: Path) -> None:
    assert error(awkward, "get", {"ref": str(awkward_kb / "plain.md")})[0] == "not_found"


def test_lines_that_are_not_there(awkward: Knowledge) -> None:
    code, text = error(awkward, "get", {"ref": "plain.md:99"})
    assert (code, text) == (
        "usage",
        "Error (usage): plain.md has the lines 1-17; asked for 99\n"
        "For the whole article: get plain.md",
    )


def test_list_articles(help_centre: Knowledge) -> None:
    found = ok(help_centre, "list_articles", locale=["en"], kind=["safety"], limit=200)
    assert found["total"] == len(found["articles"]) > 3
    assert {item["kind"] for item in found["articles"]} == {"safety"}
    assert {item["locale"] for item in found["articles"]} == {"en"}
    assert [item["id"] for item in found["articles"]] == sorted(
        item["id"] for item in found["articles"]
    )


def test_list_by_pages(help_centre: Knowledge) -> None:
    seen: list[str] = []
    cursor = None
    for _ in itertools.count():
        page = ok(help_centre, "list_articles", cursor=cursor, max_tokens=900)
        seen += [item["id"] for item in page["articles"]]
        cursor = page.get("next_cursor")
        if cursor is None:
            break
    assert len(seen) == len(set(seen)) == page["total"]


def test_an_article_that_ended_is_listed_as_such(awkward: Knowledge) -> None:
    articles = {item["id"]: item for item in ok(awkward, "list_articles")["articles"]}
    assert articles["ended"]["not_searched"]
    assert "not_searched" not in articles["plain"]


def test_status(help_centre: Knowledge) -> None:
    found = ok(help_centre, "status")
    assert found["articles"] == sum(found["locales"].values())
    assert found["modes"] == ["lexical", "vector", "hybrid"]
    assert (found["changed"], found["deleted"]) == ([], [])


@pytest.mark.parametrize(
    ("name", "arguments", "code", "said"),
    [
        ("search", {}, "usage", "search needs 'question'"),
        ("search", {"question": "?!"}, "empty_question", "question"),
        ("search", {"question": "x" * 4001}, "usage", "the limit is 4000"),
        ("search", {"question": "fee", "kind": ["memo"]}, "filter", "no such kind: 'memo'"),
        ("search", {"question": "fee", "product": ["wallt"]}, "filter", "Did you mean 'wallet'?"),
        ("search", {"question": "fee", "audience": ["staff"]}, "usage", "no parameter 'audience'"),
        ("search", {"question": "fee", "max_tokens": 199}, "usage", "must be 200 to 20000"),
        ("search", {"question": "fee", "snippet_tokens": 0}, "usage", "must be 20 to 1000"),
        ("search", {"question": "fee", "cursor": "x"}, "usage", "not a cursor: 'x'"),
        ("ask", {"question": "fee", "history": "x"}, "usage", "history must be a list"),
        ("get", {"ref": "plan"}, "not_found", "Did you mean plain"),
        ("get", {"ref": "no such thing"}, "not_found", "Find names with search."),
        ("get", {"ref": "plain", "before": -1}, "usage", "before must be 0 to 200"),
        ("list_articles", {"where": {"colour": ["red"]}}, "filter", "no article has the key"),
        ("status", {"verbose": True}, "usage", "Its parameters are max_tokens."),
    ],
)
def test_mistakes_say_what_mends_them(
    awkward: Knowledge, name: str, arguments: Any, code: str, said: str
) -> None:
    found, text = error(awkward, name, arguments)
    assert found == code
    assert said in text


def everything(knowledge: Knowledge) -> str:
    """All that the tools tell when asked for what is restricted."""
    questions = ("vault code", f"what is {SECRET}", "Vault", "withdrawal", "Vautl", "internal")
    calls: list[tuple[str, dict[str, Any]]] = [
        (name, {"question": q}) for q in questions for name in ("search", "ask")
    ]
    calls += [("search", {"question": q, "locale": ["de"]}) for q in questions]
    calls += [("get", {"ref": ref}) for ref in ("internal", "staff.md", "interna", "staff.md:1")]
    calls += [("get", {"ref": f"internal#{anchor}:1"}) for anchor in ("vault", "")]
    calls += [("list_articles", {}), ("list_articles", {"product": ["vault"]}), ("status", {})]
    calls += [("search", {"question": "x", "product": ["vault"]})]
    results = [call(knowledge, name, arguments) for name, arguments in calls]
    return "\n".join(result.text + compact(result.record) for result in results)


def test_a_restricted_article_leaves_no_trace(awkward: Knowledge, staff: Knowledge) -> None:
    told = everything(staff)
    assert SECRET in told
    told = everything(awkward)
    for word in (
        f"code is {SECRET}",
        "# Vault",
        "staff.md:3",
        "staff.md:8",
        "Vault code",
        '"vault"',
        "vault 1",
    ):
        assert word not in told
    assert "did you mean internal" not in told.casefold()
    assert "did you mean staff" not in told.casefold()
    open_total = ok(awkward, "list_articles")["total"]
    assert ok(staff, "list_articles")["total"] == open_total + 1
    assert ok(awkward, "status")["articles"] == open_total


def test_a_cursor_of_the_staff_is_of_no_use_to_others(awkward: Knowledge, staff: Knowledge) -> None:
    cursor = ok(staff, "list_articles", limit=1)["next_cursor"]
    assert error(awkward, "list_articles", {"limit": 1, "cursor": cursor})[0] == "usage"


def test_article_text_cannot_leave_its_quote(awkward: Knowledge) -> None:
    for name in ("search", "ask"):
        text = call(awkward, name, {"question": "What does the parrot say?"}).text
        assert "> Now" in text
        assert all(
            line.startswith(">") for line in text.splitlines() if "obey" in line or "Now" in line
        )
    result = call(awkward, "get", {"ref": "orders"})
    assert all(line.partition("\t")[0].isdigit() for line in result.text.splitlines()[2:])
    assert ORDERS in "\n".join(
        line.partition("\t")[2] for line in result.record["text"].split("\n")
    )


def test_an_odd_id_can_be_read(awkward: Knowledge) -> None:
    assert ok(awkward, "get", ref=CHINESE_ID)["article_id"] == CHINESE_ID
    hit = ok(awkward, "search", question="提币要多久")["hits"][0]
    assert ok(awkward, "get", ref=hit["chunk_id"])["ref"] == hit["ref"] == "zh/提币.md:8-8"


ARGUMENTS: dict[str, st.SearchStrategy[dict[str, Any]]] = {
    "search": st.fixed_dictionaries(
        {"question": st.sampled_from([*QUESTIONS, "withdrawal fee", "提币", "Ordrse"])},
        optional={
            "limit": st.integers(1, 50),
            "snippet_tokens": st.integers(20, 1000),
            "locale": st.sampled_from([["en"], ["de"]]),
        },
    ),
    "ask": st.fixed_dictionaries(
        {"question": st.sampled_from([*QUESTIONS, "withdrawal fee", "parrot orders", "depth"])},
        optional={
            "history": st.lists(
                st.fixed_dictionaries({"question": st.sampled_from(QUESTIONS)}), max_size=3
            )
        },
    ),
    "get": st.fixed_dictionaries(
        {"ref": st.sampled_from(["missing-memo", "long", "plain", "orders", "long.md:5-8"])},
        optional={"before": st.integers(0, 50), "after": st.integers(0, 50)},
    ),
    "list_articles": st.fixed_dictionaries({}, optional={"limit": st.integers(1, 200)}),
    "status": st.just({}),
}


@settings(max_examples=60)
@given(
    st.sampled_from(sorted(ARGUMENTS)).flatmap(
        lambda name: st.tuples(st.just(name), ARGUMENTS[name])
    ),
    st.integers(MIN_TOKENS, MIN_TOKENS + 300) | st.integers(MIN_TOKENS, MAX_TOKENS),
)
def test_every_budget_is_kept(
    help_centre: Knowledge, awkward: Knowledge, asked: tuple[str, dict[str, Any]], most: int
) -> None:
    name, arguments = asked
    for knowledge in (help_centre, awkward):
        result = call(knowledge, name, {**arguments, "max_tokens": most})
        if result.failed:
            assert result.record["error"]["code"] == "not_found"
        else:
            check(name, result, most)


def test_the_least_budget_holds_every_kind_of_answer(help_centre: Knowledge) -> None:
    sample = random.Random(7).sample(QUESTIONS, 40)
    questions = [*sample, "My account was hacked, I want to talk to a person!", "手续费", "xyzzy"]
    actions = {
        ok(help_centre, "ask", question=question, max_tokens=MIN_TOKENS)["action"]
        for question in questions
    }
    assert actions == {"answer", "clarify", "abstain", "handoff"}
