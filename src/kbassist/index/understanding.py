"""What was found in a question: frozen values, for the search and for whoever explains it."""

from __future__ import annotations

from dataclasses import dataclass

from kbassist.text.analyzer import QueryTerm


@dataclass(frozen=True, slots=True)
class Expansion:
    """A phrase of the same meaning that was added to a question."""

    phrase: str
    """As it stands in the question."""
    added: str
    """As the knowledge base's writers spell it."""
    terms: tuple[str, ...]
    """Terms that it brought, those of the question left out."""
    weight: float
    """Factor of those terms, in (0, 1)."""


@dataclass(frozen=True, slots=True)
class Correction:
    """What a word of the question may have meant."""

    typed: str
    """As it stands in the question."""
    corrected: str
    """As an article or the glossary spells it."""
    terms: tuple[str, ...]
    """Terms that it brought, those of the question left out."""
    weight: float
    """Factor of those terms, in (0, 1)."""
    clear: bool
    """Whether nothing else is as likely."""
    start: int
    """First character of `typed` in the question, 0-based."""

    @property
    def end(self) -> int:
        """One past the last character of `typed` in the question."""
        return self.start + len(self.typed)


@dataclass(frozen=True, slots=True)
class Understanding:
    """A question's terms with all that was added to them."""

    asked: tuple[QueryTerm, ...]
    """Terms of the question as typed."""
    expansions: tuple[Expansion, ...]
    """In the order of the question."""
    corrections: tuple[Correction, ...]
    """In the order of the question."""
    added: tuple[QueryTerm, ...]
    """Terms that expansions and corrections brought; none of them is in `asked`."""
    did_you_mean: str | None
    """The question with its clear corrections; None where there is none."""

    @property
    def terms(self) -> list[QueryTerm]:
        """What to search for: the terms as typed, then those that were added."""
        return [*self.asked, *self.added]
