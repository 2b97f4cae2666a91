"""What a hit carries into other libraries: flat metadata that JSON can hold."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from kbassist.answer.cite import past_review, read_source
from kbassist.errors import MissingDependency
from kbassist.types import Hit, Verified

if TYPE_CHECKING:
    from kbassist.assistant import Assistant

Value = str | int | float | bool | None


def metadata(hit: Hit, assistant: Assistant) -> dict[str, Value]:
    """Where a passage stands, how well it matched, and whether it can be trusted still.

    Args:
        hit: of a search of the assistant.
        assistant: names the kb folder and the day that staleness is judged on.

    Returns:
        Values that JSON and every vector store's metadata can hold. `score` is comparable within
        one search only. `verified` is `source` where the lines named in `ref` hold the passage now,
        `stale` where they do not, and `index` where the sources are not there to be compared.
    """
    chunk, meta = hit.chunk, hit.article
    verified = _verified(hit, assistant)
    past = past_review(meta, assistant.today)
    return {
        "ref": chunk.ref,
        "article_id": meta.id,
        "chunk_id": chunk.id,
        "title": meta.title,
        "heading_path": " › ".join(chunk.heading_path),
        "path": meta.path,
        "start_line": chunk.start_line,
        "end_line": chunk.end_line,
        "url": meta.address(chunk.anchor),
        "locale": meta.locale,
        "kind": meta.kind,
        "rank": hit.rank,
        "score": hit.score,
        "updated": None if meta.updated is None else meta.updated.isoformat(),
        "review_by": None if meta.review_by is None else meta.review_by.isoformat(),
        "past_review": past,
        "verified": verified,
        "stale": past or verified == "stale",
        "content_hash": chunk.hash,
    }


def missing(what: str, extra: str, error: ImportError) -> MissingDependency:
    """The error for an integration whose package is not installed.

    Args:
        what: the integration, as the message names it.
        extra: of this package, which installs what it needs.
        error: what Python said.
    """
    return MissingDependency(
        f"{what} needs a package that is not installed: {error}",
        hint=f'Install it: pip install "kbassist[{extra}]"',
    )


def _verified(hit: Hit, assistant: Assistant) -> Verified:
    """Whether the file holds the passage where the hit says; the hit alone tells, so that it does
    not matter which generation the assistant has gone over to since.
    """
    source = read_source(assistant.kb, hit.chunk.path, None)
    if source.state == "missing":
        return "index"
    text = source.text or ""
    found = "\n".join(text[span.start : span.end] for span in hit.chunk.spans)
    same = hashlib.sha256(found.encode()).hexdigest() == hit.chunk.hash
    return "source" if same else "stale"
