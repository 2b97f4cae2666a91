"""The facade: questions in, cited answers out, and honest about what it cannot tell."""

from __future__ import annotations

import threading
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest

from kbassist import Assistant, Filters, SearchSettings, build_index
from kbassist.errors import (
    EmptyQuestion,
    FilterError,
    IndexStale,
    NotFound,
    QuestionTooLong,
    UsageError,
)
from kbassist.types import Mode
from tests.conftest import HARBOR, WriteKb

KB = {
    "withdraw.md": (
        "---\nid: withdraw\ntitle: 提现说明\nupdated: 2026-10-01\nreview_by: 2026-11-20\n"
        "url: https://help.example/withdraw\n---\n\n"
        "## 提现多久到账？\n\nTRC-20 提现一般**三分钟**到账。\n\n## 手续费 {#fee}\n\n每笔 1.5 USDT。\n"
    ),
    "staff.md": "---\nid: staff-note\naudience: staff\n---\n\n升级流程：先冻结账户。\n",
}


@pytest.fixture
def small(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    build_index(write_kb(KB), tmp_path / "index")
    return Assistant.open(tmp_path / "index")


@pytest.fixture
def lexical(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    """The same knowledge base, searched by words alone."""
    build_index(write_kb(KB), tmp_path / "lexical", embedder="none")
    return Assistant.open(tmp_path / "lexical")


def test_an_answer_is_cited_to_the_line(small: Assistant) -> None:
    answer = small.ask("TRC20提现要多久？")
    assert (answer.action, answer.reason) == ("answer", "confident")
    assert answer.text == "TRC-20 提现一般**三分钟**到账。 [1]"
    (citation,) = answer.citations
    assert citation.quote == "TRC-20 提现一般**三分钟**到账。"
    assert citation.ref == "withdraw.md:11-11"
    assert citation.heading_path == ("提现多久到账？",)
    assert citation.url == "https://help.example/withdraw#提现多久到账"
    assert citation.updated == date(2026, 10, 1)
    assert citation.source == "unchanged"
    assert answer.hits[0].chunk.hash == citation.content_hash


def test_staleness_depends_on_the_clock(small: Assistant) -> None:
    (citation,) = small.ask("提现手续费").citations
    assert (citation.past_review, citation.stale) == (True, True)
    index = small.index.path
    (citation,) = Assistant.open(index, today=date(2026, 11, 20)).ask("提现手续费").citations
    assert (citation.past_review, citation.stale) == (False, False)


def test_an_edited_or_deleted_source_is_reported(small: Assistant, write_kb: WriteKb) -> None:
    kb = write_kb({"withdraw.md": KB["withdraw.md"].replace("三分钟", "五分钟")})
    (citation,) = small.ask("TRC20提现要多久？").citations
    assert (citation.source, citation.stale) == ("changed", True)
    assert "三分钟" in citation.quote
    (kb / "withdraw.md").unlink()
    today = Assistant.open(small.index.path, today=date(2026, 11, 1))
    (citation,) = today.ask("TRC20提现要多久？").citations
    assert (citation.source, citation.past_review, citation.stale) == ("deleted", False, True)
    assert small.get("withdraw.md:11").source == "deleted"


@pytest.mark.parametrize("question", ["How do I bake sourdough bread?", "Wie geht es dir?", "qwzx"])
def test_no_evidence_means_no_answer(small: Assistant, question: str) -> None:
    answer = small.ask(question)
    assert (answer.action, answer.text, answer.citations) == ("abstain", "", ())


def test_stop_words_alone_are_no_evidence(small: Assistant) -> None:
    answer = small.ask("这个怎么办？")
    assert answer.action == "abstain"


def test_likeness_without_a_shared_word_is_no_evidence(small: Assistant) -> None:
    """Vectors are near to something for every question, so they alone answer nothing."""
    modes: tuple[Mode, ...] = ("hybrid", "vector")
    for question in ("How do I bake sourdough bread?", "今天天气怎么样", "qwzx", "升级流程"):
        weights = small.index.evidence_weights(small.index.analyzer.query(question))
        for mode in modes:
            hits = small.search(question, mode=mode, top_k=1000)
            assert not {term for hit in hits for term in hit.matched_terms} & weights.keys()
            answer = small.ask(question, mode=mode)
            assert answer.action == "abstain"
            assert answer.confidence < small.answers.clarify_threshold


@pytest.mark.parametrize("question", ["", "  \n\t", "？！……", "。", "\u200b"])
def test_a_question_without_content_is_an_error(small: Assistant, question: str) -> None:
    for call in (small.ask, small.search):
        with pytest.raises(EmptyQuestion, match="nothing to search for"):
            call(question)


def test_an_emoji_is_small_talk_and_nothing_to_search_for(small: Assistant) -> None:
    assert small.ask("🙂").reason == "small_talk"
    with pytest.raises(EmptyQuestion, match="nothing to search for"):
        small.search("🙂")


def test_the_limit_of_a_question(small: Assistant) -> None:
    assert small.search("提" * 4000)
    with pytest.raises(QuestionTooLong, match="4001 characters, the limit is 4000"):
        small.search("提" * 4001)
    short = Assistant.open(small.index.path, settings=SearchSettings(max_question_chars=5))
    with pytest.raises(QuestionTooLong, match="the limit is 5"):
        short.ask("提现多久到账")


def test_both_legs_rank_where_nothing_else_is_said(small: Assistant) -> None:
    question = "提现手续费是多少 USDT"
    hits = small.search(question)
    assert hits == small.search(question, mode="hybrid")
    assert [hit.rank for hit in hits] == [1, 2]
    assert {"手续", "续费", "usdt"} <= set(hits[0].matched_terms)
    for hit in hits:
        assert set(hit.legs) == {"bm25", "vector", "words", "title"}
        shares = [leg.weight * leg.normalised for leg in hit.legs.values()]
        assert hit.score == pytest.approx(sum(shares), abs=1e-9)
    (vector,) = [hit.legs["vector"] for hit in small.search(question, mode="vector", top_k=1)]
    assert (vector.rank, vector.weight) == (1, 1.0)
    assert 0 < vector.raw <= 1


def test_results_are_ranked_with_their_evidence(lexical: Assistant) -> None:
    hits = lexical.search("提现手续费是多少 USDT")
    assert [hit.rank for hit in hits] == [1, 2]
    assert hits[0].chunk.heading_path == ("手续费",)
    assert {"手续", "续费", "usdt"} <= set(hits[0].matched_terms)
    assert hits[0].score == 1.0 > hits[1].score > 0
    leg = hits[0].legs["bm25"]
    assert (leg.rank, leg.normalised, leg.weight) == (1, 1.0, 1.0)
    assert leg.raw > hits[1].legs["bm25"].raw
    assert set(hits[0].legs) == {"bm25"}


@pytest.mark.parametrize("top_k", [0, -1, 1001])
def test_top_k_has_a_range(small: Assistant, top_k: int) -> None:
    with pytest.raises(UsageError, match="top_k must be 1 to 1000"):
        small.search("提现", top_k=top_k)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"question": None}, "the question must be text, found None"),
        ({"question": ["提现"]}, "the question must be text"),
        ({"top_k": "3"}, "top_k must be a whole number, found '3'"),
        ({"top_k": 2.5}, "top_k must be a whole number, found 2.5"),
        ({"top_k": True}, "top_k must be a whole number, found True"),
        ({"filters": {"locale": "en"}}, "filters must be Filters, found {'locale': 'en'}"),
    ],
)
def test_values_of_another_type_are_errors(
    small: Assistant, arguments: dict[str, Any], message: str
) -> None:
    for call in (small.ask, small.search):
        with pytest.raises(UsageError, match=message):
            call(**{"question": "提现", **arguments})


@pytest.mark.parametrize("today", ["2026-11-21", 5, datetime(2026, 11, 21)])
def test_today_is_a_date(small: Assistant, today: Any) -> None:
    with pytest.raises(UsageError, match="today must be a date"):
        Assistant.open(small.index.path, today=today)


def test_the_labels_of_a_caller_are_a_tuple(small: Assistant) -> None:
    with pytest.raises(FilterError, match="audience must be a tuple of texts, found 'staff'"):
        small.get("staff-note", audience="staff")
    with pytest.raises(UsageError, match="the reference must be text, found None"):
        small.get(None)  # type: ignore[arg-type]


def test_modes_that_need_vectors_say_so(small: Assistant, lexical: Assistant) -> None:
    modes: tuple[Mode, ...] = ("hybrid", "vector")
    for mode in modes:
        with pytest.raises(UsageError, match=f"'{mode}' needs vectors") as caught:
            lexical.search("提现", mode=mode)
        assert "rebuild the index with an embedder" in caught.value.hint
        assert small.search("提现", mode=mode)
    with pytest.raises(UsageError, match="no such mode: 'fuzzy'"):
        small.search("提现", mode="fuzzy")  # type: ignore[arg-type]


def test_get_by_every_kind_of_reference(small: Assistant) -> None:
    assert small.get("withdraw").ref == "withdraw.md:1-15"
    assert small.get("withdraw.md").ref == "withdraw.md:1-15"
    lines = small.get("withdraw.md:9-11")
    assert (lines.ref, lines.lines[0]) == ("withdraw.md:9-11", "## 提现多久到账？")
    assert small.get("withdraw.md:15").lines == ("每笔 1.5 USDT。",)
    assert small.get("withdraw.md:15-99").ref == "withdraw.md:15-15"
    chunk = small.search("手续费")[0].chunk
    found = small.get(chunk.id)
    assert (found.chunk_id, found.lines) == (chunk.id, ("每笔 1.5 USDT。",))


def test_get_with_what_stands_around_it(small: Assistant) -> None:
    found = small.get("withdraw.md:11", before=2, after=1)
    assert (found.ref, len(found.lines)) == ("withdraw.md:9-12", 4)
    assert (found.asked_start_line, found.asked_end_line) == (11, 11)
    whole = small.get("withdraw.md:11-12", before=99, after=99)
    assert (whole.ref, whole.lines) == ("withdraw.md:1-15", small.get("withdraw").lines)
    assert (whole.asked_start_line, whole.asked_end_line) == (11, 12)
    for wrong in (-1, 1.0, True, "2"):
        with pytest.raises(UsageError, match="must be a whole number from 0 up, found"):
            small.get("withdraw", before=wrong)  # type: ignore[arg-type]
        with pytest.raises(UsageError, match="must be a whole number from 0 up, found"):
            small.get("withdraw", after=wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "ref",
    ["withdraws", "../kb/withdraw.md:1-2", "/etc/passwd:1-2", "kbassist.toml:1", "withdraw:x", ""],
)
def test_get_reads_nothing_else(small: Assistant, ref: str) -> None:
    with pytest.raises(NotFound, match="nothing is called"):
        small.get(ref)


@pytest.mark.parametrize("lines", ["0-3", "99", "99-100"])
def test_lines_that_are_not_there(small: Assistant, lines: str) -> None:
    with pytest.raises(UsageError, match=r"withdraw\.md has the lines 1-15"):
        small.get(f"withdraw.md:{lines}")


def test_lines_the_wrong_way_round(small: Assistant) -> None:
    with pytest.raises(UsageError, match="the lines 10-5 end before they begin") as error:
        small.get("withdraw.md:10-5")
    assert error.value.hint == "The first line comes first: withdraw.md:START-END"


def test_line_numbers_may_be_long(small: Assistant) -> None:
    nines = "9" * 5000
    assert small.get(f"withdraw.md:15-{nines}").ref == "withdraw.md:15-15"
    with pytest.raises(UsageError, match="has the lines 1-15") as error:
        small.get(f"withdraw.md:{nines}")
    with pytest.raises(NotFound) as unknown:
        small.get(f"{nines}:1")
    assert len(str(error.value)) < 300 and len(str(unknown.value)) < 300


def test_paths_that_lead_into_the_kb_folder(
    small: Assistant, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "kb")
    (tmp_path / "outside.md").write_text("outside")
    monkeypatch.chdir(tmp_path)
    for name in (
        "./withdraw.md",
        "././withdraw.md",
        "kb/withdraw.md",
        "./kb/withdraw.md",
        "link/withdraw.md",
        f"{tmp_path}/kb/withdraw.md",
        "kb/../kb/withdraw.md",
    ):
        assert small.get(name).article.id == "withdraw", name
        assert small.get(f"{name}:15").ref == "withdraw.md:15-15"
    for name in (
        "outside.md",
        "kb/../outside.md",
        "../withdraw.md",
        "./",
        "kb",
        "kb\0/withdraw.md",
    ):
        with pytest.raises(NotFound):
            small.get(name)
    with pytest.raises(NotFound):
        small.get("kb/staff.md")
    assert small.get("kb/staff.md", audience=("staff",)).article.id == "staff-note"
    monkeypatch.chdir("kb")
    assert small.get("./withdraw.md").article.id == "withdraw"


def test_a_named_folder_that_goes_away(small: Assistant, tmp_path: Path) -> None:
    (tmp_path / "kb").rename(tmp_path / "elsewhere")
    told = Assistant.open(tmp_path / "index", kb=tmp_path / "elsewhere")
    (tmp_path / "elsewhere").rename(tmp_path / "kb2")
    assert (told.kb, told.status().fresh) == (None, None)
    assert told.ask("提现手续费").citations[0].source == "missing"


def test_restricted_articles_stay_hidden_everywhere(small: Assistant) -> None:
    staff = Filters(audience=("staff",))
    assert small.ask("升级流程").action == "abstain"
    assert small.ask("升级流程", filters=staff).citations[0].article_id == "staff-note"
    chunk = small.search("升级流程", filters=staff)[0].chunk
    for ref in ("staff-note", "staff.md", "staff.md:1-2", chunk.id):
        with pytest.raises(NotFound) as error:
            small.get(ref)
        assert "staff" not in error.value.hint
        assert small.get(ref, audience=["staff"]).article.id == "staff-note"


def test_status_compares_by_content(small: Assistant, write_kb: WriteKb) -> None:
    assert small.status().fresh is True
    small.require_fresh()
    kb = write_kb({"new.md": "new", "withdraw.md": KB["withdraw.md"].replace("1.5", "2.5")})
    (kb / "staff.md").unlink()
    changes = small.status().changes
    assert changes is not None
    assert (changes.added, changes.changed, changes.deleted) == (
        ("new.md",),
        ("withdraw.md",),
        ("staff.md",),
    )
    with pytest.raises(IndexStale, match="1 added, 1 changed, 1 deleted"):
        small.require_fresh()


def test_without_sources_freshness_cannot_be_told(small: Assistant, tmp_path: Path) -> None:
    (tmp_path / "kb").rename(tmp_path / "elsewhere")
    alone = Assistant.open(tmp_path / "index")
    assert (alone.status().fresh, alone.status().kb) == (None, None)
    assert alone.ask("提现手续费").citations[0].source == "missing"
    assert alone.get("withdraw.md:15").source == "missing"
    with pytest.raises(IndexStale, match="cannot tell"):
        alone.require_fresh()
    told = Assistant.open(tmp_path / "index", kb=tmp_path / "elsewhere")
    assert told.ask("提现手续费").citations[0].source == "unchanged"


def test_the_folder_can_move_with_its_index(small: Assistant, tmp_path: Path) -> None:
    (tmp_path / "moved").mkdir()
    for name in ("kb", "index"):
        (tmp_path / name).rename(tmp_path / "moved" / name)
    moved = Assistant.open(tmp_path / "moved" / "index")
    assert moved.ask("提现手续费").citations[0].source == "unchanged"


def test_threads_may_share_an_assistant(assistant: Assistant) -> None:
    questions = ["提币没到账", "withdrawal fee", "手机丢了验证器怎么办", "SMS code"]
    expected = [assistant.ask(question).text for question in questions]
    wrong: list[str] = []

    def work() -> None:
        for question, text in zip(questions * 5, expected * 5, strict=True):
            if assistant.ask(question).text != text:
                wrong.append(question)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


QUESTIONS = [
    ("USDT-TRC20 提现没到账，钱去哪了？", "withdrawal-not-arrived"),
    ("XRP 充值忘记填 tag 了能找回吗？", "missing-memo"),
    ("改了密碼為什麼 24 小時不能提幣？", "account-freeze"),
    ("5 倍逐仓跌多少会爆仓？", "margin-liquidation"),
    ("Is my USDT gone if I deposited it over the wrong network?", "wrong-network-en"),
    ("Lost my phone and I have no backup codes", "authenticator-lost-en"),
    ("When is English live chat open?", "contact-human-agent-en"),
    ("What does HB-1004 mean?", "api-keys-and-signing-en"),
]


@pytest.mark.parametrize(("question", "article"), QUESTIONS, ids=[q[1] for q in QUESTIONS])
def test_the_example_help_centre_answers(assistant: Assistant, question: str, article: str) -> None:
    answer = assistant.ask(question)
    assert answer.action == "answer"
    assert {citation.article_id for citation in answer.citations} == {article}
    for citation in answer.citations:
        lines = (HARBOR / citation.path).read_text(encoding="utf-8").split("\n")
        named = "\n".join(lines[citation.span.start_line - 1 : citation.span.end_line])
        assert citation.quote in named
        assert f"[{citation.number}]" in answer.text


def test_what_is_not_in_the_articles_lowers_the_confidence(small: Assistant) -> None:
    fully, partly, not_at_all = (
        small.ask(question).confidence
        for question in ("TRC-20 提现", "TRC-20 提现 jurisprudence", "jurisprudence")
    )
    assert 1.0 > fully > partly > not_at_all > 0.0


def test_confidence_does_not_depend_on_how_many_hits_are_wanted(small: Assistant) -> None:
    found = {small.ask("TRC-20 提现", top_k=k).confidence for k in (1, 3, 20, 200)}
    assert len(found) == 1
