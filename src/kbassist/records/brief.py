"""Records with only what a reader who pays by the token needs: text, where it stands, how sure.

The scores of the legs, offsets, hashes and whatever is said twice are left out; of an answer also
members that say nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Record = dict[str, Any]

_HIT = ("rank", "ref", "title", "heading_path", "url", "updated", "text")
_ANSWER = ("schema_version", "line", "id", "question", "action", "reason", "confidence", "text")
_CITATION = ("number", "ref", "title", "url", "updated", "verified", "stale")
_CHOICE = ("text", "ref")
_PART = ("question", "action", "reason", "confidence", "citations")


def brief_search(record: Record) -> Record:
    """Object of `kbassist search --brief --json`, made of the whole one."""
    made = {**record, "hits": [_only(hit, _HIT) for hit in record["hits"]]}
    if "near" in record:
        made["near"] = brief_near(record["near"])
    return made


def brief_answer(record: Record) -> Record:
    """Object of `kbassist ask --brief --json`, made of the whole one."""
    made = _only(record, _ANSWER)
    made["citations"] = [_only(citation, _CITATION) for citation in record["citations"]]
    if record["priority"] != "normal":
        made["priority"] = record["priority"]
    for name in ("urgent", "offer_person", "did_you_mean", "other_language"):
        if record[name]:
            made[name] = record[name]
    for name, keys in (("choices", _CHOICE), ("related", _CHOICE), ("parts", _PART)):
        if record[name]:
            made[name] = [_only(item, keys) for item in record[name]]
    if "near" in record:
        made["near"] = brief_near(record["near"])
    return made


def brief_near(near: Record) -> Record:
    """Near misses without what a section has beside its place."""
    return {**near, "without_filters": [_only(item, _CHOICE) for item in near["without_filters"]]}


def _only(record: Record, keys: Iterable[str]) -> Record:
    return {key: record[key] for key in keys if key in record}
