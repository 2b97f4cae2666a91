"""The forms that `ask` prints an answer in, with matched words marked."""

from __future__ import annotations

from typing import cast

from kbassist.answer.marking import marker, unmarked
from kbassist.answer.rendering import MARKS, Form, render, said
from kbassist.cli.terminal import colour_wanted, safe
from kbassist.text.analyzer import Analyzer
from kbassist.types import Answer

_BOLD = ("\x1b[1;4m", "\x1b[22;24m")
"""Bold and underlined, on and off; underlined too since some terminals show no bold."""
_KEPT = ("\ue002", "\ue003")
"""Stand for the escape sequences while the text is made safe: private use, so safe to print."""


def rendered(answer: Answer, analyzer: Analyzer, form: str, mark: bool) -> str:
    """An answer's text, safe to print; its sources too unless the form is `text`.

    Args:
        answer: with citations.
        analyzer: the one of the index.
        form: `text`, `markdown` or `plain`.
        mark: mark matched words by signs where the terminal shows no bold.
    """
    bold = form != "markdown" and colour_wanted() and not mark
    marks = _KEPT if bold else MARKS["plain" if form == "plain" else "markdown"] if mark else None
    if form == "text":
        text = said(answer, mark=unmarked if marks is None else marker(analyzer, marks))
    else:
        text = render(answer, cast("Form", form), analyzer, marks)
    text = safe(text)
    for kept, shown in zip(_KEPT, _BOLD, strict=True):
        text = text.replace(kept, shown) if bold else text
    return text
