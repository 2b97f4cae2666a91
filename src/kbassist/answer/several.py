"""Answering a question that asks several things part by part, where that helps.

A text with two subjects is near to neither, so its confidence is low and the best passage is of one
of them only. A cut may also be wrong, and two tries find a wrong passage more easily than one, so
that parts must earn their place: see `_loses` and `_worth`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import date
from itertools import zip_longest

from kbassist.answer.compose import continues, marked, named
from kbassist.answer.decide import (
    ARTICLE_HANDS_OVER,
    ASKED_FOR_PERSON,
    CONFIDENT,
    LOW_CONFIDENCE,
    PARTLY,
    sections,
)
from kbassist.answer.handoff import SELF_HARM
from kbassist.answer.parts import Part, split
from kbassist.config import AnswerSettings, SearchSettings
from kbassist.errors import QuestionError
from kbassist.index.reader import Index
from kbassist.index.understand import understand
from kbassist.types import Answer, Citation, Span

Ask = Callable[[str, str], Answer]
"""What is searched for and the user's own words → the answer to that alone."""

Holds = Callable[[str, Answer], bool]
"""A part in the user's own words, the answer to it → whether its best hit has a word of them, or
they have none that tells."""

_ANSWERED = (CONFIDENT, ARTICLE_HANDS_OVER)


def by_parts(whole: Answer, ask: Ask, holds: Holds, settings: AnswerSettings) -> Answer:
    """An answer by parts where its question has several and they are answered better one by one.

    Args:
        whole: the answer to the question as one.
        ask: answers a part.
        holds: for a part that borrowed its subject, and is easily answered by that alone.
        settings: thresholds, and the most parts.

    Returns:
        The answer as given, or one whose `parts` are filled.
    """
    final = whole.reason in (ASKED_FOR_PERSON, ARTICLE_HANDS_OVER) or SELF_HARM in whole.urgent
    if final or settings.max_parts == 1:
        return whole
    parts = split(whole.question, settings.max_parts)
    if len(parts) < 2:
        return whole
    answers: list[Answer] = []
    for part in parts:
        try:
            answer = ask(part.question, part.asked)
            strayed = part.leans and not holds(part.asked, answer)
            answers.append(_declined(answer, settings) if strayed else answer)
        except QuestionError:  # a part that says nothing by itself
            return whole
        if _loses(whole, answers[-1]) or _nothing_follows(parts, answers):
            return whole  # each part that is not asked saves a search
    kept = _kept(parts, answers, settings)
    if not _worth(whole, answers, kept):
        return whole
    return join(
        whole,
        [
            answer if good else _declined(answer, settings)
            for answer, good in zip(answers, kept, strict=True)
        ],
    )


def own_words(index: Index, settings: SearchSettings, today: date) -> Holds:
    """Whether the best hit has a word of a part itself, a synonym or a correction included."""

    def holds(asked: str, answer: Answer) -> bool:
        terms = understand(index, asked, settings, day=today).terms
        own = index.evidence_weights(terms).keys()
        return not own or any(not own.isdisjoint(hit.matched_terms) for hit in answer.hits[:1])

    return holds


def join(whole: Answer, parts: Sequence[Answer]) -> Answer:
    """One answer from those of the parts, with one numbering of citations.

    Args:
        whole: the answer to the question as one; what is said of the whole is kept.
        parts: one of them answered at least, the others without citations.
    """
    numbering = _Numbering()
    places = [[numbering.add(citation) for citation in part.citations] for part in parts]
    joined = []
    for part, found in zip(parts, places, strict=True):
        own = tuple(numbering.citations[place] for place in dict.fromkeys(found))
        joined.append(replace(part, citations=own, text=marked(own)))
    action, reason = whole.action, whole.reason
    handing = [part for part in joined if part.action == "handoff"]
    answered = [part for part in joined if part.citations]
    if len(answered) == len(joined) or action != "handoff":
        action, reason = "answer", CONFIDENT if len(answered) == len(joined) else PARTLY
    if handing:
        action, reason = "handoff", handing[0].reason
    return replace(
        whole,
        action=action,
        reason=reason,
        text="\n\n".join(filter(None, map(marked, _unsaid(joined)))),
        citations=tuple(numbering.citations),
        confidence=min(part.confidence for part in answered),
        choices=(),
        related=(),
        offer_person=bool(whole.urgent)
        or action == "handoff"
        or any(part.offer_person for part in joined),
        other_language=any(part.other_language for part in answered),
        parts=tuple(joined),
    )


def told(parts: Iterable[Answer]) -> list[str]:
    """What to show for each part, in order: its quotes, without those of earlier parts.

    Returns:
        The marks alone where all was quoted before; an empty text for a part without an answer.
    """
    listed = list(parts)
    return [
        marked(shown) or "".join(f"[{citation.number}]" for citation in part.citations)
        for part, shown in zip(listed, _unsaid(listed), strict=True)
    ]


def _kept(parts: Sequence[Part], answers: Sequence[Answer], settings: AnswerSettings) -> list[bool]:
    """For each part whether its answer is given.

    Where some have none, the others need `part_threshold`, and one that leans on the subject of a
    part without an answer has none either: half of what it asks about is not in the articles.
    """
    given = [answer.reason in _ANSWERED for answer in answers]
    if all(given):
        return given
    kept: list[bool] = []
    for part, answer, good in zip(parts, answers, given, strict=True):
        alone = not part.leans or kept[-1:] == [True]
        kept.append(good and alone and answer.confidence >= settings.part_threshold)
    return kept


def _worth(whole: Answer, answers: Sequence[Answer], kept: Sequence[bool]) -> bool:
    """Whether the parts say more than the whole.

    An answer to the whole is given up only for parts that are each as sure as it or quote the same
    passage (`_loses`), and that quote another one too, or tell that a part has no answer.
    """
    given = [answer for answer, good in zip(answers, kept, strict=True) if good]
    if not whole.citations:
        return bool(given)
    passage = whole.citations[0].chunk_id
    passages = {answer.citations[0].chunk_id for answer in given}
    return len(passages) > 1 if all(kept) else passage in passages


def _loses(whole: Answer, answer: Answer) -> bool:
    """Whether a part quotes another passage than an answered whole, and is less sure."""
    if not whole.citations or not answer.citations:
        return False
    other = answer.citations[0].chunk_id != whole.citations[0].chunk_id
    return other and answer.confidence < whole.confidence


def _nothing_follows(parts: Sequence[Part], answers: Sequence[Answer]) -> bool:
    """Whether no part has an answer so far, and the others lean on those."""
    none = not any(answer.reason in _ANSWERED for answer in answers)
    return none and all(part.leans for part in parts[len(answers) :])


def _declined(answer: Answer, settings: AnswerSettings) -> Answer:
    """A part without an answer: what was near is named, and nothing quoted."""
    if not answer.citations:
        return answer
    handed = answer.action == "handoff"
    return replace(
        answer,
        action=answer.action if handed else "abstain",
        reason=answer.reason if handed else LOW_CONFIDENCE,
        text="",
        citations=(),
        related=named(sections(answer.hits, settings.max_related)),
        other_language=False,
    )


class _Numbering:
    """Citations in order of use; one that overlaps an earlier one is joined with it."""

    def __init__(self) -> None:
        self.citations: list[Citation] = []

    def add(self, citation: Citation) -> int:
        """Place of a citation among them, 0-based."""
        for place, other in enumerate(self.citations):
            if citation.chunk_id == other.chunk_id and _overlap(citation.span, other.span):
                self.citations[place] = _union(other, citation)
                return place
        self.citations.append(replace(citation, number=len(self.citations) + 1))
        return len(self.citations) - 1


def _overlap(a: Span, b: Span) -> bool:
    return a.start < b.end and b.start < a.end


def _union(kept: Citation, other: Citation) -> Citation:
    """Two overlapping quotes of one chunk as one, with the number of the first."""
    first, second = sorted((kept, other), key=lambda one: one.span.start)
    span = Span(
        first.span.start,
        max(first.span.end, second.span.end),
        first.span.start_line,
        max(first.span.end_line, second.span.end_line),
    )
    beyond = second.quote[max(first.span.end - second.span.start, 0) :]
    return replace(kept, span=span, quote=first.quote + beyond)


def _unsaid(parts: Iterable[Answer]) -> Iterable[list[Citation]]:
    """For each part what no earlier one quoted, a table's head again before rows of its own."""
    said: set[int] = set()
    for part in parts:
        shown = [
            citation
            for citation, following in zip_longest(part.citations, part.citations[1:])
            if citation.number not in said
            or (
                following is not None
                and following.number not in said
                and continues(citation, following)
            )
        ]
        said |= {citation.number for citation in shown}
        yield shown
