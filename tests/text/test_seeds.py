"""Seed phrases, by published test vectors."""

from __future__ import annotations

import pytest
from mnemonic import Mnemonic

from kbassist.text.seeds import (
    LANGUAGES,
    TYPED,
    WRITTEN,
    Reading,
    find_phrases,
    is_phrase,
    words,
)

PHRASES = [  # of BIP-39's own test vectors
    "legal winner thank year wave sausage worth useful legal winner thank yellow",
    "letter advice cage absurd amount doctor acoustic avoid letter advice cage above",
    "hamster diagram private dutch cause delay private meat slide toddler razor book happy fancy "
    "gospel tennis maple dilemma loan word shrug inflict delay length",
]


@pytest.mark.parametrize("phrase", PHRASES)
def test_phrases(phrase: str) -> None:
    listed = phrase.split()
    assert is_phrase(listed, "english")
    assert not is_phrase([listed[1], listed[0], *listed[2:]], "english")
    assert not is_phrase(listed[1:], "english")
    assert not is_phrase([*listed[:-1], "kbassist"], "english")


@pytest.mark.parametrize("name", LANGUAGES)
def test_word_lists(name: str) -> None:
    assert len(words(name)) == 2048
    listed = Mnemonic(name).wordlist
    assert is_phrase([listed[0]] * 11 + [listed[3]], name)  # 128 zero bits and their checksum


@pytest.mark.parametrize("reading", [TYPED, WRITTEN])
@pytest.mark.parametrize("phrase", PHRASES)
def test_phrases_are_found(reading: Reading, phrase: str) -> None:
    text = f"The words {phrase} are mine"
    [found] = find_phrases(text, reading)
    own = found.words[found.first : found.first + found.size]
    assert " ".join(text[start:end] for start, end in own) == phrase
    assert found.language == "english"


def test_a_chinese_phrase_is_of_one_list() -> None:
    found = [*find_phrases("枪 疫 霉 尝 俩 闹 饿 贤 枪 疫 霉 卿", WRITTEN)]
    assert [(one.language, one.size) for one in found] == [("chinese_simplified", 12)]


def test_only_what_is_typed_may_have_a_wrong_word() -> None:
    text = PHRASES[0].replace("sausage", "sausgae")
    assert [one.size for one in find_phrases(text, TYPED)] == [0]
    assert [*find_phrases(text, WRITTEN)] == []


def test_a_list_of_words_is_no_phrase() -> None:
    text = " ".join(sorted(words("english"))[:200])
    assert [one.size for one in find_phrases(text, TYPED)] == [0]
    assert [one.size for one in find_phrases(text, WRITTEN)] == [0]
