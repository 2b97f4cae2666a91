"""Every number that decides what the model becomes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from kbassist.embed.units import Kind

NAME = "zh-en-static-1"


@dataclass(frozen=True)
class Settings:
    """Sizes, shares and rates; docs/model.md tells which of them were compared with what."""

    seed: int = 1
    dimension: int = 256

    rows: Mapping[Kind, int] = field(
        default_factory=lambda: {
            Kind.CHARACTER: 5_000,
            Kind.BIGRAM: 70_000,
            Kind.TRIGRAM: 20_000,
            Kind.FOURGRAM: 6_000,
            Kind.WORD: 34_000,
            Kind.PAIR: 11_000,
            Kind.LETTERS: 20_000,
            Kind.SOUND: 10_000,
        }
    )
    """Most units of each kind, the most frequent in the training text."""
    least: Mapping[Kind, int] = field(
        default_factory=lambda: {
            Kind.CHARACTER: 3,
            Kind.BIGRAM: 8,
            Kind.TRIGRAM: 12,
            Kind.FOURGRAM: 15,
            Kind.WORD: 6,
            Kind.PAIR: 25,
            Kind.LETTERS: 3,
            Kind.SOUND: 8,
        }
    )
    """Fewest occurrences; of a letter n-gram, fewest different words."""
    buckets: int = 8_192
    """Rows that bigrams outside the vocabulary share by hash."""

    pairs: float = 12e6
    """Pairs seen in all, repetitions counted."""
    share: Mapping[str, float] = field(
        default_factory=lambda: {
            "parallel": 1.0,
            "parallel_short": 0.7,
            "translated_zh": 2.0,
            "translated_en": 1.5,
            "heading_zh": 1.0,
            "heading_en": 1.0,
            "cloze_zh": 0.6,
            "cloze_en": 0.6,
            "heading_foreign": 1.0,
            "section_foreign": 1.5,
            "cloze_foreign_zh": 2.0,
            "cloze_foreign_en": 2.0,
            "title_foreign": 2.0,
            "headings": 1.0,
            "intent": 1.0,
            "typed": 1.0,
            "same_zh": 0.5,
            "same_en": 0.5,
        }
    )
    """How often each kind of pair is seen, against its number."""
    batch: int = 1024
    one_source: float = 0.5
    """Share of the batches whose pairs come from one source: harder negatives."""
    temperature: float = 0.1
    rate: float = 0.02
    weight_rate: float = 0.005
    """Learning rate of the logarithm of a unit's weight."""
    warmup: float = 0.03
    sif: float = 1e-3
    dropout: float = 0.0
    same_dropout: float = 0.35
    """Mean share of the units left out of either side of a pair of one text with itself."""

    exponent: Mapping[Kind, float] = field(
        default_factory=lambda: {
            Kind.CHARACTER: 0.4,
            Kind.BIGRAM: 0.4,
            Kind.TRIGRAM: 0.4,
            Kind.FOURGRAM: 0.4,
            Kind.WORD: 0.7,
            Kind.PAIR: 0.7,
            Kind.LETTERS: 0.7,
            Kind.SOUND: 0.4,
        }
    )
    """After training a vector of length n gets length (n / typical) ^ exponent times the emphasis
    of its kind: rare units come out too long, and single characters say more about a short question
    than contrast within a batch rewards."""
    emphasis: Mapping[Kind, float] = field(
        default_factory=lambda: {
            Kind.CHARACTER: 2.5,
            Kind.BIGRAM: 0.8,
            Kind.TRIGRAM: 0.4,
            Kind.FOURGRAM: 0.3,
            Kind.WORD: 1.0,
            Kind.PAIR: 0.7,
            Kind.LETTERS: 0.7,
            Kind.SOUND: 0.7,
        }
    )
    typical: float = 3.0
