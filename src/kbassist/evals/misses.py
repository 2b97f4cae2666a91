"""Why each question went wrong, with the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from kbassist.assistant import Assistant
from kbassist.evals.model import Dataset, Question
from kbassist.evals.result import Outcome, Result
from kbassist.evals.targets import Target, resolve
from kbassist.index.filters import Filters

Cause = Literal[
    "filtered out",
    "vocabulary mismatch",
    "ranked too low",
    "chunked badly",
    "wrong passage",
    "confidence too low",
    "confidence too high",
    "wrong action",
    "label suspect",
]
CAUSES: tuple[Cause, ...] = get_args(Cause)

DEPTH = 1000
"""Chunks that are looked through for the right one."""
OVERLAP = 0.2
"""A right passage that holds less of the question's evidence does not share its words."""


@dataclass(frozen=True, slots=True)
class Miss:
    """One question that went wrong."""

    outcome: Outcome
    cause: Cause
    evidence: str
    """One line: what was seen, with ranks and terms."""


def misses(result: Result, dataset: Dataset, assistant: Assistant) -> list[Miss]:
    """Every question of a result that was not answered rightly, with its most likely cause.

    Args:
        result: of a run of the dataset.
        dataset: the same questions, for their filters.
        assistant: open on the index that the result is of.

    Causes, tried in this order:
        confidence too high: answered, but no answer is right.
        label suspect: the answer comes from another article whose quote holds the answer span.
        filtered out: the question's own filters hide every right article.
        confidence too low: not answered, though a right passage was ranked first.
        vocabulary mismatch: the right passage shares little of the question's evidence.
        chunked badly: the right article was found, but no chunk of it holds the answer span whole.
        wrong passage: the right article was quoted, another part of it.
        ranked too low: the right passage stands behind others; the rank is given.
        wrong action: the right passage, but another action was asked for.
    """
    targets = resolve(dataset, assistant)
    questions = {question.id: question for question in dataset.questions}
    return [
        _explain(outcome, questions[outcome.id], targets[outcome.id], assistant)
        for outcome in result.outcomes
        if not outcome.right and outcome.id in questions
    ]


def _explain(
    outcome: Outcome, question: Question, targets: Sequence[Target], assistant: Assistant
) -> Miss:
    if outcome.expect == "abstain":
        cited = ", ".join(citation.ref for citation in outcome.citations)
        text = f"answered with confidence {outcome.confidence:.2f} from {cited}"
        return Miss(outcome, "confidence too high", text)
    if outcome.expect in ("handoff", "clarify"):
        return Miss(outcome, "wrong action", f"{outcome.action} instead of {outcome.expect}")
    if outcome.span_right and not outcome.article_right:
        text = f"{outcome.citations[0].ref} holds the answer span and is not labelled"
        return Miss(outcome, "label suspect", text)
    return _of_search(outcome, question, targets, assistant)


def _of_search(
    outcome: Outcome, question: Question, targets: Sequence[Target], assistant: Assistant
) -> Miss:
    conditions = question.filters
    filters = Filters(
        conditions.locale, conditions.kind, conditions.products, conditions.audience,
        conditions.where,
    )  # fmt: skip
    hits = assistant.search(question.text, top_k=DEPTH, filters=filters)
    right = {target.article_id for target in targets}
    ranks = [hit.rank for hit in hits if any(t.holds(hit.chunk) for t in targets)]
    of_article = [hit.rank for hit in hits if hit.article.id in right]
    if not of_article and Filters(audience=conditions.audience) != filters:
        free = assistant.search(question.text, top_k=DEPTH)
        if any(hit.article.id in right for hit in free):
            return Miss(outcome, "filtered out", f"{conditions.model_dump(exclude_defaults=True)}")
    if ranks[:1] == [1] and outcome.action != "answer":
        text = f"{outcome.action} ({outcome.reason}), though the right passage was first"
        return Miss(outcome, "confidence too low", text)
    best = next((hit for hit in hits if hit.rank in ranks[:1]), None)
    terms = {term.term for term in assistant.index.analyzer.query(question.text) if term.evidence}
    shared = sorted(terms & set(best.matched_terms)) if best else []
    if best is None or len(shared) < OVERLAP * len(terms):
        where = f"rank {best.rank}" if best else f"not among the first {DEPTH} chunks"
        text = f"{where}; shares {', '.join(shared) or 'nothing'} of {', '.join(sorted(terms))}"
        return Miss(outcome, "vocabulary mismatch", text)
    if question.answer_span and outcome.section_right and not outcome.span_right:
        text = f"{best.chunk.ref} is right, but what was quoted of it lacks the answer span"
        return Miss(outcome, "chunked badly", text)
    if outcome.article_right and best.rank <= 3:
        text = f"quoted {outcome.citations[0].ref}; {best.chunk.ref} stands at rank {best.rank}"
        return Miss(outcome, "wrong passage", text)
    ahead = hits[0].chunk.ref
    return Miss(outcome, "ranked too low", f"rank {best.rank}, {ahead} is first")
