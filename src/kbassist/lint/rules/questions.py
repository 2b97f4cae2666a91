"""KB5: titles and questions that two places claim."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from kbassist.articles.questions import question_text
from kbassist.lint.model import Edit, Found, Kb, Page, Rule, Scope
from kbassist.types import Article

_ITEM = re.compile(r"([ \t]*-[ \t]+)(\S.*?)[ \t]*")


def _same(text: str) -> str:
    """What two phrasings have in common that search does not tell apart."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return " ".join(re.sub(r"[\W_]+", " ", folded).split())


def _titles(kb: Kb) -> Iterator[Found]:
    first: dict[tuple[str, str], Page] = {}
    for page, article in kb.published():
        key = (article.meta.locale, _same(article.meta.title))
        holder = first.setdefault(key, page)
        if holder is not page and key[1]:
            message = f"the title {article.meta.title!r} is also that of {holder.path}"
            yield Found(page.path, _title_line(page), message)


def _title_line(page: Page) -> int:
    heading = next((item.line for item in page.headings), 1)
    return page.lines.get("title", heading)


class _Asked(NamedTuple):
    """A phrasing of the front matter and the place that it is for."""

    page: Page
    article: Article
    key: str
    """Of the section; empty for the whole article."""
    where: str
    line: int


def _listed(page: Page, article: Article) -> Iterator[tuple[str, str, str]]:
    """Each phrasing of the front matter with the key and the name of what it is for."""
    if "questions" not in page.lines:
        return
    for text in article.meta.questions:
        yield text, "", "the article"
    for section in article.sections:
        own = question_text(section.heading) if section.is_question else None
        for text in section.questions:
            if text != own:
                yield text, section.key, repr(section.heading or "top")


def _questions(kb: Kb) -> Iterator[Found]:
    asked: defaultdict[str, list[_Asked]] = defaultdict(list)
    for page, article in kb.published():
        lines = _FrontLines(page)
        for text, key, where in _listed(page, article):
            asked[_same(text)].append(_Asked(page, article, key, where, lines.line_of(text)))
    labels = set(kb.scope.config.restricted_audiences)
    for places in asked.values():
        for place in places[1:]:
            other = next((one for one in places if _rivals(one, place, labels)), None)
            if other is None or other is place:
                continue
            text = place.page.text.split("\n")[place.line - 1].strip(" \t-\"'")
            there = f"{other.where} in {other.page.path}:{other.line}"
            message = f"the question {text[:60]!r} is for {place.where} here and for {there}"
            yield Found(place.page.path, place.line, message)


def _rivals(one: _Asked, other: _Asked, labels: set[str]) -> bool:
    """Whether two places compete for a question; a translation is the same place."""
    if one is other:
        return True  # none before it competes
    a, b = one.article.meta, other.article.meta
    if one.page is other.page:
        return bool(one.key) and bool(other.key) and one.key != other.key
    related = (a.translation_of or a.id) == (b.translation_of or b.id)
    if related or a.locale != b.locale:
        return False  # the asker's language decides
    return labels.isdisjoint(a.audience) == labels.isdisjoint(b.audience)


class _FrontLines:
    """Finds the lines of phrasings in the front matter."""

    def __init__(self, page: Page) -> None:
        front = page.text[: page.body].split("\n")
        self._first = page.lines.get("questions", 1)
        self._lines = [" ".join(line.split()) for line in front]
        self._taken: set[int] = set()

    def line_of(self, text: str) -> int:
        """Of the next item that is the text, else of the first line that holds it."""
        quoted = (text, f'"{text}"', f"'{text}'")
        items = {f"- {form}" for form in quoted} | set(quoted)
        holding = 0
        for number, line in enumerate(self._lines[self._first - 1 :], self._first):
            if line in items and number not in self._taken:
                self._taken.add(number)
                return number
            holding = holding or (number if text in line else 0)
        return holding or self._first


def _repeated(page: Page, scope: Scope) -> Iterator[Found]:
    """Items of one YAML list that are the same."""
    if "questions" not in page.lines:
        return
    seen: dict[str, int] = {}
    indent = ""
    text = page.text[: page.body]
    for number, line in enumerate(text.split("\n"), 1):
        match = _ITEM.fullmatch(line) if number > page.lines["questions"] else None
        if match is None:
            seen = {}
            if number > page.lines["questions"] and re.match(r"[^\s#-]", line):
                return  # the next key
            continue
        if match[1] != indent:
            seen, indent = {}, match[1]
        first = seen.setdefault(match[2].strip("\"'"), number)
        if first != number:
            start = page.source.line_start(number - 1)
            edit = Edit(start, page.source.line_start(number), "")
            message = f"the question {match[2]!r} stands on line {first} already"
            yield Found(page.path, number, message, edits=(edit,))


RULES = (
    Rule(
        "KB501",
        "duplicate-title",
        "warning",
        what="Two published articles of one language have the same title.",
        why="Readers and citations cannot tell them apart.",
        fix="Say in each title what the article is about, or make the two one.",
        example="---\ntitle: 手续费          # also of another article\n---",
        kb=_titles,
    ),
    Rule(
        "KB502",
        "duplicate-question",
        "warning",
        what="One phrasing under `questions:` is given to two sections or articles of one "
        "language; the text before the first heading of the same article does not count.",
        why="Which of the two answers is left to chance.",
        fix="Leave it at the section that answers it.",
        example="---\nquestions:\n  fees: [提币要多少钱]\n  limits: [提币要多少钱]\n---",
        kb=_questions,
    ),
    Rule(
        "KB503",
        "repeated-question",
        "info",
        what="A phrasing stands twice in one list under `questions:`.",
        why="The second means nothing.",
        fix="Delete it.",
        example="---\nquestions:\n  - 提币多久到账\n  - 提币多久到账\n---",
        fixable=True,
        page=_repeated,
    ),
)
