"""Question logs as they come: plain text, sheets, JSON lines, datasets of labelled questions."""

from __future__ import annotations

import csv
import io
import re
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path
from typing import Any

from kbassist.answer.followup import Turn, resolve
from kbassist.answer.smalltalk import asks_nothing
from kbassist.config import SearchSettings
from kbassist.coverage.encodings import decode
from kbassist.coverage.mask import Masker
from kbassist.coverage.when import day_of
from kbassist.errors import DatasetError
from kbassist.evals.lines import json_values

STANDARD_INPUT = "-"
SHEETS = {".csv": "", ".tsv": "\t"}
"""Suffix → separator; where none is fixed, the header tells."""
JSON_LINES = (".jsonl", ".ndjson")

COLUMNS: Mapping[str, tuple[str, ...]] = {
    "text": ("question", "query", "text", "message", "问题", "提问", "内容"),
    "when": ("timestamp", "time", "date", "datetime", "created_at", "when", "时间", "日期"),
    "count": ("count", "n", "times", "frequency", "次数", "数量"),
    "locale": ("locale", "lang", "language", "语言"),
    "product": ("product", "产品"),
}
"""What a column is for → the names that it goes by, in any case; the first that is there counts.
All other columns are left alone."""

_SEPARATORS = ",;\t"
_DATED = re.compile(
    r"\[?(?P<when>\d{4}[-/]\d{1,2}[-/]\d{1,2}"
    r"(?:[T ]\d{1,2}:\d{2}(?::\d{2}(?:[.,]\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?)?)\]?[\s,;|]+(?=\S)"
)
"""The time that a line of plain text may begin with."""
_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Asked:
    """One line of a log: a question, as typed."""

    text: str
    when: date | None
    count: int
    locale: str | None
    product: str | None
    source: str
    """`file:line`."""


@dataclass(slots=True)
class Tally:
    """What was read, the lines that ask nothing included."""

    lines: int = 0
    """Each counted as often as it was asked."""
    noise: int = 0
    """Of them, those that ask nothing: blank, punctuation, thanks; or are too long to ask."""
    notices: list[str] = field(default_factory=list)
    """What is odd, for the reader of the report."""


def read_log(path: Path, tally: Tally) -> Iterator[Asked]:
    """The questions of a file, one at a time.

    Args:
        path: `-` for plain text on standard input, `*.csv` or `*.tsv` with a header, `*.jsonl` with
            an object or a text on each line, or anything else with one question on each line, which
            may begin with its date.
        tally: counts what is read.

    Raises:
        DatasetError: not there, in no known encoding, without a column of questions, or a line that
            cannot be read; names the file and the line.
    """
    if str(path) == STANDARD_INPUT:
        name = "standard input"
        text = decode(sys.stdin.buffer.read(), name, tally.notices)
        yield from questions(plain_lines(text), name, tally)
        return
    if path.is_dir() or not path.is_file():
        found = "is a folder" if path.is_dir() else "no such file"
        hint = "Name a file of questions: .txt, .csv, .tsv or .jsonl."
        raise DatasetError(found, path=str(path), hint=hint)
    text = decoded(path, tally)
    if path.suffix.lower() in SHEETS:
        rows = _sheet(path, text)
    elif path.suffix.lower() in JSON_LINES:
        rows = _json_lines(path, text)
    else:
        rows = plain_lines(text)
    yield from questions(rows, str(path), tally)


def questions(
    rows: Iterator[tuple[int, Mapping[str, Any]]], path: str, tally: Tally
) -> Iterator[Asked]:
    """The questions among the rows of a file.

    Args:
        rows: line number and the fields of `COLUMNS`, where there.
        path: of the file, for the place.
        tally: counts what is read.

    Raises:
        DatasetError: a field of the wrong type.
    """
    undated: list[str] = []
    most = SearchSettings().max_question_chars
    for line, row in rows:
        place = f"{path}:{line}"
        count = _count(row.get("count"), path, line)
        text = " ".join(str(row.get("text") or "").split())
        tally.lines += count
        if asks_nothing(text) or len(text) > most:
            tally.noise += count
            continue
        when = row.get("when")
        day = None if when in (None, "") else day_of(when)
        if day is None and when not in (None, ""):
            undated.append(f"{place}: {_shown(when)}")
        locale, product = (_label(row.get(key)) for key in ("locale", "product"))
        yield Asked(text, day, count, locale, product, place)
    if undated:
        tally.notices.append(
            f"{len(undated)} date{'s' * (len(undated) > 1)} not understood, the first at "
            f"{undated[0]}; write them like 2026-11-21"
        )


def decoded(path: Path, tally: Tally) -> str:
    """The text of a file, with a notice where its encoding is guessed."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror or error}", path=str(path)) from None
    return decode(data, str(path), tally.notices)


def plain_lines(text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    """The lines of plain text that are not blank, the date that one may begin with apart."""
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            dated = _DATED.match(line.strip())
            rest = line.strip()[dated.end() :] if dated else line
            yield number, {"text": rest, "when": dated["when"] if dated else None}


def _sheet(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    head = text.partition("\n")[0]
    separator = SHEETS[path.suffix.lower()] or max(_SEPARATORS, key=head.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True)
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        places = {field: _place(header, names) for field, names in COLUMNS.items()}
        if places["text"] is None:
            raise _no_question(path, header)
        line = reader.line_num + 1
        for cells in reader:
            if any(cell.strip() for cell in cells):
                named = dict(zip_longest(range(len(header)), cells[: len(header)], fillvalue=""))
                yield line, {key: named.get(at, "") for key, at in places.items() if at is not None}
            line = reader.line_num + 1
    except csv.Error as error:
        raise DatasetError(
            f"cannot be read as a sheet: {error}",
            path=str(path),
            line=reader.line_num,
            hint="Put cells that hold a separator, quote or line break in double quotes.",
        ) from None


def _place(header: list[str], names: tuple[str, ...]) -> int | None:
    return next((header.index(name) for name in names if name in header), None)


def _no_question(path: Path, header: list[str]) -> DatasetError:
    found = ", ".join(map(_shown, header)) or "an empty file"
    return DatasetError(
        f"no column of questions, found {found}",
        path=str(path),
        line=1,
        hint=f"Name the column of the questions {COLUMNS['text'][0]!r} (or"
        f" {', '.join(COLUMNS['text'][1:])}); a file without a header and with one question a line"
        " is a .txt.",
    )


def _json_lines(path: Path, text: str) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, record in json_values(text, path):
        fields = {"text": record} if isinstance(record, str) else _fields(record)
        if fields is None or not isinstance(fields.get("text"), str):
            raise DatasetError(
                "no question in it",
                path=str(path),
                line=number,
                hint=f"Write an object with a text under {COLUMNS['text'][0]!r}.",
            )
        yield number, fields


def _fields(record: object) -> dict[str, Any] | None:
    if not isinstance(record, dict):
        return None
    folded = {str(key).strip().lower(): value for key, value in record.items()}
    found: dict[str, Any] = {}
    for key, names in COLUMNS.items():
        name = next((name for name in names if name in folded), None)
        if name is not None:
            found[key] = folded[name]
    if isinstance(found.get("text"), str):
        found["text"] = _completed(found["text"], folded.get("history"))
    return found


def _completed(text: str, history: object) -> str:
    """A question of a dataset that leans on earlier ones, with them."""
    turns = []
    for turn in history if isinstance(history, list) else []:
        said = turn.get("text") if isinstance(turn, dict) else turn
        if isinstance(said, str) and not (
            isinstance(turn, dict) and turn.get("role") == "assistant"
        ):
            turns.append(Turn(said))
    return resolve(text, turns).question


def _count(value: object, path: str, line: int) -> int:
    if value in (None, ""):
        return 1
    try:
        count = int(str(value).strip())
    except ValueError:
        count = 0
    if count < 1:
        raise DatasetError(
            f"the count must be a whole number from 1 up, found {_shown(value)}",
            path=path,
            line=line,
            hint="Leave it empty for one.",
        )
    return count


def _label(value: object) -> str | None:
    """A language or product; a row with a separator too many may have anything in its place."""
    text = str(value or "").strip()
    return _masked(text) if text else None


@lru_cache(maxsize=1024)
def _masked(text: str) -> str:
    return Masker().mask(text)[0]


def _shown(value: object) -> str:
    """What was found where something else belongs, without the secrets that may be in it."""
    text = repr(_masked(value)) if isinstance(value, str) else _masked(repr(value))
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
