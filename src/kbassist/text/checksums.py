"""What tells a real number or key from a look-alike: its checksum, or how random it is."""

from __future__ import annotations

import hashlib
import math
from collections import Counter

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def base58check(text: str) -> bytes | None:
    """The bytes behind Base58Check without the checksum; None where that is wrong."""
    value = 0
    for char in text:
        place = _BASE58.find(char)
        if place < 0:
            return None
        value = value * 58 + place
    raw = value.to_bytes((value.bit_length() + 7) // 8, "big")
    raw = b"\0" * (len(text) - len(text.lstrip("1"))) + raw
    body, check = raw[:-4], raw[-4:]
    good = hashlib.sha256(hashlib.sha256(body).digest()).digest()[:4] == check
    return body if good and body else None


def luhn(digits: str) -> bool:
    """Whether a card number's last digit is right (ISO/IEC 7812-1, annex B)."""
    total = 0
    for place, char in enumerate(reversed(digits)):
        value = int(char) * (1 + place % 2)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def iban(text: str) -> bool:
    """Whether the check digits of a bank account's number are right (ISO 13616)."""
    plain = text.replace(" ", "").upper()
    return int("".join(str(int(char, 36)) for char in plain[4:] + plain[:4])) % 97 == 1


def citizen(text: str) -> bool:
    """Whether the last of 18 characters of a Chinese identity number is right (GB 11643)."""
    total = sum(int(digit) * weight for digit, weight in zip(text[:17], _WEIGHTS, strict=True))
    return "10X98765432"[total % 11] == text[-1].upper()


def entropy(text: str) -> float:
    """Shannon's entropy of the characters, in bits each."""
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts) if text else 0.0
