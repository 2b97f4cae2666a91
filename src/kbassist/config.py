"""Settings with every default explained, and the clock.

Nothing here reads a file, and nothing reads the environment except `today`.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from kbassist.errors import ConfigError, UsageError

TODAY_VARIABLE = "KBASSIST_TODAY"

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
"""A date as it must be written."""

DEFAULT_TOP_K = 5
"""Hits of a search: what fits a screen, or a bot's reply with room to spare."""


def _check(good: bool, settings: object, name: str, accepted: str) -> None:
    if not good:
        found = getattr(settings, name)
        raise ConfigError(f"{name} is {found!r}", hint=f"Accepted: {accepted}.")


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """How sections become chunks. Changing a value rebuilds the index."""

    max_tokens: int = 320
    """Budget of one chunk. A Han character counts 1 and a word counts 1: about half a page, which
    fits every common embedding model's window."""
    min_tokens: int = 32
    """Parts of one section smaller than this merge with their neighbour."""

    def __post_init__(self) -> None:
        whole = isinstance(self.max_tokens, int)
        _check(whole and self.max_tokens >= 1, self, "max_tokens", "a whole number from 1 up")
        _check(0 <= self.min_tokens <= self.max_tokens, self, "min_tokens", "0 to max_tokens")


@dataclass(frozen=True, slots=True)
class Bm25Settings:
    """BM25F (Robertson and Zaragoza 2009, §3.7). Changing a value rebuilds the index."""

    variant: Literal["lucene", "okapi"] = "lucene"
    """`lucene`: idf = ln(1 + (N - df + 0.5) / (df + 0.5)), never negative."""
    k1: float = 1.2
    """Term frequency saturation; Lucene's default."""
    b: float = 0.75
    """Length normalisation in [0, 1]; Lucene's default."""
    title_weight: float = 2.0
    """Weight of a term in the title or heading path, against 1 in the body."""
    questions_weight: float = 2.0
    """Weight of a term in a question phrasing."""
    body_weight: float = 1.0


@dataclass(frozen=True, slots=True)
class SearchSettings:
    """How one question is searched. Changing a value needs no rebuild."""

    fusion: Literal["convex", "rrf"] = "convex"
    """Convex combination keeps the strength of a match; reciprocal rank fusion (`rrf`) loses badly
    when one leg is weaker (docs/decisions.md)."""
    vector_weight: float | Literal["auto"] = "auto"
    """Weight of the vector leg in [0, 1]; the BM25 leg has the rest. `auto`: by how the question is
    put (`index/weighting.py`)."""
    rrf_k: int = 60
    """Constant of reciprocal rank fusion (Cormack et al. 2009)."""
    candidates: int = 100
    """Rows that each leg hands to fusion; does not depend on top-k, so pages agree."""
    rerank: int = 20
    """First candidates of a hybrid search that are ranked anew by words and titles
    (`index/rerank.py`); 0 for none."""
    max_question_chars: int = 4000
    """Longer questions are refused: they are pasted logs, not questions."""

    def __post_init__(self) -> None:
        _check(self.fusion in ("convex", "rrf"), self, "fusion", "convex or rrf")
        weight = self.vector_weight
        good = weight == "auto" if isinstance(weight, str) else 0 <= weight <= 1
        _check(good, self, "vector_weight", "auto, or a number in [0, 1]")
        _check(self.rrf_k >= 0, self, "rrf_k", "0 up")
        _check(self.candidates >= 1, self, "candidates", "1 up")
        _check(self.rerank >= 0, self, "rerank", "0 up")
        _check(self.max_question_chars >= 1, self, "max_question_chars", "1 up")


@dataclass(frozen=True, slots=True)
class AnswerSettings:
    """When to answer, and how much. Changing a value needs no rebuild.

    The thresholds are for the calibrated confidence; docs/confidence.md tells what each costs.
    """

    answer_threshold: float = 0.5
    """Least confidence to answer, in [0, 1]."""
    clarify_threshold: float = 0.3
    """Least confidence to offer a choice of sections rather than to decline."""
    clarify_lead: float = 0.02
    """Two articles compete where the first leads by no more than this share of the fused score."""
    short_question: int = 4
    """A question of no more tokens may be too short to tell what is meant."""
    max_choices: int = 4
    """Sections offered to choose from."""
    max_related: int = 3
    """Sections named where none is quoted."""
    max_failures: int = 3
    """Questions in a row without an answer after which a person takes over."""
    max_chars: int = 420
    """Budget of a quote in characters of raw Markdown: about eight lines of a terminal. Steps and
    tables may exceed it."""
    max_tokens: int | None = None
    """Budget of a quote in tokens (a Han character counts 1 and a word counts 1), beside
    `max_chars`; whichever is reached first. None: no limit. A single sentence, row, code fence or
    procedure is never torn, so it may exceed it."""
    max_parts: int = 4
    """Questions in one question that are answered one by one, 1 to 4; 1 answers it as a whole."""
    part_threshold: float = 0.6
    """Least confidence to answer one part of a question where another has no answer, in [0, 1].
    Measured on pairs of labelled questions: docs/confidence.md."""
    phrases: Mapping[str, Sequence[str]] = field(default_factory=dict)
    """Words of your own for asking for a person and for urgency: name of a list → its further
    entries; docs/handoff.md names the lists."""

    def __post_init__(self) -> None:
        for name in ("answer_threshold", "clarify_threshold", "clarify_lead", "part_threshold"):
            _check(0 <= getattr(self, name) <= 1, self, name, "a number in [0, 1]")
        for name in ("short_question", "max_related"):
            _check(getattr(self, name) >= 0, self, name, "0 up")
        _check(_whole(self.max_chars), self, "max_chars", "a whole number from 1 up")
        for name in ("max_failures", "max_chars"):
            _check(getattr(self, name) >= 1, self, name, "1 up")
        _check(self.max_choices >= 2, self, "max_choices", "2 up")
        tokens = self.max_tokens
        good = tokens is None or (_whole(tokens) and tokens >= 1)
        _check(good, self, "max_tokens", "a whole number from 1 up, or None for no limit")
        parts = self.max_parts
        _check(_whole(parts) and 1 <= parts <= 4, self, "max_parts", "a whole number from 1 to 4")


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def checked_day(value: object) -> date | None:
    """A day as it is, or None.

    Raises:
        UsageError: anything else, a date with a time included.
    """
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise UsageError(
        f"today must be a date without a time, found {value!r}",
        hint="Write datetime.date(2026, 11, 21), say.",
    )


def today(explicit: date | None = None) -> date:
    """The day that staleness is judged on.

    Args:
        explicit: wins over everything; else the variable KBASSIST_TODAY, else the system's clock.

    Raises:
        UsageError: KBASSIST_TODAY is set but is no date.
    """
    if explicit is not None:
        return explicit
    value = os.environ.get(TODAY_VARIABLE, "").strip()
    return parse_day(value, TODAY_VARIABLE) if value else date.today()


def parse_day(value: str, name: str) -> date:
    """A date written as YYYY-MM-DD.

    Raises:
        UsageError: anything else; the message names `name`, the option or variable.
    """
    try:
        if not DAY.fullmatch(value):  # newer Pythons also read 20261121 and 2026-W47-6
            raise ValueError
        return date.fromisoformat(value)
    except ValueError:
        raise UsageError(
            f"{name}: not a date: {value!r}", hint="Write it as YYYY-MM-DD, e.g. 2026-11-21."
        ) from None
