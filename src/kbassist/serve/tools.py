"""The tools: what each is for, what it takes and costs, and how it is called.

The figures of the descriptions are those that `python benchmarks/mcp_costs.py` prints.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kbassist.errors import FilterError, KbassistError, NotFound, QuestionError, UsageError
from kbassist.serve import asking, listing, reading, schemas, searching, telling
from kbassist.serve.knowledge import Knowledge, View
from kbassist.serve.parameters import (
    Parameter,
    choice,
    conditions,
    objects,
    read_all,
    text,
    texts,
    whole,
)
from kbassist.serve.result import MAX_TOKENS, MIN_TOKENS, Result
from kbassist.types import KINDS

log = logging.getLogger("kbassist.serve")

MAX_QUESTION = 4000
MAX_REF = 1000
MAX_HISTORY = 20


@dataclass(frozen=True, slots=True)
class ToolSpec:
    """One tool."""

    name: str
    title: str
    description: str
    parameters: Sequence[Parameter]
    output: dict[str, Any]
    """JSON Schema of the object that it gives back."""
    run: Callable[[View, dict[str, Any]], Result]


_FILTERS = (
    texts("locale", "Only these languages: zh-Hans, zh-Hant, en …; zh covers both scripts."),
    texts("kind", "Only these kinds of article.", KINDS),
    texts("product", "Only these product labels; status lists them."),
    conditions("where", "Other front matter: key to accepted values."),
)
_CURSOR = text(
    "cursor", "next_cursor of the page before; all but limit and budgets unchanged.", most=100
)


def _budget(default: int) -> Parameter:
    help = "Of the whole result: its text and its object, of which you may see only one."
    return whole("max_tokens", help, least=MIN_TOKENS, most=MAX_TOKENS, default=default)


_TURN = (
    text("question", "As the customer asked.", most=MAX_QUESTION, required=True),
    choice("action", "Of the answer.", ("answer", "clarify", "abstain", "handoff")),
    text("topic", "Title that was cited first.", most=MAX_QUESTION),
)

TOOLS = (
    ToolSpec(
        "search",
        "Search the help articles",
        "Find passages by meaning and words, Chinese and English: verbatim snippets with "
        "path:line references, best first. Use it to explore, to compare articles, or when ask "
        "abstains; reword and search again if confidence is below 0.5. Not for a customer's "
        "question that needs one answer (ask), nor for text you can name (get). "
        "Costs about 700 tokens for 5 hits, and 15 ms.",
        (
            text("question", "What to look for, in any words.", most=MAX_QUESTION, required=True),
            *_FILTERS,
            whole("limit", "Hits on a page.", least=1, most=50, default=searching.DEFAULT_LIMIT),
            _CURSOR,
            _budget(searching.DEFAULT_TOKENS),
            whole(
                "snippet_tokens",
                "Of each snippet.",
                least=20,
                most=1000,
                default=searching.DEFAULT_SNIPPET,
            ),
        ),
        schemas.SEARCH,
        searching.search,
    ),
    ToolSpec(
        "ask",
        "Ask the help articles",
        "Answer a customer's question from the articles: an action (answer, clarify, abstain, "
        "handoff), a calibrated confidence and verified verbatim quotes. Use it first for any "
        "support question; if it abstains, do not answer from memory: search, or say that there "
        "is no answer. Pass history for a follow-up. Not for browsing (search, list_articles). "
        "Costs about 100 to 300 tokens, and 10 ms.",
        (
            text("question", "The customer's own words.", most=MAX_QUESTION, required=True),
            objects("history", "Earlier turns, oldest first.", _TURN, most=MAX_HISTORY),
            *_FILTERS,
            _budget(asking.DEFAULT_TOKENS),
        ),
        schemas.ASK,
        asking.ask,
    ),
    ToolSpec(
        "get",
        "Read an article",
        "Read an article, a section or lines of one, with line numbers. Use it on an id, chunk_id "
        "or ref that search, ask or list_articles gave, when a snippet is too short to be sure. "
        "Not for finding anything: it takes exact names. "
        "Costs about 200 tokens for a section, 1,100 for an article, and 3 ms.",
        (
            text("ref", "Article id, chunk_id, or path:start-end.", most=MAX_REF, required=True),
            whole("before", "Lines before it.", least=0, most=reading.MAX_AROUND, default=0),
            whole("after", "Lines after it.", least=0, most=reading.MAX_AROUND, default=0),
            _budget(reading.DEFAULT_TOKENS),
        ),
        schemas.GET,
        reading.get,
    ),
    ToolSpec(
        "list_articles",
        "List the articles",
        "List articles by id with title, language, kind and date. Use it to see what exists under "
        "a filter. Not for answering: titles say little, search reads the text. "
        "Costs about 1,100 tokens for 50 articles, and 10 ms.",
        (
            *_FILTERS,
            whole("limit", "Articles on a page.", least=1, most=200, default=listing.DEFAULT_LIMIT),
            _CURSOR,
            _budget(listing.DEFAULT_TOKENS),
        ),
        schemas.LIST,
        listing.list_articles,
    ),
    ToolSpec(
        "status",
        "State of the knowledge base",
        "Say how many articles there are, the labels to filter by, and what changed since the "
        "index was built. Use it once for the labels, or when a result says stale. Not before "
        "every question: each result carries its freshness. "
        "Costs about 60 tokens, and 15 ms.",
        (_budget(telling.DEFAULT_TOKENS),),
        schemas.STATUS,
        telling.status,
    ),
)

BY_NAME = {tool.name: tool for tool in TOOLS}

_TOLD = (QuestionError, FilterError, UsageError, NotFound)
"""Errors of the caller: their messages name what was sent and what the caller may see."""


def call(knowledge: Knowledge, name: str, arguments: object) -> Result:
    """Call a tool; whatever goes wrong is a result that says so.

    Args:
        knowledge: gives the live generation.
        name: of a tool that there is.
        arguments: as they were sent.
    """
    tool = BY_NAME[name]
    try:
        values = read_all(tool.parameters, {} if arguments is None else arguments, name)
        return tool.run(knowledge.now(), values)
    except _TOLD as error:
        return _failed(error.code, error.message, error.hint)
    except KbassistError as error:
        log.error("%s: %s", name, error)
        return _failed(error.code, "the knowledge base cannot be read now", _LOGGED)
    except Exception as error:
        trace = "".join(traceback.format_tb(error.__traceback__))  # its text may hold the question
        log.error("%s failed: %s\n%s", name, type(error).__name__, trace)
        return _failed("internal", "the call failed by a fault of the server", _LOGGED)


_LOGGED = "Tell whoever runs the server; its log says more. Other questions may still work."


def _failed(code: str, message: str, hint: str) -> Result:
    """An error as a result: a model reads it and can mend its call."""
    record = {"error": {"code": code, "message": message, "hint": hint}}
    return Result(record, f"Error ({code}): {message}\n{hint}".rstrip(), failed=True)
