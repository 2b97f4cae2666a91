"""The block between `---` lines (YAML or JSON) or `+++` lines (TOML) → keys with their lines.

Scalars stay as they are written: `no`, `1.10` and `007` are text. A key that kbassist does not know
may hold anything, even broken YAML; a key that it knows must be right.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

import yaml

from kbassist.articles.slips import opening_slip, stray_lines, swallowed_key, wrong_closer
from kbassist.errors import ArticleError

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

_Loader: Any = getattr(yaml, "CBaseLoader", yaml.BaseLoader)
_LEADING = re.compile(r"(?:[ \t]*\n|[ \t]*<!--.*?-->[ \t]*\n)*", re.DOTALL)
_YAML = re.compile(r"---[ \t]*\n(.*?)(?<=\n)(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)(?<=\n)\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL)
_KEY = re.compile(r"(?![#\s-])(?:\"([^\"\n]+)\"|'([^'\n]+)'|([^\s:#][^:\n]*?))[ \t]*:(?=[ \t]|$)")
_TOML_KEY = re.compile(r"[ \t]*([\w.-]+)[ \t]*=")
_IDENTIFIER = re.compile(r"[\w.-]+")
_MAX_NODES = 20_000


@dataclass(frozen=True, slots=True)
class Value:
    """What one key holds, and where."""

    data: Any
    """Text, lists and mappings of text; in TOML also numbers, booleans and dates as ISO text."""
    line: int
    """1-based line of the key in the file."""
    quoted: bool = False
    """Whether a scalar was written in quotes."""


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """All keys of an article's front matter."""

    values: dict[str, Value]
    end: int
    """Offset of the first character after it."""
    warnings: list[tuple[str, int]] = field(default_factory=list)
    """Message and line."""
    problems: list[ArticleError] = field(default_factory=list)
    """All mistakes in it; with one of them, the article must not be used."""


def read_front_matter(text: str, path: str, known: frozenset[str]) -> FrontMatter:
    """The front matter at the top of a text; empty if there is none.

    Blank lines and comments may precede it. What only looks like front matter, such as text
    between two thematic breaks, is left to the article. A known key that is not valid YAML or TOML,
    or that a slip in the marks hides, is among the problems.
    """
    leading = _LEADING.match(text)
    start = leading.end() if leading else 0
    block: str | None = None
    for pattern, reader in ((_YAML, _read_yaml), (_TOML, _read_toml)):
        match = pattern.match(text, start)
        if match is not None:
            block = match[1]
            line = text.count("\n", 0, match.start(1)) + 1
            try:
                found = reader(block, path, line, match.end(), known)
            except ArticleError as error:
                found = FrontMatter({}, match.end(), problems=[error])
            if found is not None and (start == 0 or _plausible(found, known)):
                return found
    slip = opening_slip(text, start, block, known)
    if slip is None:
        return FrontMatter({}, 0)
    if slip.fatal:
        return FrontMatter({}, 0, problems=[slip.error(path)])
    return FrontMatter({}, 0, [slip.warning])


def _plausible(found: FrontMatter, known: frozenset[str]) -> bool:
    keys = found.values.keys()
    if found.problems or not keys.isdisjoint(known):
        return True
    return bool(keys) and all(_IDENTIFIER.fullmatch(key) for key in keys)


def _read_yaml(
    block: str, path: str, line: int, end: int, known: frozenset[str]
) -> FrontMatter | None:
    found = FrontMatter({}, end)
    if not block.strip():
        return found
    try:
        node = _compose(block)
    except (yaml.YAMLError, RecursionError, ValueError):
        slip = wrong_closer(block, line, known)
        if slip is not None:
            return FrontMatter({}, end, problems=[slip.error(path)])
        _salvage(block, path, line, known, found)
        return found if found.values or found.problems else None
    if node is None:  # nothing but comments
        return found
    if not isinstance(node, yaml.MappingNode):
        return None
    found.values.update(_mapping(node, path, line, found.warnings))
    return found


def _compose(block: str) -> Any:
    return yaml.compose(block, Loader=_Loader)


def _mapping(
    node: yaml.MappingNode, path: str, line: int, warnings: list[tuple[str, int]]
) -> dict[str, Value]:
    values: dict[str, Value] = {}
    counter = _Plain(path, line)
    for key_node, value_node in node.value:
        at = line + key_node.start_mark.line
        key = str(counter.convert(key_node))
        if key in values:
            warnings.append((f"front matter key {key!r} is given twice; the last one counts", at))
        quoted = isinstance(value_node, yaml.ScalarNode) and bool(value_node.style)
        if not quoted and isinstance(value_node, yaml.ScalarNode):
            slip = swallowed_key(value_node.value, key, at)
            if slip is not None:
                raise slip.error(path)
        values[key] = Value(counter.convert(value_node), at, quoted)
    return values


class _Plain:
    """YAML nodes → text, lists and mappings, with a bound on what aliases may blow up to."""

    def __init__(self, path: str, line: int) -> None:
        self.path, self.line, self.count = path, line, 0

    def convert(self, node: yaml.Node, depth: int = 0) -> Any:
        self.count += 1
        if self.count > _MAX_NODES or depth > 50:
            raise ArticleError(
                "front matter is nested too deeply or refers to itself",
                path=self.path,
                line=self.line,
                hint="Write it as plain keys and values.",
            )
        if isinstance(node, yaml.SequenceNode):
            return [self.convert(item, depth + 1) for item in node.value]
        if isinstance(node, yaml.MappingNode):
            return {
                str(self.convert(key, depth + 1)): self.convert(value, depth + 1)
                for key, value in node.value
            }
        return str(node.value)


def _entries(block: str) -> Iterator[tuple[str, int, str]]:
    """Top-level keys of broken YAML by the look of their lines: key, 0-based line, source."""
    lines = block.split("\n")
    starts = [(i, match) for i, line in enumerate(lines) if (match := _KEY.match(line))]
    for position, (i, match) in enumerate(starts):
        stop = starts[position + 1][0] if position + 1 < len(starts) else len(lines)
        yield match[1] or match[2] or match[3], i, "\n".join(lines[i:stop])


def _salvage(block: str, path: str, line: int, known: frozenset[str], found: FrontMatter) -> None:
    """Read broken YAML key by key: a foreign key may be broken, a known one must not."""
    entries = list(_entries(block))
    if not any(_IDENTIFIER.fullmatch(key) for key, _, _ in entries):
        return
    head = "\n".join(block.split("\n")[: entries[0][1]])
    found.problems.extend(slip.error(path) for slip in stray_lines(head, line, known, lost=True))
    for key, offset, source in entries:
        at = line + offset
        try:
            node = _compose(source)
            if not isinstance(node, yaml.MappingNode):
                raise ValueError("not a mapping")
            found.values.update(_mapping(node, path, at, found.warnings))
        except (yaml.YAMLError, RecursionError, ValueError) as error:
            rest = source.split("\n", 1)[1] if "\n" in source else ""
            strays = list(stray_lines(rest, at + 1, known, lost=key not in known))
            found.problems.extend(slip.error(path) for slip in strays)
            if key in known and not strays:
                found.problems.append(_broken(key, source, path, at, error))
            elif key not in known:
                found.values[key] = Value(source.split(":", 1)[1].strip(), at)
                message = f"front matter key {key!r} is not valid YAML; kept as written"
                found.warnings.append((message, at))


def _broken(key: str, source: str, path: str, line: int, error: Exception) -> ArticleError:
    problem = str(getattr(error, "problem", None) or str(error).split("\n")[0])
    context = str(getattr(error, "context", None) or "")
    open_ended = "quoted scalar" in context or "flow" in context
    mark = getattr(error, "context_mark" if open_ended else "problem_mark", None)
    lines = source.rstrip().split("\n")
    at = min(mark.line, len(lines) - 1) if mark is not None else 0
    tabs = [number for number, item in enumerate(lines) if re.match(r" *\t", item)]
    at = tabs[0] if tabs else at
    value = (lines[at] if at else source.split(":", 1)[1]).strip()
    return ArticleError(
        f"front matter key {key!r} is not valid YAML ({problem}): {value[:80]!r}",
        path=path,
        line=line + at,
        hint=_advice(key, value, context, at, bool(tabs)),
    )


def _advice(key: str, value: str, context: str, at: int, tabs: bool) -> str:
    """What mends broken YAML, by what is broken."""
    if tabs:
        return "Indent with spaces, never with tabs."
    if "flow" in context:
        closing, example = ("}", "{a: b}") if value.startswith("{") else ("]", "[a, b]")
        return f"Close it with {closing}: {key}: {example}, and put odd values in quotes."
    if "quoted scalar" in context:
        return f"Close the quote at the end of the value: {key}: {value[:1]}…{value[:1]}"
    if at:
        return (
            f"Write the line as key: value, indent it if it belongs to {key!r}, or end the front "
            "matter above it with --- alone on a line."
        )
    return f'Put the value in quotes: {key}: "…"'


def _read_toml(
    block: str, path: str, line: int, end: int, known: frozenset[str]
) -> FrontMatter | None:
    lines = {
        match[1]: line + number
        for number, text in enumerate(block.split("\n"))
        if (match := _TOML_KEY.match(text))
    }
    try:
        table = tomllib.loads(block)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        if not lines:
            return None
        place = re.search(r" \(at line (\d+), column \d+\)", str(error))
        at = int(place[1]) - 1 if place else 0
        text = block.split("\n")[at : at + 1]
        raise ArticleError(
            f"front matter is not valid TOML: {str(error).split(' (at ')[0]}: {''.join(text)!r}",
            path=path,
            line=line + at,
            hint='Between +++ lines, write key = "value" or key = ["a", "b"], with ASCII signs.',
        ) from None
    values = {key: Value(_textual(data), lines.get(key, line)) for key, data in table.items()}
    return FrontMatter(values, end)


def _textual(data: Any) -> Any:
    if isinstance(data, dict):
        return {key: _textual(value) for key, value in data.items()}
    if isinstance(data, list):
        return [_textual(value) for value in data]
    if isinstance(data, bool):
        return "true" if data else "false"
    if isinstance(data, date | datetime | time):
        return data.isoformat()
    return str(data)
