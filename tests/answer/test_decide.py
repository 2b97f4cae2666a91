"""The first form of a decision, and how quotes become a text."""

from __future__ import annotations

from pathlib import Path

import pytest

from kbassist import Assistant, Filters, SearchSettings, build_index
from kbassist.config import AnswerSettings
from kbassist.errors import ConfigError
from tests.conftest import WriteKb

FILLER = "这一句话只是把篇幅拉长，说的是别的事情。"


def ask(kb: Path, index: Path, question: str) -> tuple[str, list[str]]:
    build_index(kb, index)
    answer = Assistant.open(index).ask(question)
    return answer.text, [citation.quote for citation in answer.citations]


def test_an_identifier_that_is_not_there_is_not_answered_by_its_neighbours(
    assistant: Assistant,
) -> None:
    assert assistant.ask("HB-1002").action == "answer"
    answer = assistant.ask("HB-1007")
    assert (answer.action, answer.reason) == ("abstain", "unknown_identifier")
    assert answer.related


def test_the_end_of_a_long_section_does_not_stand_for_all_of_it(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    body = "先打开安全中心。" + FILLER * 20 + "\n\n" + FILLER * 6
    kb = write_kb({"a.md": f"---\ntitle: 帮助\n---\n\n## 找回验证器\n\n{body}\n"})
    text, _ = ask(kb, tmp_path / "index", "怎么找回验证器")
    assert text.startswith("先打开安全中心。")


def test_rows_of_one_table_stay_together(write_kb: WriteKb, tmp_path: Path) -> None:
    rows = "".join(f"| COIN{i} | {i} |\n" for i in range(10, 60))
    kb = write_kb({"a.md": f"# 上币\n\n## 费用表\n\n| 币种 | 费用 |\n|---|---|\n{rows}"})
    text, quotes = ask(kb, tmp_path / "index", "COIN37 费用")
    assert quotes == ["| 币种 | 费用 |\n|---|---|", "| COIN37 | 37 |"]
    assert text == "| 币种 | 费用 |\n|---|---|\n| COIN37 | 37 |\n\n[1][2]"


@pytest.mark.parametrize(
    ("body", "end"),
    [
        ("一句话。", "一句话。 [1]"),
        ("```sh\nrun\n```", "```\n\n[1]"),
        ("| a |\n|---|\n| b |", "| b |\n\n[1]"),
    ],
)
def test_marks_stand_behind_what_they_mark(
    write_kb: WriteKb, tmp_path: Path, body: str, end: str
) -> None:
    text, _ = ask(write_kb({"a.md": f"# 提现说明\n\n{body}\n"}), tmp_path / "index", "提现说明")
    assert text.endswith(end)


def test_more_candidates_than_a_search_may_return_are_no_error(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    build_index(write_kb({"a.md": "# 提现\n\n怎么办？\n"}), tmp_path / "index")
    settings = SearchSettings(candidates=5000)
    answer = Assistant.open(tmp_path / "index", settings=settings).ask("怎么办？")
    assert (answer.action, answer.reason) == ("abstain", "question_too_short")


def test_a_glossary_is_quoted_without_its_lists_of_names(write_kb: WriteKb, tmp_path: Path) -> None:
    entry = "提币\n: 把币转出去。又叫：提现、withdrawal。误写：体币。\n"
    head = "---\nlocale: zh-Hans\nkind: {}\n---\n\n"
    for kind, quote in (("glossary", "把币转出去。"), ("feature", entry.split("\n: ")[1].strip())):
        index = tmp_path / kind
        build_index(write_kb({"words.md": head.format(kind) + entry}), index)
        answer = Assistant.open(index).ask("体币是什么")
        assert [citation.quote for citation in answer.citations] == [quote]


def test_the_language_of_an_answer_is_that_of_what_was_meant(assistant: Assistant) -> None:
    assert not assistant.ask("tibi shouxufei").other_language
    assert not assistant.ask("提币手续费").other_language
    assert not assistant.ask("withdrawal fee").other_language


def test_something_urgent_without_an_answer_is_handed_over(assistant: Assistant) -> None:
    answer = assistant.ask("攒了八年的钱全没了，不想活了")
    assert (answer.action, answer.reason, answer.priority) == ("handoff", "urgent", "urgent")
    assert answer.offer_person


def test_a_person_is_asked_for(assistant: Assistant) -> None:
    answer = assistant.ask("转人工")
    assert (answer.action, answer.reason) == ("handoff", "asked_for_person")
    about = assistant.ask("how do I reach human support?")
    assert (about.action, about.offer_person) == ("answer", True)


def test_an_article_may_hand_over_what_it_answers(write_kb: WriteKb, tmp_path: Path) -> None:
    text = "---\ntitle: 继承账户\nlocale: zh-Hans\n{}---\n\n## 怎么继承账户？\n\n提交死亡证明。\n"
    for front, action in (("", "answer"), ("handoff: always\n", "handoff")):
        index = tmp_path / action
        build_index(write_kb({"a.md": text.format(front)}), index)
        answer = Assistant.open(index).ask("怎么继承账户？")
        assert answer.action == action
        assert [citation.quote for citation in answer.citations] == ["提交死亡证明。"]
    assert answer.reason == "article_hands_over"
    assert Assistant.open(index).search("继承账户", filters=Filters(where={"handoff": ("always",)}))


def test_own_phrases_are_settings(harbor: Path) -> None:
    answers = AnswerSettings(phrases={"helpers": ["小港湾"]})
    assert Assistant.open(harbor).ask("我要找小港灣").action != "handoff"
    found = Assistant.open(harbor, answers=answers).ask("我要找小港灣")
    assert (found.action, found.reason) == ("handoff", "asked_for_person")
    with pytest.raises(ConfigError, match=r"phrases is \{'helpers': '小港湾'\}"):
        AnswerSettings(phrases={"helpers": "小港湾"})


def test_sections_that_compete_are_offered(assistant: Assistant) -> None:
    answer = assistant.ask("手续费")
    assert (answer.action, answer.text, answer.citations) == ("clarify", "", ())
    assert 2 <= len(answer.choices) <= 4
    assert len({choice.article_id for choice in answer.choices}) == len(answer.choices)


def test_a_person_takes_over_after_repeated_failures(assistant: Assistant) -> None:
    question = "what is the weather in Paris"
    found = [assistant.ask(question, failures=count) for count in range(4)]
    assert [one.action for one in found] == ["abstain", "abstain", "handoff", "handoff"]
    assert found[2].reason == "repeated_failure"
