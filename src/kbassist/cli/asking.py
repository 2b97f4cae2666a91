"""What `search` and `ask` print under `--json`, whole, brief or within a budget of tokens."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kbassist.config import DEFAULT_TOP_K
from kbassist.errors import UsageError
from kbassist.records import results

if TYPE_CHECKING:
    from kbassist.answer.near import NearMisses
    from kbassist.assistant import Assistant
    from kbassist.index.filters import Filters
    from kbassist.types import Answer, Hit, Mode, SearchExplanation

Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for beside the question, and how much of the result."""

    top_k: int
    mode: Mode | None
    filters: Filters
    offset: int = 0
    explain: bool = False
    brief: bool = False
    snippet_tokens: int | None = None
    max_tokens: int | None = None

    @property
    def depth(self) -> int:
        """Hits that a search must give: one more than is shown, to tell whether there is more."""
        from kbassist.index.search import MAX_TOP_K

        return min(self.offset + self.top_k + 1, MAX_TOP_K)


@dataclass(frozen=True, slots=True)
class Page:
    """Some of the hits of a question."""

    question: str
    hits: list[Hit]
    next: int | None
    """Hits before the first that follows; None where none does."""
    near: NearMisses | None
    """There where nothing was found at all."""


def check(wanted: Wanted) -> None:
    """Refuse numbers that are out of range.

    Raises:
        UsageError: names the option.
    """
    from kbassist.index.search import MAX_TOP_K, check_types

    if not 1 <= wanted.top_k <= MAX_TOP_K:
        raise UsageError(
            f"-k must be 1 to {MAX_TOP_K}, found {wanted.top_k}",
            hint=f"Leave it out for the {DEFAULT_TOP_K} best.",
        )
    check_types("", wanted.top_k, wanted.filters)
    if not 0 <= wanted.offset <= MAX_TOP_K - wanted.top_k:
        raise UsageError(
            f"--offset {wanted.offset} with {wanted.top_k} results is not within the first"
            f" {MAX_TOP_K}",
            hint=f"Give 0 to {MAX_TOP_K - wanted.top_k}.",
        )
    check_budget(wanted.snippet_tokens, "--snippet-tokens")
    check_budget(wanted.max_tokens, "--max-tokens")
    if wanted.explain and (wanted.brief or wanted.max_tokens is not None):
        raise UsageError(
            f"{'--brief' if wanted.brief else '--max-tokens'} leaves no room for --explain",
            hint="Leave one of them out.",
        )


def check_budget(tokens: int | None, name: str) -> None:
    """Refuse a budget of nothing."""
    if tokens is not None and tokens < 1:
        raise UsageError(f"{name} must be 1 or more, found {tokens}", hint="Leave it out for all.")


def search(assistant: Assistant, question: str, wanted: Wanted) -> Page:
    """Search, and say what came nearest where nothing was found."""
    hits = assistant.search(question, top_k=wanted.depth, mode=wanted.mode, filters=wanted.filters)
    return page(assistant, question, hits, wanted)


def page(assistant: Assistant, question: str, hits: list[Hit], wanted: Wanted) -> Page:
    """The hits that are shown, of `wanted.depth`."""
    end = wanted.offset + wanted.top_k
    near = None
    if not hits:
        from kbassist.answer.near import near_search

        index, settings = assistant.index, assistant.settings
        near = near_search(index, question, wanted.mode, wanted.filters, settings, assistant.today)
    return Page(question, hits[wanted.offset : end], end if len(hits) > end else None, near)


def search_record(
    assistant: Assistant,
    found: Page,
    wanted: Wanted,
    explanation: SearchExplanation | None = None,
    place: Mapping[str, Any] | None = None,
) -> Record:
    """A page as the object that is wanted.

    Args:
        assistant: that was asked.
        found: the page.
        wanted: how much of it.
        explanation: where one is wanted.
        place: members that say which of several questions it is.
    """
    record = _placed(
        results.search(found.question, found.hits, explanation, next=found.next, near=found.near),
        place,
    )
    if wanted.snippet_tokens is not None:
        from kbassist.records.snippets import matches, snippet

        analyzer = assistant.index.analyzer
        for shown, hit in zip(record["hits"], found.hits, strict=True):
            spans = matches(shown["text"], set(hit.matched_terms), analyzer)
            shown["text"] = snippet(shown["text"], spans, wanted.snippet_tokens)
    if wanted.brief:
        from kbassist.records.brief import brief_search

        record = brief_search(record)
    if wanted.max_tokens is not None:
        from kbassist.records.budget import fit_search

        record = fit_search(record, wanted.max_tokens)
    return record


def ask(assistant: Assistant, question: str, wanted: Wanted) -> tuple[Answer, NearMisses | None]:
    """Answer, and say what came nearest where it abstains."""
    answer = assistant.ask(question, top_k=wanted.top_k, mode=wanted.mode, filters=wanted.filters)
    if answer.action != "abstain":
        return answer, None
    from kbassist.answer.near import near_answer

    settings = assistant.settings, assistant.answers
    return answer, near_answer(
        assistant.index, answer, wanted.mode, wanted.filters, settings, assistant.today
    )


def answer_record(
    answer: Answer,
    near: NearMisses | None,
    wanted: Wanted,
    place: Mapping[str, Any] | None = None,
) -> Record:
    """An answer as the object that is wanted; arguments as those of `search_record`."""
    explanation = answer.explain() if wanted.explain else None
    record = _placed(results.answer(answer, explanation, near), place)
    if wanted.brief:
        from kbassist.records.brief import brief_answer

        record = brief_answer(record)
    if wanted.max_tokens is not None:
        from kbassist.records.budget import fit_answer

        record = fit_answer(record, wanted.max_tokens)
    return record


def _placed(record: Record, place: Mapping[str, Any] | None) -> Record:
    if not place:
        return record
    return {"schema_version": record["schema_version"], **place, **record}
