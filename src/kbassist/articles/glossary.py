"""Glossary articles → terms with their other names, from which synonyms are read.

An entry is a definition list's term, or a heading, with one definition. Its other names stand at
the end of the definition, after a label: `又叫：甲、乙。误写：丙。` or `Also: a, b. Misspelt: c.`
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from kbassist.articles.names import LABELS, split_names
from kbassist.articles.questions import is_question
from kbassist.types import Article, BuildWarning, Section

_NAMED = re.compile(r"(?P<name>.+?)\s*[（(](?P<other>[^（）()]+)[）)]")


@dataclass(frozen=True, slots=True)
class Term:
    """One entry of a glossary."""

    name: str
    definition: str
    """Plain text, without the other names."""
    aliases: tuple[str, ...]
    """Names that mean the same, in the order written."""
    misspellings: tuple[str, ...]
    """Names that customers type for it by mistake."""
    article_id: str
    locale: str
    path: str
    line: int
    """Line of the term, 1-based."""

    @property
    def names(self) -> tuple[str, ...]:
        """All ways to write the term, the proper one first."""
        return (self.name, *self.aliases, *self.misspellings)


def read_terms(article: Article) -> tuple[Term, ...]:
    """The entries of one glossary article, in document order; none for other kinds of article."""
    if article.meta.kind != "glossary":
        return ()
    return tuple(
        _term(article, section)
        for section in article.sections
        if section.heading and section.blocks and _is_entry(section)
    )


def clashes(entries: Iterable[Term]) -> list[BuildWarning]:
    """A warning for each name that two entries of one language claim: it is no one's synonym."""
    holders: defaultdict[tuple[str, str], list[Term]] = defaultdict(list)
    for term in entries:
        for name in dict.fromkeys(_key(name) for name in term.names):
            holders[term.locale, name].append(term)
    return [
        BuildWarning(
            term.path,
            f"the glossary gives {name!r} to {term.name!r} and to {terms[0].name!r} "
            f"({terms[0].path}:{terms[0].line}); take it off one of them",
            term.line,
        )
        for (_, name), terms in holders.items()
        for term in terms[1:]
    ]


def _is_entry(section: Section) -> bool:
    """Definition-list terms are sections marked as questions; a heading must name aliases."""
    listed = section.is_question and not is_question(section.heading)
    return listed or LABELS.search(section.blocks[-1].text) is not None


def _term(article: Article, section: Section) -> Term:
    name, found = section.heading, {"also": list[str](), "wrong": list[str]()}
    named = _NAMED.fullmatch(name)
    if named is not None:
        name = named["name"]
        found["also"] += split_names(named["other"])
    text = "\n".join(block.text for block in section.blocks)
    marks = list(LABELS.finditer(text))
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    for mark, end in zip(marks, ends, strict=False):
        found[mark.lastgroup or "also"] += split_names(text[mark.end() : end])
    return Term(
        name=name,
        definition=text[: marks[0].start()].strip() if marks else text.strip(),
        aliases=_distinct(found["also"], name),
        misspellings=_distinct(found["wrong"], name),
        article_id=article.meta.id,
        locale=article.meta.locale,
        path=article.meta.path,
        line=section.span.start_line,
    )


def _distinct(names: list[str], name: str) -> tuple[str, ...]:
    """Each spelling once; capitals count, since `Post Only` and `post only` are both typed."""
    return tuple(dict.fromkeys(other for other in names if other != name))


def _key(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
