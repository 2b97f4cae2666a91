"""Two texts with what differs marked, as HTML."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from html import escape

from kbassist.text.chars import CJK

_TOKEN = re.compile(rf"[{CJK}]|[^\W_{CJK}]+|\s+|.", re.DOTALL)
_LONG = 4000
"""Characters from which on a text is marked as a whole: comparing takes the square of them."""


def marked(left: str, right: str) -> tuple[str, str]:
    """Both texts, escaped, with `<mark>` around what the other has otherwise.

    Compared are words and single Chinese characters.
    """
    if len(left) + len(right) > _LONG:
        return f"<mark>{escape(left)}</mark>", f"<mark>{escape(right)}</mark>"
    here, there = _TOKEN.findall(left), _TOKEN.findall(right)
    changes = SequenceMatcher(None, here, there, autojunk=False).get_opcodes()
    return (
        "".join(_piece(here[i:j], tag != "equal") for tag, i, j, _, _ in changes),
        "".join(_piece(there[k:m], tag != "equal") for tag, _, _, k, m in changes),
    )


def _piece(tokens: Sequence[str], differs: bool) -> str:
    text = escape("".join(tokens))
    return f"<mark>{text}</mark>" if differs and text.strip() else text
