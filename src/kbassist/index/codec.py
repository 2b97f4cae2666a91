"""Values to and from the compact JSON that the chunk store holds."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import date
from typing import Any, get_args

from kbassist.types import ArticleMeta, Span, Unit, UnitKind

_DATES = ("updated", "review_by", "valid_from", "valid_until")
_TUPLES = ("audience", "products", "questions")
_TEXTS = ("id", "path", "title", "locale", "kind", "status")
_TEXTS_OR_NONE = ("translation_of", "url", "handoff")
_META_FIELDS = tuple(item.name for item in fields(ArticleMeta))
_UNIT_KINDS: tuple[UnitKind, ...] = get_args(UnitKind)
_UNIT_NUMBERS = {kind: number for number, kind in enumerate(_UNIT_KINDS)}


def is_utf8(text: str) -> bool:
    """Whether the text can be stored: a lone surrogate comes from bytes that were not UTF-8."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def dumps(value: object) -> str:
    """Compact JSON with sorted keys: equal values give equal text."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True)


def _numbers(flat: list[int]) -> str:
    """The same as `dumps` of whole numbers, without its machinery."""
    return f"[{','.join(map(str, flat))}]"


def dump_meta(meta: ArticleMeta) -> str:
    """Article metadata as JSON; `load_meta` is the inverse."""
    table = {name: getattr(meta, name) for name in _META_FIELDS}
    for name in _DATES:
        value = table[name]
        table[name] = value.isoformat() if isinstance(value, date) else None
    return dumps(table)


def load_meta(text: str) -> ArticleMeta:
    """Inverse of `dump_meta`."""
    table: dict[str, Any] = json.loads(text)
    for name in _DATES:
        if table[name] is not None:
            table[name] = date.fromisoformat(table[name])
    for name in _TUPLES:
        table[name] = tuple(table[name])
    meta = ArticleMeta(**table)
    lists = (item for name in _TUPLES for item in getattr(meta, name))
    check_texts(*(getattr(meta, name) for name in _TEXTS), *lists)
    check_texts(*(item for name in _TEXTS_OR_NONE if (item := getattr(meta, name)) is not None))
    if not isinstance(meta.metadata, dict):
        raise TypeError(f"metadata is {meta.metadata!r}")
    return meta


def load_texts(text: str) -> tuple[str, ...]:
    """Texts from a JSON list."""
    if text == "[]":  # most questions
        return ()
    texts = tuple(json.loads(text))
    check_texts(*texts)
    return texts


def check_texts(*values: object) -> None:
    """Raise TypeError for the first value that is no text."""
    for value in values:
        if type(value) is not str:
            raise TypeError(f"{value!r} stands for a text")


def dump_spans(spans: tuple[Span, ...]) -> str:
    """Spans as a flat JSON list of numbers, four a span."""
    return _numbers([n for s in spans for n in (s.start, s.end, s.start_line, s.end_line)])


def load_spans(text: str) -> tuple[Span, ...]:
    """Inverse of `dump_spans`."""
    flat: list[int] = json.loads(text)
    if len(flat) % 4:
        raise ValueError(f"{len(flat)} numbers are no spans")
    numbers = iter(flat)
    return tuple([Span(*four) for four in zip(*[numbers] * 4, strict=True)])


def dump_units(units: tuple[Unit, ...]) -> str:
    """Units as a flat JSON list of numbers, five a unit; the kind by its place in `UnitKind`."""
    flat: list[int] = []
    for unit in units:
        span = unit.span
        flat += (_UNIT_NUMBERS[unit.kind], span.start, span.end, span.start_line, span.end_line)
    return _numbers(flat)


def load_units(text: str) -> tuple[Unit, ...]:
    """Inverse of `dump_units`."""
    flat: list[int] = json.loads(text)
    if len(flat) % 5:
        raise ValueError(f"{len(flat)} numbers are no units")
    numbers = iter(flat)
    return tuple(
        [
            Unit(_UNIT_KINDS[kind], Span(start, end, first, last))
            for kind, start, end, first, last in zip(*[numbers] * 5, strict=True)
        ]
    )
