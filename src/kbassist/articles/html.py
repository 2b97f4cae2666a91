"""Raw HTML blocks → visible text with its place, and the few tags that mean structure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from html import unescape

from kbassist.articles.leftovers import may_have_marks, strip_links, strip_marks
from kbassist.articles.rules import strip_shortcodes

_TOKEN = re.compile(
    r"""<!--.*?(?:-->|\Z)
      | <(?P<close>/?)(?P<name>[A-Za-z][\w.:-]*)
        (?P<attributes>(?:[^'"<>]|"[^"]*"|'[^']*')*)>
      | <[!?][^>]*>""",
    re.VERBOSE | re.DOTALL,
)
_ATTRIBUTE = re.compile(r"""([\w-]+)\s*=\s*\{?\s*(?:"([^"]*)"|'([^']*)')""")
_WORD = re.compile(r"\w")
_VISIBLE = ("title", "heading", "label", "caption", "summary", "question", "description",
            "contentPreview", "alt", "text")  # fmt: skip
_TITLES = ("title", "summary", "question", "heading", "label")


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


INLINE = _words(
    "a abbr acronym b bdi bdo big cite code data del dfn em font i img ins kbd label mark q s samp "
    "small span strike strong sub sup time tt u var wbr"
)
_BLOCK = _words(
    "address article aside base blockquote body br button caption center col colgroup dd details "
    "dialog dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3 h4 "
    "h5 h6 head header hgroup hr html iframe input legend li link main menu meta nav noscript "
    "object ol optgroup option p param picture pre script section select source style summary svg "
    "table tbody td template textarea tfoot th thead title tr track ul video audio canvas path"
)
KNOWN = INLINE | _BLOCK
_SILENT = frozenset({"script", "style", "template"})


@dataclass(slots=True)
class Item:
    """One thing found: `text`, `row`, `header`, `heading`, `summary`, `open`, `close`, `target`."""

    kind: str
    start: int
    end: int
    text: str = ""
    level: int = 0


def attributes(source: str) -> dict[str, str]:
    """The quoted attributes of a tag, entities decoded."""
    return {m[1]: unescape(m[2] if m[2] is not None else m[3]) for m in _ATTRIBUTE.finditer(source)}


def tag_name(tag: str) -> str:
    """Name as written, or empty for a comment."""
    match = re.match(r"</?([A-Za-z][\w.:-]*)", tag)
    return match[1] if match else ""


def tag_text(name: str, source: str) -> str:
    """Text that a reader sees of the tag itself: an image's alt, a component's title."""
    if name.lower() == "img":
        return attributes(source).get("alt", "")
    if not name[:1].isupper():
        return ""
    found = attributes(source)
    texts = (found.get(key, "").strip() for key in _VISIBLE)
    return " ".join(dict.fromkeys(text for text in texts if text and not re.fullmatch(
        r":[\w+-]+:", text)))  # fmt: skip


def target_name(name: str, source: str) -> str:
    """The id that an empty anchor tag defines."""
    if name.lower() not in ("a", "span", "div", "p", "h1", "h2", "h3", "h4", "h5", "h6"):
        return ""
    found = attributes(source)
    return (found.get("name", "") if name.lower() == "a" else "") or found.get("id", "")


def is_placeholder(tag: str, around: str) -> bool:
    """Whether ``<yourBucketName>`` is meant as text: no HTML tag, no attributes, never closed."""
    name = tag_name(tag)
    return (
        bool(name)
        and tag == f"<{name}>"
        and name.lower() not in KNOWN
        and f"</{name}" not in around
    )


class _Scanner:
    """One pass over a raw HTML block; positions are offsets into the article."""

    def __init__(self, text: str, start: int, end: int) -> None:
        self.text, self.position, self.end = text, start, end
        self.around = text[start:end]
        self.items: list[Item] = []
        self.words: list[str] = []
        self.first = self.last = self.pending = -1
        self.silent = ""
        self.tables = 0
        self.row_start = -1
        self.row_is_header = False
        self.kind, self.level = "text", 0

    def scan(self) -> list[Item]:
        while self.position < self.end:
            match = _TOKEN.search(self.text, self.position, self.end)
            stop = match.start() if match else self.end
            self._data(self.position, stop)
            if match is None:
                break
            self.position = match.end()
            if match["name"] is not None:
                self._tag(match)
        self._flush()
        self._end_row(self.end)
        return self.items

    def _data(self, start: int, end: int) -> None:
        data = self.text[start:end]
        if self.silent or not data:
            return
        if data.strip():
            self._mark(start + len(data) - len(data.lstrip()), start + len(data.rstrip()))
        self.words.append(strip_shortcodes(unescape(data)))

    def _mark(self, start: int, end: int) -> None:
        if self.first < 0:
            self.first = self.pending if self.pending >= 0 else start
        self.last = end

    def _tag(self, match: re.Match[str]) -> None:
        name, closing = match["name"], bool(match["close"])
        lower = name.lower()
        if self.silent:
            if closing and lower == self.silent:
                self.silent = ""
            return
        if lower in _SILENT and not closing and not match[0].endswith("/>"):
            self._flush()
            self.silent = lower
        elif is_placeholder(match[0], self.around):
            self._mark(match.start(), match.end())
            self.words.append(match[0])
        elif lower in INLINE and closing:
            self.last = match.end() if self.first >= 0 else -1
        elif lower in INLINE:
            self._inline(name, match)
        elif lower not in INLINE:
            self._block(name, closing, match)

    def _inline(self, name: str, match: re.Match[str]) -> None:
        if self.first < 0 and self.pending < 0:
            self.pending = match.start()
        seen = tag_text(name, match[0])
        if seen:
            self._mark(match.start(), match.end())
            self.words.append(seen)
        target = target_name(name, match[0])
        if target and not "".join(self.words).strip():
            self.items.append(Item("target", match.start(), match.end(), target))

    def _block(self, name: str, closing: bool, match: re.Match[str]) -> None:
        lower = name.lower()
        if self.row_start >= 0 and self._inside_row(lower, closing, match):
            return
        self._flush()
        if lower == "tr" and not closing:
            self.row_start, self.row_is_header, self.tables = match.start(), False, 0
        elif re.fullmatch(r"h[1-6]", lower):
            self.kind, self.level = ("text", 0) if closing else ("heading", int(lower[1]))
        elif lower == "summary":
            self.kind = "text" if closing else "summary"
        elif lower == "details":
            kind = "close" if closing else "open"
            self.items.append(Item(kind, match.start(), match.end()))
        elif name[:1].isupper() and lower not in KNOWN:
            self._component(name, closing, match)
        if not closing and (target := target_name(name, match[0])):
            self.items.append(Item("target", match.start(), match.end(), target))

    def _component(self, name: str, closing: bool, match: re.Match[str]) -> None:
        """A capitalised tag: a component with a title folds like ``<details>``."""
        if closing:
            self.items.append(Item("close", match.start(), match.end(), name))
            return
        seen = tag_text(name, match[0])
        found = attributes(match[0])
        title = next((found[key] for key in _TITLES if found.get(key)), "")
        if title and not match[0].endswith("/>"):
            self.items.append(Item("open", match.start(), match.end(), name))
            self.items.append(Item("summary", match.start(), match.end(), title))
            seen = " ".join(seen.replace(title, "", 1).split())
        if seen:
            self.items.append(Item("text", match.start(), match.end(), seen))

    def _inside_row(self, lower: str, closing: bool, match: re.Match[str]) -> bool:
        if lower == "table":
            self.tables += -1 if closing else 1
            if self.tables < 0:
                self._end_row(match.start())
                return False
        elif lower == "tr" and not self.tables:
            self._end_row(match.end() if closing else match.start())
            return closing
        elif lower in ("td", "th") and not closing and not self.tables:
            self.row_is_header |= lower == "th"
            if _WORD.search("".join(self.words)):
                self.words.append(" | ")
            return True
        self.words.append(" ")
        return True

    def _end_row(self, end: int) -> None:
        if self.row_start < 0:
            return
        text = _squeeze(self.words)
        if text:
            kind = "header" if self.row_is_header else "row"
            self.items.append(Item(kind, self.row_start, end, text))
        self.row_start = self.first = self.last = self.pending = -1
        self.words = []

    def _flush(self) -> None:
        if self.row_start >= 0:
            return
        text = _squeeze(self.words)
        if text and self.first >= 0:
            self.items.append(Item(self.kind, self.first, self.last, text, self.level))
        self.words = []
        self.first = self.last = self.pending = -1


def _squeeze(words: list[str]) -> str:
    text = " ".join("".join(words).split())
    return strip_links(strip_marks(text)) if may_have_marks(text) else text


def scan(text: str, start: int, end: int) -> list[Item]:
    """Everything visible in a raw HTML block, in order, each with its slice of the article."""
    return _Scanner(text, start, end).scan()
