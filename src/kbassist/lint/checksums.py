"""What tells a real secret from a look-alike: the checksums of seed phrases, keys and cards."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from functools import cache
from pathlib import Path

WORDLISTS = ("english", "chinese_simplified", "chinese_traditional")
"""Of BIP-39, as python-mnemonic (MIT) has them; `wordlists/LICENSE`."""
SIZES = (24, 21, 18, 15, 12)
"""Words of a phrase."""
_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"


@cache
def words(name: str) -> dict[str, int]:
    """Word → its number, of a list in `WORDLISTS`."""
    path = Path(__file__).parent / "wordlists" / f"{name}.txt"
    return {word: number for number, word in enumerate(path.read_text("utf-8").split())}


def is_phrase(phrase: Sequence[str], name: str) -> bool:
    """Whether words are a seed phrase by BIP-39: the last bits are the SHA-256 of those before.

    Args:
        phrase: 12, 15, 18, 21 or 24 words.
        name: of the word list.
    """
    known = words(name)
    if len(phrase) not in SIZES or any(word not in known for word in phrase):
        return False
    bits = "".join(f"{known[word]:011b}" for word in phrase)
    size = len(bits) * 32 // 33
    entropy = int(bits[:size], 2).to_bytes(size // 8, "big")
    check = f"{hashlib.sha256(entropy).digest()[0]:08b}"
    return bits[size:] == check[: len(bits) - size]


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


def entropy(text: str) -> float:
    """Shannon's entropy of the characters, in bits each."""
    counts = Counter(text).values()
    return -sum(n / len(text) * math.log2(n / len(text)) for n in counts) if text else 0.0
