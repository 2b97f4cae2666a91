"""Secrets are found, look-alikes are not, and no finding shows one. All of them are test vectors."""

from __future__ import annotations

import pytest

from kbassist.text.seeds import words
from tests.conftest import WriteKb
from tests.lint.helpers import check, places

PHRASE = "letter advice cage absurd amount doctor acoustic avoid letter advice cage above"
CHINESE = "的 " * 11 + "在"
KEY = "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ"
HEX = "0c28fca386c7a227600b2fe50b7cae11ec86d3bf1fbe471be89827e19d72aa1d"
BODY = "MIIEowIBAAKCAQEAxz9mT0r5Vv3yq1K2f8Z4nQ7dLw6sRbUe\n" * 4
RANDOM = "q8Zr1mVtXw9LkP3sYd7NcB5hJ2fG6aQ0"


@pytest.mark.parametrize(
    "text",
    [
        PHRASE,
        f"The phrase is: {PHRASE}.",
        f"words {PHRASE} and so on",
        "\n".join(f"{n}. {word}" for n, word in enumerate(PHRASE.split(), 1)),
        PHRASE.replace(" ", ", "),
        "`" + "` `".join(PHRASE.split()) + "`",
        "| " + " | ".join(PHRASE.split()) + " |",
        f"```\n{PHRASE}\n```",
        CHINESE,
        PHRASE.replace("letter", "doctor", 1),  # no checksum, but nothing else stands there
    ],
)
def test_seed_phrases(write_kb: WriteKb, text: str) -> None:
    found = check(write_kb({"a.md": f"# Wallets\n\n{text}\n"}), "KB801")
    assert len(found) == 1
    assert found[0][1] in (3, 4)
    assert "advice" not in found[0][2]


@pytest.mark.parametrize(
    "text",
    [
        " ".join(PHRASE.split()[:11]),
        "word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12",
        "You can use this wallet only when your phone will open the door for that person again",
        "We say: " + PHRASE.replace("letter", "doctor", 1),
        "的 一 是 在 不 了 有 和 人 这 中 大",
    ],
)
def test_what_is_no_seed_phrase(write_kb: WriteKb, text: str) -> None:
    assert check(write_kb({"a.md": f"{text}\n"}), "KB801") == []


def test_a_word_list_is_none(write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": " ".join(sorted(words("english"))[:200]) + "\n"})
    assert check(kb, "KB801") == []


@pytest.mark.parametrize(
    "text",
    [
        f"-----BEGIN RSA PRIVATE KEY-----\n{BODY}-----END RSA PRIVATE KEY-----",
        f"Import {KEY} into it",
        f"Private key: 0x{HEX}",
        f"私钥是 {HEX}",
        f"私人密钥：{HEX}",
    ],
)
def test_private_keys(write_kb: WriteKb, text: str) -> None:
    [(_, line, message)] = check(write_kb({"a.md": f"# A\n\n{text}\n"}), "KB802")
    assert line == 3
    assert HEX not in message and KEY not in message


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----",
        f"-----BEGIN PRIVATE KEY-----\n{BODY}*****\n-----END PRIVATE KEY-----",
        KEY[:-1] + "K",
        f"TxID 0x{HEX}",
        "Private key: 0x" + "0" * 64,
    ],
)
def test_what_is_no_private_key(write_kb: WriteKb, text: str) -> None:
    assert check(write_kb({"a.md": f"{text}\n"}), "KB802") == []


@pytest.mark.parametrize(
    "text",
    [
        "AK" + "IAZ7Q2NMK4R6TPXW3D",
        "gh" + "p_Ab3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6",
        f'api_secret = "{RANDOM}"',
        f"**API key**：{RANDOM}",
        f"你的密钥为 {RANDOM}",
    ],
)
def test_api_keys(write_kb: WriteKb, text: str) -> None:
    [(_, line, message)] = check(write_kb({"a.md": f"{text}\n"}), "KB803")
    assert line == 1 and RANDOM not in message


@pytest.mark.parametrize(
    "text",
    [
        "AK" + "IAIOSFODNN7EXAMPLE",
        'api_key = "YOUR_API_KEY_GOES_RIGHT_HERE"',
        "api_key=xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "Secret key: withdrawal-not-arrived-and-other-questions",
        f"TxID: {RANDOM}",
    ],
)
def test_what_is_no_api_key(write_kb: WriteKb, text: str) -> None:
    assert check(write_kb({"a.md": f"{text}\n"}), "KB803") == []


def test_card_numbers(write_kb: WriteKb) -> None:
    text = (
        "Paid with 4539 1488 0343 6467 today.\n\nOrder 4539148803436467.\n\n卡号 4539148803436467\n\n"
        "Test with 4242 4242 4242 4242, 4444 3333 2222 1111 or 4111 1111 1111 1111.\n\nCall 4539 1488 0343 6468.\n"
    )
    kb = write_kb({"a.md": text})
    assert places(kb, "KB804") == [("a.md", 1), ("a.md", 5)]
    assert all("1488" not in message for _, _, message in check(kb, "KB804"))


def test_files_that_cannot_be_used_are_searched_too(write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": f"---\nstatus: oops\n---\n{PHRASE}\n"})
    assert places(kb, "KB8") == [("a.md", 4)]


def test_a_card_number_right_behind_chinese(write_kb: WriteKb) -> None:
    kb = write_kb({"a.md": "卡号4539148803436467无效\n\n订单4539148803436467号\n"})
    assert places(kb, "KB804") == [("a.md", 1)]
