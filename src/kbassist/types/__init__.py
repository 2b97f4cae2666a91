"""The frozen values that travel through kbassist, from Markdown to cited answer.

Those of explanations are loaded on first use: most questions are asked without.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from kbassist.types.articles import (
    HANDOFF_RULES,
    KINDS,
    STATUSES,
    Article,
    ArticleMeta,
    Block,
    BlockKind,
    BuildWarning,
    Chunk,
    HandoffRule,
    Kind,
    Section,
    Span,
    Status,
    Unit,
    UnitKind,
)
from kbassist.types.results import (
    Action,
    Answer,
    Choice,
    Citation,
    Hit,
    SourceState,
    Verified,
)
from kbassist.types.scores import MODES, LegScore, Mode

if TYPE_CHECKING:
    from kbassist.types.answer_explanation import (
        AnswerExplanation,
        ConfidenceExplanation,
        DecisionExplanation,
        Figure,
    )
    from kbassist.types.hit_explanation import (
        HitExplanation,
        MatchedWord,
        MissingWord,
        NearestText,
        TermScore,
        VectorText,
    )
    from kbassist.types.search_explanation import (
        Correction,
        Expansion,
        SearchedTerm,
        SearchExplanation,
        Source,
        WeightReason,
    )

__all__ = [
    "HANDOFF_RULES",
    "KINDS",
    "MODES",
    "STATUSES",
    "Action",
    "Answer",
    "AnswerExplanation",
    "Article",
    "ArticleMeta",
    "Block",
    "BlockKind",
    "BuildWarning",
    "Choice",
    "Chunk",
    "Citation",
    "ConfidenceExplanation",
    "Correction",
    "DecisionExplanation",
    "Expansion",
    "Figure",
    "HandoffRule",
    "Hit",
    "HitExplanation",
    "Kind",
    "LegScore",
    "MatchedWord",
    "MissingWord",
    "Mode",
    "NearestText",
    "SearchExplanation",
    "SearchedTerm",
    "Section",
    "Source",
    "SourceState",
    "Span",
    "Status",
    "TermScore",
    "Unit",
    "UnitKind",
    "VectorText",
    "Verified",
    "WeightReason",
]

_HOMES = {
    "AnswerExplanation": "answer_explanation",
    "ConfidenceExplanation": "answer_explanation",
    "Correction": "search_explanation",
    "DecisionExplanation": "answer_explanation",
    "Expansion": "search_explanation",
    "Figure": "answer_explanation",
    "HitExplanation": "hit_explanation",
    "MatchedWord": "hit_explanation",
    "MissingWord": "hit_explanation",
    "NearestText": "hit_explanation",
    "SearchExplanation": "search_explanation",
    "SearchedTerm": "search_explanation",
    "Source": "search_explanation",
    "TermScore": "hit_explanation",
    "VectorText": "hit_explanation",
    "WeightReason": "search_explanation",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module 'kbassist.types' has no attribute {name!r}")
    value = getattr(import_module(f"kbassist.types.{home}"), name)
    globals()[name] = value
    return value
