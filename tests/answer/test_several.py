"""Questions that ask several things, answered part by part."""

from __future__ import annotations

from dataclasses import replace

import pytest

from kbassist import AnswerSettings, Assistant
from kbassist.answer.several import by_parts, join, told
from kbassist.evals.read import read_dataset
from kbassist.types import Answer, Citation, Span
from tests.answer.claim_examples import citation
from tests.conftest import REPOSITORY

TEXT = "甲一。乙二。丙三。丁四。"


def cut(start: int, end: int, chunk: str = "a#x:1") -> Citation:
    quote = TEXT[start:end]
    return replace(citation(1, quote), span=Span(start, end, 1, 1), chunk_id=chunk)


def part(question: str, *citations: Citation, confidence: float = 0.7) -> Answer:
    if not citations:
        return Answer(question, "abstain", "low_confidence", "", (), (), confidence)
    return Answer(question, "answer", "confident", "", citations, (), confidence)


WHOLE = part("甲？乙？", confidence=0.3)


def test_one_numbering_and_the_lowest_confidence() -> None:
    joined = join(
        WHOLE, [part("甲？", cut(0, 3)), part("乙？", cut(6, 9, "b#y:1"), confidence=0.5)]
    )
    assert (joined.action, joined.reason, joined.confidence) == ("answer", "confident", 0.5)
    assert joined.text == "甲一。 [1]\n\n丙三。 [2]"
    assert [c.number for c in joined.citations] == [1, 2]
    assert [one.citations for one in joined.parts] == [(c,) for c in joined.citations]
    assert [one.text for one in joined.parts] == ["甲一。 [1]", "丙三。 [2]"]


@pytest.mark.parametrize(
    ("first", "second", "quote"),
    [
        (cut(0, 6), cut(0, 6), "甲一。乙二。"),
        (cut(0, 6), cut(3, 6), "甲一。乙二。"),
        (cut(3, 6), cut(0, 9), "甲一。乙二。丙三。"),
        (cut(0, 6), cut(3, 9), "甲一。乙二。丙三。"),
        (cut(3, 9), cut(0, 6), "甲一。乙二。丙三。"),
    ],
)
def test_overlapping_quotes_are_one(first: Citation, second: Citation, quote: str) -> None:
    joined = join(WHOLE, [part("甲？", first), part("乙？", second)])
    (only,) = joined.citations
    assert only.quote == quote == TEXT[only.span.start : only.span.end]
    assert joined.text == f"{quote} [1]"
    assert [one.citations for one in joined.parts] == [(only,), (only,)]
    assert told(joined.parts) == [f"{quote} [1]", "[1]"]


def test_a_head_is_repeated_before_rows_of_its_own() -> None:
    head = replace(cut(0, 3), quote="|a|")
    rows = [replace(cut(at, at + 3), quote=f"|{at}|") for at in (3, 6)]
    joined = join(
        WHOLE,
        [part("甲？", head, rows[0]), part("丙？", cut(9, 12)), part("乙？", head, rows[1])],
    )
    assert joined.text.endswith("丁四。 [3]\n\n|a|\n|6|\n\n[1][4]")


def test_a_part_without_an_answer_is_named_and_not_told() -> None:
    joined = join(WHOLE, [part("甲？", cut(0, 3)), part("乙？", confidence=0.1)])
    assert (joined.action, joined.reason, joined.confidence) == ("answer", "partly_answered", 0.7)
    assert joined.text == "甲一。 [1]"
    assert [(one.action, one.text) for one in joined.parts] == [
        ("answer", "甲一。 [1]"),
        ("abstain", ""),
    ]


def test_urgent_and_handed_over() -> None:
    urgent = replace(WHOLE, action="handoff", reason="urgent", urgent=("account_stolen",))
    answered, unknown = part("甲？", cut(0, 3)), part("乙？")
    joined = join(urgent, [answered, unknown])
    assert (joined.action, joined.reason, joined.offer_person) == ("handoff", "urgent", True)
    both = join(urgent, [answered, part("乙？", cut(3, 6))])
    assert (both.action, both.offer_person, both.priority) == ("answer", True, "urgent")
    kept = replace(part("乙？", cut(3, 6)), action="handoff", reason="article_hands_over")
    handed = join(WHOLE, [answered, kept])
    assert (handed.action, handed.reason) == ("handoff", "article_hands_over")
    assert len(handed.citations) == 2


def asked(whole: Answer, *parts: Answer, **limits: float) -> Answer:
    """`by_parts` with these answers to the parts of a question of two."""
    replies = iter(parts)
    question = "提现要多久？怎么绑定谷歌验证器？"
    settings = AnswerSettings(**limits)  # type: ignore[arg-type]
    whole = replace(whole, question=question)
    return by_parts(whole, lambda *_: next(replies), always, settings)


def always(asked: str, answer: Answer) -> bool:
    return True


SAME, OTHER = cut(0, 3), cut(6, 9, "b#y:1")


@pytest.mark.parametrize(
    ("whole", "first", "second", "reason"),
    [
        (part("", confidence=0.2), part("", SAME), part("", OTHER), "confident"),
        (part("", confidence=0.2), part("", SAME), part("", SAME), "confident"),
        (part("", confidence=0.2), part("", SAME, confidence=0.6), part(""), "partly_answered"),
        (part("", confidence=0.2), part("", SAME, confidence=0.59), part(""), None),
        (part("", confidence=0.2), part(""), part(""), None),
        (part("", SAME), part("", SAME, confidence=0.5), part("", OTHER), "confident"),
        (part("", SAME), part("", SAME), part("", OTHER, confidence=0.6), None),
        (part("", SAME), part("", SAME), part("", SAME), None),
        (part("", SAME), part("", SAME), part(""), "partly_answered"),
        (part("", SAME), part("", OTHER, confidence=0.9), part(""), None),
    ],
)
def test_when_parts_help(whole: Answer, first: Answer, second: Answer, reason: str | None) -> None:
    found = asked(whole, first, second)
    assert (found.reason if found.parts else None) == reason


def test_what_is_never_cut() -> None:
    good = part("", SAME), part("", OTHER)
    person = replace(WHOLE, action="handoff", reason="asked_for_person")
    harm = replace(WHOLE, action="handoff", reason="urgent", urgent=("self_harm",))
    keeps = replace(WHOLE, action="handoff", reason="article_hands_over")
    for whole in (person, harm, keeps):
        assert not asked(whole, *good).parts
    assert not asked(WHOLE, *good, max_parts=1).parts
    assert asked(WHOLE, *good).parts


def test_a_part_that_leans_on_an_unanswered_one_is_not_answered() -> None:
    whole = replace(WHOLE, question="提现要多久？手续费多少？")
    replies = iter((part("", confidence=0.2), part("", SAME, confidence=0.9)))
    assert not by_parts(whole, lambda *_: next(replies), always, AnswerSettings()).parts


def test_two_subjects_are_both_answered(assistant: Assistant) -> None:
    answer = assistant.ask("提币手续费多少，怎么绑定谷歌验证器？")
    assert [one.question for one in answer.parts] == ["提币手续费多少", "怎么绑定谷歌验证器？"]
    assert [one.action for one in answer.parts] == ["answer", "answer"]
    assert answer.confidence == min(one.confidence for one in answer.parts)
    assert [c.number for c in answer.citations] == list(range(1, len(answer.citations) + 1))
    assert {c.article_id for c in answer.citations} == {
        "network-fees-and-confirmations",
        "authenticator-setup",
    }
    whole = Assistant(assistant.index, answers=AnswerSettings(max_parts=1))
    assert whole.ask(answer.question).parts == ()


def test_a_part_that_the_articles_do_not_answer(assistant: Assistant) -> None:
    answer = assistant.ask("How do I enable 2FA and who is your CEO?")
    assert (answer.action, answer.reason) == ("answer", "partly_answered")
    first, second = answer.parts
    assert (first.action, second.action) == ("answer", "abstain")
    assert first.citations == answer.citations and first.text == answer.text
    assert second.question == "who is your CEO?" and second.text == "" and second.related


def test_a_part_that_is_answered_by_its_borrowed_subject_alone_is_not() -> None:
    whole = replace(WHOLE, question="提现手续费多少？限额呢？")
    answers = {"提现手续费多少？": part("", SAME), "限额呢？": part("", SAME)}
    for held, reason in ((True, None), (False, "partly_answered")):
        found = by_parts(
            replace(whole, citations=(SAME,)),
            lambda _, own: answers[own],
            lambda *_, held=held: held,
            AnswerSettings(),
        )
        assert (found.reason if found.parts else None) == reason


def test_a_completed_follow_up_is_one_question(assistant: Assistant) -> None:
    text = "提币手续费多少，怎么绑定谷歌验证器？"
    assert assistant.ask(text, asked=text).parts
    assert not assistant.ask(text, asked="那怎么绑定？").parts


def test_no_labelled_question_loses_its_answer(assistant: Assistant) -> None:
    """Those of the development half that are cut: a right article that was cited still is."""
    whole = Assistant(assistant.index, answers=AnswerSettings(max_parts=1))
    cut = 0
    for name in ("harbor-zh", "harbor-en"):
        for question in read_dataset(REPOSITORY / "evals" / f"{name}.jsonl").split("dev"):
            if question.slice not in ("multi-part", "mixed") or question.history:
                continue
            after = assistant.ask(question.text, filters=question.filters.filters())
            cut += bool(after.parts)
            if after.parts:
                right = {label.partition("#")[0] for label in question.relevant}
                before = whole.ask(question.text, filters=question.filters.filters())
                had = {c.article_id for c in before.citations} & right
                assert not had or had & {c.article_id for c in after.citations}, question.id
    assert cut == 9
