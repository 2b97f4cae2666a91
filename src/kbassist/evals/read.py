"""Files of labelled questions → datasets: JSON lines, and sheets filled in by hand."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from kbassist.errors import DatasetError
from kbassist.evals.lines import json_values
from kbassist.evals.model import Dataset, Question, make_dataset

_SHEETS = {".csv": ",", ".tsv": "\t"}
_COLUMNS = ("id", "question", "article", "action", "locale", "slice", "answer")
_MAX_SHOWN = 60


def read_dataset(path: Path) -> Dataset:
    """Read labelled questions.

    Args:
        path: `*.jsonl` with one question a line, or `*.csv`/`*.tsv` with the columns `question`,
            `article` (references, separated by spaces) and, as wanted, `id`, `action`, `locale`,
            `slice`, `answer`.

    Raises:
        DatasetError: not there, empty, not UTF-8, bad JSON, a wrong or unknown field, or an id that
            occurs twice; names the file and the line.
    """
    if path.is_dir():
        raise DatasetError("is a folder", path=str(path), hint="Name a .jsonl, .csv or .tsv file.")
    if not path.is_file():
        raise DatasetError("no such file", path=str(path), hint="Name a .jsonl, .csv or .tsv file.")
    rows = _sheet(path) if path.suffix.lower() in _SHEETS else json_lines(path)
    questions: dict[str, Question] = {}
    places: dict[str, int] = {}
    for line, record in rows:
        question = make_question(record, str(path), line)
        if question.id in questions:
            raise DatasetError(
                f"the id {question.id!r} is already that of line {places[question.id]}",
                path=str(path),
                line=line,
                hint="Give one of them another id.",
            )
        questions[question.id], places[question.id] = question, line
    if not questions:
        raise DatasetError(
            "holds no questions", path=str(path), hint="Draft some: kbassist eval init"
        )
    return make_dataset(path.stem, questions.values(), places, str(path))


def _text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DatasetError(
            f"not UTF-8 at byte {error.start}",
            path=str(path),
            line=error.object.count(b"\n", 0, error.start) + 1,
            hint="Save it as UTF-8.",
        ) from None
    except OSError as error:
        raise DatasetError(f"cannot be read: {error.strerror or error}", path=str(path)) from None


def json_lines(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """Line number and object of each line of a file that is not blank.

    Raises:
        DatasetError: a line is no JSON object.
    """
    for number, record in json_values(_text(path), path):
        if not isinstance(record, dict):
            raise DatasetError(
                f"found {_shown(record)}, not an object", path=str(path), line=number
            )
        yield number, record


def _sheet(path: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    lines = io.StringIO(_text(path), newline="").readlines()  # a cell keeps its line breaks
    reader = csv.DictReader(lines, delimiter=_SHEETS[path.suffix.lower()], skipinitialspace=True)
    try:
        _check_header(path, [name.strip().lower() for name in reader.fieldnames or []])
        done = reader.reader.line_num
        for number, cells in enumerate(csv_rows(reader), 1):
            while not lines[done].strip("\r\n"):
                done += 1
            line, done = done + 1, reader.reader.line_num  # a record may take several lines
            if any(cells.values()):
                yield line, _from_sheet(cells, number)
    except csv.Error as error:
        raise DatasetError(
            f"cannot be read as a sheet: {error}",
            path=str(path),
            line=reader.reader.line_num,
            hint="Put cells that hold a separator, quote or line break in double quotes.",
        ) from None


def _check_header(path: Path, header: Sequence[str]) -> None:
    wrong = [f"unknown column {name!r}" for name in header if name not in _COLUMNS]
    wrong += [f"column {name!r} twice" for name in _COLUMNS if header.count(name) > 1]
    wrong += [] if "question" in header else ["no column 'question'"]
    if wrong:
        raise DatasetError(
            wrong[0], path=str(path), line=1, hint=f"Columns are {', '.join(_COLUMNS)}."
        )


def csv_rows(reader: csv.DictReader[str]) -> Iterator[dict[str, str]]:
    """Rows with folded column names and stripped cells.

    Raises:
        csv.Error: a row with more cells than there are columns.
    """
    for row in reader:
        extra = [cell for cell in row.get(None) or () if cell.strip()]
        if extra:
            raise csv.Error(f"more cells than columns, {extra[0]!r} has none")
        yield {key.strip().lower(): (cell or "").strip() for key, cell in row.items() if key}


def _from_sheet(cells: Mapping[str, str], number: int) -> dict[str, Any]:
    relevant = (cells.get("article") or "").split()
    action = cells.get("action") or "answer"
    record: dict[str, Any] = {
        "id": cells.get("id") or f"row-{number:04}",
        "text": cells.get("question", ""),
        "expect": action.lower(),
        "relevant": relevant,
    }
    for column, key in (("locale", "locale"), ("slice", "slice"), ("answer", "answer_span")):
        if cells.get(column):
            record[key] = cells[column]
    return record


def make_question(record: dict[str, Any], path: str, line: int | None = None) -> Question:
    """A question from its fields.

    Args:
        record: field → value.
        path: of the file that it is from, for the error.
        line: where it stands there.

    Raises:
        DatasetError: a field is missing, unknown or of the wrong shape.
    """
    try:
        return Question.model_validate(record)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        message = first["msg"].removeprefix("Value error, ")
        found = f", found {_shown(first['input'])}" if place and place in record else ""
        raise DatasetError(
            f"{place + ': ' if place else ''}{message}{found}",
            path=path,
            line=line,
            hint=f"Fields are {', '.join(Question.model_fields)}.",
        ) from None


def _shown(value: object) -> str:
    text = repr(value)
    return text if len(text) <= _MAX_SHOWN else text[: _MAX_SHOWN - 1] + "…"
