"""Words, identifiers and numbers: what stands between spaces and CJK runs, whole and in parts.

`ATOM` cuts folded text (`fold(text, keep_case=True)`) into atoms: a run of CJK characters, or a
word with everything that is glued to it (`USDT-TRC20`, `1,000.50`, `help@harbor.example`).
`pieces_of_word` then says which terms one such word stands for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Literal, NamedTuple

from kbassist.text.chars import CJK, MARKS, UNSPACED

Kind = Literal["char", "bigram", "word", "number", "whole", "joined", "part"]
"""`word`: a plain word, stemmed. `number`: a plain number. `whole`: an identifier as written.
`joined`: an identifier without its separators. `part`: a piece of an identifier or number.
`char`, `bigram`: one or two adjacent characters of a CJK run."""


class Piece(NamedTuple):
    """One term of an atom, with offsets relative to the atom."""

    term: str
    start: int
    end: int
    kind: Kind


MAX_TERM = 256
"""Longer terms are cut: nobody types them, and a term must not be as large as a pasted file."""

_LETTER = rf"[^\W_{CJK}{UNSPACED}]"
"""Compiling a set of this many characters takes 2 ms, so few places name it."""
_URL = r"(?:https?|wss?|ftp)://[\w.~:/?#@!$&'()*+,;=%\[\]-]*[\w/=&#%~]"
_GLUE = (
    r"(?:_+|[-/.@]|'(?=[^\W\d_])|(?<=\d)(?:,(?=\d{3}(?!\d))|:(?=\d))"
    rf"|\+(?=[A-Za-z0-9.]{{1,64}}@))(?={_LETTER})"
)
UNSPACED_RUN = rf"[{CJK}{UNSPACED}]+"
ATOM = re.compile(
    rf"{UNSPACED_RUN}"
    rf"|(?a:{_URL})"
    rf"|{_LETTER}+(?:(?:[{MARKS}]+|{_GLUE}){_LETTER}*)*(?:(?<=\d)%)?"
    rf"|(?:(?<![-\w])|(?<=[^\W\d_{UNSPACED}]))-\d{{3,}}(?!{_LETTER})"
)
"""One atom of cased folded text; everything between atoms (spaces, punctuation) has no terms."""

_NUMBER = re.compile(r"(\d+(?:,\d{3})*(?:\.\d+)*)(%?)")
_ERROR_CODE = re.compile(r"-\d+")
_HUMP = re.compile(r"[a-z][A-Z]")
_WORD = rf"[^\W_]+(?:[{MARKS}]+[^\W_]*)*"
"""Inside an atom, where every letter is one of a word."""
_SEGMENT = re.compile(rf"{_WORD}(?:(?<=\d)[.,](?=\d){_WORD}|'(?=[^\W\d_]){_WORD})*")
_LOWER = rf"(?![A-Z\d])[^\W_]|['{MARKS}]"
_COMPONENT = re.compile(
    rf"\d+(?:,\d{{3}})*(?:\.\d+)*|(?:[A-Z]|{_LOWER})(?:(?<![a-z])[A-Z]|{_LOWER})*"
)
"""Digits, or letters up to the next camelCase hump (an ASCII capital after a small letter)."""
_BORDER = re.compile(r"\d[^\W\d_]|[^\W\d_]\d")
_HEX = re.compile(r"0x[0-9a-f]+|(?=[a-f]*\d)(?=\d*[a-f])[0-9a-f]{16,}", re.IGNORECASE)
_SEPARATORS = re.compile(r"[-_/,]+")
_MAX_JOINED = 40
_MAX_SEGMENTS_JOINED = 4
_ADDRESS_LENGTH = 20
_ADDRESS_BORDERS = 3


def pieces_of_word(atom: str, stem: Callable[[str], str]) -> list[Piece]:
    """List the terms of one word, number or identifier.

    Args:
        atom: A match of `ATOM` that is not a CJK run.
        stem: Maps a lower-case word to its stem.

    Returns:
        Pieces ordered by start, the longer first; no two with the same term and offsets.
    """
    length = len(atom)
    if atom.isalpha() and not _HUMP.search(atom):
        return [Piece(stem(atom.lower())[:MAX_TERM], 0, length, "word")]
    if number := _NUMBER.fullmatch(atom):
        return list(_number(number[1], number[2]))
    if _ERROR_CODE.fullmatch(atom):
        found = [Piece(atom, 0, length, "whole"), Piece(atom[1:], 1, length, "part")]
        return [piece._replace(term=piece.term[:MAX_TERM]) for piece in found]
    unique = dict.fromkeys(_identifier(atom, stem))
    return sorted(unique, key=lambda piece: (piece.start, -piece.end))


def _number(digits: str, percent: str) -> Iterator[Piece]:
    """A number without thousands separators; also without trailing zeros, and without its `%`."""
    plain = digits.replace(",", "")
    end = len(digits)
    if percent:
        yield Piece((plain + percent)[-MAX_TERM:], 0, end + 1, "number")
    yield Piece(plain[:MAX_TERM], 0, end, "part" if percent else "number")
    if plain.count(".") == 1 and plain.endswith("0"):
        yield Piece(plain.rstrip("0").rstrip(".")[:MAX_TERM], 0, end, "part")


def _identifier(atom: str, stem: Callable[[str], str]) -> Iterator[Piece]:
    offset = atom.index("://") + 3 if "://" in atom else 0
    body = atom[offset:]
    segments = [match for match in _SEGMENT.finditer(body) if match[0].lower() != "www"]
    if len(segments) == 1 and segments[0][0] == body:
        yield from _segment(body, offset, stem, alone=True)
        return
    whole = body.lower().rstrip("/")
    yield Piece(whole[:MAX_TERM], offset, offset + len(whole), "whole")
    yield from _joined(body, len(segments), stem)
    if offset or "@" in body:
        yield from _host(body, offset)
    for segment in segments:
        yield from _segment(segment[0], offset + segment.start(), stem, alone=False)


def _joined(body: str, segments: int, stem: Callable[[str], str]) -> Iterator[Piece]:
    """`ERC-20` also as `erc20`: short identifiers are often written without their separators."""
    if not 1 < segments <= _MAX_SEGMENTS_JOINED or len(body) > _MAX_JOINED:
        return
    joined = _SEPARATORS.sub("", body.lower())
    if joined.isalnum() and not joined.isdigit():
        term = stem(joined) if joined.isalpha() else joined
        yield Piece(term, 0, len(body), "joined")


def _host(body: str, offset: int) -> Iterator[Piece]:
    """The host of an address, with and without `www.`; the name before the `@` of an e-mail."""
    name, at, rest = body.rpartition("@") if "/" not in body.partition("@")[0] else ("", "", body)
    if at:
        yield Piece(name.lower()[:MAX_TERM], offset, offset + len(name), "part")
    start = offset + len(name) + len(at)
    host = re.split(r"[/?#:]", rest, maxsplit=1)[0].lower()
    for prefix in ("", "www."):
        if host.startswith(prefix) and len(host) > len(prefix):
            bare = host[len(prefix) :]
            yield Piece(bare[:MAX_TERM], start + len(prefix), start + len(host), "part")


def _segment(text: str, start: int, stem: Callable[[str], str], alone: bool) -> Iterator[Piece]:
    """A stretch without separators, whole, and cut between letters, digits and camelCase humps."""
    kind: Kind = ("word" if alone and not _BORDER.search(text) else "whole") if alone else "part"
    term = text.lower()
    if _is_plain(text):
        term = stem(term)
    elif number := _NUMBER.fullmatch(text):
        for piece in _number(number[1], number[2]):
            yield piece._replace(start=start, end=start + len(text), kind="part")
        return
    yield Piece(term[:MAX_TERM], start, start + len(text), kind)
    if _is_opaque(text):
        return
    components = list(_COMPONENT.finditer(text))
    if len(components) < 2:
        return
    for match in components:
        part = match[0].lower()
        if part[0].isdigit():
            for piece in _number(part, ""):
                yield Piece(piece.term, start + match.start(), start + match.end(), "part")
        else:
            yield Piece(stem(part)[:MAX_TERM], start + match.start(), start + match.end(), "part")


def _is_plain(text: str) -> bool:
    """Whether text is a word of letters, with apostrophes at most."""
    return text.replace("'", "").isalpha()


def _is_opaque(text: str) -> bool:
    """Whether text is a hash, key or wallet address, whose inner borders mean nothing."""
    if _HEX.fullmatch(text):
        return True
    return len(text) >= _ADDRESS_LENGTH and len(_BORDER.findall(text)) >= _ADDRESS_BORDERS
