"""A question with all that its caller says about it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from kbassist import checks
from kbassist.config import DEFAULT_TOP_K
from kbassist.errors import UsageError
from kbassist.index.filters import Filters
from kbassist.index.search import check_types
from kbassist.types import Mode

_TAG = re.compile(r"([A-Za-z]{2,3})(?:-[A-Za-z0-9]{1,8})*")
"""A language tag as BCP 47 writes it, and its primary language."""


@dataclass(frozen=True, slots=True)
class Request:
    """One question; see `Assistant.ask`.

    Raises:
        UsageError: a value of another type, or out of range.
    """

    question: str
    """What to search for."""
    top_k: int = DEFAULT_TOP_K
    mode: Mode | None = None
    filters: Filters = field(default_factory=Filters)
    asked: str | None = None
    """The user's own words where they differ; the question is then answered as a whole."""
    failures: int = 0
    """Questions in a row before this one that got no answer."""
    language: str | None = None
    """Language tag that the user reads; None for the question's."""

    def __post_init__(self) -> None:
        check_types(self.question, self.top_k, self.filters)
        checks.optional("asked", self.asked, str)
        checks.whole("failures", self.failures, 0)
        if checks.optional("language", self.language, str) is not None and not self.reads:
            raise UsageError(
                f"language is no language tag: {checks.shown(self.language)}",
                hint='Write "en" or "zh-Hant", say; or leave it out for the question\'s.',
            )

    @property
    def said(self) -> str:
        """The user's own words."""
        return self.question if self.asked is None else self.asked

    @property
    def reads(self) -> str | None:
        """Primary language that the user reads, such as `zh`; None for the question's."""
        tag = _TAG.fullmatch(self.language or "")
        return tag[1].casefold() if tag else None
