"""Explanations as lines for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from kbassist.cli.terminal import one_line, styled

if TYPE_CHECKING:
    from kbassist.answer.near import NearMisses
    from kbassist.assistant import Assistant
    from kbassist.index.filters import Filters
    from kbassist.types import Hit, Mode, SearchExplanation


def of_search(
    assistant: Assistant, question: str, hits: Sequence[Hit], mode: Mode | None, filters: Filters
) -> SearchExplanation:
    """The explanation of a search, also where it found nothing."""
    if hits:
        return hits[0].explain().search
    from kbassist.index.explain import SearchOrigin
    from kbassist.index.understand import understand

    index, settings, today = assistant.index, assistant.settings, assistant.today
    found = understand(index, question, settings, day=today)
    return SearchOrigin(index, question, found, mode, filters, settings, today).search()


def shown(text: str, indent: int = 0) -> list[str]:
    """Lines of an explanation's text, its labels marked where colour is wanted."""
    from kbassist.types.search_explanation import LABEL

    return [
        f"{' ' * indent}{styled(one[:LABEL], bold=True)}{one_line(one[LABEL:])}".rstrip()
        for one in text.split("\n")
    ]


def near_misses(near: NearMisses) -> Iterator[str]:
    """What the filters keep out, for people."""
    for condition in near.filters:
        if not condition.articles:
            guess = " or ".join(map(repr, condition.did_you_mean))
            yield f"no article has {condition.filter!r}" + (f": {guess}?" if guess else "")
    if near.without_filters:
        yield "Without the filters:"
    for choice in near.without_filters:
        yield f"  - {one_line(choice.text)}  {one_line(choice.ref)}"
