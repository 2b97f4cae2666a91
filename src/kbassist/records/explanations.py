"""Explanations as members of a JSON object."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kbassist.types import AnswerExplanation, HitExplanation, SearchExplanation

_DIGITS = 6


def search_record(found: SearchExplanation) -> dict[str, Any]:
    """`explanation` of `kbassist search --explain --json`."""
    return {key: _plain(value) for key, value in asdict(found).items() if key != "question"}


def hit_record(found: HitExplanation) -> dict[str, Any]:
    """`explanation` of a hit, without what the hit itself has."""
    legs = {
        name: {**asdict(leg), "contribution": leg.contribution} for name, leg in found.legs.items()
    }
    whole = asdict(found)
    record = {"legs": legs, **{key: whole[key] for key in ("words", "missing", "nearest")}}
    return {key: _plain(value) for key, value in record.items()}


def answer_record(found: AnswerExplanation) -> dict[str, Any]:
    """`explanation` of `kbassist ask --explain --json`; its hits have their own."""
    return {
        "decision": _plain(asdict(found.decision)),
        "confidence": _plain(asdict(found.confidence)),
        "best": None if found.best is None else found.best.chunk_id,
        "rival": None if found.rival is None else found.rival.chunk_id,
        "search": {"question": found.search.question, **search_record(found.search)},
        "parts": [answer_record(part) for part in found.parts],
    }


def _plain(value: Any) -> Any:
    """A value as JSON has it, figures to six digits."""
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, date):
        return value.isoformat()
    return round(value, _DIGITS) if isinstance(value, float) else value
