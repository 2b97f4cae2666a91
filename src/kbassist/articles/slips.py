"""Front matter that a slip of the pen turned into text: an article would become public by it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kbassist.errors import ArticleError

GUARDED_KEYS = frozenset({"audience", "status"})
"""Keys that keep an article from readers: losing one is never a mere warning."""

_OPENER = re.compile(r"([ \t]*)(-{2,}|\+{3}|[—–―]+-*)[ \t]*\n")
_KEY_LINE = re.compile(r"""[ \t]*["']?([A-Za-z][\w.-]*)["']?[ \t]*[:：=]""")
_WORD = re.compile(r"[ \t]*([A-Za-z][\w.-]*)(?=\s|$)")
_TWO_WORDS = re.compile(r"[ \t]*([a-z]+)[ \t]+[\w-]+[ \t]*$")
_WRONG_CLOSER = re.compile(r"(?:--|-{4,}|[—–―]+-*)[ \t]*")
_ANY_CLOSER = re.compile(r"[ \t]*(?:-{2,}|[—–―]+-*|\+{2,}|\*{3,}|={3,}|_{3,})[ \t]*")
_STRAY = re.compile(r"""["']?(\w+)["']?(?:[ \t]*：|:(?=\S))""")
_NESTED = re.compile(r"""[ \t]+["']?(\w+)["']?[ \t]*[:：]""")
_SWALLOWED = re.compile(r"(?<!\S)(audience|status)[ \t]*：")
_FAR = 200
"""Lines of an unclosed block that are looked at."""


@dataclass(frozen=True, slots=True)
class Slip:
    """What was found, on which line, and how to mend it."""

    message: str
    line: int
    hint: str
    fatal: bool = True

    @property
    def warning(self) -> tuple[str, int]:
        """Message with the hint, and line."""
        return f"{self.message}; {self.hint[0].lower()}{self.hint[1:].rstrip('.')}", self.line

    def error(self, path: str) -> ArticleError:
        return ArticleError(self.message, path=path, line=self.line, hint=self.hint)


def opening_slip(text: str, start: int, block: str | None, known: frozenset[str]) -> Slip | None:
    """Why a text that was meant to have front matter has none; None where it is just text.

    Args:
        text: the whole file.
        start: where its first line with anything on it begins.
        block: what stands between the marks, if they were found.
        known: keys that tell front matter from prose.
    """
    match = _OPENER.match(text, start)
    if match is None:
        return _never_opened(text, start, known)
    indent, mark = match.groups()
    line = text.count("\n", 0, start) + 1
    if block is not None:
        return _not_a_mapping(block.split("\n"), line + 1, known)
    lines = text[match.end() :].split("\n", _FAR)[:_FAR]
    hits = list(_known_lines(lines, known))
    if not hits:
        return None
    if mark not in ("---", "+++"):
        return Slip(
            f"line {line} is {mark!r}, which opens no front matter, but {hits[0][1]!r} follows it",
            line,
            "Write exactly --- alone on that line.",
            fatal=any(name.lower() in GUARDED_KEYS for name, _ in hits),
        )
    closers = [i for i, item in enumerate(lines) if item and _ANY_CLOSER.fullmatch(item)]
    if indent and any(lines[i].strip() == mark for i in closers):
        return Slip(
            f"front matter opened on line {line} is indented",
            line,
            f"Put {mark} at the very start of the line.",
        )
    near = [f"line {line + 1 + i} is {lines[i]!r}" for i in closers[:1]]
    return unclosed(line, mark, near[0] if near else "")


def _never_opened(text: str, start: int, known: frozenset[str]) -> Slip | None:
    """Keys at the top of a file, then `---`: to Markdown a heading, so no more than a warning."""
    lines = text[start:].split("\n", _FAR)[:_FAR]
    end = next((number for number, item in enumerate(lines) if not item.strip()), len(lines))
    if "---" not in (item.rstrip() for item in lines[1:end]):
        return None
    guarded = [item for key, item in _known_lines(lines, known) if key.lower() in GUARDED_KEYS]
    if not guarded:
        return None
    line = text.count("\n", 0, start) + 1
    return Slip(
        f"front matter is closed but never opened: {guarded[0][:80]!r} is mere text",
        line,
        f"Put --- alone on a line before line {line}.",
        fatal=False,
    )


def unclosed(line: int, mark: str = "---", found: str = "") -> Slip:
    """An opening mark without its closing one."""
    message = f"front matter opened on line {line} is never closed"
    return Slip(
        f"{message}: {found}" if found else message,
        line,
        f"Put {mark} alone on a line after its last key, at the very start of the line.",
    )


def wrong_closer(block: str, line: int, known: frozenset[str]) -> Slip | None:
    """A line such as `--` that was meant to end the block, which then ran on into the text."""
    lines = block.split("\n")
    for number, item in enumerate(lines):
        if _WRONG_CLOSER.fullmatch(item) and any(_known_lines(lines[:number], known)):
            return unclosed(line - 1, found=f"line {line + number} is {item!r}")
    return None


def stray_lines(source: str, line: int, known: frozenset[str], lost: bool) -> Iterator[Slip]:
    """Lines of broken YAML that hold a known key in a form that YAML does not see.

    Args:
        source: the lines.
        line: number of the first.
        known: the keys.
        lost: whether all of `source` is given up, so that an indented key is lost with it.
    """
    for number, item in enumerate(source.split("\n")):
        match = _STRAY.match(item)
        if match is None and lost:
            match = _NESTED.match(item)
            if match is not None and match[1] not in GUARDED_KEYS and not item.startswith("\t"):
                match = None
        if match is not None and match[1] in known:
            yield _no_key(item, match[1], line + number)


def swallowed_key(value: str, key: str, line: int) -> Slip | None:
    """A guarded key with a full-width colon that YAML takes for more of the value before it."""
    match = _SWALLOWED.search(value)
    if match is None:
        return None
    return Slip(
        f"front matter key {key!r} holds the key {match[1]!r}: {value[:80]!r}",
        line,
        f"Give {match[1]} a line of its own, not indented, with an ASCII colon and a space.",
    )


def _known_lines(lines: Sequence[str], known: frozenset[str]) -> Iterator[tuple[str, str]]:
    """Keys and lines at the top that look like known keys, up to the first line of prose."""
    seen = False
    for number, item in enumerate(lines):
        if not item.strip() or item.strip() == "{":
            continue
        match = _KEY_LINE.match(item)
        if match is not None:
            seen = True
            if match[1] in known or match[1].lower() in GUARDED_KEYS:
                yield match[1], item.strip()
        elif item.startswith("#"):
            following = lines[number + 1] if number + 1 < len(lines) else ""
            if not seen and not following.strip():
                return  # a heading
        elif not (seen and item[0] in " \t-"):
            return


def _not_a_mapping(lines: Sequence[str], line: int, known: frozenset[str]) -> Slip | None:
    keyed = next((item for _, item in _known_lines(lines, known)), None)
    first = True
    for number, item in enumerate(lines):
        if not item.strip() or item.startswith("#"):
            continue
        found = [pattern.match(item) for pattern in (_KEY_LINE, _WORD if first else _TWO_WORDS)]
        wanted = known if first else GUARDED_KEYS
        names = [match[1] for match in found if match is not None]
        name = next((name for name in names if name in wanted or item.strip() == keyed), None)
        if name is not None:
            return _no_key(item, name, line + number)
        first = False
    return None


def _no_key(item: str, key: str, line: int) -> Slip:
    value = re.sub(r"""^["']?\w+["']?\s*[:：=]?\s*""", "", item.strip()) or "…"
    tab = " Indent with spaces, never with tabs." if item.startswith("\t") else ""
    return Slip(
        f"front matter key {key!r} is not written as key and value: {item.strip()[:80]!r}",
        line,
        f"Write it at the start of the line, with an ASCII colon and a space: {key}: {value[:80]}"
        + tab,
    )
