"""How a search ranks: its modes, and what each leg says about a hit."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Mode = Literal["lexical", "vector", "hybrid"]
MODES: tuple[Mode, ...] = ("lexical", "vector", "hybrid")


@dataclass(frozen=True, slots=True)
class LegScore:
    """What one leg of the search says about a hit."""

    raw: float
    """BM25 score, or cosine in [-1, 1]."""
    normalised: float
    """The value that fusion used, in [0, 1]."""
    weight: float
    """Weight of the leg in the fused score."""
    rank: int | None
    """1-based rank within the leg; None where the leg did not return the chunk, or ranks none."""

    @property
    def contribution(self) -> float:
        """What the leg adds to the fused score."""
        return self.weight * self.normalised
