"""Secrets and personal data in a text: seed phrases, keys, cards, addresses, phone numbers.

What can be checked is checked (a checksum, a known prefix), and a finding that is no more than a
suspicion says so: whoever hides takes both, whoever accuses takes the certain ones. The word list
and checksum of seed phrases are those of the `mnemonic` package (BIP-39).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal, get_args

from mnemonic import Mnemonic

Kind = Literal[
    "seed-phrase",
    "private-key",
    "api-secret",
    "password",
    "code",
    "card",
    "iban",
    "id-number",
    "email",
    "phone",
    "address",
]
KINDS: tuple[Kind, ...] = get_args(Kind)
"""From what lets somebody take everything to what says who somebody is; where two findings
overlap, the longer one stays, else the earlier in this order. `address` is one on a blockchain."""

LANGUAGES = (
    "english",
    "chinese_simplified",
    "chinese_traditional",
)
"""Of the seed phrases that are found."""
PHRASE_LENGTHS = (24, 21, 18, 15, 12)
MAX_RUN = 48
"""Words of a list in a row from which on they are a list, and no phrase is looked for in them."""
EDGE = 3
"""Words of a list that may stand before or after a phrase by chance."""
UNKNOWN_WORDS = 1
"""In twelve words of a suspected phrase: one is often typed wrong."""


@dataclass(frozen=True, slots=True)
class Secret:
    """One finding."""

    kind: Kind
    start: int
    """First character, 0-based."""
    end: int
    """One past the last character."""
    certain: bool
    """Whether a checksum, a known form or the words before it say so; else it only looks like
    one (twelve words of the list, 64 hex digits that may be a transaction's hash)."""


_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_WORD = re.compile(r"[A-Za-z]+|[\u4e00-\u9fff]+")
_GAP = r"(?:[\s,;.:、，。|/()\[\]\"'`*_-]|\d{1,2}(?!\d))+"
"""What may stand between two words of a phrase, numbering included."""
_BETWEEN = re.compile(_GAP)
_STRETCH = re.compile(
    rf"(?<![A-Za-z])(?:[A-Za-z]{{3,10}}{_GAP}){{10,}}[A-Za-z]{{3,10}}(?![A-Za-z])"
    rf"|(?:[\u4e00-\u9fff]{_GAP}){{10,}}[\u4e00-\u9fff]"
)
"""Words of the length that those of the lists have; in prose, shorter and longer ones break it."""
_NAMED_KEY = re.compile(r"(?:private|priv|secret)[ _-]?key|私[钥鑰]|私[人]?密[钥鑰]", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"(?i)your|example|xxx|\.\.\.|placeholder|^<.*>$|^(.)\1+$")


def find_secrets(text: str) -> list[Secret]:
    """The secrets and personal data in a text.

    Args:
        text: any string.

    Returns:
        Findings in the order of the text, none overlapping another.
    """
    found = [*_phrases(text)]
    for kind, pattern, check in _PATTERNS:
        for match in pattern.finditer(text):
            group = "secret" if "secret" in pattern.groupindex else 0
            certain = check(match[group], text[max(match.start() - 40, 0) : match.start()])
            if certain is not None:
                found.append(Secret(kind, *match.span(group), certain))
    found.sort(key=lambda one: (one.start - one.end, KINDS.index(one.kind), one.start))
    kept: list[Secret] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


@cache
def _lists() -> tuple[tuple[Mnemonic, frozenset[str]], ...]:
    lists = [Mnemonic(language) for language in LANGUAGES]
    return tuple((each, frozenset(each.wordlist)) for each in lists)


def _phrases(text: str) -> Iterator[Secret]:
    """Seed phrases: runs of at least twelve words of one BIP-39 list."""
    for stretch in _STRETCH.finditer(text):
        words = list(_WORD.finditer(text, *stretch.span()))
        for language, known in _lists():
            yield from _runs(text, words, language, known)


def _runs(
    text: str, words: list[re.Match[str]], language: Mnemonic, known: frozenset[str]
) -> Iterator[Secret]:
    run: list[re.Match[str]] = []
    misses = 0
    for word in [*words, None]:
        if word is not None and (not run or _joined(text, run[-1], word)):
            if word[0].lower() in known:
                run.append(word)
                continue
            if run and misses < UNKNOWN_WORDS and len(run) + misses < max(PHRASE_LENGTHS):
                misses += 1
                run.append(word)
                continue
        if secret := _phrase(run, known, language):
            yield secret
        misses = 0
        run = [word] if word is not None and word[0].lower() in known else []


def _joined(text: str, before: re.Match[str], after: re.Match[str]) -> bool:
    return _BETWEEN.fullmatch(text, before.end(), after.start()) is not None


def _phrase(run: list[re.Match[str]], known: frozenset[str], language: Mnemonic) -> Secret | None:
    while run and run[-1][0].lower() not in known:
        run = run[:-1]
    typed = [word[0].lower() for word in run]
    hits = sum(word in known for word in typed)
    if len(typed) < min(PHRASE_LENGTHS) or hits < min(PHRASE_LENGTHS) - UNKNOWN_WORDS:
        return None
    for length in PHRASE_LENGTHS if len(typed) <= MAX_RUN else ():
        most = len(typed) - length
        for start in sorted(
            {*range(min(EDGE, most + 1)), *range(max(most - EDGE + 1, 0), most + 1)}
        ):
            if language.check(" ".join(typed[start : start + length])):
                first, last = run[start], run[start + length - 1]
                whole = len(typed) - length <= UNKNOWN_WORDS or length == len(typed)
                if whole:
                    first, last = run[0], run[-1]
                return Secret("seed-phrase", first.start(), last.end(), True)
    return Secret("seed-phrase", run[0].start(), run[-1].end(), False)


Check = Callable[[str, str], "bool | None"]
"""From what matched and the 40 characters before it to `certain`; None where it is no secret."""


def _always(_: str, __: str) -> bool:
    return True


def _suspected(_: str, __: str) -> bool:
    return False


def _pem(secret: str, _: str) -> bool | None:
    """A block with a key in it, rather than dots where one would be."""
    return True if re.search(r"[A-Za-z0-9+/=]{32}", secret) else None


def _hex_key(_: str, before: str) -> bool:
    """64 hex digits are as often the hash of a transaction, so it takes a name to be certain."""
    return _NAMED_KEY.search(before) is not None


def _real(secret: str, _: str) -> bool | None:
    """Whether a value behind the name of a secret is one, rather than where one would stand."""
    if _PLACEHOLDER.search(secret) or len(set(secret)) < 6:
        return None
    return True if any(map(str.isdigit, secret)) and any(map(str.isalpha, secret)) else None


def _password(secret: str, _: str) -> bool | None:
    mixed = any(map(str.isdigit, secret)) and any(map(str.isalpha, secret))
    return False if mixed and not _PLACEHOLDER.search(secret) else None


def _base58check(secret: str, _: str) -> bool | None:
    number = 0
    for character in secret:
        number = number * 58 + _BASE58.index(character)
    data = number.to_bytes((number.bit_length() + 7) // 8, "big")
    data = b"\0" * (len(secret) - len(secret.lstrip("1"))) + data
    digest = hashlib.sha256(hashlib.sha256(data[:-4]).digest()).digest()
    return True if digest[:4] == data[-4:] else None


def _card(secret: str, _: str) -> bool | None:
    digits = [int(character) for character in secret if character.isdigit()]
    doubled = [digit if place % 2 == 0 else sum(divmod(2 * digit, 10))
               for place, digit in enumerate(reversed(digits))]  # fmt: skip
    return True if sum(doubled) % 10 == 0 and len(set(digits)) > 1 else None


def _iban(secret: str, _: str) -> bool | None:
    plain = secret.replace(" ", "").upper()
    moved = plain[4:] + plain[:4]
    return True if int("".join(str(int(c, 36)) for c in moved)) % 97 == 1 else None


def _citizen(secret: str, _: str) -> bool | None:
    weights = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
    total = sum(int(digit) * weight for digit, weight in zip(secret, weights, strict=False))
    return True if "10X98765432"[total % 11] == secret[-1].upper() else None


def _phone(secret: str, _: str) -> bool | None:
    """A number with its country, or a Chinese mobile number, is certain; others may be amounts."""
    digits = re.sub(r"\D", "", secret)
    if not 8 <= len(digits) <= 15:
        return None
    return (
        secret.lstrip().startswith(("+", "00")) or re.fullmatch(r"1[3-9]\d{9}", digits) is not None
    )


_B58 = r"[1-9A-HJ-NP-Za-km-z]"
_FORMS: tuple[tuple[Kind, str, Check], ...] = (
    ("private-key", r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?s:.*?)(?:-----END [A-Z ]*KEY-----|$)",
     _pem),
    ("private-key", rf"(?<![0-9A-Za-z])[xyz]prv{_B58}{{100,110}}(?![0-9A-Za-z])", _always),
    ("private-key", rf"(?<![0-9A-Za-z])[5KL]{_B58}{{50,51}}(?![0-9A-Za-z])", _base58check),
    ("private-key", r"(?<![0-9A-Za-z])(?:0x)?[0-9a-fA-F]{64}(?![0-9A-Za-z])", _hex_key),
    ("api-secret", r"(?<![0-9A-Za-z])(?:sk-[A-Za-z0-9_-]{20,}|[rs]k_live_[A-Za-z0-9]{16,}"
     r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{40,}|AKIA[0-9A-Z]{16}|AIza[\w-]{35}"
     r"|xox[abprs]-[\w-]{10,}|eyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{5,})", _always),
    ("api-secret", r"(?i)(?:api[ _-]?(?:secret|key)|secret[ _-]?key|access[ _-]?token|密[钥鑰])"
     r"[\"'`]?\s{0,3}(?:is|是|为|為|[:=：])\s{0,3}[\"'`]?(?P<secret>[\w/+=-]{16,})", _real),
    ("password", r"(?i)(?:pass(?:word|code|wd)?|密[码碼])\s{0,3}(?:is|was|是|[:=：])\s{0,3}"
     r"[\"'`]?(?P<secret>[!-~]{6,})", _password),
    ("code", r"(?i)(?:code|otp|2fa|验证码|驗證碼|动态码)\s{0,3}(?:is|was|是|[:=：])?\s{0,3}"
     r"(?P<secret>(?<![\d-])\d{4,8}(?![\d-]))", _suspected),
    ("card", r"(?<![\d.])[2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\d.]\d|\d)", _card),
    ("card", r"(?<![\d.])3[47]\d{2}[ -]?\d{6}[ -]?\d{5}(?![\d.]\d|\d)", _card),
    ("iban", r"(?<![0-9A-Za-z])[A-Z]{2}\d{2}(?: ?[0-9A-Z]{4}){3,7}(?: ?[0-9A-Z]{1,3})?"
     r"(?![0-9A-Za-z])", _iban),
    ("id-number", r"(?<!\d)[1-9]\d{5}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dXx](?![\dA-Za-z])",
     _citizen),
    ("email", r"(?<![0-9A-Za-z_.+-])(?<!//)[A-Za-z0-9_.+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*"
     r"\.[A-Za-z]{2,24}(?![A-Za-z0-9])", _always),
    ("phone", r"(?<![0-9A-Za-z.+-])(?:\+|00)[1-9]\d{0,2}(?:[ ().-]{0,2}\d){7,13}(?!\d)", _phone),
    ("phone", r"(?<![0-9A-Za-z_.+-])1[3-9]\d(?:[ -]?\d{4}){2}(?![\d.]\d|\d)", _phone),
    ("phone", r"(?<![0-9A-Za-z_.+-])\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)", _phone),
    ("address", r"(?<![0-9A-Za-z])0x[0-9a-fA-F]{40}(?![0-9A-Za-z])", _always),
    ("address", r"(?<![0-9A-Za-z])(?:bc|tb|ltc)1[02-9ac-hj-np-z]{11,87}(?![0-9A-Za-z])",
     _always),
    ("address", rf"(?<![0-9A-Za-z])[13TLDX]{_B58}{{25,34}}(?![0-9A-Za-z])", _base58check),
)  # fmt: skip

_PATTERNS = tuple((kind, re.compile(pattern), check) for kind, pattern, check in _FORMS)
