"""KB6: the words of an article against the glossary."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from kbassist.articles.glossary import Term, clashes
from kbassist.lint.model import Edit, Found, Kb, Page, Rule
from kbassist.text.chars import CJK


def _split(words: str) -> frozenset[str]:
    return frozenset(words.split())


_HAN = re.compile(rf"[{CJK}]")
_QUOTED = re.compile(
    r"“[^“”\n]*”|「[^「」\n]*」|『[^『』\n]*』|‘[^‘’\n]*’|\"[^\"\n]*\"|\*\*[^*\n]*\*\*"
)
_CAPITALS = re.compile(r"(?<![\w.-])[A-Z][A-Z0-9]{1,7}(?:-[0-9]{1,4})?(?![\w.-]|\])")
_LATIN = re.compile(r"[A-Za-z0-9_-]")
_ARTICLES = 5
"""Articles that use a word before it is missed in the glossary."""
_USES = 10
_RATIO = 3
"""How much oftener the knowledge base uses an entry's name than another name of it."""
_COMMON = _split(
    "AM API APP CEO CNY CSV CTO DM EU EUR FAQ GBP GMT HKD HTML HTTP HTTPS ID IOS IP IT JPG JPY "
    "JSON NO OK OR PC PDF PIN PM PNG QQ QR SDK SMS TV UI UK UN URI URL US USA USB USD UTC VPN WIFI "
    "XML AND NOT TWD SGD AUD ZIP CPU GPU OS SSL TLS TODO NEW"
)


def _language(locale: str) -> str:
    return locale.split("-")[0].lower()


class _Use(NamedTuple):
    """A name where it stands in a text."""

    start: int
    end: int
    name: str
    """As `_key` has it."""


class _Names:
    """Finds names in a text: words by their edges, Han names anywhere, the longest first."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = sorted({_key(name) for name in names}, key=lambda name: (-len(name), name))

    def find(self, text: str) -> list[_Use]:
        """All that stand in a text, in order, none inside another."""
        folded = text.lower()
        if len(folded) != len(text):
            folded = text  # a letter that has two small ones
        found: list[_Use] = []
        for name in self._names:
            start = folded.find(name)
            while start >= 0:
                use = _Use(start, start + len(name), name)
                if _stands(folded, use) and not any(
                    one.start < use.end and use.start < one.end for one in found
                ):
                    found.append(use)
                start = folded.find(name, use.end)
        return sorted(found)


def _stands(text: str, use: _Use) -> bool:
    """Whether a name begins and ends at the edges of words."""
    before, after = text[max(use.start - 1, 0) : use.start], text[use.end : use.end + 1]
    return not (
        (_LATIN.match(use.name[0]) and _LATIN.match(before))
        or (_LATIN.match(use.name[-1]) and _LATIN.match(after))
    )


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())


def _by_language(kb: Kb) -> dict[str, list[Term]]:
    """Published glossary entries by language of their article."""
    found: defaultdict[str, list[Term]] = defaultdict(list)
    for page, _ in kb.published():
        for term in page.terms:
            found[_language(term.locale)].append(term)
    return found


def _readable(kb: Kb, language: str) -> Iterator[tuple[Page, str]]:
    """The prose of the articles in a language, glossaries left out."""
    for page, article in kb.published():
        if _language(article.meta.locale) == language and article.meta.kind != "glossary":
            yield page, page.prose


def _misspelt(kb: Kb) -> Iterator[Found]:
    for language, terms in _by_language(kb).items():
        right = {_key(name) for term in terms for name in (term.name, *term.aliases)}
        wrong = {
            _key(name): term for term in terms for name in term.misspellings
            if _key(name) not in right
        }  # fmt: skip
        names = _Names(wrong)
        for page, text in _readable(kb, language):
            quoted = _Quoted(text)
            for use in names.find(text):
                written, term = text[use.start : use.end], wrong[use.name]
                if quoted.holds(use.start) or _in_a_word(text, use):
                    continue
                new = _meant(written, term)
                message = f"{written!r} is misspelt, says the glossary at {term.path}:{term.line}"
                edit = Edit(use.start, use.end, new)
                line = page.line_of(use.start)
                yield Found(page.path, line, message, f"Write {new}", (edit,))


class _Quoted:
    """The stretches of a text that quote somebody or name what is on a screen."""

    def __init__(self, text: str) -> None:
        self._spans = [match.span() for match in _QUOTED.finditer(text)]

    def holds(self, offset: int) -> bool:
        return any(start <= offset < end for start, end in self._spans)


def _in_a_word(text: str, use: _Use) -> bool:
    """Whether a short Han name may be a piece of other words, as 体币 in 整体币价."""
    if len(use.name) > 2 or not _HAN.match(use.name):
        return False
    before, after = text[max(use.start - 1, 0) : use.start], text[use.end : use.end + 1]
    return bool(_HAN.match(before)) and bool(_HAN.match(after))


def _meant(written: str, term: Term) -> str:
    """The right name that is nearest to a misspelling, in its capitals."""
    names = (term.name, *term.aliases)
    ratio = difflib.SequenceMatcher
    best = max(names, key=lambda name: ratio(None, written.lower(), name.lower()).ratio())
    if written.islower() and best[1:].islower():
        return best.lower()
    return best


def _aliases(terms: Sequence[Term]) -> dict[str, str]:
    """Han aliases that one entry alone claims → the entry's name."""
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for term in terms:
        for name in (term.name, *term.aliases):
            holders[name].add(term.name)
    return {
        alias: term.name
        for term in terms
        for alias in term.aliases
        if len(holders[alias]) == 1
        and alias != term.name
        and alias not in term.name
        and term.name not in alias
        and bool(_HAN.search(alias)) == bool(_HAN.search(term.name))
        and ((len(alias) > 1 and _HAN.search(alias)) or " " in alias)
        and not any(alias != other and alias in other for other in holders)
    }


def _inconsistent(kb: Kb) -> Iterator[Found]:
    for language, terms in _by_language(kb).items():
        names = _aliases(terms)
        finder = _Names([*names, *names.values()])
        folded = {_key(alias): (alias, name) for alias, name in names.items()}
        everywhere: Counter[str] = Counter()
        uses: list[tuple[Page, defaultdict[str, list[int]], Counter[str]]] = []
        for page, text in _readable(kb, language):
            quoted = _Quoted(text)
            places: defaultdict[str, list[int]] = defaultdict(list)
            counts: Counter[str] = Counter()
            for use in finder.find(text):
                if not quoted.holds(use.start):
                    counts[use.name] += 1
                    if use.name in folded:
                        places[use.name].append(use.start)
            everywhere += counts
            uses.append((page, places, counts))
        for page, places, counts in uses:
            for key, found in places.items():
                alias, name = folded[key]
                if len(found) >= 2 and everywhere[_key(name)] >= _RATIO * everywhere[key]:
                    own = counts[_key(name)]
                    message = (
                        f"{alias!r} {len(found)} times, {name!r} {own}: the glossary's name is "
                        f"{name!r}, used {everywhere[_key(name)]} times elsewhere"
                    )
                    yield Found(page.path, page.line_of(found[0]), message, f"Write {name}")


def _unknown(kb: Kb) -> Iterator[Found]:
    for language, terms in _by_language(kb).items():
        words = {_key(word) for term in terms for name in term.names
                 for word in (name, *re.findall(r"[A-Za-z0-9-]+", name))}  # fmt: skip
        words |= {_key(word) for word in kb.scope.settings.known_terms}
        uses: Counter[str] = Counter()
        holders: defaultdict[str, list[tuple[Page, int]]] = defaultdict(list)
        for page, text in _readable(kb, language):
            found = list(_CAPITALS.finditer(text))
            uses.update(match[0] for match in found)
            for word, start in {m[0]: m.start() for m in reversed(found)}.items():
                holders[word].append((page, start))
        for word, places in sorted(holders.items(), key=lambda item: (-len(item[1]), item[0])):
            if len(places) < _ARTICLES:
                break
            if uses[word] < _USES or word in _COMMON or _key(word) in words:
                continue
            page, start = places[0]
            message = f"{word!r} stands in {len(places)} articles and not in the glossary"
            yield Found(page.path, page.line_of(start), message)


def _clashes(kb: Kb) -> Iterator[Found]:
    entries = [term for page, _ in kb.published() for term in page.terms]
    for warning in clashes(entries):
        yield Found(warning.path, warning.line or 1, warning.message)


RULES = (
    Rule(
        "KB601",
        "misspelt-term",
        "warning",
        what="An article has a spelling that the glossary lists as a mistake; quotations do not "
        "count.",
        why="Readers take it for the name of something else.",
        fix="Write the name as the glossary has it.",
        example="在**体币**页面之外：体币要多久？   # 误写：体币",
        fixable=True,
        kb=_misspelt,
    ),
    Rule(
        "KB602",
        "inconsistent-term",
        "info",
        what="An article uses another name of a glossary entry, twice or more, where the knowledge "
        "base mostly uses the entry's own; quotations and bold names of buttons do not count.",
        why="Readers wonder whether 提现 and 提币 are two things.",
        fix="Use the glossary's name, and leave the other to `questions:`.",
        example="提现前请核对地址。提现一旦广播就不能撤回。   # the entry is 提币",
        kb=_inconsistent,
    ),
    Rule(
        "KB603",
        "unknown-term",
        "info",
        what=f"An abbreviation in capitals stands in {_ARTICLES} articles up, {_USES} times up, "
        "and not in the glossary of that language; `known_terms` lists those that need no entry.",
        why="A newcomer asks what it means, and nothing answers.",
        fix="Add it to the glossary, or to `known_terms` under `[lint]`.",
        example="满足 AML 要求后……",
        kb=_unknown,
    ),
    Rule(
        "KB604",
        "glossary-clash",
        "warning",
        what="Two glossary entries of one language claim a name.",
        why="It is no one's synonym, so a question that uses it finds neither entry by it.",
        fix="Take it off one of them.",
        example="提币\n: 转到外部地址。又叫：转账。\n\n内部转账\n: 转给别的用户。又叫：转账。",
        kb=_clashes,
    ),
)
