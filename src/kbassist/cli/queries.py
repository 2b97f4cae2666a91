"""The commands that read an index: what an agent calls, one process for each question."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from kbassist.cli import options, render
from kbassist.cli.declared import argument
from kbassist.cli.streams import read_input
from kbassist.config import DEFAULT_TOP_K, parse_day

if TYPE_CHECKING:
    from kbassist.assistant import Assistant

EXIT_NO_ANSWER = 3


def search(
    question: options.Question,
    top_k: options.TopKOption = DEFAULT_TOP_K,
    mode: options.ModeOption = None,
    locale: options.LocaleOption = None,
    kind: options.KindOption = None,
    product: options.ProductOption = None,
    audience: options.AudienceOption = None,
    filter: options.FilterOption = None,
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    require_fresh: options.FreshOption = False,
    today: options.TodayOption = None,
    explain: options.ExplainOption = False,
    json: options.JsonOption = False,
) -> int:
    """List the passages that match a question, best first."""
    assistant = _open(index, kb, today, require_fresh)
    question = _question(question)
    legs = options.as_mode(mode)
    filters = options.filters(locale, kind, product, audience, filter)
    hits = assistant.search(question, top_k=top_k, mode=legs, filters=filters)
    why = None
    if explain:
        from kbassist.cli.explain import of_search

        why = of_search(assistant, question, hits, legs, filters)
    render.hits(question, hits, assistant.index.analyzer, json, why)
    return 0 if hits else EXIT_NO_ANSWER


def ask(
    question: options.Question,
    top_k: options.TopKOption = DEFAULT_TOP_K,
    mode: options.ModeOption = None,
    locale: options.LocaleOption = None,
    kind: options.KindOption = None,
    product: options.ProductOption = None,
    audience: options.AudienceOption = None,
    filter: options.FilterOption = None,
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    require_fresh: options.FreshOption = False,
    today: options.TodayOption = None,
    explain: options.ExplainOption = False,
    form: options.FormOption = "text",
    mark: options.MarkOption = False,
    json: options.JsonOption = False,
) -> int:
    """Answer a question with cited quotes, or say that there is no answer."""
    options.check_form(form, mark, json)
    assistant = _open(index, kb, today, require_fresh)
    answer = assistant.ask(
        _question(question),
        top_k=top_k,
        mode=options.as_mode(mode),
        filters=options.filters(locale, kind, product, audience, filter),
    )
    render.answer(
        answer,
        assistant.index.analyzer,
        json,
        form,
        mark,
        answer.explain() if explain else None,
    )
    return 0 if answer.action in ("answer", "clarify") else EXIT_NO_ANSWER


def get(
    ref: Annotated[str, argument(help="Article id, chunk id, or path:start-end.")],
    audience: options.AudienceOption = None,
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    require_fresh: options.FreshOption = False,
    json: options.JsonOption = False,
) -> int:
    """Print an article, a chunk or lines of an article, with line numbers."""
    assistant = _open(index, kb, None, require_fresh)
    render.passage(assistant.get(ref, audience=audience or ()), json)
    return 0


def status(
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    require_fresh: options.FreshOption = False,
    today: options.TodayOption = None,
    json: options.JsonOption = False,
) -> int:
    """Say what the index holds and which articles changed since it was built."""
    assistant = _open(index, kb, today, require_fresh)
    render.status(assistant.status(), json)
    return 0


def _open(index: Path, kb: Path | None, today: str | None, require_fresh: bool) -> Assistant:
    from kbassist.assistant import Assistant

    day: date | None = None if today is None else parse_day(today, "--today")
    assistant = Assistant.open(index, kb=kb, today=day)
    if require_fresh:
        assistant.require_fresh()
    return assistant


def _question(argument: str) -> str:
    return read_input() if argument == "-" else argument
