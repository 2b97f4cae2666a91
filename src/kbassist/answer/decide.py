"""What to do with a question, given its hits: answer or abstain."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from kbassist.answer.cite import cite
from kbassist.answer.snippet import Terms, choose_units
from kbassist.types import Answer, ArticleMeta, Citation, Hit, SourceState

ANSWERED = "evidence"
NOTHING_FOUND = "no_hits"
NO_EVIDENCE = "no_evidence"


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
) -> Answer:
    """Answer from the best hit that matches more than stop words, or abstain.

    Args:
        question: as asked.
        hits: best first.
        weights: query term → weight, for the terms whose match counts as evidence.
        terms: the analyzer's terms of a text.
        sources: where quotes are checked.
        today: the day that staleness is judged on.
    """
    best = next((hit for hit in hits if _has_evidence(hit, weights)), None)
    if best is None:
        reason = NO_EVIDENCE if hits else NOTHING_FOUND
        return Answer(question, "abstain", reason, "", (), tuple(hits))
    citations = cite(
        best,
        choose_units(best.chunk, weights, terms),
        sources.text(best.article.id),
        first_number=1,
        state=sources.state(best.article),
        today=today,
    )
    text = "\n\n".join(marked(citation) for citation in citations)
    return Answer(question, "answer", ANSWERED, text, tuple(citations), tuple(hits))


def marked(citation: Citation) -> str:
    """A quote followed by its `[n]`; on a line of its own after a table or code fence."""
    last = citation.quote.rsplit("\n", 1)[-1].strip()
    own_line = last.startswith(("```", "~~~")) or last.endswith("|")
    return f"{citation.quote}{chr(10) if own_line else ' '}[{citation.number}]"


def _has_evidence(hit: Hit, evidence: Collection[str]) -> bool:
    return bool(hit.chunk.units) and any(term in evidence for term in hit.matched_terms)
