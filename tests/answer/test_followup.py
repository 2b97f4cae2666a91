"""Completing elliptical questions: what is carried over, for how long, and what replaces it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kbassist.answer.followup import MAX_CARRIED_CHARS, REACH, Resolution, Turn, resolve

FEE = "TRC20 提币手续费是多少"


def after(question: str, *earlier: str) -> Resolution:
    """A question resolved after others."""
    return resolve(question, [Turn(text) for text in earlier])


def test_an_elliptical_question_follows_the_earlier_one() -> None:
    assert after("那要多久到账？", FEE) == Resolution(
        "TRC20 提币\n那要多久到账？", elliptical=True, carried=("TRC20 提币",), from_turn=0
    )


def test_a_complete_question_is_left_alone() -> None:
    question = "怎么绑定谷歌验证器"
    assert after(question, FEE) == Resolution(question, elliptical=False)


def test_without_history_nothing_is_carried() -> None:
    assert after("那要多久到账？") == Resolution("那要多久到账？", elliptical=True)


def test_a_question_that_may_stand_alone_counts_twice() -> None:
    found = after("护照可以吗", "怎么做身份认证")
    assert found.question == "怎么做身份认证\n护照可以吗\n护照可以吗"
    assert found.carried == ("怎么做身份认证",)


def test_the_subject_is_the_nearest_question_that_stands_alone() -> None:
    found = after("how long?", "how do I verify my identity", "how do I withdraw USDT")
    assert found.carried == ("withdraw USDT",)
    assert found.from_turn == 1


def test_what_was_asked_in_between_gives_way() -> None:
    found = after("那要多久？", "怎么做身份认证", "那护照呢？", "可以自己来吗？")
    assert found.carried == ("做身份认证", "护照")
    assert found.from_turn == 0


def test_nothing_is_carried_from_beyond_reach() -> None:
    between = ["多久？"] + ["要几天？"] * (REACH - 1)
    found = after("还有呢？", FEE, *between)
    assert found.carried == ("要几天？",)
    assert found.from_turn == REACH
    assert "TRC20 提币" in after("还有呢？", FEE, *between[1:]).carried


def test_thanks_in_between_are_passed_over() -> None:
    assert after("要多久？", FEE, "谢谢", "ok", "😀").carried == ("TRC20 提币",)


def test_thanks_are_not_completed() -> None:
    assert after("谢谢", FEE) == Resolution("谢谢", elliptical=False)


@pytest.mark.parametrize(
    ("question", "earlier", "carried"),
    [
        ("那 ERC20 呢？", FEE, "提币手续费是多少"),
        ("那 ERC-20 呢？", FEE, "提币手续费是多少"),
        ("那 TRC-20 呢？", FEE, FEE),
        ("and for ETH?", "what is the BTC withdrawal fee", "what is the   withdrawal fee"),
        ("and for ETH?", "can I swap BTC for USDT", "can I swap BTC for USDT"),
        ("那 ERC20 呢？", "TRC20", "TRC20"),
        ("那 HB-1008 呢？", "HB-1007 是什么意思", "是什么意思"),
    ],
)
def test_a_code_replaces_the_one_of_its_kind(question: str, earlier: str, carried: str) -> None:
    expected = carried if carried != "是什么意思" else "HB-1007 是什么意思"  # says nothing alone
    assert after(question, earlier).carried == (expected,)


def test_a_code_stays_replaced_in_later_turns() -> None:
    assert after("那 BEP20 呢？", FEE, "那 ERC20 呢？").carried == ("提币手续费是多少",)
    assert after("要多久？", FEE, "那 ERC20 呢？").carried == ("提币", "ERC20")


def test_the_topic_of_an_answer_stands_in_for_a_missing_subject() -> None:
    history = [Turn("那里呢？", topic="充值地址"), Turn("多久？")]
    found = resolve("可以吗？", history)
    assert found.carried == ("充值地址", "多久？")
    assert found.from_turn == 0


def test_the_topic_is_not_carried_beside_a_subject() -> None:
    assert resolve("多久？", [Turn(FEE, topic="充值地址")]).carried == ("TRC20 提币",)


def test_a_reply_counts_half() -> None:
    found = resolve("为什么？", [Turn(FEE, reply="每笔 1.5 USDT。")])
    assert found.question == f"{FEE}\n{FEE}\n每笔 1.5 USDT。\n为什么？\n为什么？"
    assert found.carried == (FEE, "每笔 1.5 USDT。")


def test_the_same_question_again_is_not_carried() -> None:
    assert after("多久？", "多久？") == Resolution("多久？", elliptical=True)


def test_long_texts_are_cut_and_a_result_over_the_limit_is_not_made() -> None:
    story = "我的提币一直没有到账" * 100
    found = after("为什么？", story)
    assert found.carried == (story[:MAX_CARRIED_CHARS],)
    limit = len(found.question)
    history = [Turn(story)]
    assert resolve("为什么？", history, max_chars=limit) == found
    assert resolve("为什么？", history, max_chars=limit - 1) == Resolution(
        "为什么？", elliptical=True
    )


SAID = st.text(alphabet="那还有它呢吗多久手续费提币 andforitETRCB20-?？,.1\n", max_size=30)


@settings(max_examples=50)
@given(SAID, st.lists(st.builds(Turn, SAID, st.none() | SAID, st.none(), st.none() | SAID)))
def test_the_question_is_kept_and_what_is_carried_was_said(
    question: str, history: list[Turn]
) -> None:
    found = resolve(question, history)
    assert found.question.endswith(question)
    assert bool(found.carried) == (found.from_turn is not None) == (found.question != question)
    said = "\n".join(f"{turn.question}\n{turn.topic}\n{turn.reply}" for turn in history)
    assert {word for text in found.carried for word in text.split()} <= _pieces(said)
    if found.from_turn is not None:
        assert len(history) - REACH <= found.from_turn < len(history)
    if len(history) >= REACH:
        assert resolve(question, history[-REACH:]).question == found.question


def _pieces(text: str) -> set[str]:
    """Every substring between spaces of a text."""
    return {
        word[start:end]
        for word in text.split()
        for start in range(len(word))
        for end in range(start + 1, len(word) + 1)
    }
