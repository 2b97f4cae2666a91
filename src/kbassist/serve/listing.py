"""The tool `list_articles`: what there is, by id, page by page."""

from __future__ import annotations

from typing import Any

from kbassist.index.filters import facets, lets_through
from kbassist.index.known import check_known
from kbassist.serve import cursors
from kbassist.serve.knowledge import View
from kbassist.serve.passages import NAME_TOKENS
from kbassist.serve.result import Result, clipped, filled, fitting, flat
from kbassist.types import ArticleMeta

DEFAULT_LIMIT = 50
DEFAULT_TOKENS = 3000


def list_articles(view: View, values: dict[str, Any]) -> Result:
    """One page of the articles that the server may show.

    Args:
        view: the generation to list.
        values: the tool's parameters, checked.

    Raises:
        FilterError: a filter that cannot be used.
        UsageError: a cursor of something else.
    """
    asked = view.asked("list_articles", values)
    start = cursors.read(values.get("cursor"), asked)
    found = matching(view, values)
    page = found[start : start + values.get("limit", DEFAULT_LIMIT)]
    today = view.assistant.today

    def result(count: int) -> Result:
        after = start + count
        articles = [_record(meta, meta.valid_on(today)) for meta in page[:count]]
        cursor = cursors.make(after, asked) if after < len(found) and count else None
        record = {
            **view.head(),
            "total": len(found),
            "articles": articles,
            **filled(truncated=count < len(page), next_cursor=cursor),
        }
        return Result(record, _text(view, record))

    return fitting(range(len(page), -1, -1), result, values.get("max_tokens", DEFAULT_TOKENS))


def matching(view: View, values: dict[str, Any]) -> list[ArticleMeta]:
    """The articles that the server may show and the filters let through, by id.

    Raises:
        FilterError: a filter that cannot be used.
    """
    conditions = view.filters(values).conditions()
    index = view.index
    for key, accepted in conditions.items():
        check_known(index.store, index.may_see, key, accepted, view.audience)
    if not conditions:
        return view.visible()
    return [meta for meta in view.visible() if lets_through(conditions, set(facets(meta)))]


def _record(meta: ArticleMeta, valid: bool) -> dict[str, Any]:
    return filled(
        id=meta.id,
        title=clipped(meta.title, NAME_TOKENS),
        locale=meta.locale,
        kind=meta.kind,
        products=list(meta.products),
        updated=meta.updated.isoformat() if meta.updated else None,
        not_searched=not valid,
    )


def _text(view: View, record: dict[str, Any]) -> str:
    shown = record["articles"]
    lines = [f"{len(shown)} of {record['total']} articles; {view.first_line()}"]
    for item in shown:
        facts = [item["id"], item["title"], item["locale"], item["kind"]]
        facts += [", ".join(item["products"])] if "products" in item else []
        facts += [item["updated"]] if "updated" in item else []
        facts += ["not searched today"] if "not_searched" in item else []
        lines.append(flat(" | ".join(facts)))
    if "truncated" in record:
        lines.append("Left out for length; a larger max_tokens shows more.")
    if "next_cursor" in record:
        lines.append(f"More: cursor {record['next_cursor']}")
    return "\n".join(lines)
