"""Names of measures: as ir_measures spells them, and as tables head them."""

from __future__ import annotations

MEASURES = ("nDCG@10", "Success@1", "Success@5", "Success@10", "R@10", "RR@10")
"""Ranking measures, by ir_measures."""

DECISIONS = ("answer accuracy", "citation precision", "action accuracy")
"""Figures of answers that have a value for each question, beside the ranking measures."""

HEADS = {
    "nDCG@10": "nDCG@10",
    "Success@1": "recall@1",
    "Success@5": "recall@5",
    "Success@10": "recall@10",
    "R@10": "R@10",
    "RR@10": "RR@10",
    "answer accuracy": "answer",
    "citation precision": "citation",
    "action accuracy": "action",
}
"""Measure → its name in tables: recall@k is Success@k, R@k stands under its own name."""
