"""Many questions in one process: a line in, a line of JSON out, in order and as they come.

A line is a question, or an object with `question` and, where it should come back, `id`. Blank lines
are passed over. A question that cannot be asked has its error in its own line; whatever concerns
all of them ends the stream, with an error that has no `line`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import islice
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from kbassist.cli import asking, render
from kbassist.cli.asking import Record, Wanted
from kbassist.errors import KbassistError, QuestionError, UsageError
from kbassist.records import results

if TYPE_CHECKING:
    from kbassist.assistant import Assistant

_WINDOW = 32
"""Questions of a file that are searched together, in threads where those pay; those of a pipe are
answered one by one, since the next may depend on an answer."""

_MAX_SHOWN = 200
"""Characters of what is wrong with a line, which repeats some of it."""

_ACCEPTED = 'Write the question alone, or {"question": "…", "id": "…"}.'


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the input that is not blank."""

    place: dict[str, Any]
    """`line`, its 1-based number, and `id` where it gave one."""
    question: str
    error: KbassistError | None = None
    """Why it cannot be asked."""


def search(assistant: Assistant, source: Path, wanted: Wanted) -> int:
    """Search for each question of a file, and return the exit status.

    Raises:
        UsageError: the file is not there, has no questions, or is not UTF-8.
        KbassistError: whatever concerns all questions.
    """

    def records(lines: list[Line]) -> Iterator[Record]:
        questions = [line.question for line in lines if line.error is None]
        found = iter(
            assistant.search_many(
                questions, top_k=wanted.depth, mode=wanted.mode, filters=wanted.filters
            )
        )
        for line in lines:
            hits = line.error or next(found)
            if isinstance(hits, KbassistError):
                yield _failed(line, hits)
                continue
            page = asking.page(assistant, line.question, hits, wanted)
            make = partial(asking.search_record, assistant, page, wanted, place=line.place)
            yield _fitting(line, make)

    return _printed(source, records, _WINDOW)


def ask(assistant: Assistant, source: Path, wanted: Wanted) -> int:
    """Answer each question of a file; returns and raises what `search` does."""

    def records(lines: list[Line]) -> Iterator[Record]:
        for line in lines:
            try:
                if line.error is not None:
                    raise line.error
                answer, near = asking.ask(assistant, line.question, wanted)
            except (QuestionError, _Unread) as error:
                yield _failed(line, error)
                continue
            make = partial(asking.answer_record, answer, near, wanted, line.place)
            yield _fitting(line, make)

    return _printed(source, records, 1)


def _printed(source: Path, records: Callable[[list[Line]], Iterator[Record]], window: int) -> int:
    """Print what becomes of the questions of a file, those of a window together."""
    count = 0
    with _opened(source) as file:
        lines = _lines(file, source)
        while some := list(islice(lines, window if source.is_file() else 1)):
            count += len(some)
            for record in records(some):
                render.json_line(record)
    if not count:
        raise UsageError(f"no questions in {_name(source)}", hint=_ACCEPTED)
    return 0


def _opened(source: Path) -> IO[str]:
    if str(source) != "-":
        if not source.is_file() and not source.is_fifo():
            raise UsageError(
                f"--batch: no such file: {str(source)!r}",
                hint="Name a file of questions, or - for standard input.",
            )
        return source.open(encoding="utf-8-sig")
    if sys.stdin is None:
        raise UsageError(
            "standard input is closed, so no questions can be read from it",
            hint="Name a file, or pipe the questions in.",
        )
    return sys.stdin


def _lines(file: Iterable[str], source: Path) -> Iterator[Line]:
    """The lines that are not blank.

    Raises:
        UsageError: the file is not UTF-8.
    """
    try:
        for number, text in enumerate(file, 1):
            if text.strip():
                yield _read({"line": number}, text.strip())
    except UnicodeDecodeError as error:
        raise UsageError(
            f"{_name(source)} is not valid UTF-8: {error.reason}",
            hint="Convert it first, e.g. iconv -f GBK -t UTF-8.",
        ) from None


def _read(place: dict[str, Any], text: str) -> Line:
    """A line's question and id, or why it has none."""
    if not text.startswith("{"):
        return Line(place, text)
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        return _unread(place, f"a line that begins with a brace must be JSON: {error}")
    given = value.get("id")
    if isinstance(given, str) or (isinstance(given, int) and not isinstance(given, bool)):
        place = {**place, "id": given}
    elif given is not None:
        return _unread(place, f"the id must be text or a whole number, found {given!r}")
    more = sorted(value.keys() - {"question", "id"})
    if more:
        return _unread(place, f"no such member: {more[0]!r}")
    question = value.get("question")
    if not isinstance(question, str):
        return _unread(place, f"the question must be text, found {question!r}")
    return Line(place, question)


class _Unread(UsageError):
    """A line that holds no question."""


def _unread(place: dict[str, Any], message: str) -> Line:
    shown = message if len(message) <= _MAX_SHOWN else message[:_MAX_SHOWN] + "…"
    return Line(place, "", _Unread(shown, hint=_ACCEPTED))


def _fitting(line: Line, make: Callable[[], Record]) -> Record:
    """The record, or that it does not fit into the budget."""
    try:
        return make()
    except UsageError as error:
        return _failed(line, error)


def _failed(line: Line, error: KbassistError) -> Record:
    record = results.error(error)
    return {"schema_version": record["schema_version"], **line.place, **record}


def _name(source: Path) -> str:
    return "standard input" if str(source) == "-" else repr(str(source))
