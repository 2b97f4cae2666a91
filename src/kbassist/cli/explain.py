"""Explanations as lines for people."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kbassist.cli.terminal import one_line, styled

if TYPE_CHECKING:
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
