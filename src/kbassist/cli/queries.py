"""The commands that read an index: what an agent calls, one process for each question."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from kbassist.cli import asking, options, render
from kbassist.cli.asking import Wanted, check, check_budget
from kbassist.cli.declared import argument
from kbassist.cli.streams import read_input
from kbassist.config import DEFAULT_TOP_K, parse_day
from kbassist.errors import UsageError
from kbassist.records import results

if TYPE_CHECKING:
    from kbassist.assistant import Assistant

EXIT_NO_ANSWER = 3


def search(
    question: options.Question = None,
    top_k: options.TopKOption = DEFAULT_TOP_K,
    offset: options.OffsetOption = 0,
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
    batch: options.BatchOption = None,
    explain: options.ExplainOption = False,
    brief: options.BriefOption = False,
    snippet_tokens: options.SnippetOption = None,
    max_tokens: options.MaxTokensOption = None,
    json: options.JsonOption = False,
    jsonl: options.JsonLinesOption = False,
) -> int:
    """List the passages that match a question, best first."""
    as_json = json or jsonl or batch is not None
    options.check_json(as_json, brief=brief, snippet_tokens=snippet_tokens, max_tokens=max_tokens)
    filters = options.filters(locale, kind, product, audience, filter)
    wanted = Wanted(
        top_k, options.as_mode(mode), filters, offset, explain, brief, snippet_tokens, max_tokens
    )
    check(wanted)
    assistant = _open(index, kb, today, require_fresh)
    if batch is not None:
        return _batch("search", assistant, batch, question, wanted)
    asked = _question(question)
    found = asking.search(assistant, asked, wanted)
    why = None
    if explain:
        from kbassist.cli.explain import of_search

        why = of_search(assistant, asked, found.hits, wanted.mode, filters)
    if as_json:
        render.print_json(asking.search_record(assistant, found, wanted, why), one_line=jsonl)
    else:
        render.hits(found.hits, assistant.index.analyzer, why, found.near)
    return 0 if found.hits else EXIT_NO_ANSWER


def ask(
    question: options.Question = None,
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
    batch: options.BatchOption = None,
    explain: options.ExplainOption = False,
    form: options.FormOption = "text",
    mark: options.MarkOption = False,
    brief: options.BriefOption = False,
    max_tokens: options.MaxTokensOption = None,
    json: options.JsonOption = False,
    jsonl: options.JsonLinesOption = False,
) -> int:
    """Answer a question with cited quotes, or say that there is no answer."""
    as_json = json or jsonl or batch is not None
    options.check_form(form, mark, as_json)
    options.check_json(as_json, brief=brief, max_tokens=max_tokens)
    filters = options.filters(locale, kind, product, audience, filter)
    wanted = Wanted(top_k, options.as_mode(mode), filters, 0, explain, brief, None, max_tokens)
    check(wanted)
    assistant = _open(index, kb, today, require_fresh)
    if batch is not None:
        return _batch("ask", assistant, batch, question, wanted)
    answer, near = asking.ask(assistant, _question(question), wanted)
    if as_json:
        render.print_json(asking.answer_record(answer, near, wanted), one_line=jsonl)
    else:
        why = answer.explain() if explain else None
        render.answer(answer, assistant.index.analyzer, form, mark, why, near)
    return 0 if answer.action in ("answer", "clarify") else EXIT_NO_ANSWER


def get(
    ref: Annotated[str, argument(help="Article id, chunk id, or path:start-end.", metavar="REF")],
    before: options.BeforeOption = 0,
    after: options.AfterOption = 0,
    audience: options.AudienceOption = None,
    index: options.IndexOption = options.DEFAULT_INDEX,
    kb: options.KbOption = None,
    require_fresh: options.FreshOption = False,
    max_tokens: options.MaxTokensOption = None,
    json: options.JsonOption = False,
) -> int:
    """Print an article, a chunk or lines of an article, with line numbers."""
    options.check_json(json, max_tokens=max_tokens)
    check_budget(max_tokens, "--max-tokens")
    assistant = _open(index, kb, None, require_fresh)
    found = assistant.get(ref, audience=audience or (), before=before, after=after)
    if not json:
        render.passage(found)
        return 0
    record = results.passage(found)
    if max_tokens is not None:
        from kbassist.records.budget import fit_passage

        record = fit_passage(record, max_tokens)
    render.print_json(record)
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


def _batch(
    command: str, assistant: Assistant, batch: Path, question: str | None, wanted: Wanted
) -> int:
    if question is not None:
        raise UsageError(
            "--batch reads the questions from a file, so there can be none beside it",
            hint="Leave one of them out.",
        )
    if wanted.explain:
        raise UsageError(
            "--explain is for one question, not for --batch", hint="Leave one of them out."
        )
    from kbassist.cli import batch as many

    run = many.search if command == "search" else many.ask
    return run(assistant, batch, wanted)


def _question(argument: str | None) -> str:
    if argument is None:
        raise UsageError(
            "no question was given",
            hint="Write it in quotes, - to read it from standard input, or --batch FILE for many.",
        )
    return read_input() if argument == "-" else argument
