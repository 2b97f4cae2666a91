"""Checksums, against published test vectors."""

from __future__ import annotations

import pytest

from kbassist.lint.checksums import WORDLISTS, base58check, entropy, is_phrase, luhn, words

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


@pytest.mark.parametrize("name", WORDLISTS)
def test_word_lists(name: str) -> None:
    assert len(words(name)) == 2048
    first = next(iter(words(name)))
    assert is_phrase([first] * 11 + [[*words(name)][3]], name)  # 128 zero bits and their checksum


def test_base58check() -> None:
    key = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
    body = base58check(key)
    assert body is not None and body[0] == 0x80 and len(body) == 33
    assert body[1:].hex().startswith("0c28fca386c7a227600b2fe50b7cae11")
    assert base58check(key[:-1] + "K") is None
    assert base58check("0OIl") is None
    assert base58check("") is None


def test_luhn() -> None:
    assert luhn("4539148803436467") and luhn("79927398713")
    assert not luhn("4539148803436468")


def test_entropy() -> None:
    assert entropy("aaaa") == 0
    assert entropy("abcdabcd") == 2
    assert entropy("") == 0
