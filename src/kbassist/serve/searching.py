"""The tool `search`: passages that match, best first, page by page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from kbassist.answer.near import NearMisses, near_search
from kbassist.index.filters import Filters
from kbassist.serve import cursors
from kbassist.serve.knowledge import View
from kbassist.serve.passages import NAME_TOKENS, Passage, doubts, told
from kbassist.serve.result import Result, clipped, filled, fitting, flat

if TYPE_CHECKING:
    from kbassist.types import Answer, Choice

MAX_RESULTS = 100
"""Over all pages; whoever wants more asks a better question."""
DEFAULT_LIMIT = 5
DEFAULT_TOKENS = 2000
DEFAULT_SNIPPET = 120


def search(view: View, values: dict[str, Any]) -> Result:
    """One page of passages; where there are none, what comes near.

    Args:
        view: the generation to search.
        values: the tool's parameters, checked.

    Raises:
        QuestionError: the question cannot be asked.
        FilterError: a filter that cannot be used.
        UsageError: a cursor of something else.
    """
    question, filters = values["question"], view.filters(values)
    asked = view.asked("search", values)
    start = cursors.read(values.get("cursor"), asked)
    limit = values.get("limit", DEFAULT_LIMIT)
    end = min(start + limit, MAX_RESULTS)
    answer = view.assistant.ask(question, top_k=min(end + 1, MAX_RESULTS), filters=filters)
    size = values.get("snippet_tokens", DEFAULT_SNIPPET)
    passages = [Passage(view, hit, size) for hit in answer.hits[start:end]]
    near = None if passages or start else _near(view, question, filters)
    page = _Page(view, answer, passages, near, start, len(answer.hits), asked)
    steps = [(count, size) for count in range(len(passages), 0, -1)]
    steps += [(1, size // part) for part in (2, 4, 8)] if passages else []
    steps += [(-count, 0) for count in range(len(page.near), 0, -1)]
    return fitting([*steps, (0, 0)], page.result, values.get("max_tokens", DEFAULT_TOKENS))


class _Page:
    """A page of results, told with more or fewer of its passages."""

    def __init__(
        self,
        view: View,
        answer: Answer,
        passages: list[Passage],
        near: NearMisses | None,
        start: int,
        found: int,
        asked: Any,
    ) -> None:
        self.view, self.answer, self.passages = view, answer, passages
        self.start, self.found, self.asked = start, found, asked
        self.why = None if near is None else near.why
        self.near = [] if near is None else [_place(choice) for choice in near.without_filters]

    def result(self, step: tuple[int, int]) -> Result:
        """The page with so many passages, their snippets of at most so many tokens.

        A negative number stands for so many near misses.
        """
        count, size = max(step[0], 0), step[1]
        hits = [passage.record(size) for passage in self.passages[:count]]
        after = self.start + count
        cursor = cursors.make(after, self.asked) if after < self.found and count else None
        near = self.near[: -step[0]] if step[0] < 0 else []
        correction = self.answer.did_you_mean
        record = {
            **self.view.head(),
            "confidence": round(self.answer.confidence, 2),
            "hits": hits,
            **filled(
                did_you_mean=clipped(correction, NAME_TOKENS) if correction else None,
                why=self.why,
                near=near,
                truncated=count < len(self.passages),
                next_cursor=cursor,
            ),
        }
        return Result(record, self._text(record))

    def _text(self, record: dict[str, Any]) -> str:
        count, sure = len(record["hits"]), record["confidence"]
        plural = "" if count == 1 else "s"
        lines = [f"{count} passage{plural}, confidence {sure:.2f}; {self.view.first_line()}"]
        if meant := record.get("did_you_mean"):
            lines.append(f"Did you mean: {meant}")
        shown = zip(record["hits"], self.passages, strict=False)
        lines += ["\n" + told(hit, doubts(passage.citations)) for hit, passage in shown]
        if why := record.get("why"):
            lines.append(f"Nothing: {why}.")
        near = record.get("near", ())
        lines += [flat(f"Without the filters: {item['title']} ({item['ref']})") for item in near]
        if record.get("truncated"):
            lines.append("\nLeft out for length; a larger max_tokens shows more.")
        if cursor := record.get("next_cursor"):
            lines.append(f"\nMore: cursor {cursor}")
        return "\n".join(lines)


def _near(view: View, question: str, filters: Filters) -> NearMisses:
    """Why nothing passed, and what would; nothing is named that the server may not show."""
    assistant = view.assistant
    return near_search(view.index, question, None, filters, assistant.settings, assistant.today)


def _place(choice: Choice) -> dict[str, Any]:
    return {"title": clipped(choice.title, NAME_TOKENS), "ref": choice.ref}
