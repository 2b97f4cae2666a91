"""Search hits as verified quotes: the units of a section that match best, with their place."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from kbassist.answer.cite import cite, source_of
from kbassist.answer.snippet import Budget, choose_units
from kbassist.answer.wording import staleness
from kbassist.serve.knowledge import View
from kbassist.serve.result import clipped, filled, flat, quoted, shortened
from kbassist.text.count import count_tokens
from kbassist.types import Citation, Hit

NAME_TOKENS = 40
"""Of a title, a heading or another name, at most."""
GAP = "\n[…]\n"
"""Stands where a quote leaves something out."""
_MAX_CHARS = 100_000


class Passage:
    """A hit with its quotes, worked out once and told at any length."""

    def __init__(self, view: View, hit: Hit, snippet_tokens: int) -> None:
        index, meta = view.index, hit.article
        source = source_of(index, meta, view.assistant.kb)
        chosen = choose_units(
            hit.chunk,
            dict.fromkeys(hit.matched_terms, 1.0),
            index.analyzer.terms,
            budget=Budget(_MAX_CHARS, snippet_tokens),
        )
        text = index.store.article_text(meta.id)
        today = view.assistant.today
        self.hit = hit
        self.citations: list[Citation] = cite(
            hit, chosen, text, first_number=1, source=source, today=today
        )
        self.whole = len(chosen) == len(hit.chunk.units)

    def record(self, snippet_tokens: int) -> dict[str, Any]:
        """The hit as an object, its snippet of at most so many tokens."""
        chunk, meta = self.hit.chunk, self.hit.article
        pieces = self._pieces(snippet_tokens)
        first, last = chunk.start_line, chunk.end_line
        if pieces:
            first, start = (self.citations[i].span.start_line for i in (0, len(pieces) - 1))
            last = start + pieces[-1].count("\n")
        return filled(
            rank=self.hit.rank,
            ref=f"{meta.path}:{first}-{last}",
            chunk_id=chunk.id,
            title=clipped(meta.title, NAME_TOKENS),
            heading_path=[clipped(heading, NAME_TOKENS) for heading in chunk.heading_path],
            url=meta.address(chunk.anchor),
            locale=meta.locale,
            updated=meta.updated.isoformat() if meta.updated else None,
            snippet=GAP.join(pieces),
            cut=not self.whole or pieces != [citation.quote for citation in self.citations],
            **trust(self.citations),
        )

    def _pieces(self, tokens: int) -> list[str]:
        """The quotes that fit, the last one perhaps only its beginning."""
        pieces = []
        for citation in self.citations:
            piece = shortened(citation.quote, tokens)
            if not piece:
                break
            pieces.append(piece)
            tokens -= count_tokens(piece)
            if piece != citation.quote:
                break
        return pieces


_WORSE = ("source", "index", "stale")


def trust(citations: Sequence[Citation]) -> dict[str, Any]:
    """How far the least certain of some quotes can be trusted, as members of an object."""
    if not citations:
        return {}
    citation = max(citations, key=lambda found: _WORSE.index(found.verified))
    return filled(
        verified=citation.verified,
        stale=citation.stale,
        past_review=citation.past_review,
        source=None if citation.source == "unchanged" else citation.source,
    )


def told(record: dict[str, Any], doubts: list[str]) -> str:
    """A passage as text: its place on one line, its id on the next, then its quote."""
    place = " › ".join((record["title"], *record.get("heading_path", ())))
    facts = [f"[{record.get('rank') or record.get('number')}] {record['ref']}", place]
    facts += [record[key] for key in ("locale", "updated") if record.get(key)]
    lines = [flat(" | ".join(facts)), flat(f"get {record['chunk_id']}")]
    lines += [flat(record["url"])] if record.get("url") else []
    lines += [f"({doubt})" for doubt in doubts]
    quote = record.get("snippet") or record.get("quote") or ""
    if quote:
        lines.append(quoted(quote))
    if record.get("cut"):
        lines.append("(cut)")
    return "\n".join(lines)


def doubts(citations: Sequence[Citation]) -> list[str]:
    """What speaks against trusting a passage, in words."""
    return list(dict.fromkeys(doubt for found in citations for doubt in staleness(found)))
