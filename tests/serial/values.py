"""Any public value, made up by Hypothesis from the type hints of its class."""

from __future__ import annotations

import types
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from kbassist import AnswerSettings, BuildSettings, SearchSettings
from kbassist.config import Bm25Settings, ChunkSettings
from kbassist.errors import ArticleError

TEXTS = st.text(max_size=12) | st.sampled_from(["\ud800", "\0\x1b", "提币 [1]", "__proto__"])
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=5,
)
SIMPLE: dict[Any, st.SearchStrategy[Any]] = {
    str: TEXTS,
    int: st.integers(),
    float: FLOATS,
    bool: st.booleans(),
    type(None): st.none(),
    date: st.dates(),
    Any: JSON,
    ArticleError: st.builds(
        ArticleError, TEXTS, path=TEXTS, line=st.none() | st.integers(0), hint=TEXTS
    ),
}

SHARE = st.floats(0, 1)
SETTINGS: dict[type, st.SearchStrategy[Any]] = {
    SearchSettings: st.builds(
        SearchSettings,
        vector_weight=st.just("auto") | SHARE | st.integers(0, 1),
        rrf_k=st.integers(0),
        candidates=st.integers(1),
        rerank=st.integers(0),
        max_question_chars=st.integers(1),
    ),
    AnswerSettings: st.builds(
        AnswerSettings,
        answer_threshold=SHARE,
        max_tokens=st.none() | st.integers(1),
        max_parts=st.integers(1, 4),
        phrases=st.dictionaries(TEXTS, st.lists(TEXTS, max_size=2), max_size=2),
    ),
    BuildSettings: st.builds(
        BuildSettings,
        st.builds(ChunkSettings, st.integers(100), st.integers(0, 100)),
        st.builds(
            Bm25Settings, b=SHARE, k1=st.floats(0, 5), variant=st.sampled_from(["okapi", "lucene"])
        ),
    ),
}
"""Of values that check themselves."""


def values(kind: type, depth: int = 0) -> st.SearchStrategy[Any]:
    """Values of a dataclass."""
    if kind in SETTINGS:
        return SETTINGS[kind]
    hints = get_type_hints(kind)
    kept = [item.name for item in fields(kind) if item.compare]
    return st.builds(kind, **{name: of(hints[name], depth) for name in kept})


def of(hint: Any, depth: int) -> st.SearchStrategy[Any]:
    """Values of a type hint; what may be empty is so where it is deep inside."""
    origin, inner = get_origin(hint), get_args(hint)
    if hint in SIMPLE:
        return SIMPLE[hint]
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (Union, types.UnionType):
        return st.one_of(*(of(one, depth) for one in inner))
    if origin is tuple and inner[-1] is not Ellipsis:
        return st.tuples(*(of(one, depth) for one in inner))
    most = 2 if depth < 2 else 0
    if origin in (tuple, Sequence):
        found = of(inner[0], depth + 1) if most else st.nothing()
        return st.lists(found, max_size=most).map(tuple)
    if origin is Mapping:
        return st.dictionaries(TEXTS, of(inner[1], depth + 1), max_size=2)
    assert is_dataclass(hint), hint
    return st.deferred(lambda: values(hint, depth + 1))  # type: ignore[arg-type]
