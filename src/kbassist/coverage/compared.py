"""The articles of an index compared with each other, without any question."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from kbassist.coverage.contradictions import contradictions
from kbassist.coverage.duplicates import duplicates
from kbassist.coverage.findings import Contradiction, Disparity, Duplicate
from kbassist.coverage.parity import parity
from kbassist.coverage.places import sections
from kbassist.coverage.statements import statements
from kbassist.index.reader import Index


@dataclass(frozen=True, slots=True)
class Compared:
    """What was found."""

    duplicates: tuple[Duplicate, ...]
    """Those of most text first, notices that are repeated on purpose last."""
    contradictions: tuple[Contradiction, ...]
    """Within a language, then across translations."""
    parity: tuple[Disparity, ...]
    """By kind, then by path."""


def compare(
    index: Index, locales: Collection[str] | None = None, audience: Sequence[str] = ()
) -> Compared:
    """Find sections that repeat or contradict each other, and how translations differ.

    Args:
        index: an open index; the bundled model is used whatever its vectors were made with.
        locales: languages into which every article should be put; None for those that at least a
            fifth of the articles are written in.
        audience: labels of restricted articles that are compared too.

    Raises:
        ModelError, IndexIncompatible: the bundled model cannot be used.
    """
    terms, model = index.analyzer.terms, index.static
    own = [one for one in sections(index.store) if index.may_see(one.meta, audience)]
    told = contradictions(list(statements(index, own)), terms, model)
    across = parity(own, model, locales)
    return Compared(
        tuple(duplicates(own, terms)), (*told, *across.contradictions), across.disparities
    )
