"""One Markdown file → one `Article`."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import cast
from urllib.parse import quote

from markdown_it.token import Token

from kbassist.articles.flow import Event, Open, Piece
from kbassist.articles.frontmatter import FrontMatter, read_front_matter
from kbassist.articles.markdown import Reader
from kbassist.articles.meta import Fields
from kbassist.articles.questions import find_questions
from kbassist.articles.sections import article_title, build_sections
from kbassist.articles.source import Source, decode
from kbassist.articles.spelling import KNOWN_KEYS, covers
from kbassist.errors import ArticleError
from kbassist.kb_config import KB_CONFIG_NAME, KbConfig
from kbassist.text.language import detect_document
from kbassist.types import (
    Article,
    ArticleMeta,
    Block,
    BuildWarning,
    HandoffRule,
    Kind,
    Section,
    Status,
)

UNCLOSED_COMMENT = "a comment is never closed: everything after it is hidden"
NO_TEXT = "no text: nothing of this file can be found"
ONLY_HEADINGS = "only headings: there is nothing to quote below them"
UNKNOWN_ANCHOR = "questions: no section has the anchor"
"""How the warnings read that are not about a value of the front matter alone."""

_INVISIBLE = re.compile(
    r"<!--.*?(?:-->|\Z)|<[^<>]*>|\{\{[<%].{0,800}?[>%]\}\}"
    r"|\]\([^()\n]*\)|^[ \t>]*\[[^\[\]\n]+\]:.*?$",
    re.DOTALL | re.MULTILINE,
)
_CODE_OR_COMMENT = re.compile(
    r"<!--(?:.*?-->|.*\Z)|^[ \t>]*(`{3,}|~{3,}).*?(?:^[ \t>]*\1|\Z)|`[^`\n]*`",
    re.DOTALL | re.MULTILINE,
)
_LANGUAGE_SAMPLE = 6000
_NOT_IN_ID = re.compile(r"[#\x00-\x1f\x7f-\x9f]")


def path_id(path: str) -> str:
    """The id of an article that names none: its path without suffix."""
    return _NOT_IN_ID.sub(lambda match: quote(match[0]), str(PurePosixPath(path).with_suffix("")))


@dataclass(frozen=True, slots=True)
class Parsed:
    """What came of one file."""

    article: Article | None
    """None if there is any problem."""
    problems: tuple[ArticleError, ...]
    """All that is wrong with the file, in order of line."""
    warnings: tuple[BuildWarning, ...]
    lines: Mapping[str, int]
    """Front matter key → its line."""
    body: int = 0
    """Offset of the first character after the front matter."""


def parse_article(raw: bytes, path: str, config: KbConfig) -> tuple[Article, list[BuildWarning]]:
    """Parse one file.

    Args:
        raw: the file's bytes.
        path: POSIX path relative to the kb folder.
        config: the knowledge base's own settings.

    Raises:
        ArticleError: not UTF-8, or front matter with a known key of the wrong shape; where several
            things are wrong, the first of them (`read_article` has them all).
    """
    parsed = read_article(raw, path, config)
    if parsed.article is None:
        raise parsed.problems[0]
    return parsed.article, list(parsed.warnings)


def read_article(
    raw: bytes, path: str, config: KbConfig, tokens: list[Token] | None = None
) -> Parsed:
    """Parse one file and say everything that is wrong with it.

    Args:
        raw: the file's bytes.
        path: POSIX path relative to the kb folder.
        config: the knowledge base's own settings.
        tokens: takes the parser's tokens, for those who look at links and comments too; their
            lines are those of the file.
    """
    try:
        source = Source(decode(raw, path))
    except ArticleError as error:
        return Parsed(None, (error,), (), {})
    front = read_front_matter(source.text, path, KNOWN_KEYS)
    fields = Fields(front, path, config)
    article = _build(source, front, fields, tokens)
    lines = {key: value.line for key, value in front.values.items()}
    warnings = sorted(fields.warnings, key=lambda item: item.line or 0)
    problems = tuple(sorted(fields.problems, key=lambda item: item.line or 0))
    return Parsed(None if problems else article, problems, tuple(warnings), lines, front.end)


def _build(
    source: Source, front: FrontMatter, fields: Fields, tokens: list[Token] | None
) -> Article:
    path, config = fields.path, fields.config
    events = _events(source, front.end, tokens)
    title = fields.text("title") or article_title(events) or PurePosixPath(path).stem
    questions, by_anchor = fields.questions()
    sections, unknown = build_sections(events, title, by_anchor, source)
    if unknown:
        line = front.values["questions"].line
        fields.warnings += [_unknown_anchor(path, line, name, sections) for name in unknown]
        questions += tuple(text for name in unknown for text in by_anchor[name])
    fields.warnings += _oddities(source, path, sections)
    stem = str(PurePosixPath(path).with_suffix(""))
    updated, review_by = fields.days()
    valid_from, valid_until = fields.validity()
    meta = ArticleMeta(
        id=fields.identifier("id") or path_id(path),
        path=path,
        title=title,
        locale=fields.locale() or _detect(title, sections),
        kind=cast(Kind, fields.kind() or infer_kind(events, sections)),
        status=cast(Status, fields.status()),
        audience=fields.audience(),
        products=fields.labels("products"),
        questions=questions,
        translation_of=fields.identifier("translation_of"),
        url=fields.url() or (f"{config.base_url}/{quote(stem)}" if config.base_url else None),
        updated=updated,
        review_by=review_by,
        valid_from=valid_from,
        valid_until=valid_until,
        handoff=cast(HandoffRule | None, fields.handoff()),
        metadata=fields.unknown(),
    )
    if config.locales and meta.locale != "und" and not covers(config.locales, meta.locale):
        message = f"locale {meta.locale!r} is not among the locales of {KB_CONFIG_NAME}"
        fields.warnings.append(BuildWarning(path, message, fields.line("locale")))
    return Article(meta, source.text, sections)


def _events(source: Source, body: int, tokens: list[Token] | None) -> list[Event]:
    """The flow after the front matter; lines keep their numbers."""
    text = source.text
    blank = "\n" * text.count("\n", 0, body)
    reader = Reader(source, blank + text[body:])
    if tokens is not None:
        tokens += reader.tokens
    events = find_questions(reader.read(), source)
    if not any(isinstance(event, Piece) for event in events) and not article_title(events):
        rest = _INVISIBLE.sub(" ", text[body:])
        span = source.span(body, len(text))
        if span is not None and any(char.isalnum() for char in rest):
            return [Piece(Block("paragraph", span, " ".join(rest.split())))]
    return events


def _oddities(source: Source, path: str, sections: Sequence[Section]) -> list[BuildWarning]:
    warnings = []
    if "<!--" in source.text:
        found = _CODE_OR_COMMENT.finditer(source.text)
        open_one = next((item for item in found if _is_open_comment(item[0])), None)
        if open_one is not None:
            line = source.line_of(open_one.start())
            warnings.append(BuildWarning(path, UNCLOSED_COMMENT, line))
    if not sections:
        warnings.append(BuildWarning(path, NO_TEXT))
    elif not any(section.blocks for section in sections):
        warnings.append(BuildWarning(path, ONLY_HEADINGS, sections[0].span.start_line))
    return warnings


def _is_open_comment(text: str) -> bool:
    return text.startswith("<!--") and not text.endswith("-->")


def _unknown_anchor(path: str, line: int, name: str, sections: Sequence[Section]) -> BuildWarning:
    anchors = list(dict.fromkeys(section.anchor for section in sections if section.anchor))
    near = difflib.get_close_matches(name, anchors, n=3, cutoff=0.4) or anchors[:3]
    guess = f"; near it: {', '.join(near)}" if near else ""
    message = f"{UNKNOWN_ANCHOR} {name!r}; its phrasings go to the article"
    message += guess
    return BuildWarning(path, message, line)


def _detect(title: str, sections: Sequence[Section]) -> str:
    parts, size = [title], 0
    for section in sections:
        parts.append(section.heading)
        for block in section.blocks:
            if block.kind != "code" and size < _LANGUAGE_SAMPLE:
                parts.append(block.text)
                size += len(block.text)
    return detect_document("\n".join(parts)[:_LANGUAGE_SAMPLE])


def infer_kind(events: Sequence[Event], sections: Sequence[Section]) -> str:
    """A guess from the form: questions, definitions, numbered steps."""
    headed = [section for section in sections if section.heading]
    asking = sum(section.is_question for section in headed)
    terms = sum(isinstance(event, Open) and event.name == "dl" for event in events)
    if terms >= 2 and terms * 2 > len(headed):
        return "glossary"
    if asking >= 2 and asking * 2 >= len(headed):
        return "faq"
    steps = (
        block
        for section in sections
        for block in section.blocks
        if block.kind == "list" and block.ordered and len(block.children) >= 2
    )
    return "guide" if any(steps) else "feature"
