"""The one Analyzer: raw text enters, terms leave, the same for the index and for the question.

A run of CJK characters yields each character and each pair of neighbours (characters and bigrams
together rank best on public Chinese question sets); a word yields its Snowball stem; identifiers
and numbers yield themselves whole and in parts (`words`). All terms are folded (`fold`).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator
from functools import cache, cached_property
from itertools import pairwise
from typing import NamedTuple

from kbassist.text.fold import fold, fold_map, simplified_table
from kbassist.text.phrasing import in_own_words
from kbassist.text.stops import english_stops, stop_flags
from kbassist.text.words import ATOM, UNSPACED_RUN, Kind, Piece, pieces_of_word

VERSION = 1
"""Raised whenever the terms of some text change for a reason that the probes may miss."""

STOP_WEIGHT = 0.2
"""Factor of a stop word in a query, against 1 for content."""
OWN_WORDS_STOP_WEIGHT = 0.7
"""The same in a Chinese question that is put in the asker's own words: few of them may be matched
at all, and how something is asked tells questions apart (docs/decisions.md)."""
STRADDLE_WEIGHT = 0.5
"""Factor of a bigram of one stop and one content character."""
FRAGMENT_WEIGHT = 0.3
"""Factor of a part of an identifier that says little alone: one letter, or fewer than 3 digits."""
_MIN_DIGITS = 3
"""Shorter numbers match too much to be evidence."""
_MAX_PREFIX = 3
"""Letters up to this many that belong to a number (`HB` in HB-1007) are no evidence without it."""

_CACHE_SIZE = 1 << 16
_UNSPACED = re.compile(UNSPACED_RUN)
_PROBES = (
    "Withdrawals generously 提幣未到帳怎麼辦 ＵＳＤＴ－ＴＲＣ２０ ERC-20 é 薴 𠵾 café's",
    "0x1a2b3c4d5e https://www.harbor.example/help/limits?x=1 help@harbor.example v1.2.3 API_KEY",
    "1,000.50 -1021 ERR_4003 50% clientOrderId 24小时 한국어 カタカナ ไทย привет",
)


class Token(NamedTuple):
    """One term where it stands in the text."""

    term: str
    start: int
    """First character of the text as given, 0-based."""
    end: int
    """One past the last character."""
    kind: Kind


class QueryTerm(NamedTuple):
    """One term of a question with what it is worth."""

    term: str
    weight: float
    """Sum over the term's occurrences of their factors: 1, or less for stop words and fragments."""
    stop: bool
    """Whether the term is a stop word, or part of one, wherever it occurs in the question."""
    evidence: bool
    """Whether a passage that holds the term may for that reason alone be about the question."""


class Analyzer:
    """Turns text into terms. Holds nothing but a cache; one instance may serve a whole process."""

    def __init__(self) -> None:
        self._terms: dict[str, list[str]] = {}

    @cached_property
    def fingerprint(self) -> str:
        """Hex digest that changes whenever the terms of some text may have changed.

        It covers `VERSION`, the whole Traditional to Simplified table of the basic plane, the
        Snowball version, and the terms of a few probe texts (and so Python's Unicode tables).
        """
        import Stemmer

        digest = hashlib.sha256(f"{VERSION}\n{Stemmer.version()}\n".encode())
        digest.update(simplified_table().encode())
        for probe in _PROBES:
            digest.update("\x00".join(self.terms(probe)).encode())
        return digest.hexdigest()[:32]

    def terms(self, text: str) -> list[str]:
        """Return the terms of a text, in reading order, with repetitions.

        Args:
            text: Any string.

        Returns:
            The same terms in the same order as `tokens`, without their places; faster.
        """
        out: list[str] = []
        known = self._terms
        for atom in ATOM.findall(fold(text, keep_case=True)):
            terms = known.get(atom)
            if terms is None:
                terms = self._learn(atom)
            out += terms
        return out

    def tokens(self, text: str) -> list[Token]:
        """Return the terms of a text with their places.

        Args:
            text: Any string.

        Returns:
            Tokens ordered by `start`; at one place the longer identifier comes before its parts,
            and a CJK character before the bigram that it begins. Offsets are those of `text`.
        """
        folded, starts, ends = fold_map(text, keep_case=True)
        return [
            Token(piece.term, starts[at + piece.start], ends[at + piece.end - 1], piece.kind)
            for at, _, pieces in _atoms(folded)
            for piece in pieces
        ]

    def query(self, text: str) -> list[QueryTerm]:
        """Return what a question searches for.

        A term is evidence if it is no stop word and says something alone: a word, a number of at
        least three digits, an identifier or its part (but not a short prefix of a number, as `hb`
        in `HB-1007`), a bigram of two content characters, or a content character that stands alone
        between stop words. A bigram of a content and a stop character is neither stop nor evidence.

        Args:
            text: Any string.

        Returns:
            Unique terms in the order of their first occurrence; empty if the text has no letter
            and no digit.
        """
        found: dict[str, QueryTerm] = {}
        stop = OWN_WORDS_STOP_WEIGHT if in_own_words(text) else STOP_WEIGHT
        for _, atom, pieces in _atoms(fold(text, keep_case=True)):
            run = _UNSPACED.match(atom) is not None
            for new in _judge_run(atom, pieces, stop) if run else _judge_word(atom, pieces):
                old = found.get(new.term)
                found[new.term] = new if old is None else _merge(old, new)
        return list(found.values())

    def _learn(self, atom: str) -> list[str]:
        if atom >= "\u0e00" and _UNSPACED.match(atom):
            return _run_terms(atom)
        terms = [piece.term for piece in pieces_of_word(atom, _stemmer())]
        if len(self._terms) >= _CACHE_SIZE:
            self._terms.clear()
        self._terms[atom] = terms
        return terms


@cache
def _stemmer() -> Callable[[str], str]:
    import Stemmer

    stem: Callable[[str], str] = Stemmer.Stemmer("english", 0).stemWord
    return stem


def _atoms(folded: str) -> Iterator[tuple[int, str, list[Piece]]]:
    """Yield each atom with its offset and its pieces."""
    for match in ATOM.finditer(folded):
        atom = match[0]
        if _UNSPACED.match(atom):
            yield match.start(), atom, _run_pieces(atom)
        else:
            yield match.start(), atom, pieces_of_word(atom, _stemmer())


def _run_terms(run: str) -> list[str]:
    """Characters and bigrams, interleaved by where they start."""
    terms = [""] * (2 * len(run) - 1)
    terms[::2] = run
    terms[1::2] = map("".join, pairwise(run))
    return terms


def _run_pieces(run: str) -> list[Piece]:
    return [
        Piece(term, index // 2, index // 2 + len(term), "char" if len(term) == 1 else "bigram")
        for index, term in enumerate(_run_terms(run))
    ]


def _judge_run(run: str, pieces: list[Piece], stop_weight: float) -> Iterator[QueryTerm]:
    """Weigh the characters and bigrams of a CJK run by the stop words in it."""
    padded = [True, *stop_flags(run), True]
    for term, start, end, _ in pieces:
        left, *inside, right = padded[start : end + 2]
        if all(inside):
            yield QueryTerm(term, stop_weight, True, False)
        elif any(inside):
            yield QueryTerm(term, max(STRADDLE_WEIGHT, stop_weight), False, False)
        else:
            yield QueryTerm(term, 1.0, False, len(inside) == 2 or (left and right))


def _judge_word(atom: str, pieces: list[Piece]) -> Iterator[QueryTerm]:
    """Weigh the terms of a word or identifier; one made of stop words alone is a stop word."""
    lower = atom.lower()
    parts = [lower[piece.start : piece.end] for piece in pieces if piece.kind == "part"]
    numbered = any(char.isdigit() for char in atom)
    all_stops = bool(parts) and all(part in english_stops() for part in parts)
    for term, start, end, kind in pieces:
        stop = all_stops or lower[start:end] in english_stops()
        fragment = len(term) == 1 or (term.isdigit() and len(term) < _MIN_DIGITS)
        prefix = kind == "part" and len(term) <= _MAX_PREFIX and term.isalpha() and numbered
        if stop:
            yield QueryTerm(term, STOP_WEIGHT, True, False)
        elif fragment:
            yield QueryTerm(term, FRAGMENT_WEIGHT if kind == "part" else 1.0, False, False)
        else:
            yield QueryTerm(term, 1.0, False, not prefix)


def _merge(old: QueryTerm, new: QueryTerm) -> QueryTerm:
    weight = old.weight + new.weight
    return QueryTerm(old.term, weight, old.stop and new.stop, old.evidence or new.evidence)
