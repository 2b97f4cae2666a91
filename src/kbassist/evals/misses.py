"""Why each question went wrong, with the evidence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, get_args

from kbassist.assistant import Assistant
from kbassist.evals.model import Dataset, Question
from kbassist.evals.result import Outcome, Result
from kbassist.evals.run import CHUNKS
from kbassist.evals.targets import Target, resolve
from kbassist.index.filters import Filters
from kbassist.types import Hit, Mode

Cause = Literal[
    "citation broken",
    "confidence too high",
    "wrong action",
    "label suspect",
    "filtered out",
    "confidence too low",
    "quoted badly",
    "chunked badly",
    "wrong passage",
    "vocabulary mismatch",
    "ranked too low",
]
CAUSES: tuple[Cause, ...] = get_args(Cause)

NEAR = 3
"""A right passage of the quoted article that stands within this rank was passed over."""
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
        citation broken: a quote does not stand on the lines that it names.
        confidence too high: answered, but no answer is right.
        wrong action: neither answered nor what was asked for, or answered instead of that.
        label suspect: a quote from an article that is not labelled holds the answer span.
        filtered out: the question's own filters, or an article's days, hide every right article.
        confidence too low: not answered, though a right passage was ranked first.
        chunked badly: no chunk of the right passages holds the answer span whole.
        quoted badly: the right passage was quoted, without the answer span that its chunk holds.
        wrong passage: the right article was quoted, another part of it.
        vocabulary mismatch: the right passage shares little of the question's evidence.
        ranked too low: the right passage stands behind others; the rank is given.
    """
    targets = resolve(dataset, assistant)
    questions = {question.id: question for question in dataset.questions}
    return [
        _explain(_Case(outcome, questions[outcome.id], targets[outcome.id], assistant, result.mode))
        for outcome in result.outcomes
        if not outcome.right and outcome.id in questions
    ]


@dataclass(frozen=True, slots=True)
class _Case:
    outcome: Outcome
    question: Question
    targets: Sequence[Target]
    assistant: Assistant
    mode: Mode

    def search(self, filters: Filters) -> list[Hit]:
        """The search that the ranking was made from."""
        return self.assistant.search(
            self.question.text, top_k=CHUNKS, mode=self.mode, filters=filters
        )

    def right(self, hits: Sequence[Hit]) -> list[Hit]:
        """The hits of right passages."""
        return [hit for hit in hits if any(t.holds(hit.chunk) for t in self.targets)]


def _explain(case: _Case) -> Miss:
    outcome = case.outcome
    cited = ", ".join(citation.ref for citation in outcome.citations)
    if not outcome.lines_right:
        return Miss(outcome, "citation broken", f"a quote is not on its lines: {cited}")
    if outcome.expect == "abstain" and outcome.action == "answer":
        text = f"answered with confidence {outcome.confidence:.2f} from {cited}"
        return Miss(outcome, "confidence too high", text)
    if outcome.expect != "answer":
        return Miss(outcome, "wrong action", f"{outcome.action} instead of {outcome.expect}")
    if outcome.span_right and not outcome.article_right:
        text = f"{outcome.citations[0].ref} holds the answer span and is not labelled"
        return Miss(outcome, "label suspect", text)
    return _of_search(case)


def _of_search(case: _Case) -> Miss:
    outcome, conditions = case.outcome, case.question.filters
    hits = case.search(conditions.filters())
    right = case.right(hits)
    if not any(hit.article.id in outcome.relevant for hit in hits):
        hidden = _hidden(case)
        if hidden:
            return Miss(outcome, "filtered out", hidden)
    if right and right[0].rank == 1 and outcome.action != "answer":
        text = f"{outcome.action} ({outcome.reason}), though the right passage was first"
        return Miss(outcome, "confidence too low", text)
    if outcome.section_right and outcome.span_right is False:
        return _without_span(case, right)
    if outcome.article_right and right and right[0].rank <= NEAR:
        place = f"{right[0].chunk.ref} stands at rank {right[0].rank}"
        return Miss(outcome, "wrong passage", f"quoted {outcome.citations[0].ref}; {place}")
    return _ranked(case, hits, right[0] if right else None)


def _hidden(case: _Case) -> str:
    """What hides every right article; empty where nothing does."""
    store, day = case.assistant.index.store, case.assistant.today
    metas = [store.article(id=name) for name in case.outcome.relevant]
    if not any(meta is not None and meta.valid_on(day) for meta in metas):
        return f"not valid on {day}: {', '.join(case.outcome.relevant)}"
    conditions = case.question.filters
    permitted = Filters(audience=conditions.audience)
    if conditions.filters() == permitted:
        return ""
    found = any(hit.article.id in case.outcome.relevant for hit in case.search(permitted))
    return f"{conditions.model_dump(exclude_defaults=True)}" if found else ""


def _without_span(case: _Case, right: Sequence[Hit]) -> Miss:
    wanted = "".join((case.question.answer_span or "").split())
    for hit in right:
        if wanted in "".join(hit.chunk.source.split()):
            text = f"{hit.chunk.ref} holds the answer span, what was quoted of it does not"
            return Miss(case.outcome, "quoted badly", text)
    text = f"no chunk of {', '.join(case.outcome.labels)} holds the answer span whole"
    return Miss(case.outcome, "chunked badly", text)


def _ranked(case: _Case, hits: Sequence[Hit], best: Hit | None) -> Miss:
    query = case.assistant.index.analyzer.query(case.question.text)
    terms = {term.term for term in query if term.evidence}
    shared = sorted(terms & set(best.matched_terms)) if best else []
    where = f"rank {best.rank}" if best else f"not among the first {CHUNKS} chunks"
    if best is None or (best.rank > NEAR and len(shared) < OVERLAP * len(terms)):
        text = f"{where}; shares {', '.join(shared) or 'nothing'} of {', '.join(sorted(terms))}"
        return Miss(case.outcome, "vocabulary mismatch", text)
    return Miss(case.outcome, "ranked too low", f"{where}, {hits[0].chunk.ref} is first")
