"""Datasets made by hand and from the articles' own questions."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from pathlib import Path

from kbassist.assistant import Assistant
from kbassist.errors import DatasetError, UsageError
from kbassist.evals.model import Question, make_dataset
from kbassist.evals.read import read_dataset
from kbassist.evals.targets import resolve

EASY = "easy"
"""Slice of drafted questions: they stand in the index word for word, so they measure little."""


def draft(assistant: Assistant) -> list[Question]:
    """A question for each phrasing that articles list, expecting the sections that list it.

    Articles that are not valid today are left out: nothing can find them. The questions are in the
    slice `easy`, apart from real ones, since the index holds the same words.
    """
    labels: dict[str, dict[str, int]] = {}
    spellings: dict[str, tuple[str, str]] = {}
    today = assistant.today
    for chunk, meta in assistant.index.store.all_chunks():
        if not assistant.index.may_see(meta, ()) or not meta.valid_on(today):
            continue
        label = f"{meta.id}#{chunk.anchor}" if chunk.anchor else meta.id
        for text in chunk.questions:
            spellings.setdefault(text.casefold(), (text, meta.locale))
            labels.setdefault(text.casefold(), {})[label] = 1
    return [
        Question(
            id=f"{EASY}-{number:04}", text=text, locale=locale, slice=EASY, relevant=labels[key]
        )
        for number, (key, (text, locale)) in enumerate(spellings.items(), 1)
    ]


def write_questions(questions: Sequence[Question], path: Path) -> None:
    """Write questions as JSON lines.

    Raises:
        UsageError: the file is there already or is no `.jsonl`, or there is nothing to write.
    """
    _check_suffix(path)
    if path.exists():
        raise UsageError(f"{str(path)!r} is there already", hint="Name another file.")
    if not questions:
        raise UsageError("no article lists a question", hint="Add some under `questions:`.")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("".join(map(_line, questions)), encoding="utf-8")


def add(question: Question, path: Path, assistant: Assistant) -> None:
    """Append a question to a dataset, made where it is not there, after checking its labels.

    Raises:
        DatasetError: a label names nothing, the id is taken, or the file is no dataset.
        UsageError: the file is no `.jsonl`.
    """
    _check_suffix(path)
    if path.exists():
        taken = {known.id for known in read_dataset(path).questions}
        if question.id in taken:
            raise DatasetError(
                f"the id {question.id!r} is taken", path=str(path), hint="Choose another --id."
            )
    resolve(make_dataset(path.stem, [question]), assistant)
    path.parent.mkdir(parents=True, exist_ok=True)
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    if text and not text.endswith("\n"):
        text += "\n"
    path.write_text(text + _line(question), encoding="utf-8")


def next_id(path: Path) -> str:
    """The first free id of the form `q-0001` in a dataset."""
    taken = {known.id for known in read_dataset(path).questions} if path.exists() else set()
    return next(name for n in itertools.count(1) if (name := f"q-{n:04}") not in taken)


def _check_suffix(path: Path) -> None:
    if path.suffix.lower() != ".jsonl":
        raise UsageError(
            f"only a .jsonl file can be written, found {str(path)!r}",
            hint="Write into a .jsonl file, or add the row to the sheet by hand.",
        )


def _line(question: Question) -> str:
    table = question.model_dump(exclude_defaults=True)
    order = [name for name in Question.model_fields if name in table]
    return json.dumps({name: table[name] for name in order}, ensure_ascii=False) + "\n"
