"""The lists of words that tell asking for a person and urgency, and the letter of each list."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from kbassist.errors import ConfigError
from kbassist.text.lists import sections


@dataclass(frozen=True, eq=False)
class Phrases:
    """The phrase lists. Entries are in any spelling that `fold` makes one; words, not patterns."""

    lists: Mapping[str, tuple[str, ...]]
    """Name of a list → entries. What each is for, the files of the package say."""

    def adding(self, lists: Mapping[str, Iterable[str]]) -> Phrases:
        """These lists with more entries.

        Args:
            lists: name of a list → entries. To switch an entry off, add it to `lookalikes` where
                it is about a person, to `harmless` where it is about urgency.

        Raises:
            ConfigError: there is no list of that name, or the entries are one text.
        """
        for name, more in lists.items():
            if isinstance(more, str):
                hint = f"Write a list: [{more!r}]."
                raise ConfigError(f"phrase list {name!r}: found the text {more!r}", hint=hint)
        return self._with({name: (*self._list(name), *more) for name, more in lists.items()})

    def replacing(self, lists: Mapping[str, Iterable[str]]) -> Phrases:
        """These lists with other entries for those that are named.

        Raises:
            ConfigError: there is no list of that name.
        """
        return self._with({name: tuple(more) for name, more in lists.items() if self._list(name)})

    def _list(self, name: str) -> tuple[str, ...]:
        if name not in self.lists:
            known = ", ".join(self.lists)
            raise ConfigError(f"unknown phrase list {name!r}", hint=f"Known lists: {known}.")
        return self.lists[name]

    def _with(self, lists: Mapping[str, tuple[str, ...]]) -> Phrases:
        return Phrases({**self.lists, **lists})


PERSON_LETTERS = {
    **{"fillers": "f", "greetings": "g", "aspect": "z", "after": "e"},
    **{"topics": "j", "want": "w", "connect": "c", "transfer": "k"},
    **{"together": "t", "converse": "l", "have": "d", "negation": "n"},
    **{"asking": "q", "hours": "i", "reported": "y", "subjects": "o"},
    **{"possessions": "b", "narration": "v", "bots": "r", "somebody": "u"},
    **{"anyone": "p", "helpers": "s", "short_persons": "h", "persons": "H"},
    **{"requests": "R", "callbacks": "C", "present": "a", "demands": "W"},
    **{"weariness": "N", "insistence": "E", "departments": "m", "teams": "T"},
    **{"lookalikes": "x"},
}
"""List → letter, for asking for a person. Where lists share an entry, the later list has it."""

URGENT_LETTERS = {
    **{"fillers": "f", "aspect": "f", "greetings": "f", "asking": "q", "subjects": "o"},
    **{"losses": "b", "doubt": "a", "own": "Y", "funds": "M"},
    **{"payments": "W", "deeds": "E", "altered": "J", "intruded": "I", "others": "U"},
    **{"paid": "O", "shams": "C"},
    **{"accounts": "A", "things": "P", "gone": "G", "taken": "D"},
    **{"changed": "H", "defrauded": "B", "misdirected": "X", "recovery": "K"},
    **{"reporting": "V", "authorities": "R", "disowned": "N"},
    **{"funds_lost": "F", "account_taken": "T", "hypothetical": "Z", "legal": "L"},
    **{"self_harm": "S", "harmless": "x"},
}
"""List → letter, for urgency."""


@cache
def default_phrases() -> Phrases:
    """Return the lists of the package: `answer/phrases/person.txt` and `urgent.txt`."""
    files = ("person.txt", "urgent.txt")
    lists = [sections("kbassist.answer", "phrases", name) for name in files]
    return Phrases({name: found for each in lists for name, found in each.items()})


def phrases_with(lists: Mapping[str, Iterable[str]]) -> Phrases:
    """The lists of the package with more entries; the same value for the same entries.

    Args:
        lists: as for `Phrases.adding`.

    Raises:
        ConfigError: as `Phrases.adding`.
    """
    if not lists:
        return default_phrases()
    return _phrases_with(tuple((name, _entries(more)) for name, more in lists.items()))


def _entries(more: Iterable[str]) -> str | tuple[str, ...]:
    return more if isinstance(more, str) else tuple(more)


@lru_cache(maxsize=8)
def _phrases_with(lists: tuple[tuple[str, str | tuple[str, ...]], ...]) -> Phrases:
    return default_phrases().adding(dict(lists))
