"""KB1: front matter, ids and settings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

from kbassist.articles.parse import NO_TEXT, ONLY_HEADINGS, UNCLOSED_COMMENT, UNKNOWN_ANCHOR
from kbassist.articles.whole import settings_warnings
from kbassist.lint.model import Found, Kb, Page, Rule, Scope


def _errors(page: Page, scope: Scope) -> Iterator[Found]:
    for problem in page.problems:
        place = f"{page.path}:{problem.line}" if problem.line is not None else page.path
        message = problem.message.removeprefix(f"{place}: ")
        yield Found(page.path, problem.line or 1, message, problem.hint)


def _warnings(page: Page, wanted: bool) -> Iterator[Found]:
    """The parser's warnings about front matter: those about anchors, or all others."""
    for warning in page.warnings:
        if warning.message in (NO_TEXT, ONLY_HEADINGS, UNCLOSED_COMMENT):
            continue  # the structure's rules
        if warning.message.startswith(UNKNOWN_ANCHOR) == wanted:
            yield Found(page.path, warning.line or 1, warning.message)


def _slips(page: Page, scope: Scope) -> Iterator[Found]:
    return _warnings(page, wanted=False)


def _question_anchors(page: Page, scope: Scope) -> Iterator[Found]:
    return _warnings(page, wanted=True)


def _doubles(kb: Kb) -> Iterator[Found]:
    holders: defaultdict[str, list[Page]] = defaultdict(list)
    for page, article in kb.articles:
        holders[article.meta.id].append(page)
    for name, pages in holders.items():
        for page in pages[1:]:
            first = f"{pages[0].path}:{pages[0].lines.get('id', 1)}"
            message = f"the id {name!r} is also that of {first}"
            yield Found(page.path, page.lines.get("id", 1), message)


def _translations(kb: Kb) -> Iterator[Found]:
    known = {article.meta.id for _, article in kb.articles}
    for page, article in kb.articles:
        name = article.meta.translation_of
        if name is not None and name not in known:
            line = page.lines.get("translation_of", 1)
            yield Found(page.path, line, f"translation_of names {name!r}, which is no article's id")


def _settings(kb: Kb) -> Iterable[Found]:
    for warning in settings_warnings(kb.scope.folder, kb.scope.config):
        yield Found(warning.path, warning.line or 1, warning.message)


RULES = (
    Rule(
        "KB101",
        "invalid-front-matter",
        "error",
        what="The file cannot be used: it is not UTF-8, or a key of its front matter is wrong.",
        why="`kbassist build` stops at such a file.",
        fix="Correct the key that the finding names.",
        example="---\nreview_by: next spring\n---",
        page=_errors,
    ),
    Rule(
        "KB102",
        "front-matter-slip",
        "warning",
        what="A value or key of the front matter looks like a slip of the pen.",
        why="The article is built, but not as its writer meant: a misspelt key means nothing.",
        fix="Correct the key or the value on that line, or take it out.",
        example="---\ntitel: 提币多久到账\n---",
        page=_slips,
    ),
    Rule(
        "KB103",
        "question-anchor",
        "warning",
        what="`questions:` names a section by an anchor that no section has.",
        why="Its phrasings go to the article as a whole, so that its first section answers them.",
        fix="Write the anchor of the section, or `top` for the text before the first heading.",
        example="---\nquestions:\n  fess: [手续费多少]\n---\n\n## 费用 {#fees}",
        page=_question_anchors,
    ),
    Rule(
        "KB104",
        "duplicate-id",
        "error",
        what="Two files have one id.",
        why="Citations, translations and evaluations name articles by their id.",
        fix="Give one of them another id.",
        example="---\nid: fees          # also in another file\n---",
        kb=_doubles,
    ),
    Rule(
        "KB105",
        "unknown-translation",
        "warning",
        what="`translation_of` names an id that no article has.",
        why="The two versions are not known to be one article, so neither stands in for the other.",
        fix="Write the id of the original.",
        example="---\ntranslation_of: withdrawal-limit   # the id is withdrawal-limits\n---",
        kb=_translations,
    ),
    Rule(
        "KB106",
        "odd-settings",
        "warning",
        what="A value in `kbassist.toml` can hardly be meant.",
        why="Links in citations will not open, or a locale is never matched.",
        fix="Correct the value in `kbassist.toml`, or take it out.",
        example='base_url = "help.harbor.example"   # without https://',
        kb=_settings,
    ),
)
