"""The line of front matter that adds a question phrasing to an article, and where it goes."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

import yaml

from kbassist.articles.sections import TOP

_FENCE = re.compile(r"---\s*$")
_END = re.compile(r"(?:---|\.\.\.)\s*$")
_PLAIN_KEY = re.compile(r"[^\W\d][\w-]*")


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of one place of a file."""

    line: int
    """1-based."""
    text: str
    """One line or several, without the last line's end."""
    replaces: bool
    """Whether the text stands in place of the line; else before it, which moves down."""

    def applied(self, text: str) -> str:
        """The file's text with the change."""
        lines = text.split("\n")
        lines[self.line - 1 : self.line - (not self.replaces)] = self.text.split("\n")
        return "\n".join(lines)


def add_phrasing(text: str, anchor: str, question: str) -> Edit:
    """Where to add a way of asking for a section, and as what.

    Args:
        text: the article's decoded text.
        anchor: of the section; empty for the text before the first heading.
        question: the phrasing, one line.
    """
    lines, quoted = text.split("\n"), json.dumps(question, ensure_ascii=False)
    end = next((at for at, line in enumerate(lines[1:], 1) if _END.match(line)), None)
    if not _FENCE.match(lines[0]) or end is None:
        return Edit(1, f"---\nquestions: [{quoted}]\n---", False)
    new = Edit(end + 1, f"questions: [{quoted}]", False)
    try:
        node = yaml.compose("\n".join(lines[1:end]), Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return new
    value = _value(node, "questions")
    if isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
        key = anchor or TOP
        phrasings = _value(value, key)
        if phrasings is not None:
            return _into(phrasings, lines, quoted) or new
        first, last = value.value[0][0], value.value[-1][1]
        name = key if _PLAIN_KEY.fullmatch(key) else json.dumps(key, ensure_ascii=False)
        indent = " " * first.start_mark.column
        return Edit(_after(last, lines), f"{indent}{name}: [{quoted}]", False)
    return (value is not None and _into(value, lines, quoted)) or new


def _value(node: yaml.Node | None, name: str) -> yaml.Node | None:
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for key, value in node.value if key.value == name), None)


def _into(node: yaml.Node, lines: list[str], quoted: str) -> Edit | None:
    """The change that puts one more into a list, or makes a list of one."""
    if isinstance(node, yaml.SequenceNode) and not node.flow_style and node.value:
        first = lines[1 + node.value[0].start_mark.line]
        indent = first[: len(first) - len(first.lstrip())]
        if first.lstrip().startswith("- "):
            return Edit(_after(node.value[-1], lines), f"{indent}- {quoted}", False)
        return None
    at, column = 1 + node.end_mark.line, node.end_mark.column
    line = lines[at]
    if isinstance(node, yaml.SequenceNode):
        before = line[: column - 1].rstrip()
        comma = "" if not node.value or before.endswith(",") else ","
        space = " " if comma or before.endswith(",") else ""
        return Edit(at + 1, f"{before}{comma}{space}{quoted}{line[column - 1 :]}", True)
    start = node.start_mark
    if isinstance(node, yaml.ScalarNode) and start.line == node.end_mark.line and node.value:
        old = line[start.column : column]
        listed = old if node.style else json.dumps(node.value, ensure_ascii=False)
        return Edit(at + 1, f"{line[: start.column]}[{listed}, {quoted}]{line[column:]}", True)
    return None


def _after(node: yaml.Node, lines: list[str]) -> int:
    """The line behind a node, 1-based; blank lines and comments stay behind it."""
    mark = node.end_mark
    at = 1 + mark.line - (mark.column == 0)
    while at > 1 and (not lines[at].strip() or lines[at].lstrip().startswith("#")):
        at -= 1
    return at + 2
