"""What the opening line of a container says: its title, and whether it is a part of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

_INFO = re.compile(r"\{?[ \t]*([\w-]+)[ \t]*\}?[ \t]*(?:\[([^\]]*)\])?[ \t]*(.*)")
_QUOTED = re.compile(r'"([^"]*)"')
_WORD = re.compile(r"\w")
_FOLDING = frozenset({"details", "faq", "summary"})


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_NAMES = _words(
    "attention caution code-group code-tabs danger details error example faq hint important info "
    "moniker note notice quote success summary tab tabs tip warn warning zone"
)


@dataclass(frozen=True, slots=True)
class Label:
    """The readable part of a container's opening line."""

    title: str
    """As written, so that its place in the line can be found; may be empty."""
    section: bool
    """Whether the container with its title is a section: a tab or a folded part."""
    question: bool
    """Whether the title asks for the content."""


def colon_label(info: str) -> Label:
    """``::: tip Title``, ``:::note[Title]``, ``:::{note} Title``; an unknown name is a title."""
    match = _INFO.match(info)
    name = match[1].lower() if match else ""
    title = (match[2] or match[3]) if match else ""
    if name not in _NAMES and (title or match is None):
        title = info
    if not _WORD.search(title):
        title = ""
    folding = name in _FOLDING
    return Label(title.strip().rstrip(":").rstrip(), folding, folding)


def indented_label(info: str) -> Label:
    """``!!! note "Title"``, ``??? question "Title"`` and ``=== "Tab"``."""
    quoted = _QUOTED.search(info)
    folding, tab = info.startswith("???"), info.startswith("===")
    return Label(quoted[1].strip() if quoted else "", folding or tab, folding)
