"""The one configured Markdown parser: CommonMark and what help centres add to it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.utils import OptionsDict
from mdit_py_plugins.deflist import deflist_plugin
from mdit_py_plugins.footnote import footnote_plugin

from kbassist.articles import rules

_MAX_NESTING = 60
"""Blocks nested deeper are dropped by the parser; each level costs it a few Python frames."""


class _Options(OptionsDict):
    """Options that are looked up at once: every rule asks for some at every place of the text."""

    def get(self, key: str, default: Any = None) -> Any:
        return self._options.get(key, default)


def _any(url: str) -> bool:
    return True


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    md = MarkdownIt("commonmark", {"maxNesting": _MAX_NESTING})
    md.enable(["table", "strikethrough"])
    md.use(footnote_plugin)
    md.use(deflist_plugin)
    # Footnotes stay where they are written, referenced or not, so that their lines do too.
    md.disable(["footnote_tail", "footnote_inline"])
    rules.install(md)
    # Link targets are never shown: escaping and judging them would be wasted work.
    md.normalizeLink = str  # type: ignore[method-assign, assignment]
    md.validateLink = _any  # type: ignore[method-assign]
    md.options = _Options(md.options)  # type: ignore[arg-type]
    return md


def parse_blocks(text: str) -> list[Token]:
    """Tokens of a whole document; `token.map` holds 0-based lines, the second exclusive."""
    return _parser().parse(text)


def parse_inline(text: str) -> list[Token]:
    """Tokens of a piece of text without block structure."""
    env: dict[str, Any] = {}
    return _parser().parseInline(text, env)[0].children or []
