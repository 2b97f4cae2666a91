"""A labelled question, and a set of them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Annotated, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from kbassist.index.filters import Filters
from kbassist.types import Action

Split = Literal["all", "dev", "test"]
SPLITS: tuple[Split, ...] = get_args(Split)


def _graded(value: object) -> object:
    """A list of references as a mapping, each with grade 1."""
    if not isinstance(value, list):
        return value
    if not all(isinstance(item, str) for item in value):
        raise ValueError("the references of a list must be texts")
    return dict.fromkeys(value, 1)


Grade = Annotated[int, Field(ge=1, le=3)]
Text = Annotated[str, Field(min_length=1, pattern=r"\S")]


class Conditions(BaseModel):
    """Filters that are asked with, as `kbassist.Filters` takes them."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    locale: tuple[str, ...] = ()
    kind: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    audience: tuple[str, ...] = ()
    where: dict[str, tuple[str, ...]] = {}

    def filters(self) -> Filters:
        """As a search takes them."""
        return Filters(self.locale, self.kind, self.products, self.audience, self.where)


class Turn(BaseModel):
    """One earlier message."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    role: Literal["user", "assistant"] = "user"
    text: Text


def _turns(value: object) -> object:
    """A list in which plain texts are the customer's messages."""
    if not isinstance(value, list | tuple):
        return value
    return [{"text": item} if isinstance(item, str) else item for item in value]


class Question(BaseModel):
    """One question with what a right answer to it is."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: Annotated[str, Field(pattern=r"^\S+$")]
    text: Text
    locale: str = "und"
    """Language of the question, BCP 47."""
    slice: str = "all"
    """The group that it is counted and split in."""
    tags: tuple[str, ...] = ()
    expect: Action = "answer"
    relevant: Annotated[dict[str, Grade], BeforeValidator(_graded)] = {}
    """Article id, `id#anchor` or `path:start-end` → grade; a list gives each grade 1."""
    answer_span: Text | None = None
    """Text that a right quote contains, verbatim."""
    history: Annotated[tuple[Turn, ...], BeforeValidator(_turns)] = ()
    """Earlier messages, oldest first; a plain text is the customer's."""
    filters: Conditions = Conditions()
    note: str | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Question:
        if self.expect == "answer" and not self.relevant:
            raise ValueError("expect is 'answer' but relevant is empty: label the article, or "
                             "write \"expect\": \"abstain\"")  # fmt: skip
        if self.expect == "abstain" and self.relevant:
            raise ValueError("expect is 'abstain' but relevant is not empty: take one of them away")
        return self


@dataclass(frozen=True, slots=True)
class Dataset:
    """Questions as read from one file."""

    name: str
    """File name without suffix."""
    questions: tuple[Question, ...]
    digest: str
    """SHA-256 over the questions, in hex; equal for equal questions in any order."""
    lines: Mapping[str, int] = field(default_factory=dict)
    """Question id → line of the file, where there is one."""
    path: str = ""
    """Of the file; empty for questions made in a program."""

    def place(self, question: Question) -> str:
        """Where a question stands, for people."""
        line = self.lines.get(question.id)
        return question.id if line is None else f"{self.path}:{line}: {question.id}"

    def split(self, part: Split) -> tuple[Question, ...]:
        """The questions of one part; see `split_of`."""
        if part == "all":
            return self.questions
        parts = split_of(self.questions)
        return tuple(question for question in self.questions if parts[question.id] == part)


def make_dataset(
    name: str,
    questions: Iterable[Question],
    lines: Mapping[str, int] | None = None,
    path: str = "",
) -> Dataset:
    """A dataset with the digest of its questions."""
    found = tuple(questions)
    records = sorted(json.dumps(question.model_dump(), sort_keys=True) for question in found)
    digest = hashlib.sha256("\n".join(records).encode()).hexdigest()
    return Dataset(name, found, digest, lines or {}, path)


def split_of(questions: Sequence[Question]) -> dict[str, Split]:
    """Question id → `dev` or `test`.

    Within each slice, questions are sorted by the hex SHA-256 of their id; even ranks (from 0) are
    dev, odd ones test. Adding a question may move others of its slice, and nothing else does.
    """
    slices: dict[str, list[str]] = {}
    for question in questions:
        slices.setdefault(question.slice, []).append(question.id)
    parts: dict[str, Split] = {}
    for ids in slices.values():
        ordered = sorted(ids, key=lambda name: hashlib.sha256(name.encode()).hexdigest())
        parts |= {name: "test" if rank % 2 else "dev" for rank, name in enumerate(ordered)}
    return parts
