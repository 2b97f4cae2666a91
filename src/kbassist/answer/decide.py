"""What to do with a question, given its hits: answer or abstain."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import zip_longest

from kbassist.answer.cite import cite
from kbassist.answer.snippet import Terms, choose_units
from kbassist.answer.units import unit_texts
from kbassist.articles.names import names_only
from kbassist.types import Answer, ArticleMeta, Citation, Hit, SourceState

ANSWERED = "evidence"
NOTHING_FOUND = "no_hits"
NO_EVIDENCE = "no_evidence"

_FENCE = re.compile(r"^ {0,3}(?:```|~~~)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Sources:
    """Where quotes are checked."""

    text: Callable[[str], str]
    """Article id → its decoded text as it was built."""
    state: Callable[[ArticleMeta], SourceState]
    """Whether the article's file is still as it was built."""


def answer(
    question: str,
    hits: Sequence[Hit],
    weights: Mapping[str, float],
    terms: Terms,
    sources: Sources,
    today: date,
    total: float,
) -> Answer:
    """Answer from the best hit, or abstain where it matches no more than stop words.

    A lower hit that matches more is not taken instead: where both legs prefer another passage, a
    shared word is mostly chance.

    Args:
        question: as asked.
        hits: best first.
        weights: query term → weight, for the terms whose match counts as evidence.
        terms: the analyzer's terms of a text.
        sources: where quotes are checked.
        today: the day that staleness is judged on.
        total: weight of all the question's evidence, the terms included that no passage has.
    """
    found = next((hit for hit in hits if hit.chunk.units), None)
    if found is None or not any(term in weights for term in found.matched_terms):
        reason = NO_EVIDENCE if hits else NOTHING_FOUND
        return Answer(question, "abstain", reason, "", (), tuple(hits))
    best = _beginning(found, hits, weights, terms)
    citations = cite(
        best,
        _quoted(best, choose_units(best.chunk, weights, terms)),
        sources.text(best.article.id),
        first_number=1,
        state=sources.state(best.article),
        today=today,
    )
    matched = sum(weights.get(term, 0.0) for term in best.matched_terms)
    confidence = min(matched / total, 1.0) if total else 0.0
    return Answer(
        question, "answer", ANSWERED, marked(citations), tuple(citations), tuple(hits), confidence
    )


def _quoted(hit: Hit, units: list[int]) -> list[int]:
    """The units without a glossary's lists of other names, which are for finding its entries."""
    if hit.article.kind != "glossary":
        return units
    texts = unit_texts(hit.chunk)
    return [unit for unit in units if not names_only(texts[unit])] or units


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
        if following is not None and _is_row(citation.quote) and _is_row(following.quote):
            text += "\n"
            continue
        own_line = citation.quote.endswith("|") or _FENCE.search(citation.quote) is not None
        text += ("\n\n" if own_line else " ") + waiting + "\n\n"
        waiting = ""
    return text.rstrip("\n")


def _is_row(quote: str) -> bool:
    return quote.startswith("|") and quote.endswith("|")


def _beginning(hit: Hit, hits: Sequence[Hit], evidence: Collection[str], terms: Terms) -> Hit:
    """The first chunk of the hit's section, where the question is about the section as a whole.

    A section's last chunk is often short and then ranks before its first by length alone. Where
    nothing but the headings that both share matched, the answer begins where the section does.
    """
    chunk = hit.chunk
    if chunk.ordinal == 1:
        return hit
    shared = set(terms("\n".join((chunk.title, *chunk.heading_path))))
    if any(term in evidence and term not in shared for term in hit.matched_terms):
        return hit
    first = f"{chunk.id.rpartition(':')[0]}:1"
    return next((other for other in hits if other.chunk.id == first), hit)
