"""Parser rules for what help centres write beyond CommonMark.

Containers (``::: tip``), MkDocs admonitions and tabs (``!!! note``, ``=== "Tab"``), Hugo
shortcodes (``{{< … >}}``), MDX comments (``{/* … */}``) and Microsoft's ``:::image … :::``.
"""

from __future__ import annotations

import re
from types import SimpleNamespace

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline

_CONTAINER = re.compile(r"(:{3,})[ \t]*(?![ \t:])(.+)")
_DIRECTIVE = re.compile(r":{3}(?!:)(.*?):{3}[ \t]*")
_MKDOCS = re.compile(r'(?:!!!|\?\?\?\+?)[ \t]+([\w-]+(?:[ \t]+[\w-]+)*)?[ \t]*("[^"]*")?[ \t]*')
_TAB = re.compile(r'===[!+]?[ \t]+"([^"]*)"[ \t]*')
_SHORTCODE = re.compile(r"\{\{([<%])(.{0,800}?)[>%]\}\}", re.DOTALL)
_LOOSE_TARGET = re.compile(
    r"(?=[a-z]+://|\.{0,2}/|#|\{\{[<%]|[^()\n]{1,200}\.(?:md|html?|png|jpe?g|gif|svg|pdf)\b)"
    r"(?:[^()\n]|\([^()\n]{0,200}\)){1,500}(?=\))"
)
_PARAMETER = re.compile(r"""([\w-]+)=(?:"([^"]*)"|'([^']*)'|`([^`]*)`|(\S+))""")
_QUOTED = re.compile(r'"([^"]*)"')
_NAME = re.compile(r"[\s-]*([\w./-]+)")
_VISIBLE_PARAMETERS = ("text", "title", "caption", "alt", "alt-text", "name", "label")
_MAX_SHORTCODE_LINES = 30
_SHORTCODE_NAMES_WITH_TEXT = frozenset(
    {"glossary_tooltip", "heading", "tab", "figure", "card", "details", "button", "image", "alert"}
)


def shortcode_text(inner: str) -> str:
    """What a reader sees of a shortcode's parameters, as far as they tell."""
    match = _NAME.match(inner)
    name = match[1] if match else ""
    if name not in _SHORTCODE_NAMES_WITH_TEXT:
        return ""
    if name == "heading":
        quoted = _QUOTED.search(inner)
        return quoted[1] if quoted else ""
    found = {m[1]: next(g for g in m.groups()[1:] if g is not None)
             for m in _PARAMETER.finditer(inner)}  # fmt: skip
    if name == "glossary_tooltip":
        return found.get("text") or found.get("term_id", "")
    return " ".join(dict.fromkeys(found[key] for key in _VISIBLE_PARAMETERS if found.get(key)))


def strip_shortcodes(text: str) -> str:
    """Replace every shortcode by its visible text."""
    if "{{" not in text:
        return text
    return _SHORTCODE.sub(lambda match: shortcode_text(match[2]), text)


def _scope(state: StateBlock, line: int, end: int, name: str, info: str, indent: int = 0) -> None:
    """Push a container token around the lines after `line` and parse them."""
    parent, line_max = state.parentType, state.lineMax
    state.parentType = "container"
    state.lineMax = end
    state.blkIndent += indent
    token = state.push(f"{name}_open", "div", 1)
    token.block, token.info, token.map = True, info, [line, end]
    state.md.block.tokenize(state, line + 1, end)
    state.push(f"{name}_close", "div", -1).block = True
    state.blkIndent -= indent
    state.parentType, state.lineMax = parent, line_max


def _line(state: StateBlock, line: int) -> str:
    return state.src[state.bMarks[line] + state.tShift[line] : state.eMarks[line]]


def _container(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = _line(state, start)
    if not first.startswith(":::") or state.is_code_block(start):
        return False
    if _DIRECTIVE.fullmatch(first):
        if not silent:
            found = {m[1]: m[2] or "" for m in _PARAMETER.finditer(first)}
            _hidden(state, start, start + 1, found.get("alt-text", ""))
        return True
    match = _CONTAINER.fullmatch(first)
    if match is None:
        return False
    if silent:
        return True
    line, closed = start + 1, False
    while line < end:
        text = _line(state, line)
        if text and state.sCount[line] < state.blkIndent:
            break
        bare = text.rstrip()
        if len(bare) >= len(match[1]) and not bare.strip(":") and not state.is_code_block(line):
            closed = True
            break
        line += 1
    _scope(state, start, line, "container", match[2])
    state.line = line + closed
    return True


def _indented(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = _line(state, start)
    if first[:3] not in ("!!!", "???", "===") or state.is_code_block(start):
        return False
    match = _TAB.fullmatch(first)
    name = "tab" if match else "admonition"
    match = match or _MKDOCS.fullmatch(first)
    if match is None:
        return False
    line, inside = start + 1, False
    while line < end:
        if not state.isEmpty(line):
            if state.sCount[line] < state.blkIndent + 4:
                break
            inside = True
        line += 1
    if not inside and name == "admonition":
        return False
    if not silent and not inside:
        _hidden(state, start, start + 1, match[1])  # a tab whose content is not indented
    elif not silent:
        _scope(state, start, line, name, first, indent=4)
        state.line = line
    return True


def _hidden(state: StateBlock, start: int, end: int, text: str) -> None:
    token = state.push("shortcode_block", "", 0)
    token.block, token.content, token.map = True, text, [start, end]
    state.line = end


def _shortcode_block(state: StateBlock, start: int, end: int, silent: bool) -> bool:
    first = _line(state, start)
    if not first.startswith(("{{<", "{{%")) or state.is_code_block(start):
        return False
    stop = start + 1
    text = first
    while _SHORTCODE.sub("", text).strip():
        closes = text.count(">}}") + text.count("%}}")
        if closes or stop >= min(end, start + _MAX_SHORTCODE_LINES) or state.isEmpty(stop):
            return False
        text += "\n" + _line(state, stop)
        stop += 1
    if silent:
        return True
    if re.match(r"\{\{[<%]\s*comment\b", text):
        for line in range(stop, end):
            if re.search(r"\{\{[<%]\s*/comment\b", _line(state, line)):
                stop = line + 1
                break
        text = ""
    _hidden(state, start, stop, " ".join(strip_shortcodes(text).split()))
    return True


def _shortcode_inline(state: StateInline, silent: bool) -> bool:
    if state.src.startswith(("{{<", "{{%"), state.pos):
        match = _SHORTCODE.match(state.src, state.pos, state.posMax)
        if match is None:
            return False
        end, text = match.end(), shortcode_text(match[2])
    elif state.src.startswith("{/*", state.pos):
        end = state.src.find("*/}", state.pos, state.posMax) + 3
        text = ""
        if end < 3:
            return False
    else:
        return False
    if not silent:
        state.push("shortcode", "", 0).content = text
    state.pos = end
    return True


def _link_destination(text: str, pos: int, maximum: int) -> object:
    """A link's target, also with spaces or a shortcode in it where it looks like a path."""
    result = helpers.parseLinkDestination(text, pos, maximum)
    after = text[result.pos : result.pos + 1] if result.ok else ""
    if after == ")" or (after and text[result.pos : maximum].lstrip()[:1] in (")", '"', "'", "(")):
        return result
    match = _LOOSE_TARGET.match(text, pos, maximum)
    if match is not None:
        result.ok, result.str, result.pos = True, match[0], match.end()
    return result


_ENDS_OTHERS = {"alt": ["paragraph", "reference", "blockquote", "list", "table"]}


def install(md: MarkdownIt) -> None:
    """Add all rules of this module to a parser."""
    for name, rule in (
        ("container", _container),
        ("indented_container", _indented),
        ("shortcode_block", _shortcode_block),
    ):
        md.block.ruler.before("fence", name, rule, _ENDS_OTHERS)  # type: ignore[arg-type]
    md.inline.ruler.before("link", "shortcode", _shortcode_inline)
    md.helpers = SimpleNamespace(  # type: ignore[assignment]
        parseLinkLabel=helpers.parseLinkLabel,
        parseLinkTitle=helpers.parseLinkTitle,
        parseLinkDestination=_link_destination,
    )
