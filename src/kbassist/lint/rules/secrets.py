"""KB8: secrets that must never stand in an article; a finding shows no more than their start."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kbassist.lint.model import Found, Page, Rule, Scope
from kbassist.text.checksums import base58check, entropy
from kbassist.text.secrets import Kind, find_secrets, has_issuer, is_token, names_card
from kbassist.text.seeds import SIZES, WRITTEN, Phrase, find_phrases

_PEM = re.compile(
    r"-----BEGIN (?:[A-Z]+ )*PRIVATE KEY(?: BLOCK)?-----\s+(?:[\w-]+: [^\n]*\n\s*)*"
    r"[A-Za-z0-9+/=\s>]{100,}-----END"
)
_PLACEHOLDER = re.compile(
    r"example|your|xxx|demo|sample|placeholder|dummy|fake|insert|replace|here|abcdef|1234567|000000"
    r"|(.)\1{5}|\.\.\.",
    re.IGNORECASE,
)
_HEXADECIMAL = re.compile(r"[0-9a-f]{32,}|[0-9A-F]{32,}")
_RANDOM, _RANDOM_HEX = 3.6, 3.0
"""Bits each character of a generated key has; words and paths have fewer."""
_AFTER_KEY = re.compile(r"[A-Za-z0-9/+_=.<-]")
_BEFORE_CARD = re.compile(r"[A-Za-z0-9_.:/-]")
_AFTER_CARD = re.compile(r"[A-Za-z0-9_:/-]|\.\d")
"""Beside digits, they make a path, an address or an order number of them."""
_GROUPED = re.compile(r"\d{4}([ -])\d{4}\1\d{4}\1\d{4}(?:\1\d{3})?")
_TEST_CARD = re.compile(
    r"0{5}|(\d)\1{5}|(\d{4})\2\2|(\d)\3{3}(\d)\4{3}|1234567|42424242|5555444|5105105105105100"
    r"|378282246310005|371449635398431|6011111111111117|3530111333300000"
)


def _masked(secret: str) -> str:
    return f"{secret[:4]}…"


def _certain(page: Page, kind: Kind) -> Iterator[tuple[str, int, int]]:
    """What is surely in the form of a secret: itself, its start and its end."""
    for one in find_secrets(page.text, (kind,)):
        if one.certain:
            yield page.text[one.start : one.end], one.start, one.end


def _phrases(page: Page, scope: Scope) -> Iterator[Found]:
    end = 0
    for phrase in find_phrases(page.text, WRITTEN):
        if phrase.words[0][0] < end:
            continue  # characters of two Chinese lists
        start, stop = phrase.words[phrase.first]
        shown = f"“{page.text[start:stop]} …”"
        if phrase.size:
            message = f"a seed phrase of {phrase.size} words that opens a wallet"
        elif _stands_alone(page.text, phrase):
            count = len(phrase.words)
            message = f"{count} words of a seed phrase, with a checksum that is not BIP-39's"
        else:
            continue
        end = phrase.words[-1][1]
        yield Found(page.path, page.line_of(start), f"{message}: {shown}")


def _stands_alone(text: str, phrase: Phrase) -> bool:
    """Whether English words are as many as a phrase has, and all that their lines say."""
    if phrase.language != "english" or len(phrase.words) not in SIZES:
        return False
    start, end = phrase.words[0][0], phrase.words[-1][1]
    before = text[text.rfind("\n", 0, start) + 1 : start]
    stop = text.find("\n", end)
    after = text[end : stop if stop >= 0 else None]
    return not any(char.isalpha() for char in before + after)


def _keys(page: Page, scope: Scope) -> Iterator[Found]:
    for key, start, _ in _certain(page, "private-key"):
        if key.startswith("-----"):
            if block := _PEM.search(key):
                line = page.line_of(start + block.start())
                yield Found(page.path, line, "a private key in PEM form")
        elif base58check(key) is not None:
            message = f"a private key that opens a wallet: {_masked(key)}"
            yield Found(page.path, page.line_of(start), message)
        elif len(set(key.lower())) >= 10 and not _PLACEHOLDER.search(key):
            yield Found(page.path, page.line_of(start), f"a private key: {_masked(key)}")


def _tokens(page: Page, scope: Scope) -> Iterator[Found]:
    for token, start, end in _certain(page, "api-secret"):
        if _PLACEHOLDER.search(token):
            continue
        if is_token(token):
            random = entropy(token) > _RANDOM_HEX
        else:
            bits = _RANDOM_HEX if _HEXADECIMAL.fullmatch(token) else _RANDOM
            whole = 24 <= len(token) <= 128 and not _AFTER_KEY.match(page.text, end)
            random = whole and entropy(token) > bits
        if random:
            message = f"an API key or token: {_masked(token)}"
            yield Found(page.path, page.line_of(start), message)


def _cards(page: Page, scope: Scope) -> Iterator[Found]:
    text = page.text
    for card, start, end in _certain(page, "card"):
        digits = re.sub(r"\D", "", card)
        if not has_issuer(digits) or _TEST_CARD.search(digits):
            continue
        before = _BEFORE_CARD.match(text, start - 1) if start else None
        if before or _AFTER_CARD.match(text, end):
            continue
        if _GROUPED.fullmatch(card) or names_card(text, start, end):
            yield Found(page.path, page.line_of(start), f"a card number: {_masked(digits)}")


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
