"""Typing as it happens: homophones and pinyin in Chinese, slips of the fingers in English."""

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Sequence
from itertools import pairwise

from training.read import han
from training.sounds import syllable_of

_LONGEST = 150
"""Longer texts are not typed in a hurry."""
_RARE = 20
_CHOICES = 8


class Typist:
    """Types texts badly, the same way for the same seed."""

    def __init__(self, texts: Sequence[str], seed: int) -> None:
        """Learn from a sample of texts which characters are common."""
        self.random = random.Random(seed)
        counts: Counter[str] = Counter()
        for text in texts[::7]:
            counts.update(text)
        homophones: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for char, count in sorted(counts.items()):
            if count > _RARE and (syllable := syllable_of(char)):
                homophones[syllable].append((count, char))
        self._homophones = {
            syllable: sorted(found, reverse=True)[:_CHOICES]
            for syllable, found in homophones.items()
        }

    def type(self, text: str) -> str:
        """The text with slips; itself where it is too long, or where none happened."""
        if len(text) > _LONGEST:
            return text
        return self._chinese(text) if han(text) > 0.15 * len(text) else self._english(text)

    def _chinese(self, text: str) -> str:
        chance = self.random
        places = [place for place, char in enumerate(text) if syllable_of(char)]
        if not places:
            return text
        if chance.random() < 0.06 and len(places) <= 10:
            return "".join(
                syllable + (" " if chance.random() < 0.45 else "")
                if (syllable := syllable_of(char))
                else char
                for char in text
            )
        slips = max(1, round(len(places) * chance.choice((0.08, 0.15, 0.25))))
        chosen = set(chance.sample(places, min(slips, len(places))))
        return "".join(
            self._slip(char) if place in chosen else char for place, char in enumerate(text)
        )

    def _slip(self, char: str) -> str:
        way = self.random.random()
        others = [
            (count, other)
            for count, other in self._homophones.get(syllable_of(char), ())
            if other != char
        ]
        if way < 0.85 and others:
            weights = [count**0.5 for count, _ in others]
            return self.random.choices([other for _, other in others], weights)[0]
        return "" if way < 0.93 else char + char

    def _english(self, text: str) -> str:
        share = self.random.choice((0.15, 0.3, 0.5))
        return " ".join(
            self._misspell(word)
            if len(word) >= 3 and word.isascii() and word.isalpha() and self.random.random() < share
            else word
            for word in text.split(" ")
        )

    def _misspell(self, word: str) -> str:
        chance = self.random
        place, way = chance.randrange(len(word)), chance.random()
        before, char, after = word[:place], word[place], word[place + 1 :]
        if way < 0.35:
            return before + after
        if way < 0.6:
            return before + after[:1] + char + after[1:]
        if way < 0.75:
            return before + char + char + after
        if way < 0.9:
            return before + chance.choice("aeiourstlnmcdp") + after
        if way < 0.95:
            return word[0] + "".join(letter for letter in word[1:] if letter not in "aeiou")
        return word[0] + "".join(b for a, b in pairwise(word) if a != b)
