"""KB7: dates."""

from __future__ import annotations

from collections.abc import Iterator

from kbassist.lint.model import Found, Page, Rule, Scope


def _overdue(page: Page, scope: Scope) -> Iterator[Found]:
    meta = page.article.meta if page.article is not None else None
    if meta is None or not page.published or meta.review_by is None:
        return
    ended = meta.valid_until is not None and meta.valid_until < scope.today
    late = (scope.today - meta.review_by).days
    if late > 0 and not ended:
        days = "1 day" if late == 1 else f"{late} days"
        message = f"its review was due on {meta.review_by}, {days} ago"
        yield Found(page.path, page.lines.get("review_by", 1), message)


def _future(page: Page, scope: Scope) -> Iterator[Found]:
    meta = page.article.meta if page.article is not None else None
    if meta is not None and page.published and meta.updated and meta.updated > scope.today:
        message = f"updated {meta.updated} is still to come; today is {scope.today}"
        yield Found(page.path, page.lines.get("updated", 1), message)


RULES = (
    Rule(
        "KB701",
        "overdue-review",
        "warning",
        what="The day of `review_by` has passed; articles past `valid_until` are left alone.",
        why="Answers from it carry a warning that they may be out of date.",
        fix="Check the article, and set a new `review_by`.",
        example="---\nreview_by: 2026-08-01\n---",
        page=_overdue,
    ),
    Rule(
        "KB702",
        "updated-in-future",
        "warning",
        what="`updated` is a day that has not come.",
        why="Citations show it, and the age of a translation is judged by it.",
        fix="Write the day of the last change; when it takes effect belongs into `valid_from`.",
        example="---\nupdated: 2062-11-21\n---",
        page=_future,
    ),
)
