"""Phrases that mean the same: found in a question wherever one of them stands.

Phrases are compared as the analyzer reads them: words by their stems, so that `withdrawals` is
found by `withdrawal`; identifiers without their separators (ERC20 is ERC-20); Chinese text
character by character, Traditional as Simplified. A Latin phrase is found as whole words only.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from kbassist.text.analyzer import Token

Units = tuple[str, ...]
"""A phrase as it is compared: its characters, words and identifiers."""
Tokens = Callable[[str], Sequence[Token]]
"""`Analyzer.tokens`."""

_UNITS = ("char", "word", "number", "whole", "joined")


class Phrase(NamedTuple):
    """One way to say a thing."""

    text: str
    """As its writer spells it."""
    units: Units


@dataclass(frozen=True, slots=True)
class SynonymGroup:
    """Phrases that mean the same."""

    phrases: tuple[Phrase, ...]
    """The first is the name of the thing; at least one."""
    misspelt: tuple[Phrase, ...] = ()
    """Wrong spellings: they are found in a question, and never added to one."""


class SynonymMatch(NamedTuple):
    """A phrase of a group where it stands in a text."""

    start: int
    """First character of the text as given, 0-based."""
    end: int
    """One past the last character."""
    group: SynonymGroup
    misspelt: bool
    """Whether what stands there is a wrong spelling."""


class Synonyms:
    """The groups of a knowledge base, ready to be found; read-only, threads may share it."""

    def __init__(self, groups: Iterable[SynonymGroup], tokens: Tokens) -> None:
        """Make the groups ready.

        Args:
            groups: where two hold the same phrase, the earlier one has it; a proper spelling comes
                before a wrong one of any group.
            tokens: of the analyzer that read the phrases.
        """
        self._tokens = tokens
        entries: dict[Units, tuple[SynonymGroup, bool]] = {}
        groups = tuple(groups)
        for group in groups:
            for phrase in group.phrases:
                entries.setdefault(phrase.units, (group, False))
        for group in groups:
            for phrase in group.misspelt:
                entries.setdefault(phrase.units, (group, True))
        self._entries = entries
        self._lengths: dict[str, list[int]] = {}
        for units in sorted(filter(None, entries), key=len, reverse=True):
            lengths = self._lengths.setdefault(units[0], [])
            if len(units) not in lengths:
                lengths.append(len(units))

    def __bool__(self) -> bool:
        """Whether there is any phrase."""
        return bool(self._lengths)

    def find(self, text: str) -> list[SynonymMatch]:
        """The phrases in a text, from left to right, the longest at each place; none overlap.

        Args:
            text: any string.
        """
        if not self:
            return []
        units = _units(self._tokens(text))
        terms = tuple(unit.term for unit in units)
        found: list[SynonymMatch] = []
        place = 0
        while place < len(terms):
            size = self._longest(terms, place)
            if size:
                group, misspelt = self._entries[terms[place : place + size]]
                end = units[place + size - 1].end
                found.append(SynonymMatch(units[place].start, end, group, misspelt))
            place += size or 1
        return found

    def _longest(self, terms: Units, place: int) -> int:
        """Units of the longest phrase that begins here; 0 where none does."""
        for size in self._lengths.get(terms[place], ()):
            if place + size <= len(terms) and terms[place : place + size] in self._entries:
                return size
        return 0


def make_group(
    phrases: Iterable[str], misspelt: Iterable[str], tokens: Tokens
) -> SynonymGroup | None:
    """Read the phrases of a group.

    Args:
        phrases: ways to say the same, the name of the thing first.
        misspelt: wrong spellings of any of them.
        tokens: of the analyzer that will read the questions.

    Returns:
        The group with each phrase once; None where none is left. A phrase without letter or digit
        is left out, and so is a single character, which would be found inside other words.
    """
    proper = _distinct(phrases, (), tokens)
    if not proper:
        return None
    return SynonymGroup(proper, _distinct(misspelt, (phrase.units for phrase in proper), tokens))


def merge_groups(groups: Iterable[SynonymGroup]) -> tuple[SynonymGroup, ...]:
    """Join the groups that share a phrase.

    Args:
        groups: in order of precedence: the first name of the first group stays in front.

    Returns:
        Groups of which no two share a phrase, each phrase once, in the order given. A wrong
        spelling that is a phrase of some group is left out.
    """
    groups = tuple(groups)
    members: list[list[int]] = []
    owner: dict[Units, int] = {}
    for number, group in enumerate(groups):
        keys = [phrase.units for phrase in group.phrases]
        homes = sorted({owner[key] for key in keys if key in owner})
        home = homes[0] if homes else len(members)
        if not homes:
            members.append([])
        members[home].append(number)
        for other in homes[1:]:
            members[home] += members[other]
            members[other] = []
        owner.update((key, home) for key, at in owner.items() if at in homes)
        owner.update(dict.fromkeys(keys, home))
    return tuple(_join([groups[at] for at in sorted(parts)], owner) for parts in members if parts)


def _join(parts: Sequence[SynonymGroup], proper: Collection[Units]) -> SynonymGroup:
    phrases: dict[Units, Phrase] = {}
    wrong: dict[Units, Phrase] = {}
    for part in parts:
        for phrase in part.phrases:
            phrases.setdefault(phrase.units, phrase)
        for phrase in part.misspelt:
            if phrase.units not in proper:
                wrong.setdefault(phrase.units, phrase)
    return SynonymGroup(tuple(phrases.values()), tuple(wrong.values()))


def _distinct(texts: Iterable[str], without: Iterable[Units], tokens: Tokens) -> tuple[Phrase, ...]:
    seen = set(without)
    found: list[Phrase] = []
    for text in texts:
        units = tuple(unit.term for unit in _units(tokens(text)))
        if units not in seen and len("".join(units)) > 1:
            seen.add(units)
            found.append(Phrase(text, units))
    return tuple(found)


def _units(tokens: Iterable[Token]) -> list[Token]:
    """One token for each character, word and identifier; of an identifier the joined form."""
    found: list[Token] = []
    for token in tokens:
        if token.kind not in _UNITS:
            continue
        if not found or token.start >= found[-1].end:
            found.append(token)
        elif token.kind == "joined":
            found[-1] = token
    return found
