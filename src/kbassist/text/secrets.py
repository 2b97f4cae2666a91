"""Secrets and personal data in a text: seed phrases, keys, cards, addresses, phone numbers.

What can be checked is checked (a checksum, a known form), and a finding that is no more than a
suspicion says so: whoever hides takes both, whoever accuses takes the certain ones and looks twice
at them (`lint/rules/secrets`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from typing import Literal, get_args

from kbassist.text.checksums import base58check, citizen, iban, luhn
from kbassist.text.seeds import TYPED, find_phrases

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


def find_secrets(text: str, kinds: Collection[Kind] = KINDS) -> list[Secret]:
    """The secrets and personal data in a text.

    Args:
        text: any string.
        kinds: that are looked for.

    Returns:
        Findings in the order of the text, none overlapping another.
    """
    found = [*_phrases(text)] if "seed-phrase" in kinds else []
    for gate, forms in _GATED:
        wanted = [form for form in forms if form[0] in kinds]
        if not wanted or (gate is not None and gate.search(text) is None):
            continue
        for kind, pattern, check in wanted:
            group = "secret" if "secret" in pattern.groupindex else 0
            for match in pattern.finditer(text):
                certain = check(match[group], match)
                if certain is not None:
                    found.append(Secret(kind, *match.span(group), certain))
    if len(found) < 2:
        return found
    found.sort(key=lambda one: (one.start - one.end, KINDS.index(one.kind), one.start))
    kept: list[Secret] = []
    for one in found:
        if all(one.end <= other.start or other.end <= one.start for other in kept):
            kept.append(one)
    return sorted(kept, key=lambda one: one.start)


def _phrases(text: str) -> Iterator[Secret]:
    """Seed phrases, with a word beside the twelve that may be one of theirs, typed wrong."""
    for phrase in find_phrases(text, TYPED):
        spans = phrase.words
        if phrase.size and len(spans) - phrase.size > TYPED.unknown:
            spans = spans[phrase.first : phrase.first + phrase.size]
        yield Secret("seed-phrase", spans[0][0], spans[-1][1], phrase.size > 0)


def is_token(secret: str) -> bool:
    """Whether a value has exactly the form in which a known service gives out keys."""
    return _TOKEN.fullmatch(secret) is not None


Check = Callable[[str, re.Match[str]], "bool | None"]
"""From a value and the match that it is of to `certain`; None where it is no secret."""

_NAMED_KEY = re.compile(
    r"(?i)(?:(?:private|priv|secret)[ _-]?key|私[钥鑰]|私人?密[钥鑰])[^\n]{0,30}\Z"
)
_PLACEHOLDER = re.compile(r"(?i)your|example|xxx|\.\.\.|placeholder|^<.*>$|^(.)\1+$")
_TOKEN = re.compile(
    r"(?:AKIA|ASIA)[A-Z2-7]{16}|gh[pousr]_[A-Za-z0-9]{36}|github_pat_\w{60,}"
    r"|xox[abprs]-[0-9]{8,}-[0-9A-Za-z-]{16,}|AIza[\w-]{35}|[sr]k_live_[0-9A-Za-z]{20,}"
    r"|sk-(?:proj-|ant-)?[\w-]{32,}|glpat-[\w-]{20}|npm_[A-Za-z0-9]{36}|SG\.[\w-]{22}\.[\w-]{43}"
    r"|LTAI[A-Za-z0-9]{16,20}|AKID[A-Za-z0-9]{32}|[0-9]{8,10}:AA[\w-]{33}"
    r"|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,}",
    re.ASCII,
)
_CARD_WORD = re.compile(r"(?i)\bcards?\b|\bvisa\b|mastercard|卡号|卡號|银行卡|信用卡|借记卡")
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|6(?:011|5\d\d)\d{12}|62\d{14,17}|35(?:2[89]|[3-8]\d)\d{12}"
)


def has_issuer(digits: str) -> bool:
    """Whether a card number begins as those of an issuer do, and is as long."""
    return _ISSUERS.fullmatch(digits) is not None


def names_card(text: str, start: int, end: int) -> bool:
    """Whether the line around a stretch of a text speaks of payment cards."""
    first, last = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    return _CARD_WORD.search(text, first, last if last >= 0 else len(text)) is not None


def _always(_: str, __: re.Match[str]) -> bool:
    return True


def _suspected(_: str, __: re.Match[str]) -> bool:
    return False


def _pem(secret: str, _: re.Match[str]) -> bool | None:
    """A block with a key in it, rather than dots where one would be."""
    return True if re.search(r"[A-Za-z0-9+/=]{32}", secret) else None


def _named_key(_: str, match: re.Match[str]) -> bool:
    """64 hex digits are as often the hash of a transaction, so it takes a name to be certain."""
    return _NAMED_KEY.search(match.string, max(match.start() - 50, 0), match.start()) is not None


def _token(secret: str, match: re.Match[str]) -> bool:
    return is_token(secret) and match.string[match.start() - 1 : match.start()] not in ("-", "_")


def _real(secret: str, _: re.Match[str]) -> bool | None:
    """Whether a value behind the name of a secret is one, rather than where one would stand."""
    if _PLACEHOLDER.search(secret) or len(set(secret)) < 6:
        return None
    return True if any(map(str.isdigit, secret)) and any(map(str.isalpha, secret)) else None


def _password(secret: str, _: re.Match[str]) -> bool | None:
    mixed = any(map(str.isdigit, secret)) and any(map(str.isalpha, secret))
    return False if mixed and not _PLACEHOLDER.search(secret) else None


def _base58check(secret: str, _: re.Match[str]) -> bool | None:
    return True if base58check(secret) is not None else None


def _extended_key(secret: str, _: re.Match[str]) -> bool:
    return base58check(secret) is not None


def _card(secret: str, _: re.Match[str]) -> bool | None:
    digits = re.sub(r"\D", "", secret)
    return True if luhn(digits) and len(set(digits)) > 1 else None


def _oddly_spaced_card(secret: str, match: re.Match[str]) -> bool | None:
    """Digits in other groups than a card has them in: an issuer and a word must say so too."""
    digits = re.sub(r"\D", "", secret)
    if not has_issuer(digits) or not luhn(digits):
        return None
    return True if names_card(match.string, *match.span()) else None


def _iban(secret: str, _: re.Match[str]) -> bool | None:
    return True if iban(secret) else None


def _citizen(secret: str, _: re.Match[str]) -> bool | None:
    return True if citizen(secret) else None


def _phone(secret: str, _: re.Match[str]) -> bool | None:
    """A number with its country, or a Chinese mobile number, is certain; others may be amounts."""
    digits = re.sub(r"\D", "", secret)
    if not 8 <= len(digits) <= 15:
        return None
    return (
        secret.lstrip().startswith(("+", "00")) or re.fullmatch(r"1[3-9]\d{9}", digits) is not None
    )


_B58 = r"[1-9A-HJ-NP-Za-km-z]"
_W = "[A-Za-z0-9_-]"
_KEYS: tuple[tuple[Kind, str, Check], ...] = (
    ("private-key", rf"(?<![0-9A-Za-z])[A-Za-z]prv{_B58}{{100,110}}(?![0-9A-Za-z])",
     _extended_key),
    ("private-key", rf"(?<![0-9A-Za-z])[5KL9c]{_B58}{{50,51}}(?![0-9A-Za-z])", _base58check),
    ("private-key", rf"(?<![0-9A-Za-z])(?:(?:0x)?[0-9a-fA-F]{{64}}|{_B58}{{87,88}})"
     r"(?![0-9A-Za-z])", _named_key),
)  # fmt: skip
_TOKENS: tuple[tuple[Kind, str, Check], ...] = (
    ("api-secret", rf"(?<![0-9A-Za-z])(?:sk-{_W}{{20,}}|[rs]k_live_[A-Za-z0-9]{{16,}}"
     rf"|gh[pousr]_[A-Za-z0-9]{{30,}}|github_pat_{_W}{{40,}}|A[KS]IA[0-9A-Z]{{16,}}|AIza{_W}{{35,}}"
     rf"|xox[abprs]-{_W}{{10,}}|glpat-{_W}{{20,}}|npm_[A-Za-z0-9]{{36,}}"
     rf"|SG\.{_W}{{22,}}\.{_W}{{43,}}|LTAI[A-Za-z0-9]{{16,}}|AKID[A-Za-z0-9]{{32,}}"
     rf"|[0-9]{{8,10}}:AA{_W}{{33,}}|eyJ{_W}{{10,}}\.{_W}{{10,}}\.{_W}{{5,}})", _token),
    ("api-secret", r"(?i)(?:api[ _-]?(?:secret|key)|secret[ _-]?key|(?:access|auth)[ _-]?token"
     r"|client[ _-]?secret|密[钥鑰])[\"'`*]{0,3}\s{0,3}(?:is|是|为|為|[:：=]|=>)\s{0,3}[\"'`*]{0,3}"
     r"(?P<secret>[A-Za-z0-9_/+=-]{16,})", _real),
)  # fmt: skip
_CARDS: tuple[tuple[Kind, str, Check], ...] = (
    ("card", r"(?<![\d.])[2-6]\d{3}(?:[ -]?\d{4}){2}[ -]?\d{1,7}(?![\d.]\d|\d)", _card),
    ("card", r"(?<![\d.])[2-6]\d{3}(?:[ -]\d{4}){3}[ -]\d{3}(?![\d.]\d|\d)", _card),
    ("card", r"(?<![\d.])3[47]\d{2}[ -]?\d{6}[ -]?\d{5}(?![\d.]\d|\d)", _card),
    ("card", r"(?<![\d.])[2-6]\d{3}(?:[ -]?\d{2,6}){2,4}(?![\d.]\d|\d)", _oddly_spaced_card),
)  # fmt: skip
_OTHERS: tuple[tuple[Kind, str, Check], ...] = (
    ("private-key", r"-----BEGIN [A-Z ]*PRIVATE KEY(?: BLOCK)?-----(?s:.*?)"
     r"(?:-----END [A-Z ]*KEY(?: BLOCK)?-----|$)", _pem),
    ("password", r"(?i)(?:pass(?:word|code|wd)?|密[码碼])\s{0,3}(?:is|was|是|[:=：])\s{0,3}"
     r"[\"'`]?(?P<secret>[!-~]{6,})", _password),
    ("code", r"(?i)(?:code|otp|2fa|验证码|驗證碼|动态码)\s{0,3}(?:is|was|是|[:=：])?\s{0,3}"
     r"(?P<secret>(?<![\d-])\d{4,8}(?![\d-]))", _suspected),
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

_GATED = tuple(
    (
        re.compile(gate) if gate else None,
        [(kind, re.compile(form), check) for kind, form, check in forms],
    )
    for gate, forms in (
        (r"[0-9A-Za-z]{50}", _KEYS),
        (r"[A-Za-z0-9/+_=.-]{15}", _TOKENS),
        (r"\d(?:[ -]?\d){12}", _CARDS),
        (None, _OTHERS),
    )
)
"""Forms behind what all of them hold, which is told faster than each of them."""
