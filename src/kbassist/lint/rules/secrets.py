"""KB8: secrets that must never stand in an article; a finding shows no more than their start."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from kbassist.lint.checksums import SIZES, base58check, entropy, is_phrase, luhn, words
from kbassist.lint.model import Found, Page, Rule, Scope

_GAP = r"""[\s,，、|*>"'`-]+(?:\d{1,2}[.):]?\s+)?"""
_RUN = re.compile(rf"(?<![A-Za-z])[a-z]{{3,8}}(?:{_GAP}[a-z]{{3,8}}){{11,}}(?![A-Za-z])")
_WORD = re.compile(r"[a-z]{3,8}")
_HAN_RUN = re.compile(
    r"(?<![\u4e00-\u9fff])[\u4e00-\u9fff](?:[ \t\u3000、，,\n]+[\u4e00-\u9fff]){11,}"
    r"(?![\u4e00-\u9fff])"
)
_HAN = re.compile(r"[\u4e00-\u9fff]")
_LONGEST = 28
"""Words in a row beyond which it is a word list, not a phrase."""

_PEM = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----\s+(?:[\w-]+: [^\n]*\n\s*)*"
    r"[A-Za-z0-9+/=\s>]{100,}-----END"
)
_BASE58 = r"[1-9A-HJ-NP-Za-km-z]"
_WIF = re.compile(rf"(?<![A-Za-z0-9])[5KL9c]{_BASE58}{{50,51}}(?![A-Za-z0-9])")
_XPRV = re.compile(rf"(?<![A-Za-z0-9])[a-zA-Z]prv{_BASE58}{{107}}(?![A-Za-z0-9])")
_LABELLED_KEY = re.compile(
    r"(?:private[ _-]?key|priv[_-]?key|secret[ _-]?key|私钥|私鑰)[^\n]{0,30}?"
    rf"(?<![A-Za-z0-9])((?:0x)?[0-9a-f]{{64}}|{_BASE58}{{87,88}})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
_TOKENS = re.compile(
    r"(?<![A-Za-z0-9_-])(?:(?:AKIA|ASIA)[A-Z2-7]{16}|gh[pousr]_[A-Za-z0-9]{36}"
    r"|github_pat_[A-Za-z0-9_]{60,}|xox[abprs]-[0-9]{8,}-[0-9A-Za-z-]{16,}|AIza[0-9A-Za-z_-]{35}"
    r"|[sr]k_live_[0-9A-Za-z]{20,}|sk-(?:proj-|ant-)?[A-Za-z0-9_-]{32,}|glpat-[\w-]{20}"
    r"|npm_[A-Za-z0-9]{36}|SG\.[\w-]{22}\.[\w-]{43}|LTAI[A-Za-z0-9]{16,20}|AKID[A-Za-z0-9]{32}"
    r"|[0-9]{8,10}:AA[\w-]{33}|eyJ[\w-]{10,}\.eyJ[\w-]{10,}\.[\w-]{20,})(?![A-Za-z0-9_-])"
)
_LABELLED_TOKEN = re.compile(
    r"(?:api[ _-]?key|api[ _-]?secret|secret[ _-]?key|access[ _-]?token|client[ _-]?secret"
    r"|auth[ _-]?token|密钥|密鑰)[\"'`*]{0,3}\s*(?:[:：=]|=>|是)\s*[\"'`]{0,3}"
    r"([A-Za-z0-9/+_=-]{24,128})(?![A-Za-z0-9/+_=.<-])",
    re.IGNORECASE,
)
_PLACEHOLDER = re.compile(
    r"example|your|xxx|demo|sample|placeholder|dummy|fake|insert|replace|here|abcdef|1234567|000000"
    r"|(.)\1{5}|\.\.\.",
    re.IGNORECASE,
)
_LONG = re.compile(r"[A-Za-z0-9/+_=-]{20}")
"""What every such value holds, told faster than the label before it."""
_RANDOM = 3.6
"""Bits each character of a generated key has; words and paths have fewer."""

_CARD = re.compile(r"(?<![\w.:/-])[2-6]\d{3}(?:[ -]?\d{2,6}){2,4}(?![\w:/-]|\.\d)")
_ISSUERS = re.compile(
    r"4(?:\d{12}|\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}"
    r"|3[47]\d{13}|6(?:011|5\d\d)\d{12}|62\d{14,17}|35(?:2[89]|[3-8]\d)\d{12}"
)
_CARD_WORD = re.compile(
    r"\bcards?\b|\bvisa\b|mastercard|卡号|卡號|银行卡|信用卡|借记卡", re.IGNORECASE
)
_TEST_CARD = re.compile(
    r"0{5}|(\d)\1{5}|(\d{4})\2\2|(\d)\3{3}(\d)\4{3}|1234567|42424242|5555444|5105105105105100"
    r"|378282246310005|371449635398431|6011111111111117|3530111333300000"
)


def _masked(secret: str) -> str:
    return f"{secret[:4]}…"


def _phrases(page: Page, scope: Scope) -> Iterator[Found]:
    text = page.text
    for match in _RUN.finditer(text):
        spans = [word.span() for word in _WORD.finditer(text, *match.span())]
        for run in _listed(text, spans, "english"):
            alone = _alone(text, run[0][0], run[-1][1])
            yield from _judged(page, run, "english", alone)
    for match in _HAN_RUN.finditer(text):
        spans = [char.span() for char in _HAN.finditer(text, *match.span())]
        for name in ("chinese_simplified", "chinese_traditional"):
            found = [one for run in _listed(text, spans, name)
                     for one in _judged(page, run, name, False)]  # fmt: skip
            if found:
                yield from found
                break


_Spans = list[tuple[int, int]]


def _listed(text: str, spans: _Spans, name: str) -> Iterator[_Spans]:
    """Stretches of twelve words up that are all in a word list."""
    known, run = words(name), list[tuple[int, int]]()
    for span in [*spans, (0, 0)]:
        if span[1] and text[span[0] : span[1]].lower() in known:
            run.append(span)
            continue
        if min(SIZES) <= len(run) <= _LONGEST:
            yield run
        run = []


def _judged(page: Page, run: _Spans, name: str, alone: bool) -> Iterator[Found]:
    phrase = [page.text[start:end].lower() for start, end in run]
    line = page.line_of(run[0][0])
    if len(phrase) in SIZES and alone and not is_phrase(phrase, name):
        message = f"{len(phrase)} words of a seed phrase, with a checksum that is not BIP-39's"
        yield Found(page.path, line, f"{message}: {_shown(phrase)}")
        return
    for size in SIZES:
        for first in range(len(phrase) - size + 1):
            if is_phrase(phrase[first : first + size], name):
                at = page.line_of(run[first][0])
                message = f"a seed phrase of {size} words that opens a wallet"
                yield Found(page.path, at, f"{message}: {_shown(phrase[first:])}")
                return


def _shown(phrase: Sequence[str]) -> str:
    return f"“{phrase[0]} …”"


def _alone(text: str, start: int, end: int) -> bool:
    """Whether nothing else is said on the lines of a stretch."""
    before = text[text.rfind("\n", 0, start) + 1 : start]
    stop = text.find("\n", end)
    after = text[end : stop if stop >= 0 else None]
    return not any(char.isalpha() for char in before + after)


def _keys(page: Page, scope: Scope) -> Iterator[Found]:
    text = page.text
    for match in _PEM.finditer(text) if "PRIVATE KEY" in text else ():
        yield Found(page.path, page.line_of(match.start()), "a private key in PEM form")
    if _LONG.search(text) is None:
        return
    for match in (*_WIF.finditer(text), *(_XPRV.finditer(text) if "prv" in text else ())):
        if base58check(match[0]) is not None:
            message = f"a private key that opens a wallet: {_masked(match[0])}"
            yield Found(page.path, page.line_of(match.start()), message)
    for match in _LABELLED_KEY.finditer(text):
        if len(set(match[1].lower())) >= 10 and not _PLACEHOLDER.search(match[1]):
            message = f"a private key: {_masked(match[1])}"
            yield Found(page.path, page.line_of(match.start(1)), message)


def _tokens(page: Page, scope: Scope) -> Iterator[Found]:
    text = page.text
    if _LONG.search(text) is None:
        return
    taken = set()
    for match in _TOKENS.finditer(text):
        if not _PLACEHOLDER.search(match[0]) and entropy(match[0]) > 3:
            taken.add(match.start())
            message = f"an API key or token: {_masked(match[0])}"
            yield Found(page.path, page.line_of(match.start()), message)
    for match in _LABELLED_TOKEN.finditer(text):
        value = match[1]
        mixed = any(char.isdigit() for char in value) and any(char.isalpha() for char in value)
        if match.start(1) in taken or not mixed or _PLACEHOLDER.search(value):
            continue
        hexadecimal = re.fullmatch(r"[0-9a-f]{32,}|[0-9A-F]{32,}", value) is not None
        if entropy(value) > (3 if hexadecimal else _RANDOM):
            message = f"an API key or token: {_masked(value)}"
            yield Found(page.path, page.line_of(match.start(1)), message)


def _cards(page: Page, scope: Scope) -> Iterator[Found]:
    text = page.text
    for match in _CARD.finditer(text):
        digits = re.sub(r"\D", "", match[0])
        if not _ISSUERS.fullmatch(digits) or not luhn(digits) or _TEST_CARD.search(digits):
            continue
        grouped = re.fullmatch(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?", match[0]) is not None
        start, stop = text.rfind("\n", 0, match.start()) + 1, text.find("\n", match.end())
        if grouped or _CARD_WORD.search(text, start, stop if stop >= 0 else len(text)):
            message = f"a card number: {_masked(digits)}"
            yield Found(page.path, page.line_of(match.start()), message)


RULES = (
    Rule(
        "KB801",
        "seed-phrase",
        "error",
        what="Twelve to 24 words that are a seed phrase by BIP-39, in English or Chinese; the "
        "checksum is verified, and without it they must stand alone.",
        why="Who reads it owns the wallet; a customer who copies it loses what is sent there.",
        fix="Take it out, move the coins if it was ever used, and write “word1 word2 …” instead.",
        example="legal winner thank year wave sausage worth useful legal winner thank yellow",
        page=_phrases,
    ),
    Rule(
        "KB802",
        "private-key",
        "error",
        what="A private key: PEM, wallet import format or an extended key with a right checksum, "
        "or 64 hexadecimal digits that are called one.",
        why="Who reads it owns what it opens.",
        fix="Take it out, replace the key, and show a placeholder.",
        example="私钥：0x4c0883a69102937d…（64 位）",
        page=_keys,
    ),
    Rule(
        "KB803",
        "api-key",
        "error",
        what="A key or token in the form of a known service, or a random value that is called one.",
        why="It works for everybody who reads the article.",
        fix="Revoke it, and write `YOUR_API_KEY`.",
        example='api_secret = "q8Zr1mVt…"',
        page=_tokens,
    ),
    Rule(
        "KB804",
        "card-number",
        "error",
        what="A payment card's number with a right check digit; well-known test numbers do not "
        "count.",
        why="It is somebody's card, and card rules forbid to keep it.",
        fix="Show the last four digits at most: `**** **** **** 1234`.",
        example="例如卡号 4539 1488 …",
        page=_cards,
    ),
)
