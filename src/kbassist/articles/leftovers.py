"""Marks of other dialects that a CommonMark parser leaves in the text.

Attribute lists (kramdown, MkDocs, Pandoc), product names (Adobe), icons (Material for MkDocs),
links to definitions in another file, and bold that CommonMark's rules for Latin text do not see.
"""

from __future__ import annotations

import re

_ATTRIBUTE = r"""(?:[#.][\w:.-]+|[\w-]+=(?:"[^"{}]*"|'[^'{}]*'|[\w%.-]+))"""
_ATTRIBUTE_LIST = re.compile(
    r"\{:[^{}\n]*\}|[ \t]*\{#[\w:.-]+\}"
    rf"|(?<=[^\s{{])\{{\s*{_ATTRIBUTE}(?:\s+{_ATTRIBUTE})*\s*\}}"
)
_LEADING_LIST = re.compile(r"\{[:\s]*(?:[#.][\w-]+|[\w-]+=\S)[^{}\n]*\}")
_ADOBE = re.compile(r"\[!(?:DNL|UICONTROL|TAB)\s+([^\[\]]*)\]|\[!(?:DNL|UICONTROL)\]")
_ADOBE_START = re.compile(r"\[!(?:DNL|UICONTROL)\s+")
_REFERENCE = re.compile(
    r"(?<![\w\]])\[([^\[\]\n]{2,})\](?:\[[a-z0-9._:-]{3,}\]| \[[a-z0-9]+(?:-[a-z0-9]+)+\])"
)
_TOC = re.compile(r"\[\[_?toc_?\]\]", re.IGNORECASE)
_LINK = re.compile(r"!?\[([^\[\]]*)\]\([^()\s]*\)")
_LITERAL_BOLD = re.compile(
    r"(?<!\*)\*\*(?=\S)([^*\n]+)\*\*(?!\*)|(?<!\S)\*\*([^*\n]+)(?<=\S)\*\*(?![\w*])"
)
_STRAY_BOLD = re.compile(r"(?<=[\u2e80-\uffef])\*\*(?!\*)|(?<!\*)\*\*(?=[\u2e80-\uffef])")
_ICON = re.compile(r":(?:octicons|material|fontawesome|simple)-[\w-]+:")


def may_have_marks(text: str) -> bool:
    """Whether any function here could change the text; a quick look."""
    return "{" in text or "[" in text or ":" in text or "**" in text


def strip_marks(text: str) -> str:
    """Text without attribute lists, product marks, icons and unseen bold."""
    if "{" in text:
        text = _ATTRIBUTE_LIST.sub("", text)
    if "[!" in text:
        text = _ADOBE_START.sub("", _ADOBE.sub(r"\1", text))
    if "**" in text:
        text = _STRAY_BOLD.sub("", _LITERAL_BOLD.sub(r"\1\2", text))
    if ":" in text:
        text = _ICON.sub("", text)
    return text


def strip_leading_list(text: str) -> str:
    """Text after a link or image, without the attribute list that belongs to it."""
    return _LEADING_LIST.sub("", text, count=1) if text.startswith("{") else text


def strip_references(text: str) -> str:
    """``[text][name]`` without a definition → text; ``[[toc]]`` → nothing."""
    if "][" in text or "] [" in text or "[[" in text:
        text = _TOC.sub("", _REFERENCE.sub(r"\1", text))
    return text


def strip_links(text: str) -> str:
    """Markdown links in raw HTML, where the parser does not look."""
    return _LINK.sub(r"\1", text) if "](" in text else text
