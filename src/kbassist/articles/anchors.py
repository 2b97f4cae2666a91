"""GitHub-style anchors, explicit ids, and the keys that chunk ids are made of."""

from __future__ import annotations

import re
import unicodedata

_ATTRIBUTES = re.compile(
    r"""[ \t]*\{:?[ \t]*((?:[#.][^\s{}]+|[\w-]+=(?:"[^"{}]*"|[^\s{}"]+))"""
    r"""(?:[ \t]+(?:[#.][^\s{}]+|[\w-]+=(?:"[^"{}]*"|[^\s{}"]+)))*|)[ \t]*\}[ \t]*$"""
)
_WORD_LIST = re.compile(r"[ \t]*\{:[^{}\n]*\}[ \t]*$")
_ID = re.compile(r"#([^\s{}#]+)")
_NAMED = re.compile(r"""\bid=["']?([^\s"'{}]+)""")
_UNSAFE = re.compile(r"[\s/\x00-\x1f\x7f]+")


def slug(text: str) -> str:
    """GitHub's anchor for a heading: lower case, letters, digits, marks, ``-`` and ``_`` only."""
    kept = []
    for char in text.strip().lower():
        if char == " ":
            kept.append("-")
        elif char.isalnum() or char in "-_" or unicodedata.category(char)[0] == "M":
            kept.append(char)
    return "".join(kept)


def split_attributes(text: str) -> tuple[str, str]:
    """Take ``{#id}``, ``{ .class }`` and ``{: … }`` off the end of a heading: text, id or ""."""
    if not text.rstrip().endswith("}"):
        return text, ""
    match = _ATTRIBUTES.search(text)
    if match is None:
        match = _WORD_LIST.search(text)
        return (text[: match.start()], "") if match else (text, "")
    found = _ID.search(match[1]) or _NAMED.search(match[1])
    return text[: match.start()], found[1] if found else ""


def key_part(anchor: str) -> str:
    """One step of a heading-path anchor; never empty, never with a slash or white space."""
    return _UNSAFE.sub("-", anchor).strip("-") or "section"


class Numbered:
    """Hands out names once: the second ``fees`` becomes ``fees-1`` (or with ``~``, ``fees~2``)."""

    def __init__(self, mark: str = "-", first: int = 1) -> None:
        self.mark, self.first = mark, first
        self.used: set[str] = set()
        self.counts: dict[str, int] = {}

    def take(self, name: str) -> str:
        """The name itself if it is free, else the name with the next free number."""
        taken = name
        count = self.counts.get(name, self.first)
        while taken in self.used:
            taken = f"{name}{self.mark}{count}"
            count += 1
        self.counts[name] = count
        self.used.add(taken)
        return taken
