"""Phrase lists: the package's own, a user's, and how a message is read with them."""

from __future__ import annotations

import pytest

from kbassist.answer.handoff import signals
from kbassist.answer.lexicon import default_lexicons, key_of, units_of
from kbassist.answer.phraselists import PERSON_LETTERS, URGENT_LETTERS, default_phrases
from kbassist.errors import ConfigError


def person_letters(text: str) -> str:
    return default_lexicons()[0].letters(units_of(text))


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("我要转人工", "wkh"),
        ("轉真人！", "kh|"),
        ("人工智能", "x"),
        ("联系人工客服", "cH"),  # not 联系人, 工, 客服
        ("联系人", "x"),
        ("talk to a human-readable page", "cffxb"),
        ("agnet", "s"),
        ("humannnnn", "h"),
        ("humam humans", "hs"),
        ("转人工 提币", "kh_o"),
        ("转 人 工", "kh"),
        ("麻烦call 我", "wC"),  # the space is inside a phrase
        ("how to 联系 客服", "qfc_s"),
        ("", ""),
    ],
)
def test_a_message_is_letters(text: str, letters: str) -> None:
    assert person_letters(text) == letters


def test_units() -> None:
    assert units_of("Ａgent，轉 人工 don't 2.5") == [
        *("agent", "|", "转", "_", "人", "工", "_", "don't", "2.5")
    ]


@pytest.mark.parametrize("word", ["contract", "region", "hunan", "services", "agency"])
def test_real_words_are_not_misspellings(word: str) -> None:
    assert person_letters(word) == "x"


def test_own_phrases_are_added() -> None:
    phrases = default_phrases().adding({"helpers": ["小港湾"], "legal": ["找媒体曝光"]})
    assert not signals("我要找小港灣").person
    assert signals("我要找小港灣", phrases).person
    assert signals("找媒体曝光", phrases).urgent == ("legal_threat",)
    assert signals("转人工", phrases).person


def test_an_entry_is_switched_off_by_lookalikes() -> None:
    assert signals("i need an operator").person
    phrases = default_phrases().adding({"lookalikes": ["an operator"]})
    assert not signals("i need an operator", phrases).person


def test_a_list_is_replaced() -> None:
    phrases = default_phrases().replacing({"self_harm": ()})
    assert signals("我不想活了", phrases).urgent == ()


def test_an_unknown_list_is_refused() -> None:
    with pytest.raises(ConfigError, match="person_words") as caught:
        default_phrases().adding({"person_words": ["x"]})
    assert "helpers" in (caught.value.hint or "")


def test_a_phrase_that_is_too_long_is_refused() -> None:
    phrases = default_phrases().adding({"helpers": ["人工客服" * 4]})
    with pytest.raises(ConfigError, match="too long"):
        signals("转人工", phrases)


def test_every_list_has_a_letter() -> None:
    assert default_phrases().lists.keys() == PERSON_LETTERS.keys() | URGENT_LETTERS.keys()


@pytest.mark.parametrize("name", default_phrases().lists)
def test_the_lists_of_the_package(name: str) -> None:
    entries = default_phrases().lists[name]
    assert entries
    assert [key_of(entry) for entry in entries] == list(entries)
    assert len(set(entries)) == len(entries)


@pytest.mark.parametrize(
    ("entry", "key"),
    [("轉真人", "转真人"), ("Call我", "call 我"), ("no,  person", "no | person"), (" ", "")],
)
def test_the_key_of_an_entry(entry: str, key: str) -> None:
    assert key_of(entry) == key
