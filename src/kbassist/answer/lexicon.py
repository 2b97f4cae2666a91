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
from collections.abc import Iterable, Iterator, Mapping
from functools import cache, cached_property, lru_cache

from kbassist.answer.phraselists import (
    PERSON_LETTERS,
    URGENT_LETTERS,
    Phrases,
    default_phrases,
)
from kbassist.errors import ConfigError
from kbassist.text.fold import fold

_UNIT = re.compile(r"[a-z]+(?:'[a-z]+)?|\d+(?:[.,]\d+)*|\s+|.", re.DOTALL)
_LETTER = r"[^\W\x00-\x7f]"
"""A Han character, or a letter of another script; a range of Han takes milliseconds to compile."""
_SPACED = re.compile(rf"(?<!{_LETTER}){_LETTER}(?:[ .·_*-]{_LETTER})+(?!{_LETTER})")
"""A word with something between its characters: 人 工, 转.人.工."""
_GOES_ON = frozenset(
    ("|", "么", "何", "a", "an", "call", "chat", "contact", "find", "get", "how", "my")
) | {"need", "the", "to", "want", "with", "your"}
"""After a pause, and after these, a space ends no clause: how to 联系客服, 怎么 contact."""
_DRAWN_OUT = re.compile(r"([a-z])\1{2,}")
_MISSPELT = ("persons", "short_persons", "helpers", "connect", "somebody")
"""Lists whose words are known misspelt as well."""
_LONGEST = 12
"""Words, characters and pauses of the longest entry."""
_MIN_TYPO = 5
"""Shorter English words have too many real words within one edit (talk, take, tall)."""


class Lexicon:
    """Entries of some lists in one table: what `key_of` makes of an entry, and its letter."""

    def __init__(self, phrases: Phrases, letters: Mapping[str, str], typos: Iterable[str]) -> None:
        self.letter: dict[str, str] = {}
        for name, letter in letters.items():
            self.letter.update(dict.fromkeys(_keys(phrases, name), letter))
        self.typos = [word for name in typos for word in _misspelt(_keys(phrases, name))]
        self.corrected = lru_cache(maxsize=4096)(self._correct)

    @cached_property
    def words(self) -> frozenset[str]:
        """All Latin words of the entries. Few messages need them, and every start would wait."""
        return frozenset(" ".join(self.letter).split())

    def letters(self, units: list[str]) -> str:
        """One letter per longest entry, `x` per other unit; pauses and spaces as they are.

        Args:
            units: as `units_of` gives them.
        """
        units = [self.corrected(unit) for unit in units]
        found: list[str] = []
        at = 0
        while at < len(units):
            start, known = at, -1
            letter, at = units[at] if units[at] in "|_" else "x", at + 1
            for key, last in _runs(units, start):
                inner = known == last or (last > start and not units[last].isascii())
                if key in self.letter and not (inner and self._splits(units, last)):
                    letter, at, known = self.letter[key], last + 1, last + 1
            found.append(letter)
        return "".join(found)

    def _splits(self, units: list[str], at: int) -> bool:
        """Whether a person begins at a unit and goes beyond it: 联系人工 is 联系, 人工."""
        return any(
            last > at and self.letter.get(key, "x") in "hHs" for key, last in _runs(units, at)
        )

    def _correct(self, word: str) -> str:
        """The word that a misspelt one stands for, itself where there is none."""
        if not word.isascii():
            return word
        short = _DRAWN_OUT.sub(r"\1", word)
        if short != word and word in self.words:
            return word
        meant = self._meant(short) if _may_be_misspelt(short) else None
        known = meant is None or short in self.words
        return short if known or (short[-1] == "s" and short[:-1] in self.words) else str(meant)

    def _meant(self, word: str) -> str | None:
        like = [known for known in self.typos if known[0] == word[0]]
        like = [known for known in like if abs(len(known) - len(word)) <= 1]
        return next((known for form in _near(word) for known in like if form in _near(known)), None)


def key_of(entry: str) -> str:
    """How an entry is looked up and stands in the lists of the package: folded, units apart.

    A space is on either side of words of Latin letters or digits, and `|` is a pause.
    """
    units = [unit for unit in units_of(entry) if unit != "_"]
    keys = [key for key, _ in _runs(units, 0)]
    if len(keys) < len(units):
        raise ConfigError(
            f"the phrase {entry!r} is too long",
            hint=f"At most {_LONGEST} words, Chinese characters and pauses.",
        )
    return keys[-1] if keys else ""


def _keys(phrases: Phrases, name: str) -> Iterable[str]:
    entries = phrases.lists[name]
    packaged = entries is default_phrases().lists[name]  # a test holds that these are keys
    return entries if packaged else filter(None, map(key_of, entries))


def _runs(units: list[str], at: int) -> Iterator[tuple[str, int]]:
    """The keys that begin at a unit, shortest first, each with the place of its last unit."""
    key = ""
    for _ in range(_LONGEST):
        if at >= len(units) or units[at] == "_":
            return
        apart = key and (key[-1].isascii() or units[at].isascii())
        key = f"{key} {units[at]}" if apart else key + units[at]
        yield key, at
        at = _past_space(units, at + 1)


def _past_space(units: list[str], at: int) -> int:
    """The place after a space between Latin letters and Han, where no word need end (call 我)."""
    inside = 0 < at < len(units) - 1 and units[at] == "_"
    return at + (inside and units[at - 1].isascii() != units[at + 1].isascii())


def _misspelt(keys: Iterable[str]) -> list[str]:
    """The words of a list that are known misspelt as well, the likeliest to be meant first."""
    words = filter(_may_be_misspelt, set(" ".join(keys).split()))
    return sorted(words, key=lambda word: (len(word), word))


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
