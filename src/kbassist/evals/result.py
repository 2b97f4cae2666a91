"""What an evaluation found, question by question, and its file."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from kbassist.errors import DatasetError
from kbassist.types import Action, Mode

RESULT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Cited:
    """One quote of an answer."""

    article_id: str
    anchor: str
    ref: str
    quote: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What happened with one question."""

    id: str
    text: str
    slice: str
    locale: str
    expect: Action
    relevant: dict[str, int]
    """Article id → grade."""
    labels: dict[str, int]
    """As written in the dataset."""
    ranking: list[str]
    """Distinct articles, best first."""
    action: Action
    reason: str
    confidence: float
    """Of the answer, in [0, 1]."""
    citations: list[Cited]
    article_right: bool
    """Whether a quote comes from a right article."""
    section_right: bool
    """Whether the first quote comes from a right passage."""
    lines_right: bool
    """Whether every quote stands, verbatim, on the lines that it names."""
    span_right: bool | None
    """Whether a quote holds the answer span; None where the question has none."""
    search_ms: float
    ask_ms: float
    tags: list[str] = field(default_factory=list)
    has_history: bool = False
    """Whether the question follows earlier messages, which `ask` cannot take yet."""

    @property
    def right(self) -> bool:
        """The right action and, where that is to answer, from the right passage, span included."""
        if self.action != self.expect:
            return False
        if self.expect != "answer":
            return True
        return self.section_right and self.lines_right and self.span_right is not False


@dataclass(frozen=True, slots=True)
class Result:
    """One run of one dataset against one index."""

    dataset: str
    dataset_digest: str
    split: str
    mode: Mode
    index: dict[str, Any]
    """Generation, digest of the sources, fingerprints of analyzer, chunker and embedder, counts."""
    today: str
    """Day that validity was judged on, ISO."""
    settings: dict[str, Any]
    library: str
    outcomes: tuple[Outcome, ...]

    @property
    def name(self) -> str:
        """Display name."""
        return f"{self.dataset}/{self.split} ({self.mode})"


def file_name(result: Result) -> str:
    """What the files of a result are named, without suffix."""
    return f"{Path(result.dataset).name}-{result.split}-{result.mode}"


def write_result(result: Result, path: Path) -> None:
    """Write a result as JSON; `read_result` is the inverse."""
    path.parent.mkdir(parents=True, exist_ok=True)
    table = {"version": RESULT_VERSION, **asdict(result)}
    path.write_text(json.dumps(table, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_result(path: Path) -> Result:
    """Read a result file.

    Raises:
        DatasetError: not there, no result, or of another version.
    """
    hint = "Write one: kbassist eval run DATASET --out FOLDER"
    try:
        table = json.loads(path.read_text(encoding="utf-8"))
        version = table.pop("version")
    except OSError as error:
        message = f"cannot be read: {error.strerror or error}"
        raise DatasetError(message, path=str(path), hint=hint) from None
    except (ValueError, KeyError, AttributeError, TypeError, RecursionError):
        raise DatasetError("is no result file", path=str(path), hint=hint) from None
    if version != RESULT_VERSION:
        raise DatasetError(
            f"is of version {version!r}, this kbassist reads {RESULT_VERSION}",
            path=str(path),
            hint=hint,
        )
    from pydantic import TypeAdapter, ValidationError

    try:
        result = TypeAdapter(Result).validate_python(table)
    except ValidationError as error:
        place = ".".join(map(str, error.errors()[0]["loc"]))
        message = f"is no result file: {place}: {error.errors()[0]['msg']}"
        raise DatasetError(message, path=str(path), hint=hint) from None
    if not result.outcomes or len({o.id for o in result.outcomes}) != len(result.outcomes):
        message = "holds no outcomes" if not result.outcomes else "holds a question twice"
        raise DatasetError(message, path=str(path), hint=hint)
    return result
