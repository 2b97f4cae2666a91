"""What is logged through the standard library, and what never is.

The logger is `kbassist`. Each record has an `event` and its figures as attributes (`extra`), so
that a formatter can write them as JSON. No question, quote or answer is ever written, unless the
assistant was opened with `log_questions=True`, and then the question alone. docs/embedding.md lists
the events.

Nothing imports `logging` here: a program that never did has nobody to read what is logged, and a
cold command line need not wait for it.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from kbassist.errors import KbassistError, UnusableIndex
from kbassist.types import Answer, Hit

if TYPE_CHECKING:
    from logging import Logger

NAME = "kbassist"
DEBUG, INFO, WARNING = 10, 20, 30
"""As in `logging`."""

_KEY = os.urandom(16)


def logger(level: int) -> Logger | None:
    """The logger, where somebody wants records of a level; None where nobody does."""
    logging = sys.modules.get("logging")
    if logging is None:
        return None
    found = _logger()
    return found if found.isEnabledFor(level) else None


@cache
def _logger() -> Logger:
    import logging

    found = logging.getLogger(NAME)
    found.addHandler(logging.NullHandler())  # where nothing is set up, nothing goes to stderr
    return found


def question_hash(question: str) -> str:
    """The same for the same question within a process; nobody can turn it back."""
    text = question.encode("utf-8", "surrogatepass")
    return blake2b(text, digest_size=8, key=_KEY).hexdigest()


def about_question(question: object, tell: bool) -> dict[str, object]:
    """What is logged of a question.

    Args:
        question: as asked, of any type.
        tell: whether its text may be.
    """
    if not isinstance(question, str):
        return {}
    found = {"question_length": len(question), "question_hash": question_hash(question)}
    return {**found, "question": question} if tell else found


def about_answer(answer: Answer) -> dict[str, object]:
    """What is logged of an answer."""
    return {
        "action": answer.action,
        "reason": answer.reason,
        "confidence": round(answer.confidence, 4),
        "citations": len(answer.citations),
        **about_hits(answer.hits),
    }


def about_hits(hits: Sequence[Hit]) -> dict[str, object]:
    """What is logged of hits."""
    return {"hits": len(hits), "top_chunk": hits[0].chunk.id if hits else None}


def grave(error: KbassistError) -> bool:
    """Whether an error is the operator's concern, not the mistake of who asked."""
    return isinstance(error, UnusableIndex) or error.exit_code == 1
