from __future__ import annotations

from itertools import pairwise

import pytest

from kbassist.text.secrets import KINDS, Kind, Secret, find_secrets

PHRASE = "legal winner thank year wave sausage worth useful legal winner thank yellow"
"""A published test vector of BIP-39."""


def found(text: str) -> list[tuple[str, str, bool]]:
    return [(one.kind, text[one.start : one.end], one.certain) for one in find_secrets(text)]


@pytest.mark.parametrize(
    ("text", "kind", "secret", "certain"),
    [
        (f"my words are {PHRASE}!", "seed-phrase", PHRASE, True),
        (f"助记词：{PHRASE}，怎么恢复", "seed-phrase", PHRASE, True),
        ("key " + "ab12" * 16, "private-key", "ab12" * 16, False),
        ("私钥是 0x" + "ab12" * 16, "private-key", "0x" + "ab12" * 16, True),
        ("my private key: " + "ab12" * 16, "private-key", "ab12" * 16, True),
        (
            "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
            "private-key",
            "5HueCGU8rMjxEXxiPuD5BDku4MkFqeZyd4dZ1jvhTVqvbTLvyTJ",
            True,
        ),
        (
            f"-----BEGIN PRIVATE KEY-----\n{'MIIE' * 16}\n-----END PRIVATE KEY-----",
            "private-key",
            f"-----BEGIN PRIVATE KEY-----\n{'MIIE' * 16}\n-----END PRIVATE KEY-----",
            True,
        ),
        ("secret_key=9fK2mQ7xLp3vT8zW1c", "api-secret", "9fK2mQ7xLp3vT8zW1c", True),
        ("my password is hunter22!", "password", "hunter22!", False),
        ("我的密码是 abc12345", "password", "abc12345", False),
        ("验证码 482913 一直不对", "code", "482913", False),
        ("card 4111 1111 1111 1111 declined", "card", "4111 1111 1111 1111", True),
        ("amex 378282246310005", "card", "378282246310005", True),
        ("to DE89 3704 0044 0532 0130 00 please", "iban", "DE89 3704 0044 0532 0130 00", True),
        ("身份证11010519491231002X认证", "id-number", "11010519491231002X", True),
        ("write to jane.doe+x@example.co.uk.", "email", "jane.doe+x@example.co.uk", True),
        ("我的邮箱abc@qq.com收不到", "email", "abc@qq.com", True),
        ("call +44 20 7946 0958 now", "phone", "+44 20 7946 0958", True),
        ("手机号13812345678换了", "phone", "13812345678", True),
        ("ring 415-555-0132", "phone", "415-555-0132", False),
        (
            "sent to 0x52908400098527886E0F7030069857D2E4169EE7",
            "address",
            "0x52908400098527886E0F7030069857D2E4169EE7",
            True,
        ),
        (
            "to 1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
            "address",
            "1BoatSLRHtKNngkdXEeobR76b53LETtpyT",
            True,
        ),
    ],
)
def test_finds(text: str, kind: str, secret: str, certain: bool) -> None:
    assert found(text) == [(kind, secret, certain)]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Withdraw 1,000,000 USDT in 24 hours; order 20261121 of 2026-11-21 10:20:30",
        "error 4111111111111112 and 1234567890123456",  # fails the checksum
        "Write down the twelve or twenty-four words of your seed phrase and never share them.",
        "api_key=YOUR_API_KEY_GOES_HERE_1 secret_key=xxxxxxxxxxxxxxxxxxxx",
        "my password is wrong and my password is required",
        "uid 88213377, ticket 2026112100457, amount 0.00012345 BTC",
        "助记词是什么？一共有十二个单词，请抄在纸上，不要拍照也不要发给任何人。",
        "1BoatSLRHtKNngkdXEeobR76b53LETtpyU",
        "sk-short and AKIA123",
        "https://harbor.example@secure-harbor.example/login",
        "-----BEGIN PRIVATE KEY-----\n......\n-----END PRIVATE KEY-----",
        "price is 64250.12345678 and 1.38123456789",
    ],
)
def test_leaves_ordinary_text_alone(text: str) -> None:
    assert find_secrets(text) == []


def test_a_phrase_without_a_checksum_is_suspected() -> None:
    words = PHRASE.replace("yellow", "zoo")
    assert found(f"I typed {words} but") == [("seed-phrase", words, False)]


def test_a_phrase_with_a_wrong_word_is_suspected() -> None:
    words = PHRASE.replace("sausage", "sausgae")
    assert found(words) == [("seed-phrase", words, False)]


def test_a_numbered_phrase_is_found() -> None:
    text = "\n".join(f"{number}. {word}" for number, word in enumerate(PHRASE.split(), 1))
    assert found(text) == [("seed-phrase", text[3:], True)]


def test_a_chinese_phrase_is_found_between_spaces_only() -> None:
    words = "枪 疫 霉 尝 俩 闹 饿 贤 枪 疫 霉 卿"  # a published test vector
    assert found(words) == [("seed-phrase", words, True)]
    assert find_secrets(words.replace(" ", "")) == []


def test_findings_are_ordered_and_apart() -> None:
    text = f"a@b.co {PHRASE} 13812345678 4111111111111111"
    secrets = find_secrets(text)
    assert [one.kind for one in secrets] == ["email", "seed-phrase", "phone", "card"]
    assert all(a.end <= b.start for a, b in pairwise(secrets))


def test_a_secret_is_of_a_known_kind() -> None:
    assert Secret("card", 0, 1, True).kind in KINDS


RANDOM = "q8Zr1mVtXw9LkP3sYd7NcB5hJ2fG6aQ0"
BODY = "MIIEowIBAAKCAQEAxz9mT0r5Vv3yq1K2f8Z4nQ7dLw6sRbUe\n" * 4
PGP = f"-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n{BODY}-----END PGP PRIVATE KEY BLOCK-----"
EXTENDED = (  # a published test vector of BIP-32
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGt"
    "RBeJgk33yuGBxrMPHi"
)
SOLANA = "3vQB7B6MrGQZaxCuFg4oh" * 4 + "2xN7"


@pytest.mark.parametrize(
    ("before", "secret", "kind", "certain"),
    [
        ("", "gl" + "pat-Ab3dE6gH9jK2mN5pQ8sT", "api-secret", True),
        ("", "np" + "m_Ab3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6", "api-secret", True),
        ("我的key是", "LT" + "AI5tKx8wQz3LmN7pRv", "api-secret", True),
        ("", "s" + "k-Ab3dE6gH9jK2mN5pQ8sT1v", "api-secret", False),  # shorter than real ones
        ("client_secret => ", RANDOM, "api-secret", True),
        ('**API key**："', RANDOM, "api-secret", True),
        ("", PGP, "private-key", True),
        ("", EXTENDED, "private-key", True),
        ("", EXTENDED[:-1] + "j", "private-key", False),
        ("my secret key: ", SOLANA, "private-key", True),
        ("transaction ", SOLANA, "private-key", False),
        ("银行卡", "6222 0212 3456 7890 128", "card", True),
        ("my card ", "622202 123456 7894", "card", True),
    ],
)
def test_finds_the_forms_of_services_wallets_and_banks(
    before: str, secret: str, kind: str, certain: bool
) -> None:
    assert found(before + secret) == [(kind, secret, certain)]
    assert found(f"{before}{secret} 怎么办") == [(kind, secret, certain)]


def test_odd_groups_are_a_card_only_where_one_is_named() -> None:
    assert found("order 622202 123456 7894") == []


def test_what_follows_a_token_stays() -> None:
    text = "gh" + "p_Ab3dE6gH9jK2mN5pQ8sT1vW4yZ7bC0eF3hJ6"
    assert found(f"{text}为什么无效") == [("api-secret", text, True)]


def test_only_the_kinds_that_are_asked_for() -> None:
    text = f"a@b.co {PHRASE} 13812345678"
    phones: tuple[Kind, ...] = ("phone",)
    assert [one.kind for one in find_secrets(text, phones)] == ["phone"]
    others: tuple[Kind, ...] = ("card", "api-secret")
    assert find_secrets(text, others) == []
