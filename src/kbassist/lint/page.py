"""A file's bytes → everything that rules look at, parsed once."""

from __future__ import annotations

from markdown_it.token import Token

from kbassist.articles.glossary import read_terms
from kbassist.articles.parse import read_article
from kbassist.articles.source import Source, decode
from kbassist.errors import ArticleError
from kbassist.kb_config import KbConfig
from kbassist.lint.markup import Markup
from kbassist.lint.model import Page
from kbassist.lint.silences import front_silences


def read_page(raw: bytes, path: str, config: KbConfig) -> Page:
    """One file for the rules.

    Args:
        raw: the file's bytes.
        path: POSIX path relative to the kb folder.
        config: the knowledge base's own settings.
    """
    try:
        text = decode(raw, path)
    except ArticleError as error:
        return Page(path, "", None, problems=(error,))
    tokens: list[Token] = []
    parsed = read_article(raw, path, config, tokens)
    source = Source(text)
    markup = Markup(source, tokens, parsed.body)
    return Page(
        path=path,
        text=text,
        article=parsed.article,
        problems=parsed.problems,
        warnings=parsed.warnings,
        lines=dict(parsed.lines),
        body=parsed.body,
        links=tuple(markup.links),
        headings=tuple(markup.headings),
        raw=tuple(markup.raw),
        open_fences=tuple(markup.open_fences),
        anchors=frozenset(markup.anchors),
        includes=markup.includes,
        silences=(*front_silences(source, parsed.body), *markup.silences),
        terms=read_terms(parsed.article) if parsed.article is not None else (),
    )
