"""Settings with every default explained, and the clock.

Nothing here reads a file, and nothing reads the environment except `today`.
"""

from __future__ import annotations

import math
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from kbassist.checks import shown
from kbassist.errors import ConfigError, UsageError
from kbassist.serial import Serializable

TODAY_VARIABLE = "KBASSIST_TODAY"

DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
"""A date as it must be written."""

DEFAULT_TOP_K = 5
"""Hits of a search: what fits a screen, or a bot's reply with room to spare."""


def _check(good: bool, settings: object, name: str, accepted: str) -> None:
    if not good:
        found = getattr(settings, name)
        raise ConfigError(f"{name} is {shown(found)}", hint=f"Accepted: {accepted}.")


def _between(value: object, least: float, most: float = math.inf) -> bool:
    """Whether a value is a finite number of a range."""
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return False
    return least <= value <= most and -math.inf < value < math.inf


def _whole(value: object, least: int, most: float = math.inf) -> bool:
    """Whether a value is a whole number of a range."""
    return isinstance(value, int) and _between(value, least, most)


@dataclass(frozen=True, slots=True)
class ChunkSettings:
    """How sections become chunks. Changing a value rebuilds the index."""

    max_tokens: int = 320
    """Budget of one chunk. A Han character counts 1 and a word counts 1: about half a page, which
    fits every common embedding model's window."""
    min_tokens: int = 32
    """Parts of one section smaller than this merge with their neighbour."""

    def __post_init__(self) -> None:
        good = _whole(self.max_tokens, 1)
        _check(good, self, "max_tokens", "a whole number from 1 up")
        good = _whole(self.min_tokens, 0, self.max_tokens)
        _check(good, self, "min_tokens", "a whole number, 0 to max_tokens")


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

    def __post_init__(self) -> None:
        good = isinstance(self.variant, str) and self.variant in ("lucene", "okapi")
        _check(good, self, "variant", "lucene or okapi")
        weights = ("title_weight", "questions_weight", "body_weight")
        for name in ("k1", *weights):
            _check(_between(getattr(self, name), 0), self, name, "a number from 0 up")
        _check(_between(self.b, 0, 1), self, "b", "a number in [0, 1]")
        if not any(getattr(self, name) for name in weights):
            raise ConfigError("every field weight of BM25 is 0", hint="Give one a weight above 0.")


@dataclass(frozen=True, slots=True)
class BuildSettings(Serializable):
    """Settings that are fixed when an index is built."""

    chunks: ChunkSettings = field(default_factory=ChunkSettings)
    bm25: Bm25Settings = field(default_factory=Bm25Settings)

    def __post_init__(self) -> None:
        good = isinstance(self.chunks, ChunkSettings)
        _check(good, self, "chunks", "ChunkSettings")
        _check(isinstance(self.bm25, Bm25Settings), self, "bm25", "Bm25Settings")


@dataclass(frozen=True, slots=True)
class SearchSettings(Serializable):
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
        good = isinstance(self.fusion, str) and self.fusion in ("convex", "rrf")
        _check(good, self, "fusion", "convex or rrf")
        weight = self.vector_weight
        good = weight == "auto" if isinstance(weight, str) else _between(weight, 0, 1)
        _check(good, self, "vector_weight", "auto, or a number in [0, 1]")
        for name, least in (("rrf_k", 0), ("candidates", 1), ("rerank", 0)):
            _check(
                _whole(getattr(self, name), least), self, name, f"a whole number from {least} up"
            )
        good = _whole(self.max_question_chars, 1)
        _check(good, self, "max_question_chars", "a whole number from 1 up")


@dataclass(frozen=True, slots=True)
class AnswerSettings(Serializable):
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
            _check(_between(getattr(self, name), 0, 1), self, name, "a number in [0, 1]")
        least = {"short_question": 0, "max_related": 0, "max_failures": 1, "max_chars": 1}
        for name, number in {**least, "max_choices": 2}.items():
            good = _whole(getattr(self, name), number)
            _check(good, self, name, f"a whole number from {number} up")
        good = self.max_tokens is None or _whole(self.max_tokens, 1)
        _check(good, self, "max_tokens", "a whole number from 1 up, or None for no limit")
        _check(_whole(self.max_parts, 1, 4), self, "max_parts", "a whole number from 1 to 4")
        _check(_are_phrases(self.phrases), self, "phrases", "name of a list → list of texts")
        kept = {name: tuple(more) for name, more in self.phrases.items()}
        object.__setattr__(self, "phrases", kept)


def _are_phrases(value: object) -> bool:
    return isinstance(value, Mapping) and all(
        isinstance(name, str)
        and isinstance(more, (list, tuple))
        and all(isinstance(phrase, str) for phrase in more)
        for name, more in value.items()
    )


def checked_day(value: object) -> date | None:
    """A day as it is, or None.

    Raises:
        UsageError: anything else, a date with a time included.
    """
    if value is None or (isinstance(value, date) and not isinstance(value, datetime)):
        return value
    raise UsageError(
        f"today must be a date without a time, found {shown(value)}",
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
