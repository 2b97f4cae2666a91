"""What stands around quotes, in the language of the one who reads them.

Chinese, in both scripts, and English for everybody else.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from kbassist.text.language import UNDETERMINED, detect_query
from kbassist.types import Answer, Citation


@dataclass(frozen=True, slots=True)
class Words:
    """Phrases of one language; `{}` stands for a date."""

    sources: str
    """Heading of the list of sources."""
    unanswered: str
    """For a question, or a part of one, that has no answer."""
    related: str
    """After that, before what is near and no answer."""
    which: str
    """Before what may be meant."""
    welcome: str
    """To a message that asks nothing."""
    updated: str
    past_review: str
    same_lines: str
    """The file was edited, and holds the quote still."""
    other_lines: str
    """The file was edited, and no longer does."""
    deleted: str


ENGLISH = Words(
    sources="Sources",
    unanswered="No answer to this in the knowledge base.",
    related="Perhaps one of these helps:",
    which="Which of these do you mean?",
    welcome="What can I help you with?",
    updated="updated {}",
    past_review="past its review date, {}",
    same_lines="stale: edited since the index was built; these lines are as quoted",
    other_lines="stale: edited since the index was built; these lines no longer hold the quote",
    deleted="stale: no longer in the knowledge base",
)
SIMPLIFIED = Words(
    sources="来源",
    unanswered="知识库里没有这个问题的答案。",
    related="也许这些能帮到您：",
    which="您想问的是哪一个？",
    welcome="请问有什么可以帮您？",
    updated="更新于 {}",
    past_review="已过复核日期 {}",
    same_lines="文章在建立索引后改动过，引用的这几行没有变",
    other_lines="文章在建立索引后改动过，引用的内容已不在原处",
    deleted="文章已不在知识库里",
)
TRADITIONAL = Words(
    sources="來源",
    unanswered="知識庫裡沒有這個問題的答案。",
    related="也許這些能幫到您：",
    which="您想問的是哪一個？",
    welcome="請問有什麼可以幫您？",
    updated="更新於 {}",
    past_review="已過複核日期 {}",
    same_lines="文章在建立索引後改動過，引用的這幾行沒有變",
    other_lines="文章在建立索引後改動過，引用的內容已不在原處",
    deleted="文章已不在知識庫裡",
)


def words_for(answer: Answer) -> Words:
    """Those of the question's language; of the best hit's where the question does not tell."""
    language = detect_query(answer.question)
    if language == UNDETERMINED and answer.hits:
        language = answer.hits[0].article.locale
    if not language.startswith("zh"):
        return ENGLISH
    return TRADITIONAL if language.startswith(("zh-Hant", "zh-TW", "zh-HK")) else SIMPLIFIED


def staleness(citation: Citation, words: Words = ENGLISH) -> list[str]:
    """What speaks against trusting a citation, each in words; nothing for one that is not stale."""
    found = []
    if citation.past_review:
        found.append(words.past_review.format(citation.review_by))
    if citation.source == "changed":
        found.append(words.same_lines if citation.verified == "source" else words.other_lines)
    if citation.source == "deleted":
        found.append(words.deleted)
    return found


def grouped(citations: Iterable[Citation]) -> list[list[Citation]]:
    """Citations of one section together, so that it is listed once, in the order of their first."""
    groups: dict[tuple[object, ...], list[Citation]] = {}
    for one in citations:
        place = (one.path, one.title, one.heading_path, one.url, *staleness(one))
        groups.setdefault(place, []).append(one)
    return list(groups.values())


def numbers(citations: Sequence[Citation]) -> str:
    """Their marks, `[1][3]`."""
    return "".join(f"[{citation.number}]" for citation in citations)
