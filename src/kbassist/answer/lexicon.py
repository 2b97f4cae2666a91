"""The words of asking for a person and of urgency, and how a message is read with them.

A message becomes letters: the longest entry of the phrase lists at each place is the letter of its
list (*want*, *connect*, a *person*), anything else `x`, a pause `|`, and a space beside a Han
character `_`. `handoff` looks for patterns in these letters. The lists are in `phraselists`.

Misspelt English words of five letters and more match within one edit after the first letter,
where they name a person or getting in touch. Common misspellings and homophones (人功, rengong) are
entries.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from typing import Any

from kbassist.answer.phraselists import (
    PERSON_LETTERS,
    URGENT_LETTERS,
    Phrases,
    default_phrases,
)
from kbassist.text.fold import fold

_UNIT = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|[\u3400-\u9fff]|\s+|.", re.DOTALL)
_PLAIN = re.compile("[a-z ]*")
"""What folding leaves as it is: most entries, read quickly since every start reads them."""
_SPACED = re.compile(
    r"(?<![\u3400-\u9fff])[\u3400-\u9fff](?:[ .·_*-][\u3400-\u9fff])+(?![\u3400-\u9fff])"
)
"""A word with something between its characters: 人 工, 转.人.工."""
_GOES_ON = frozenset(
    ("|", "么", "何", "a", "an", "call", "chat", "contact", "find", "get", "how", "my")
) | {"need", "the", "to", "want", "with", "your"}
"""After a pause, and after these, a space ends no clause: how to 联系客服, 怎么 contact."""
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_MISSPELT = ("persons", "short_persons", "helpers", "connect", "somebody")
"""Lists whose words are known misspelt as well."""
_MIN_TYPO = 5
"""Shorter English words have too many real words within one edit (talk, take, tall)."""


class Lexicon:
    """Entries of some lists as a trie over units; each entry ends in the letter of its list."""

    def __init__(self, phrases: Phrases, letters: Mapping[str, str], typos: Iterable[str]) -> None:
        self.root: dict[str, Any] = {}
        self.words: set[str] = set()
        for name, letter in letters.items():
            for entry in getattr(phrases, name):
                self._enter(entry, letter)
        self.meant: dict[str, str] = {}
        for name in typos:
            words = {word for entry in getattr(phrases, name) for word in fold(entry).split()}
            for word in sorted(words, key=lambda word: (len(word), word)):
                for form in _near(word) if _may_be_misspelt(word) else ():
                    self.meant.setdefault(form, word)
        self.corrected = lru_cache(maxsize=4096)(self._correct)

    def _enter(self, entry: str, letter: str) -> None:
        node = self.root
        for unit in units_of(entry):
            if unit != "_":
                node = node.setdefault(unit, {})
                self.words.add(unit)
        node[""] = letter

    def letters(self, units: list[str]) -> str:
        """One letter per longest entry, `x` per other unit; pauses and spaces as they are.

        Args:
            units: as `units_of` gives them.
        """
        units = [unit if unit in self.words else self.corrected(unit) for unit in units]
        found: list[str] = []
        at, size = 0, len(units)
        while at < size:
            node, start, end, known = self.root, at, at, -1
            letter, at = units[at] if units[at] in "|_" else "x", at + 1
            while end < size and units[end] in node:
                node, last = node[units[end]], end
                end = _past_space(units, last + 1)
                inner = known == last or (last > start and not units[last].isascii())
                if "" in node and not (inner and self._splits(units, last)):
                    letter, at, known = node[""], last + 1, last + 1
            found.append(letter)
        return "".join(found)

    def _splits(self, units: list[str], at: int) -> bool:
        """Whether a person begins at a unit and goes beyond it: 联系人工 is 联系, 人工."""
        node = self.root.get(units[at], {})
        while (at := at + 1) < len(units) and units[at] in node:
            node = node[units[at]]
            if node.get("", "x") in "hHs":
                return True
        return False

    def _correct(self, word: str) -> str:
        """The word that a misspelt one stands for, itself where there is none."""
        if not word.isascii():
            return word
        word = _DRAWN_OUT.sub(r"\1", word)
        plural = word[-1] == "s" and word[:-1] in self.words
        if word in self.words or plural or not _may_be_misspelt(word):
            return word
        meant = (self.meant.get(form, "") for form in _near(word))
        return next(filter(None, meant), word)


def _past_space(units: list[str], at: int) -> int:
    """The place after a space between Latin letters and Han, where no word need end (call 我)."""
    inside = 0 < at < len(units) - 1 and units[at] == "_"
    return at + (inside and units[at - 1].isascii() != units[at + 1].isascii())


def _may_be_misspelt(word: str) -> bool:
    return len(word) >= _MIN_TYPO and word.isascii() and word.isalpha()


def _near(word: str) -> list[str]:
    """The word, and it with each letter but the first left out; words one edit apart share one.

    Symmetric deletions (SymSpell, Garbe 2012). Two words that share one may be two edits apart.
    """
    return [word, *(word[:at] + word[at + 1 :] for at in range(1, len(word)))]


def units_of(text: str) -> list[str]:
    """Fold a text and cut it into what phrases are made of.

    Args:
        text: any string.

    Returns:
        Words, numbers and Han characters; `|` for a pause, `_` for a space beside a Han character.
    """
    if _PLAIN.fullmatch(text):
        return text.split()
    raw = _UNIT.findall(_SPACED.sub(_joined, fold(text)))
    units: list[str] = []
    for at, unit in enumerate(raw):
        first = unit[0]
        if "a" <= first <= "z" or "0" <= first <= "9" or "\u3400" <= first <= "\u9fff":
            units.append(unit)
        elif not unit.isspace():
            if unit[0] not in "-*_" or len(unit) > 1:
                units.append("|")
        elif "\n" in unit:
            units.append("|")
        elif units and units[-1] not in _GOES_ON and _beside_han(raw, at):
            units.append("_")
    return units


def _beside_han(raw: list[str], at: int) -> bool:
    return raw[at - 1][0] >= "\u3400" or raw[min(at + 1, len(raw) - 1)][0] >= "\u3400"


def _joined(spaced: re.Match[str]) -> str:
    return spaced[0][::2]


@cache
def default_lexicons() -> tuple[Lexicon, Lexicon]:
    """The lexicons of the package's lists, as `lexicons` gives them."""
    return lexicons(default_phrases())


@lru_cache(maxsize=8)
def lexicons(phrases: Phrases) -> tuple[Lexicon, Lexicon]:
    """The lexicon of asking for a person, and that of urgency.

    Args:
        phrases: the lists. Building takes milliseconds; those of the last eight lists are kept.
    """
    return (
        Lexicon(phrases, PERSON_LETTERS, _MISSPELT),
        Lexicon(phrases, URGENT_LETTERS, ()),
    )
