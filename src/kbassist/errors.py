"""Every error that kbassist raises on purpose.

    KbassistError
    ├── ConfigError            a settings file has a wrong value
    ├── UsageError             an argument or option has a wrong value
    ├── ArticleError           one article file cannot be read or has wrong front matter
    ├── DatasetError           a file of labelled questions is wrong
    ├── GateFailed             an evaluation is below what was asked for
    ├── BuildError             a build stopped; carries every ArticleError found
    ├── QuestionError          a question that cannot be asked
    │   ├── EmptyQuestion      empty, blank, or nothing but punctuation
    │   └── QuestionTooLong    over the limit of characters
    ├── FilterError            a filter with a key or value that cannot be used
    ├── NotFound               a reference that names nothing the caller may see
    ├── TimedOut               a call took longer than the `timeout` that it was given
    ├── ModelError             an embedding model that cannot be loaded
    │   └── MissingDependency  an optional package is not installed
    ├── UnusableIndex          the index directory cannot be used
    │   ├── IndexMissing       there is no index at this path
    │   ├── IndexBroken        a file of the index is missing or damaged
    │   ├── IndexIncompatible  built by another format, analyzer, chunker or model
    │   ├── IndexUnwritable    a writer may not, or cannot, write there
    │   └── IndexBusy          another writer is at work
    └── IndexStale             the sources changed since the build, or are not there

Each message says what was asked, what was found and what to do; `hint` holds the last part alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

_SHOWN = 5
"""Problems in the text of a BuildError."""


class KbassistError(Exception):
    """Base of all errors raised on purpose; catching it catches every user's mistake."""

    code = "error"
    """Stable machine-readable name, as printed under `--json`."""
    exit_code = 1
    """Exit status of the command line for this error."""

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(f"{message}\n{hint}" if hint else message)
        self.message = message
        self.hint = hint

    def __reduce__(self) -> tuple[Any, ...]:
        """Travel between processes whatever arguments a class takes."""
        return _again, (type(self), self.args, self.__dict__)


def _again(kind: type[KbassistError], args: tuple[object, ...], state: dict[str, object]) -> object:
    error = kind.__new__(kind, *args)
    error.__dict__.update(state)
    return error


class ConfigError(KbassistError):
    """Raised when a settings file holds an unknown key or a value of the wrong type or range."""

    code = "config"


class UsageError(KbassistError):
    """Raised when an argument or option has a value that cannot be used."""

    code = "usage"
    exit_code = 2


class ArticleError(KbassistError):
    """Raised when one article file cannot be decoded or its front matter has a wrong shape."""

    code = "article"

    def __init__(self, message: str, *, path: str, line: int | None = None, hint: str = "") -> None:
        place = path if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {message}", hint=hint)
        self.path = path
        self.line = line


class DatasetError(KbassistError):
    """Raised when a file of labelled questions, or a label in it, cannot be used."""

    code = "dataset"
    exit_code = 2

    def __init__(self, message: str, *, path: str, line: int | None = None, hint: str = "") -> None:
        place = path if line is None else f"{path}:{line}"
        super().__init__(f"{place}: {message}", hint=hint)
        self.path = path
        self.line = line


class GateFailed(KbassistError):
    """Raised when a figure of an evaluation is below the one that was asked for."""

    code = "gate_failed"
    exit_code = 6


class BuildError(KbassistError):
    """Raised when a build stops; the live index is untouched and every bad file is listed.

    `problems` has them all, and the text of the error the first few, each with file and line.
    """

    code = "build"

    def __init__(
        self, message: str, *, problems: Sequence[ArticleError] = (), hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.problems = tuple(problems)
        named = [f"  {problem.message}" for problem in self.problems[:_SHOWN]]
        more = len(self.problems) - len(named)
        left = [f"  and {more} more" if more > 1 else "  and one more"] if more else []
        self.args = ("\n".join(filter(None, (message, *named, *left, hint))),)


class QuestionError(KbassistError):
    """Base of the errors for questions that cannot be asked."""

    code = "question"
    exit_code = 2


class EmptyQuestion(QuestionError):
    """Raised when a question is empty, blank, or holds nothing but punctuation."""

    code = "empty_question"


class QuestionTooLong(QuestionError):
    """Raised when a question has more characters than the limit allows."""

    code = "question_too_long"


class FilterError(KbassistError):
    """Raised when a filter is malformed or names a value that its key cannot have."""

    code = "filter"
    exit_code = 2


class NotFound(KbassistError):
    """Raised when a reference names no article, chunk or file that the caller may see."""

    code = "not_found"
    exit_code = 3


class TimedOut(KbassistError):
    """Raised when a call takes longer than its `timeout`; the next one is none the worse for it."""

    code = "timeout"


class ModelError(KbassistError):
    """Raised when an embedding model cannot be loaded or returns something unusable."""

    code = "model"


class MissingDependency(ModelError):
    """Raised when a feature needs an optional package; the hint is the exact install line."""

    code = "missing_dependency"


class UnusableIndex(KbassistError):
    """Base of the errors for an index directory that cannot be used."""

    code = "index"
    exit_code = 5


class IndexMissing(UnusableIndex):
    """Raised when the given path holds no index."""

    code = "index_missing"


class IndexBroken(UnusableIndex):
    """Raised when a file of the index is missing, truncated or does not match its hash."""

    code = "index_broken"


class IndexIncompatible(UnusableIndex):
    """Raised when the index was built by another format, analyzer, chunker or model."""

    code = "index_incompatible"


class IndexUnwritable(UnusableIndex):
    """Raised when the system refuses to write: no permission, no room; the live index stays."""

    code = "index_unwritable"


class IndexBusy(UnusableIndex):
    """Raised when another writer holds the index's lock; the message says who, and since when."""

    code = "index_busy"
    exit_code = 7


class IndexStale(KbassistError):
    """Raised under `require_fresh` when the sources changed since the build or are not there."""

    code = "index_stale"
    exit_code = 4
