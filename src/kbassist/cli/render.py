"""Everything that is printed: results to standard output, messages to standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from kbassist.answer.wording import grouped, numbers, staleness
from kbassist.cli import explain
from kbassist.cli.streams import discard, writing
from kbassist.cli.terminal import colour_wanted, excerpt, one_line, safe, styled
from kbassist.errors import BuildError, KbassistError
from kbassist.records import results
from kbassist.records.printed import as_json

if TYPE_CHECKING:
    from kbassist.answer.locate import Passage
    from kbassist.answer.near import NearMisses
    from kbassist.articles.glossary import Term
    from kbassist.index.status import Status
    from kbassist.text.analyzer import Analyzer
    from kbassist.types import Answer, AnswerExplanation, Citation, Hit, SearchExplanation

Progress = Callable[[str, int, int], None]


def line(text: str = "") -> None:
    """One line of a result; the text is printed as it is."""
    with writing():
        print(text)


def message(text: str) -> None:
    """One line to the user, beside the result."""
    try:
        print(safe(text), file=sys.stderr)
    except OSError:  # nowhere is left to say so
        discard(sys.stderr)


def error(value: KbassistError) -> None:
    """An error for people."""
    message(f"error: {value.message}")
    if isinstance(value, BuildError):
        for problem in value.problems:
            message(f"  {problem.message}")
            if problem.hint:
                message(f"    {problem.hint}")
    if value.hint:
        message(f"hint: {value.hint}")


def json_error(value: KbassistError) -> None:
    """An error for programs."""
    print_json(results.error(value))


def hits(
    found: Sequence[Hit],
    analyzer: Analyzer,
    explanation: SearchExplanation | None = None,
    near: NearMisses | None = None,
) -> None:
    """Results of a search, with the explanations and near misses where they are given."""
    if explanation is not None:
        explained(explanation.text())
        line()
    if not found:
        message(f"nothing found: {near.why}" if near is not None else "nothing more")
    if near is not None:
        if near.did_you_mean:
            message(f"did you mean: {one_line(near.did_you_mean)}")
        for words in explain.near_misses(near):
            message(words)
    for hit in found:
        meta, chunk = hit.article, hit.chunk
        facts = f"{meta.kind} · {meta.locale}"
        line(f"{hit.rank:>2}. {styled(meta.title, bold=True)}  {styled(facts, dim=True)}")
        line(f"    {_place(chunk.ref, chunk.heading_path)}")
        line(f"    {excerpt(chunk.text, set(hit.matched_terms), analyzer)}")
        if explanation is not None:
            explained(hit.explain().text(), indent=4)
        line()


def explained(text: str, indent: int = 0) -> None:
    """An explanation for people."""
    for shown in explain.shown(text, indent):
        line(shown)


def answer(
    value: Answer,
    analyzer: Analyzer,
    form: str = "text",
    mark: bool = False,
    explanation: AnswerExplanation | None = None,
    near: NearMisses | None = None,
) -> None:
    """An answer with its sources, or that there is none; and why, where that is given.

    Args:
        value: the answer.
        analyzer: the one of the index, for marking matched words.
        form: `text` for people, or `markdown` or `plain` for another program, one text alone.
        mark: mark matched words by signs, where the terminal does not show them in bold.
        explanation: shown after it.
        near: what came nearest, where it abstains.
    """
    _answer(value, analyzer, form, mark)
    if near is not None:
        line(styled(f"Why: {near.why}", dim=True))
        for words in explain.near_misses(near):
            line(words)
    if explanation is not None:
        line()
        explained(explanation.text())


def _answer(value: Answer, analyzer: Analyzer, form: str, mark: bool) -> None:
    from kbassist.cli import forms

    out = line if form == "text" else message
    if value.did_you_mean:
        message(f"did you mean: {one_line(value.did_you_mean)}")
    if value.other_language:
        message("answered in another language: the knowledge base has nothing nearer in yours")
    if value.action == "handoff" or value.offer_person:
        wanted = "A person should take over" if value.action == "handoff" else "Offer a person"
        urgent = f" urgent={','.join(value.urgent)}" if value.urgent else ""
        out(f"{wanted}. reason={value.reason} priority={value.priority}{urgent}")
    if not value.citations:
        return _unquoted(value)
    line(forms.rendered(value, analyzer, form, mark))
    if form != "text":
        return None
    line()
    line(styled("Sources", bold=True))
    for group in grouped(value.citations):
        _source(group)
    if any(citation.source == "missing" for citation in value.citations):
        line(styled("sources are not there: quotes are as built", dim=True))
    return None


def _unquoted(value: Answer) -> None:
    """What is offered where nothing is quoted."""
    if value.action == "clarify":
        line("Which of these is meant?")
    elif value.action == "abstain":
        line("No answer to this in the knowledge base.")
    if value.related:
        line("Nearest passages, which do not seem to answer it:")
    for choice in value.choices or value.related:
        line(f"  - {one_line(choice.text)}  {styled(choice.ref, dim=True)}")


def passage(value: Passage) -> None:
    """Numbered lines of an article; those around what was asked for are dim."""
    if value.source == "changed":
        message(f"{value.article.path} has changed since the build; these lines are as built")
    elif value.source == "deleted":
        message(
            f"{value.article.path} is no longer in the knowledge base; these lines are as built"
        )
    elif value.source == "missing":
        message("sources are not there: lines are as built")
    width = len(str(value.end_line))
    for number, text in enumerate(value.lines, value.start_line):
        asked = value.asked_start_line <= number <= value.asked_end_line
        shown = safe(text) if asked else styled(text, dim=True)
        line(f"{styled(f'{number:>{width}}', dim=True)}  {shown}")


def status(value: Status, as_json: bool) -> None:
    """What an index holds and how fresh it is."""
    if as_json:
        return print_json(results.status(value))
    table = results.status(value)
    counts = table["counts"]
    rows = [
        ("index", f"{value.index} ({value.generation})"),
        ("sources", value.kb or "not there"),
        ("articles", f"{counts['articles']} ({counts['unpublished']} unpublished left out)"),
        ("chunks", str(counts["chunks"])),
        ("search", _search_kind(value)),
    ]
    rows += [(name, _counts(table[f"by_{name}"])) for name in ("kind", "locale", "product")]
    rows.append(("fresh", {True: "yes", False: "no", None: "cannot tell"}[value.fresh]))
    for name, text in rows:
        line(f"{styled(f'{name:<9}', bold=True)} {one_line(text)}")
    for name in ("added", "changed", "deleted", "upcoming", "ended"):
        for path in table[name] or ():
            line(f"  {name:<8} {one_line(path)}")
    return None


def terms(found: Sequence[Term], as_json: bool) -> None:
    """The terms of a glossary."""
    if as_json:
        return print_json(results.glossary(found))
    if not found:
        message("no glossary terms found")
    for term in found:
        line(f"{styled(one_line(term.name), bold=True)}  {one_line(', '.join(term.aliases))}")
        if term.misspellings:
            line(f"    misspelt: {one_line(', '.join(term.misspellings))}")
        line(f"    {styled(one_line(f'{term.path}:{term.line}'), fg='cyan')}")
    return None


@contextmanager
def progress(enabled: bool) -> Iterator[Progress | None]:
    """A progress line on standard error where that is a terminal; else None."""
    if not (enabled and sys.stderr.isatty()):
        yield None
        return

    begun: dict[str, float] = {}

    def show(stage: str, done: int, total: int) -> None:
        seconds = time.monotonic() - begun.setdefault(stage, time.monotonic())
        filled = 24 * done // max(total, 1)
        bar = "█" * filled + "░" * (24 - filled)
        shown = f"{stage:<9} {bar} {done}/{total}{_pace(done, total, seconds)}"
        print(f"\r\x1b[K{shown}", end="", file=sys.stderr, flush=True)

    try:
        yield show
    finally:
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)


def _pace(done: int, total: int, seconds: float) -> str:
    """How fast a stage goes and how long it still takes, once that can be told."""
    if seconds < 1 or not done:
        return ""
    left = round((total - done) * seconds / done)
    minutes = f"{left // 60} min {left % 60:02} s" if left >= 60 else f"{left} s"
    return f"  {done / seconds:.0f}/s, {minutes} left"


def ask_for(prompt: str) -> None:
    """A prompt, where a person may type at it."""
    if sys.stdin.isatty():
        print(prompt, end="", file=sys.stderr, flush=True)


def flush() -> None:
    """Let the reader have what was printed so far."""
    with writing():
        sys.stdout.flush()


def _source(group: Sequence[Citation]) -> None:
    first = group[0]
    title = " › ".join((first.title, *first.heading_path))
    line(f"{styled(numbers(group), fg='cyan')} {one_line(title)}")
    refs = ", ".join(citation.ref for citation in group)
    dates = f"  updated {first.updated}" if first.updated else ""
    line(f"    {styled(refs + dates, dim=True)}")
    if first.url:
        line(f"    {styled(first.url, dim=True)}")
    for words in staleness(first):
        line(f"    {styled(f'! {words}', fg='red')}")


def _place(ref: str, heading_path: Sequence[str]) -> str:
    path = "".join(f" › {heading}" for heading in heading_path)
    return styled(ref + path, fg="cyan")


def _search_kind(value: Status) -> str:
    manifest = value.manifest
    if manifest.embedder is None:
        return "lexical (BM25 only; add vectors with build --embedder bundled)"
    return f"hybrid (BM25 and {manifest.embedder}, {manifest.dimension} dimensions)"


def _counts(table: dict[str, int]) -> str:
    return ", ".join(f"{name} {count}" for name, count in table.items()) or "none"


def print_json(value: dict[str, Any], one_line: bool = False) -> None:
    """One object as a line; indented where a person looks on, unless it must be one line."""
    indent = 2 if colour_wanted() and not one_line else None
    line(as_json(value, indent))


def json_line(value: dict[str, Any]) -> None:
    """One of several objects, as a line that the reader has at once."""
    print_json(value, one_line=True)
    flush()
