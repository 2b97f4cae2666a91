"""From training text to pairs of texts that belong together."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

from training.noise import Typist
from training.read import Section, clean, han, records, sections, sentences

_DIGITS = re.compile(r"\d+")
_CLAUSE = re.compile(r"[，,：:（(]")

_ASKED = {
    "zh": (
        "怎么{}", "如何{}", "{}怎么办", "怎样{}", "{}怎么弄", "{}在哪里", "为什么{}", "请问{}",
        "{}是什么意思", "我想{}", "能不能{}", "{}怎么设置", "可以{}吗", "{}吗", "什么是{}",
        "{}，怎么解决", "我的{}", "想问下{}",
    ),
    "en": (
        "how do i {}", "how to {}", "where is {}", "what is {}", "can i {}", "why {}",
        "i want to {}", "{} not working", "help with {}", "{}?", "how can i {}",
        "is there a way to {}", "my {}", "what does {} mean", "i need to {}",
    ),
}  # fmt: skip
"""Ways to ask, so that the words of asking come to weigh little."""

_COMMON_HEADING = 25
"""A heading that stands more often says too little without its title."""
_LONGEST = {"zh": 350, "en": 700}
_MACHINE_DIGITS = 30
_TYPED = {
    "heading_zh": 0.35, "heading_en": 0.35, "cloze_zh": 0.15, "cloze_en": 0.15,
    "parallel": 0.1, "intent": 0.5, "title_foreign": 0.3,
}  # fmt: skip
"""Share of the pairs of a kind whose first text is also typed badly."""


class Pair(NamedTuple):
    """Two texts, by number; `group` is the source, or the intent."""

    left: int
    right: int
    group: int


class Pool:
    """Texts by number, each once, and pairs of them by kind."""

    def __init__(self, seed: int) -> None:
        self.texts: list[str] = []
        self.pairs: dict[str, list[Pair]] = defaultdict(list)
        self.random = random.Random(seed)
        self._numbers: dict[str, int] = {}
        self._groups: dict[str, int] = {}

    def text(self, text: str) -> int:
        """Number of a text, a new one where it is new."""
        number = self._numbers.setdefault(text, len(self.texts))
        if number == len(self.texts):
            self.texts.append(text)
        return number

    def add(self, kind: str, left: str, right: str, group: str = "") -> None:
        """Take a pair."""
        number = self._groups.setdefault(group, len(self._groups))
        self.pairs[kind].append(Pair(self.text(left), self.text(right), number))

    def asked(self, heading: str, language: str) -> str:
        """A heading, half of the time as a question."""
        if self.random.random() < 0.5:
            return heading
        form = self.random.choice(_ASKED[language])
        return form.format(heading.lower() if language == "en" else heading)

    def window(self, text: str, language: str) -> str:
        """A stretch of a text, as long as a chunk or shorter."""
        longest = _LONGEST[language]
        size = self.random.randint(longest // 3, longest)
        if len(text) <= size:
            return text
        start = self.random.randint(0, len(text) - size) if self.random.random() < 0.5 else 0
        return text[start : start + size]


def make_pool(seed: int) -> Pool:
    """All pairs, in an order that depends on the seed alone."""
    pool = Pool(seed)
    _parallel(pool)
    files: dict[tuple[str, str], dict[str, list[Section]]] = defaultdict(dict)
    for language in ("zh", "en"):
        found = list(sections(language))
        common = Counter(section.last for section in found)
        for section in found:
            files[section.source, section.file].setdefault(language, []).append(section)
            _within(pool, section, language, common[section.last] > _COMMON_HEADING)
    for aligned in files.values():
        _across(pool, aligned)
    _intents(pool)
    _typed(pool, seed)
    return pool


def _parallel(pool: Pool) -> None:
    """Translated segments; and texts that one text of the other language translates to."""
    ways: dict[str, dict[str, list[str]]] = {"zh": defaultdict(list), "en": defaultdict(list)}
    for record in records("parallel"):
        english, chinese = clean(record["en"]), clean(record["zh"])
        if _corresponds(english, chinese):
            kind = "parallel" if len(chinese) >= 8 else "parallel_short"
            pool.add(kind, english, chinese, record["source"])
            ways["zh"][english].append(chinese)
            ways["en"][chinese].append(english)
    for language, shortest in (("zh", 10), ("en", 4)):
        for pivot, found in ways[language].items():
            different = list(dict.fromkeys(found))
            if len(pivot) > shortest:
                for left, right in list(pairwise(different))[:4]:
                    pool.add(f"translated_{language}", left, right)


def _corresponds(english: str, chinese: str) -> bool:
    if not (2 <= len(english) <= 600 and 1 <= len(chinese) <= 300):
        return False
    if han(chinese) < 0.2 * len(chinese) or han(english):
        return False
    if len(chinese) > 8 and not 0.9 <= len(english) / len(chinese) <= 8:
        return False
    digits = sorted(_DIGITS.findall(english)) == sorted(_DIGITS.findall(chinese))
    return digits or len(english) <= _MACHINE_DIGITS


def _within(pool: Pool, section: Section, language: str, common: bool) -> None:
    """Heading and text; a sentence and what stands around it (Lee, Chang and Toutanova 2019)."""
    text, source = section.text, section.source
    if language == "zh" and han(text) < 0.1 * len(text):
        return
    if len(text) < (15 if language == "zh" else 40):
        return
    full = f"{section.title} {section.heading}".strip()
    if len(section.last) >= 2:
        short = pool.random.random() < 0.6 and not common
        query = pool.asked(section.last, language) if short else full
        pool.add(f"heading_{language}", query, pool.window(text, language), source)
    parts = sentences(text, language)
    for _ in range(2 if len(parts) > 6 else 1 if len(parts) >= 3 else 0):
        sentence, rest = _cloze(pool.random, parts)
        if pool.random.random() < 0.4:
            rest = f"{full} {rest}"
        if len(sentence) > 3 and len(rest) > 10:
            pool.add(f"cloze_{language}", sentence, rest[:900], source)
    if len(section.heading_en) > 3:
        right = pool.window(text, language) if pool.random.random() < 0.5 else section.last
        pool.add("heading_foreign", section.heading_en, right, source)


def _cloze(chance: random.Random, parts: Sequence[str]) -> tuple[str, str]:
    place = chance.randrange(len(parts))
    sentence = parts[place]
    if chance.random() < 0.4:
        sentence = max(_CLAUSE.split(sentence), key=len).strip()
    low = max(0, place - chance.randint(1, 6))
    kept = [parts[place]] if chance.random() < 0.15 else []
    rest = [*parts[low:place], *kept, *parts[place + 1 : place + 1 + chance.randint(1, 6)]]
    return sentence, " ".join(rest)


def _across(pool: Pool, aligned: dict[str, list[Section]]) -> None:
    """Sections that correspond in order, where an article has as many in either language."""
    chinese, english = aligned.get("zh", []), aligned.get("en", [])
    if len(chinese) != len(english) or chinese[0].source.startswith(("alibaba", "microsoft")):
        return
    chance = pool.random
    for zh, en in zip(chinese, english, strict=True):
        if len(zh.text) >= 15 and len(en.text) >= 40 and 0.8 < len(en.text) / len(zh.text) < 6:
            way = chance.random()
            if way < 0.35:
                pool.add("section_foreign", en.text[:700], zh.text[:350], en.source)
            elif way < 0.68 and en.heading:
                right = pool.window(zh.text, "zh")
                pool.add("title_foreign", pool.asked(en.last, "en"), right, en.source)
            elif zh.heading:
                right = pool.window(en.text, "en")
                pool.add("title_foreign", pool.asked(zh.last, "zh"), right, en.source)
            for language, own, other in (
                ("en", en.text, zh.text[:450]),
                ("zh", zh.text, en.text[:900]),
            ):
                parts = sentences(own, language)
                if len(parts) >= 2:
                    pool.add(f"cloze_foreign_{language}", chance.choice(parts), other, en.source)
        if len(en.last) > 2 and len(zh.last) > 1:
            pool.add("headings", en.last, zh.last, en.source)


def _intents(pool: Pool) -> None:
    """Utterances with one intent."""
    groups: dict[str, list[str]] = defaultdict(list)
    for record in records("intents.en"):
        groups[f"{record['source']} {record['intent']}"].append(record["text"])
    for intent, texts in groups.items():
        for _ in range(3):
            pool.random.shuffle(texts)
            for left, right in zip(texts[::2], texts[1::2], strict=False):
                pool.add("intent", left, right, intent)


def _typed(pool: Pool, seed: int) -> None:
    """The first text of a pair typed badly, with the second text or with itself."""
    typist = Typist(pool.texts, seed)
    for kind, share in _TYPED.items():
        for pair in list(pool.pairs[kind]):
            if typist.random.random() < share:
                for left, right in _sides(kind, pair):
                    typed = typist.type(pool.texts[left])
                    if typed != pool.texts[left]:
                        same = typist.random.random() < 0.3
                        other = left if same else right
                        number = Pair(pool.text(typed), other, pair.group)
                        pool.pairs["typed_intent" if kind == "intent" else "typed"].append(number)


def _sides(kind: str, pair: Pair) -> Iterator[tuple[int, int]]:
    yield pair.left, pair.right
    if kind == "parallel":
        yield pair.right, pair.left
