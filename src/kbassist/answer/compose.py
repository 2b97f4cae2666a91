"""From a decision to an `Answer`: what is quoted, offered or named as related."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from kbassist.answer.cite import SourceFile, cite
from kbassist.answer.decide import Case, decide, sections
from kbassist.answer.evidence import NAMES, Judge
from kbassist.answer.handoff import SELF_HARM
from kbassist.answer.own_language import language
from kbassist.answer.snippet import Budget, Terms, choose_units
from kbassist.answer.units import unit_texts
from kbassist.articles.names import names_only
from kbassist.config import AnswerSettings
from kbassist.text.count import count_tokens
from kbassist.text.language import UNDETERMINED, detect_query
from kbassist.types import Answer, ArticleMeta, Choice, Citation, Hit

SECOND_SECTION = 0.9
"""Another section of the best hit's article is quoted beside it where its score is at least this
share of the best score and its quote fits into what is left of the budget. Few answers have one;
what is quoted then holds the labelled span in 58 rather than 56 of 96 (eval/support), and no more
of them with 0.8."""

_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where quotes are checked."""

    text: Callable[[str], str]
    """Article id → its decoded text as it was built."""
    file: Callable[[ArticleMeta], SourceFile]
    """The article's file as it is now."""


def compose(
    case: Case,
    weights: Mapping[str, float],
    judge: Judge,
    sources: Sources,
    today: date,
    settings: AnswerSettings,
) -> Answer:
    """Decide and say it.

    The best hit is quoted, never a lower one that shares more words: where both legs prefer another
    passage, a shared word is mostly chance.

    Args:
        case: the question with its hits.
        weights: term → weight · idf, for the terms whose match counts as evidence.
        judge: for choosing what to quote.
        sources: where quotes are checked.
        today: the day that staleness is judged on.
        settings: thresholds and limits.
    """
    action, reason = decide(case, settings)
    quoting = action == "answer" or (action == "handoff" and _sure(case, settings))
    citations = _citations(case, weights, judge, sources, today, settings) if quoting else []
    offered = sections(case.hits, max(settings.max_choices, settings.max_related))
    unnamed = action == "clarify" or SELF_HARM in case.signals.urgent  # no fees to who despairs
    return Answer(
        question=case.question,
        action=action,
        reason=reason,
        text=marked(citations),
        citations=tuple(citations),
        hits=tuple(case.hits),
        confidence=case.confidence,
        choices=named(offered[: settings.max_choices]) if action == "clarify" else (),
        related=() if citations or unnamed else named(offered[: settings.max_related]),
        urgent=case.signals.urgent,
        other_language=bool(citations) and _foreign(case),
        figures=dict(zip(NAMES, case.evidence.values(), strict=True)),
        offer_person=case.signals.about_person or bool(case.signals.urgent) or action == "handoff",
    )


def marked(citations: Sequence[Citation]) -> str:
    """The quotes in order, each followed by its `[n]`.

    The mark stands on a line of its own after a table or a code fence, and the rows of one table
    stay together: their marks follow the last.
    """
    text = ""
    waiting = ""
    for citation, following in zip_longest(citations, citations[1:]):
        waiting += f"[{citation.number}]"
        text += citation.quote
        if following is not None and continues(citation, following):
            text += "\n"
            continue
        own_line = citation.quote.endswith("|") or _FENCE.search(citation.quote) is not None
        text += ("\n\n" if own_line else " ") + waiting + "\n\n"
        waiting = ""
    return text.rstrip("\n")


def _foreign(case: Case) -> bool:
    """Whether the best hit is in a language that the user may not read, if that can be told."""
    told = case.reads or detect_query(case.meant).partition("-")[0], language(case.hits[0])
    return UNDETERMINED not in told and told[0] != told[1]


def _sure(case: Case, settings: AnswerSettings) -> bool:
    return bool(case.hits) and case.confidence >= settings.answer_threshold


def _citations(
    case: Case,
    weights: Mapping[str, float],
    judge: Judge,
    sources: Sources,
    today: date,
    settings: AnswerSettings,
) -> list[Citation]:
    best = _beginning(case.hits, weights, judge.terms)
    text, file = sources.text(best.article.id), sources.file(best.article)

    def quotes(hit: Hit, budget: Budget, number: int) -> list[Citation]:
        units = choose_units(
            hit.chunk,
            weights,
            judge.terms,
            likeness=lambda: judge.likeness(case.meant, hit.chunk),
            budget=budget,
        )
        quoted = _quoted(hit, units)
        return cite(hit, quoted, text, first_number=number, source=file, today=today)

    first = quotes(best, Budget(settings.max_chars, settings.max_tokens), 1)
    left = _left(first, settings)
    if left is None:
        return first
    said = {citation.quote for citation in first}
    for other in _others(case.hits, best):
        more = quotes(other, left, len(first) + 1)
        fits = left.holds(citation.quote for citation in more)
        if fits and not any(citation.quote in said for citation in more):
            return [*first, *more]
    return first


def _left(citations: Sequence[Citation], settings: AnswerSettings) -> Budget | None:
    """What is left of the budget of an answer; None where that is nothing."""
    chars = settings.max_chars - sum(len(citation.quote) for citation in citations)
    tokens = settings.max_tokens
    if tokens is not None:
        tokens -= sum(count_tokens(citation.quote) for citation in citations)
    return None if chars <= 0 or (tokens is not None and tokens <= 0) else Budget(chars, tokens)


def _others(hits: Sequence[Hit], best: Hit) -> list[Hit]:
    """Other hits of the article that is quoted which are nearly as good, best first."""
    least = SECOND_SECTION * hits[0].score
    return [
        hit
        for hit in hits
        if hit.article.id == best.article.id
        and hit.chunk.id != best.chunk.id
        and hit.score >= least
    ]


def named(hits: Sequence[Hit]) -> tuple[Choice, ...]:
    """Hits as sections to choose from."""
    return tuple(
        Choice(
            text=_named(hit),
            article_id=hit.article.id,
            chunk_id=hit.chunk.id,
            title=hit.article.title,
            ref=hit.chunk.ref,
            url=hit.article.address(hit.chunk.anchor),
        )
        for hit in hits
    )


def _named(hit: Hit) -> str:
    """What a section answers: a question it is written for, else its title and heading."""
    if hit.chunk.questions:
        return hit.chunk.questions[0]
    return " › ".join(dict.fromkeys((hit.article.title, *hit.chunk.heading_path)))


def _quoted(hit: Hit, units: list[int]) -> list[int]:
    """The units without a glossary's lists of other names, which are for finding its entries."""
    if hit.article.kind != "glossary":
        return units
    texts = unit_texts(hit.chunk)
    return [unit for unit in units if not names_only(texts[unit])] or units


def continues(citation: Citation, following: Citation) -> bool:
    """Whether the second quote is of rows below those of the first, in one table.

    What has a head of its own is another table.
    """
    return (
        citation.chunk_id == following.chunk_id
        and _is_row(citation.quote)
        and _is_row(following.quote)
        and not _has_head(following.quote)
    )


def _has_head(quote: str) -> bool:
    """Whether the second line of a quote is the one that parts a table's head from its rows."""
    [_, *lines] = quote.split("\n", 2)
    return bool(lines) and "-" in lines[0] and not lines[0].strip(" \t|:-")


def _is_row(quote: str) -> bool:
    """Whether a quote is made of rows of a table."""
    return quote.startswith("|") and quote.endswith("|")


def _beginning(hits: Sequence[Hit], evidence: Collection[str], terms: Terms) -> Hit:
    """The first chunk of the best hit's section, where the question is about it as a whole.

    A section's last chunk is often short and then ranks before its first by length alone. Where
    nothing but the headings that both share matched, the answer begins where the section does.
    """
    hit = hits[0]
    if hit.chunk.ordinal == 1:
        return hit
    shared = set(terms("\n".join((hit.chunk.title, *hit.chunk.heading_path))))
    if any(term in evidence and term not in shared for term in hit.matched_terms):
        return hit
    first = f"{hit.chunk.id.rpartition(':')[0]}:1"
    return next((other for other in hits if other.chunk.id == first), hit)
