"""What was found in a question: frozen values, for the search and for whoever explains it."""

from __future__ import annotations

from dataclasses import dataclass

from kbassist import types
from kbassist.text.analyzer import QueryTerm


@dataclass(frozen=True, slots=True)
class Understanding:
    """A question's terms with all that was added to them."""

    asked: tuple[QueryTerm, ...]
    """Terms of the question as typed."""
    meant: tuple[QueryTerm, ...]
    """The same with its clear corrections, for what goes by meaning."""
    expansions: tuple[types.Expansion, ...]
    """In the order of the question."""
    corrections: tuple[types.Correction, ...]
    """In the order of the question."""
    added: tuple[QueryTerm, ...]
    """Terms that expansions and corrections brought; none of them is in `asked`."""
    did_you_mean: str | None
    """The question with its clear corrections; None where there is none."""

    @property
    def terms(self) -> list[QueryTerm]:
        """What to search for: the terms as typed, then those that were added."""
        return [*self.asked, *self.added]
