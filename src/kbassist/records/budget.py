"""Records within a budget of tokens: what was cut is said in them, and how to go on.

Each function takes a record of `records.results` and returns one that costs no more than was asked
for. `truncated` counts what was left out by the name of its list, and under `texts` the texts that
were shortened, which end in `…`; it is not there where nothing was cut.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from kbassist.errors import UsageError
from kbassist.records.printed import as_json
from kbassist.records.snippets import beginning
from kbassist.text.count import count_tokens
from kbassist.text.sentences import sentence_spans

Record = dict[str, Any]

_LISTS = ("hits", "citations", "choices", "related", "parts", "without_filters", "filters")
_WORTH_READING = 40
"""Tokens of an answer's text for which citations beyond the first give way; and the most that its
first sentence, or a line, must keep."""
_TABLE_HEAD = 3
"""Lines of a table without which it says nothing: head, delimiter, first row."""


def cost(record: Record) -> int:
    """Tokens of a record as it is printed (`kbassist.text.count`): keys and values, no marks."""
    return count_tokens(as_json(record))


def fit_search(record: Record, max_tokens: int) -> Record:
    """Hits while they fit, whole; where not even the first does, its beginning.

    `next` becomes the offset of the first hit that was left out.

    Raises:
        UsageError: not even where the first hit stands fits.
    """
    steps = (
        _fewer("hits", least=1),
        _shorter(("hits", "text")),
        _fewer("without_filters"),
        _fewer("filters"),
        _shorter(("question",), ("near", "did_you_mean"), ("near", "why")),
    )
    return _fitted(record, max_tokens, steps, _told_with_next)


def fit_answer(record: Record, max_tokens: int) -> Record:
    """The answer's text and citations as long as they fit, without what is named beside them.

    The hits go first, then what repeats the text: the parts' own texts and the quotes. The first
    sentence of the text, one citation and one choice stay, since nothing is told without them.

    Raises:
        UsageError: not even those fit.
    """
    least = min(_WORTH_READING, count_tokens(_first_unit(record["text"])))
    steps = (
        _fewer("hits"),
        _fewer("related", least=1),
        _fewer("choices", least=2),
        _fewer("without_filters", least=1),
        _shorter(("parts", "text")),
        _shorter(("citations", "quote")),
        _shorter(("text",), least=_WORTH_READING),
        _fewer("citations", least=1),
        _shorter(("text",), least=least),
        _fewer("without_filters"),
        _fewer("related"),
        _fewer("choices", least=1),
        _fewer("parts"),
        _fewer("filters"),
        _shorter(("question",), ("did_you_mean",), ("near", "why")),
    )
    return _fitted(record, max_tokens, steps, _told)


def fit_passage(record: Record, max_tokens: int) -> Record:
    """The first of the lines that were asked for; context goes before any of them.

    `next` is the reference of the lines that follow those that are left.

    Raises:
        UsageError: not even the first line that has a word fits, or the beginning of it.
    """
    asked = range(record["asked_start_line"], record["asked_end_line"] + 1)
    first = asked.start - record["start_line"]
    said = (place for place, text in enumerate(record["lines"][first:], 1) if count_tokens(text))
    least = min(next(said, 1), len(asked))

    def after(cut: Record, count: int) -> Record:
        return _lines(cut, cut["start_line"], asked.stop + count)

    def before(cut: Record, count: int) -> Record:
        return _lines(cut, asked.start - count, cut["end_line"] + 1)

    def within(cut: Record, count: int) -> Record:
        return _lines(cut, cut["start_line"], asked.start + max(count, least))

    steps = (
        (lambda cut: cut["end_line"] + 1 - asked.stop, after),
        (lambda cut: asked.start - cut["start_line"], before),
        (lambda cut: len(asked), within),
        _shorter(("lines",), least=_WORTH_READING),
        _shorter(("title",)),
    )
    return _fitted(record, max_tokens, steps, _told_with_rest)


_Cut = Callable[[Record, int], Record]
_Step = tuple[Callable[[Record], int], _Cut]
"""How much of something a record has, and the record with so much of it."""
_Tell = Callable[[Record, Record], Record]
"""The record after it was cut, with what was cut of the one before."""


def _fitted(record: Record, max_tokens: int, steps: Sequence[_Step], tell: _Tell) -> Record:
    """Cut step by step, each as little as is enough."""
    if cost(record) <= max_tokens:
        return record
    cut = record
    for amount, keep in steps:
        much, low = amount(cut), 0
        if not much:
            continue
        least = tell(record, keep(cut, 0))
        if cost(least) > max_tokens:
            cut = keep(cut, 0)
            continue
        found, high = least, much
        while high - low > 1:
            middle = (low + high) // 2
            candidate = tell(record, keep(cut, middle))
            if cost(candidate) <= max_tokens:
                found, low = candidate, middle
            else:
                high = middle
        return found
    raise UsageError(
        f"{max_tokens} tokens are too few: what cannot be left out has {cost(tell(record, cut))}",
        hint=f"Allow at least {cost(tell(record, cut))} tokens.",
    )


def _first_unit(text: str) -> str:
    """The first sentence of an answer, or the head of its first table with one row."""
    if text.startswith("|"):
        return "\n".join(text.split("\n")[:_TABLE_HEAD])
    return next((text[start:end] for start, end in sentence_spans(text)), text)


def _fewer(name: str, least: int = 0) -> _Step:
    """Leave out the last of a list, down to so many."""

    def keep(record: Record, count: int) -> Record:
        if name in record:
            return {**record, name: record[name][: least + count]}
        near = record.get("near", {})
        return {**record, "near": {**near, name: near[name][: least + count]}}

    return lambda record: max(0, len(_list(record, name)) - least), keep


def _list(record: Record, name: str) -> list[Any]:
    """A list of a record, or of its near misses."""
    found: list[Any] = record.get(name, record.get("near", {}).get(name, []))
    return found


def _shorter(*places: Sequence[str], least: int = 0) -> _Step:
    """Shorten all texts at some places, down to so many tokens each."""

    def amount(record: Record) -> int:
        longest = max(
            (count_tokens(text) for place in places for text in _texts(record, place)), default=0
        )
        return max(0, longest - least)

    def keep(record: Record, count: int) -> Record:
        for place in places:
            record = _shortened(record, place, least + count)
        return record

    return amount, keep


def _texts(value: Any, place: Sequence[str]) -> Iterator[str]:
    """The texts at a place: a path of keys, through every item of a list."""
    if isinstance(value, list):
        for item in value:
            yield from _texts(item, place)
    elif isinstance(value, dict):
        yield from _texts(value.get(place[0]), place[1:]) if place else ()
    elif isinstance(value, str):
        yield value


def _shortened(value: Any, place: Sequence[str], tokens: int) -> Any:
    if isinstance(value, list):
        return [_shortened(item, place, tokens) for item in value]
    if isinstance(value, dict) and place and place[0] in value:
        return {**value, place[0]: _shortened(value[place[0]], place[1:], tokens)}
    return beginning(value, tokens) if isinstance(value, str) else value


def _told(before: Record, after: Record) -> Record:
    """The record with what was cut of it, by kind."""
    told = {name: len(_list(before, name)) - len(_list(after, name)) for name in _LISTS}
    told["texts"] = sum(map(_changed, _all_texts(before, after), _all_texts(after, after)))
    return {**after, "truncated": {name: count for name, count in told.items() if count}}


def _told_with_next(before: Record, after: Record) -> Record:
    told = _told(before, after)
    if len(after["hits"]) < len(before["hits"]):
        told["next"] = before["hits"][len(after["hits"])]["rank"] - 1
    return told


def _told_with_rest(before: Record, after: Record) -> Record:
    left = len(before["lines"]) - len(after["lines"])
    whole = before["lines"][after["start_line"] - before["start_line"] :]
    cut = sum(map(_changed, whole, after["lines"])) + _changed(before["title"], after["title"])
    counts = {"lines": left, "texts": cut}
    told = {**after, "truncated": {name: count for name, count in counts.items() if count}}
    if after["end_line"] < before["end_line"]:
        told["next"] = f"{after['path']}:{after['end_line'] + 1}-{before['end_line']}"
    return told


def _changed(before: str, after: str) -> bool:
    return before != after


def _all_texts(value: Any, like: Any) -> Iterator[str]:
    """All texts of a record that another still has, in the order of that one's keys."""
    if isinstance(like, list):
        for item, other in zip(value, like, strict=False):
            yield from _all_texts(item, other)
    elif isinstance(like, dict):
        for key, other in like.items():
            yield from _all_texts(value[key], other) if key in value else ()
    elif isinstance(like, str):
        yield value


def _lines(record: Record, start: int, stop: int) -> Record:
    """A passage of fewer lines, numbered from 1 and without `stop`."""
    lines = record["lines"][start - record["start_line"] : stop - record["start_line"]]
    end = start + len(lines) - 1
    ref = f"{record['path']}:{start}-{end}"
    return {**record, "ref": ref, "start_line": start, "end_line": end, "lines": lines}
