"""KB4: headings, sections and what is never closed."""

from __future__ import annotations

import re
from collections.abc import Iterator

from kbassist.articles.parse import NO_TEXT, ONLY_HEADINGS, UNCLOSED_COMMENT
from kbassist.lint.model import Edit, Found, Page, Rule, Scope
from kbassist.lint.rules.extents import extents
from kbassist.text.count import count_tokens
from kbassist.types import Section

_TIGHT = re.compile(r"^(#{2,6})(?=[^\s#!/\[\]{}<>|=.:：0-9-][^\n]*\S)", re.MULTILINE)
_NOTHING = re.compile(
    r"<!--.*?(?:-->|\Z)|<a\b[^<>]*>|</a>|</?(?:br|hr|div|p|details|summary|span)\b[^<>]*>"
    r"|^[ \t>]*(?:[-*_][ \t]*){3,}$",
    re.DOTALL | re.MULTILINE,
)


def _jumps(page: Page, scope: Scope) -> Iterator[Found]:
    for before, heading in zip(page.headings, page.headings[1:], strict=False):
        if heading.level > before.level + 1 and heading.text:
            wanted = before.level + 1
            message = (
                f"level {heading.level} ({heading.text!r}) follows level {before.level}: "
                f"a step is left out"
            )
            fix = f"Write {'#' * wanted}, or add the heading between."
            yield Found(page.path, heading.line, message, fix)


def _tight(page: Page, scope: Scope) -> Iterator[Found]:
    if page.article is None or _TIGHT.search(page.text, page.body) is None:
        return  # nothing that could be one, even in code
    headings = {heading.line for heading in page.headings}
    for match in _TIGHT.finditer(page.prose, page.body):
        line = page.line_of(match.start())
        if line not in headings:
            shown = page.text[match.start() : page.text.find("\n", match.start())][:60]
            edit = Edit(match.end(), match.end(), " ")
            message = f"{shown!r} is no heading: the space after {match[1]} is missing"
            yield Found(page.path, line, message, edits=(edit,))


def _bare(page: Page) -> Iterator[Section]:
    """Sections with a heading and nothing below it, not even what only a browser shows."""
    if page.article is None:
        return
    sections = page.article.sections
    if not any(section.blocks for section in sections):
        return  # the whole article is empty
    for index, (section, _, last) in enumerate(extents(page)):
        if section.blocks or not section.heading:
            continue
        path = section.heading_path
        following = sections[index + 1 : index + 2]
        if any(other.heading_path[: len(path)] == path for other in following):
            continue  # sections below it, or parts of one name
        below = page.text[section.span.end : page.source.line_start(last)]
        if not _NOTHING.sub("", below).strip():
            yield section


def _empty(page: Page, scope: Scope) -> Iterator[Found]:
    for section in _bare(page):
        if not section.is_question:
            message = f"nothing stands below the heading {section.heading!r}"
            yield Found(page.path, section.span.start_line, message)


def _unanswered(page: Page, scope: Scope) -> Iterator[Found]:
    for section in _bare(page):
        if section.is_question:
            message = f"the question {section.heading!r} has no answer"
            yield Found(page.path, section.span.start_line, message)


def _without_text(page: Page, scope: Scope) -> Iterator[Found]:
    for warning in page.warnings:
        empty = warning.message in (NO_TEXT, ONLY_HEADINGS) and not page.includes
        if empty and not page.path.endswith("_index.md"):  # a folder's title, to Hugo
            yield Found(page.path, warning.line or 1, warning.message)


def _comment(page: Page, scope: Scope) -> Iterator[Found]:
    for warning in page.warnings:
        if warning.message == UNCLOSED_COMMENT:
            yield Found(page.path, warning.line or 1, warning.message)


def _fence(page: Page, scope: Scope) -> Iterator[Found]:
    for line in page.open_fences:
        message = "the code fence opened here is never closed: all that follows is code"
        yield Found(page.path, line, message)


def _long(page: Page, scope: Scope) -> Iterator[Found]:
    if page.article is None or page.article.meta.kind == "glossary":
        return
    most = scope.settings.max_section_tokens
    for section in page.article.sections:
        running = [block for block in section.blocks if block.kind not in ("code", "table")]
        if sum(len(block.text) for block in running) <= most:
            continue  # a token has a character up
        size = sum(count_tokens(block.text) for block in running)
        if size > most:
            where = f"the section {section.heading!r}" if section.heading else "the text"
            message = f"{where} has {size} words and characters; more than {most} is hard to cite"
            yield Found(page.path, section.span.start_line, message)


RULES = (
    Rule(
        "KB401",
        "heading-jump",
        "warning",
        what="A heading is more than one level below the one before it.",
        why="Heading paths of citations and screen readers' outlines lose a step.",
        fix="Use the level below the heading before it.",
        example="## 提币\n\n#### 手续费",
        page=_jumps,
    ),
    Rule(
        "KB402",
        "heading-without-space",
        "warning",
        what="A line begins with `##` but has no space after it.",
        why="It is no heading in Markdown: the section is lost in the text before it.",
        fix="Put a space after the number signs.",
        example="##提币步骤",
        fixable=True,
        page=_tight,
    ),
    Rule(
        "KB403",
        "empty-section",
        "warning",
        what="Nothing stands below a heading, neither text nor headings.",
        why="It is found by its heading, and there is nothing to quote.",
        fix="Write the section, or take the heading off.",
        example="## 费用\n\n## 限额\n\n每天 2 BTC。",
        page=_empty,
    ),
    Rule(
        "KB404",
        "unanswered-question",
        "warning",
        what="A question has no answer below it.",
        why="It matches what customers ask better than any other section, and says nothing.",
        fix="Write the answer, or take the question off.",
        example="**问：** 充错网络能找回吗？\n\n**问：** 要多久？\n\n**答：** 三天。",
        page=_unanswered,
    ),
    Rule(
        "KB405",
        "empty-article",
        "warning",
        what="An article has no text, or only headings.",
        why="It counts as written, and nothing of it can be quoted.",
        fix="Write it, mark it `status: draft`, or delete it.",
        example="---\ntitle: 提币限额\n---",
        page=_without_text,
    ),
    Rule(
        "KB406",
        "unclosed-comment",
        "error",
        what="An HTML comment is never closed.",
        why="Everything after it is hidden from readers and from search.",
        fix="Close it with `-->`.",
        example="<!-- 待补充\n\n## 提币限额",
        page=_comment,
    ),
    Rule(
        "KB407",
        "unclosed-fence",
        "warning",
        what="A code fence is never closed.",
        why="All that follows, headings included, is shown and searched as code.",
        fix="Close it with the same number of backticks, alone on a line.",
        example="```json\n{}\n\n## 下一步",
        page=_fence,
    ),
    Rule(
        "KB408",
        "long-section",
        "warning",
        what="A section has more running text than `max_section_tokens`; a Han character or a word "
        "counts 1, code and tables count nothing.",
        why="It becomes several passages of one heading, and a citation points at a page of text.",
        fix="Give its parts headings of their own.",
        example="## 常见问题\n\n（三千字，没有小标题）",
        page=_long,
    ),
)
