"""What questions give, as the JSON objects of `schema.json`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

from kbassist.errors import BuildError, KbassistError
from kbassist.records.explanations import answer_record, hit_record, search_record

if TYPE_CHECKING:
    from kbassist.answer.locate import Passage
    from kbassist.answer.near import NearMisses
    from kbassist.articles.glossary import Term
    from kbassist.index.status import Status
    from kbassist.types import (
        Answer,
        AnswerExplanation,
        BuildWarning,
        Citation,
        Hit,
        SearchExplanation,
    )

SCHEMA_VERSION = 1


def search(
    question: str,
    hits: Sequence[Hit],
    explanation: SearchExplanation | None = None,
    *,
    next: int | None = None,
    near: NearMisses | None = None,
) -> dict[str, Any]:
    """Object of `kbassist search --json`.

    Args:
        question: as asked.
        hits: best first.
        explanation: beside them, and of each of them, where one is given.
        next: hits before the first that is not among them; None where there is no more.
        near: there where nothing passed.
    """
    record = _versioned(question=question)
    if explanation is None:
        record["hits"] = [_hit(hit) for hit in hits]
    else:
        record["explanation"] = search_record(explanation)
        record["hits"] = [{**_hit(hit), "explanation": hit_record(hit.explain())} for hit in hits]
    record["next"] = next
    return record if near is None else {**record, "near": near_misses(near)}


def answer(
    value: Answer, explanation: AnswerExplanation | None = None, near: NearMisses | None = None
) -> dict[str, Any]:
    """Object of `kbassist ask --json`, with explanations and near misses where they are given."""
    record = _answer(value)
    if near is not None:
        record["near"] = near_misses(near)
    if explanation is not None:
        record["explanation"] = answer_record(explanation)
        for shown, hit in zip(record["hits"], value.hits, strict=True):
            shown["explanation"] = hit_record(hit.explain())
    return record


def _answer(value: Answer) -> dict[str, Any]:
    return _versioned(
        question=value.question,
        action=value.action,
        reason=value.reason,
        confidence=round(value.confidence, 4),
        priority=value.priority,
        urgent=list(value.urgent),
        offer_person=value.offer_person,
        did_you_mean=value.did_you_mean,
        other_language=value.other_language,
        text=value.text,
        citations=[_citation(citation) for citation in value.citations],
        choices=[asdict(choice) for choice in value.choices],
        related=[asdict(choice) for choice in value.related],
        parts=[_part(part) for part in value.parts],
        hits=[
            {key: record[key] for key in ("rank", "score", "chunk_id", "title", "ref")}
            for record in map(_hit, value.hits)
        ],
    )


def near_misses(value: NearMisses) -> dict[str, Any]:
    """`near` of a search or an answer."""
    corrected = {} if value.did_you_mean is None else {"did_you_mean": value.did_you_mean}
    return {
        "why": value.why,
        **corrected,
        "filters": [
            {**asdict(one), "did_you_mean": list(one.did_you_mean)} for one in value.filters
        ],
        "without_filters": [asdict(choice) for choice in value.without_filters],
    }


def passage(value: Passage) -> dict[str, Any]:
    """Object of `kbassist get --json`."""
    return _versioned(
        article_id=value.article.id,
        chunk_id=value.chunk_id,
        title=value.article.title,
        path=value.article.path,
        ref=value.ref,
        start_line=value.start_line,
        end_line=value.end_line,
        asked_start_line=value.asked_start_line,
        asked_end_line=value.asked_end_line,
        lines=list(value.lines),
        source=value.source,
    )


def status(value: Status) -> dict[str, Any]:
    """Object of `kbassist status --json`."""
    manifest, changes = value.manifest, value.changes
    return _versioned(
        index=value.index,
        generation=value.generation,
        kb=value.kb,
        fresh=value.fresh,
        added=None if changes is None else list(changes.added),
        changed=None if changes is None else list(changes.changed),
        deleted=None if changes is None else list(changes.deleted),
        upcoming=[meta.path for meta in value.upcoming],
        ended=[meta.path for meta in value.ended],
        modes=["lexical"] if manifest.embedder is None else ["lexical", "vector", "hybrid"],
        embedder=manifest.embedder,
        counts=dict(manifest.counts),
        by_kind=_count(meta.kind for meta in value.articles),
        by_locale=_count(meta.locale for meta in value.articles),
        by_product=_count(label for meta in value.articles for label in meta.products),
        library=manifest.library,
        format=manifest.format,
        analyzer=manifest.analyzer,
        chunker=manifest.chunker,
    )


def glossary(terms: Sequence[Term]) -> dict[str, Any]:
    """Object of `kbassist glossary --json`."""
    return _versioned(
        terms=[
            {
                "name": term.name,
                "aliases": list(term.aliases),
                "misspellings": list(term.misspellings),
                "definition": term.definition,
                "article_id": term.article_id,
                "locale": term.locale,
                "path": term.path,
                "line": term.line,
            }
            for term in terms
        ]
    )


def schema_list(commands: Mapping[str, Sequence[str]]) -> dict[str, Any]:
    """Object of `kbassist schema --list --json`."""
    return _versioned(commands={command: list(names) for command, names in commands.items()})


def version(library: str, python: str) -> dict[str, Any]:
    """Object of `kbassist version --json`."""
    return _versioned(version=library, python=python)


def error(value: KbassistError) -> dict[str, Any]:
    """Object of any command that failed under `--json`."""
    table: dict[str, Any] = {"code": value.code, "message": value.message, "hint": value.hint}
    if isinstance(value, BuildError):
        table["problems"] = [problem(one) for one in value.problems]
    return _versioned(error=table)


def _versioned(**members: Any) -> dict[str, Any]:
    return {"schema_version": SCHEMA_VERSION, **members}


def _hit(hit: Hit) -> dict[str, Any]:
    chunk, meta = hit.chunk, hit.article
    return {
        "rank": hit.rank,
        "score": round(hit.score, 6),
        "article_id": meta.id,
        "chunk_id": chunk.id,
        "title": meta.title,
        "heading_path": list(chunk.heading_path),
        "ref": chunk.ref,
        "path": meta.path,
        "start_line": chunk.start_line,
        "end_line": chunk.end_line,
        "url": meta.address(chunk.anchor),
        "locale": meta.locale,
        "kind": meta.kind,
        "updated": _day(meta.updated),
        "text": chunk.text,
        "matched_terms": list(hit.matched_terms),
        "legs": {
            name: {
                "raw": round(leg.raw, 6),
                "normalised": round(leg.normalised, 6),
                "weight": leg.weight,
                "rank": leg.rank,
            }
            for name, leg in hit.legs.items()
        },
    }


def _part(part: Answer) -> dict[str, Any]:
    """One question of several; its citations are named by their numbers."""
    return {
        "question": part.question,
        "action": part.action,
        "reason": part.reason,
        "confidence": round(part.confidence, 4),
        "text": part.text,
        "citations": [citation.number for citation in part.citations],
        "choices": [asdict(choice) for choice in part.choices],
        "related": [asdict(choice) for choice in part.related],
    }


def _citation(citation: Citation) -> dict[str, Any]:
    return {
        "number": citation.number,
        "article_id": citation.article_id,
        "chunk_id": citation.chunk_id,
        "title": citation.title,
        "heading_path": list(citation.heading_path),
        "anchor": citation.anchor,
        "url": citation.url,
        "ref": citation.ref,
        "path": citation.path,
        "start_line": citation.span.start_line,
        "end_line": citation.span.end_line,
        "start": citation.span.start,
        "end": citation.span.end,
        "quote": citation.quote,
        "content_hash": citation.content_hash,
        "updated": _day(citation.updated),
        "review_by": _day(citation.review_by),
        "past_review": citation.past_review,
        "source": citation.source,
        "verified": citation.verified,
        "stale": citation.stale,
    }


def warning(value: BuildWarning) -> dict[str, Any]:
    """A warning of a build."""
    return {"path": value.path, "line": value.line, "message": value.message}


def problem(value: KbassistError) -> dict[str, Any]:
    """What is wrong with a file."""
    return {
        "path": getattr(value, "path", None),
        "line": getattr(value, "line", None),
        "message": value.message,
        "hint": value.hint,
    }


def _day(value: date | None) -> str | None:
    return None if value is None else value.isoformat()


def _count(labels: Any) -> dict[str, int]:
    return dict(sorted(Counter(labels).items()))
