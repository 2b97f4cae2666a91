"""Checksums, against published test vectors."""

from __future__ import annotations

from kbassist.text.checksums import base58check, citizen, entropy, iban, luhn


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


def test_iban() -> None:
    assert iban("DE89 3704 0044 0532 0130 00")
    assert not iban("DE88 3704 0044 0532 0130 00")


def test_citizen() -> None:
    assert citizen("11010519491231002X") and citizen("11010519491231002x")
    assert not citizen("110105194912310021")
