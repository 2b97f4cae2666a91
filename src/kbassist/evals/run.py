"""A dataset against an index: every question asked the way that users ask."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

from kbassist._version import __version__
from kbassist.answer.followup import Turn
from kbassist.answer.followup import resolve as completed
from kbassist.assistant import Assistant
from kbassist.errors import DatasetError, FilterError, QuestionError, UsageError
from kbassist.evals.model import Dataset, Question, Split
from kbassist.evals.ranking import distinct
from kbassist.evals.result import Cited, Outcome, Result
from kbassist.evals.targets import Target, article_grades, resolve
from kbassist.types import Answer, Citation, Mode

CHUNKS = 200
"""Chunks that a ranking of articles is made from: ten articles, unless most have over twenty."""
ARTICLES = 20
"""Distinct articles that a ranking keeps."""

Progress = Callable[[int, int], None]


def run(
    dataset: Dataset,
    assistant: Assistant,
    *,
    split: Split = "all",
    mode: Mode | None = None,
    progress: Progress | None = None,
) -> Result:
    """Ask every question of a dataset and judge what comes back.

    Args:
        dataset: labelled questions; all labels are checked before anything is asked.
        assistant: open on the index under test.
        split: which part to ask.
        mode: which legs rank; by default both where the index has vectors.
        progress: called with questions done and questions in all.

    Raises:
        DatasetError: a label names nothing, the part holds no question, or a question or its
            filters cannot be asked.
        UsageError: a mode that the index does not have, or an index without anything to find.
    """
    used = assistant.index.mode(mode)
    if not assistant.index.manifest.counts["chunks"]:
        raise UsageError(
            f"{str(assistant.index.path)!r} is empty: every question would get the same score",
            hint="Build it from articles that are published.",
        )
    targets = resolve(dataset, assistant)
    questions = dataset.split(split)
    if not questions:
        raise DatasetError(
            f"the split {split!r} holds no questions", path=dataset.name, hint="Use --split all."
        )
    outcomes = []
    for number, question in enumerate(questions, 1):
        try:
            outcomes.append(_ask(assistant, question, targets[question.id], used))
        except (QuestionError, FilterError) as error:
            raise DatasetError(
                f"{question.id}: {error.message}", path=dataset.name, hint=error.hint
            ) from None
        if progress is not None:
            progress(number, len(questions))
    return Result(
        dataset=dataset.name,
        dataset_digest=dataset.digest,
        split=split,
        mode=used,
        index=_fingerprints(assistant),
        today=assistant.today.isoformat(),
        settings=asdict(assistant.settings),
        library=__version__,
        outcomes=tuple(outcomes),
    )


def _fingerprints(assistant: Assistant) -> dict[str, object]:
    manifest = assistant.index.manifest
    files = "".join(f"{path}\0{file.sha256}\n" for path, file in sorted(manifest.sources.items()))
    return {
        "generation": assistant.index.generation,
        "sources": hashlib.sha256(files.encode()).hexdigest(),
        "analyzer": manifest.analyzer,
        "chunker": manifest.chunker,
        "embedder": manifest.embedder,
        "embedder_fingerprint": manifest.embedder_fingerprint,
        "articles": manifest.counts["articles"],
        "chunks": manifest.counts["chunks"],
    }


def _ask(
    assistant: Assistant, question: Question, targets: Sequence[Target], mode: Mode
) -> Outcome:
    filters = question.filters.filters()
    text = in_full(question, assistant.settings.max_question_chars)
    hits = assistant.search(text, top_k=CHUNKS, mode=mode, filters=filters)
    started = time.perf_counter()
    assistant.search(text, mode=mode, filters=filters)  # as deep as users ask: for its time
    between = time.perf_counter()
    answer = assistant.ask(text, mode=mode, filters=filters, asked=question.text)
    ended = time.perf_counter()
    first = answer.citations[:1]
    return Outcome(
        id=question.id,
        text=question.text,
        slice=question.slice,
        locale=question.locale,
        expect=question.expect,
        relevant=article_grades(targets),
        labels=dict(question.relevant),
        ranking=distinct((hit.article.id for hit in hits), ARTICLES),
        action=answer.action,
        reason=answer.reason,
        confidence=answer.confidence,
        citations=[Cited(c.article_id, c.anchor, c.ref, c.quote) for c in answer.citations],
        article_right=_any_article(answer, targets),
        section_right=any(target.covers(citation) for citation in first for target in targets),
        lines_right=all(_verbatim(assistant, citation) for citation in answer.citations),
        span_right=_holds(answer.citations, question.answer_span),
        search_ms=(between - started) * 1000,
        ask_ms=(ended - between) * 1000,
        tags=list(question.tags),
        has_history=bool(question.history),
    )


def in_full(question: Question, max_chars: int) -> str:
    """A question completed from the turns before it, as a conversation does."""
    return completed(question.text, turns_of(question), max_chars=max_chars).question


def turns_of(question: Question) -> list[Turn]:
    """What a customer asked before a question, each with what was replied to it."""
    turns: list[Turn] = []
    for said in question.history:
        if said.role == "user":
            turns.append(Turn(said.text))
        elif turns:
            turns[-1] = replace(turns[-1], reply=said.text)
    return turns


def _any_article(answer: Answer, targets: Sequence[Target]) -> bool:
    right = {target.article_id for target in targets}
    return any(citation.article_id in right for citation in answer.citations)


def _verbatim(assistant: Assistant, citation: Citation) -> bool:
    """Whether the lines that a citation names hold its quote, read as a user would check it."""
    lines = assistant.index.store.article_text(citation.article_id).split("\n")
    named = "\n".join(lines[citation.span.start_line - 1 : citation.span.end_line])
    return citation.quote in named


def _holds(citations: Sequence[Citation], span: str | None) -> bool | None:
    if span is None:
        return None
    wanted = "".join(span.split())
    return any(wanted in "".join(citation.quote.split()) for citation in citations)
