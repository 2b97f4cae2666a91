"""JSON Schemas of what tools give back; members that say nothing are left out of it."""

from __future__ import annotations

from typing import Any

from kbassist.answer.decide import REASONS

Schema = dict[str, Any]


def _object(required: str, **properties: Schema) -> Schema:
    """An object of these members and no others."""
    return {
        "type": "object",
        "properties": properties,
        "required": required.split(),
        "additionalProperties": False,
    }


def _text(help: str, **more: Any) -> Schema:
    return {"type": "string", "description": help, **more}


def _flag(help: str) -> Schema:
    return {"type": "boolean", "description": help}


def _number(help: str) -> Schema:
    return {"type": "integer", "description": help}


def _list(item: Schema, help: str) -> Schema:
    return {"type": "array", "items": item, "description": help}


_STRING: Schema = {"type": "string"}
_SHARE: Schema = {"type": "number", "minimum": 0, "maximum": 1}


def _counts(help: str) -> Schema:
    return {"type": "object", "additionalProperties": {"type": "integer"}, "description": help}


_HEAD: Schema = {
    "notice": _text("How to treat article text."),
    "generation": _text("Of the index."),
    "freshness": _text("Sources against the index.", enum=["fresh", "stale", "unknown"]),
    "warning": _text("Why this is not the live index."),
}
_MORE: Schema = {
    "truncated": _flag("Some was left out to keep max_tokens."),
    "next_cursor": _text("Pass as cursor for the next page."),
}
_PLACE: Schema = {
    "ref": _text("path:start-end; cite this, or read more around it with get."),
    "chunk_id": _text("The whole section, for get."),
    "title": _text("Of the article."),
    "heading_path": _list(_STRING, "Outermost first."),
    "url": _text("For customers."),
    "updated": _text("Date."),
}
_TRUST: Schema = {
    "cut": _flag("The section or quote goes on."),
    "verified": _text(
        "Where the text was found verbatim: the file now, the index, or no longer in the file.",
        enum=["source", "index", "stale"],
    ),
    "stale": _flag("Past review, or its file changed since the build."),
    "past_review": _flag("Its review date is over."),
    "source": _text("Its file, if not unchanged.", enum=["changed", "deleted", "missing"]),
}
_CHOICE = _object(
    "text ref chunk_id",
    text=_text("What it answers."),
    ref=_text("path:start-end."),
    chunk_id=_text("For get."),
)
_CONFIDENCE: Schema = {
    **_SHARE,
    "description": "Probability that the best article answers; below 0.5 do not rely on it.",
}

SEARCH = _object(
    "notice generation freshness confidence hits",
    **_HEAD,
    confidence=_CONFIDENCE,
    hits=_list(
        _object(
            "rank ref chunk_id title",
            rank=_number("1-based."),
            **_PLACE,
            locale=_text("Of the article."),
            snippet=_text("Verbatim Markdown; […] where something is left out."),
            **_TRUST,
        ),
        "Best first.",
    ),
    near=_list(
        _object("title ref", title=_text("Of the article."), ref=_text("For get.")),
        "Where nothing is found: what the same question finds without the filters.",
    ),
    why=_text("Why nothing is found."),
    did_you_mean=_text("The question with its misspelt words corrected."),
    **_MORE,
)

ASK = _object(
    "notice generation freshness action reason confidence citations",
    **_HEAD,
    action=_text(
        "answer: quote the citations. clarify: ask which choice is meant. abstain: there is no"
        " answer. handoff: pass on to a person.",
        enum=["answer", "clarify", "abstain", "handoff"],
    ),
    reason=_text("Of the action.", enum=list(REASONS)),
    confidence=_CONFIDENCE,
    citations=_list(
        _object(
            "number ref chunk_id title quote verified",
            number=_number("1-based."),
            **_PLACE,
            quote=_text("Verbatim Markdown."),
            **_TRUST,
        ),
        "What to answer with.",
    ),
    parts=_list(
        _object(
            "question action confidence citations",
            question=_text("The part."),
            action=_text("As above."),
            confidence={**_SHARE, "description": "Of the part."},
            citations=_list({"type": "integer"}, "Their numbers."),
        ),
        "Where several things are asked: what becomes of each.",
    ),
    choices=_list(_CHOICE, "What may be meant, to ask back."),
    related=_list(_CHOICE, "Near misses; no answer."),
    did_you_mean=SEARCH["properties"]["did_you_mean"],
    completed_with=_text("What was carried over from the history."),
    urgent=_list(_STRING, "Reason codes."),
    offer_person=_flag("Offer a person beside the answer."),
    other_language=_flag("The quotes are not in the language of the question."),
    truncated=_MORE["truncated"],
)

GET = _object(
    "notice generation freshness ref article_id title total_lines text",
    **_HEAD,
    ref=_text("path:start-end of what is shown."),
    article_id=_text("For get."),
    chunk_id=_text("The section that was asked for."),
    title=_PLACE["title"],
    url=_PLACE["url"],
    locale=_text("Of the article."),
    updated=_text("Date."),
    past_review=_TRUST["past_review"],
    source=_TRUST["source"],
    total_lines=_number("Of the article."),
    text=_text("Each line after its number and a tab."),
    cut=_flag("The line shown is cut."),
    truncated=_MORE["truncated"],
    next_ref=_text("The rest, for get."),
)

LIST = _object(
    "notice generation freshness total articles",
    **_HEAD,
    total=_number("Articles that match."),
    articles=_list(
        _object(
            "id title locale kind",
            id=_text("For get."),
            title=_text("Of the article."),
            locale=_text("Of the article."),
            kind=_text("faq, guide, …"),
            products=_list(_STRING, "Labels."),
            updated=_text("Date."),
            not_searched=_flag("Not valid today: not searched."),
        ),
        "By id.",
    ),
    **_MORE,
)

STATUS = _object(
    "notice generation freshness articles searched modes locales kinds products changed deleted"
    " version",
    **_HEAD,
    articles=_number("That can be read here."),
    searched=_number("Of these, valid today."),
    modes=_list(_STRING, "How the index can be searched."),
    locales=_counts("Articles by locale."),
    kinds=_counts("Articles by kind."),
    products=_counts("Articles by product label."),
    changed=_list(_STRING, "Paths, since the build."),
    deleted=_list(_STRING, "Paths, since the build."),
    version=_text("Of kbassist."),
    truncated=_MORE["truncated"],
)
