"""Soft coverage of a question by a chunk."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist import Assistant
from kbassist.embed.registry import bundled_model
from kbassist.types import Chunk

QUESTIONS = ["提币手续费是多少", "how do I reset my password", "体币 没到账", "2FA lost"]


def telling(assistant: Assistant, text: str) -> list[str]:
    terms = list(dict.fromkeys(assistant.index.analyzer.terms(text)))
    return [term for term in terms if len(term) > 1] or terms


def text_of(chunk: Chunk) -> str:
    return "\n".join((chunk.title, *chunk.heading_path, *chunk.questions, chunk.text))


def by_definition(assistant: Assistant, weights: dict[str, float], chunk: Chunk) -> float:
    """From the text: each term's nearest one of the chunk, by whole vectors."""
    asked = [term for term in weights if len(term) > 1] or list(weights)
    held = telling(assistant, text_of(chunk))
    model = bundled_model()
    likeness = model.embed_queries(asked) @ model.embed_queries(held).T
    nearest = np.clip(likeness.max(axis=1), 0.0, 1.0)
    nearest[[term in held for term in asked]] = 1.0
    worth = np.array([weights[term] for term in asked])
    return float(nearest @ worth / worth.sum())


@given(question=st.sampled_from(QUESTIONS), step=st.integers(1, 9))
def test_the_nearest_term_of_each_counts_by_its_weight(
    assistant: Assistant, question: str, step: int
) -> None:
    soft, store = assistant.index.maxsim, assistant.index.store
    terms = assistant.index.analyzer.terms(question)
    weights = {term: 1.0 + place for place, term in enumerate(terms)}
    asked = soft.asked(weights)
    assert asked is not None
    rows = list(range(0, len(assistant.index.bm25), 5 * step))
    chunks = store.chunks(rows)
    expected = [by_definition(assistant, weights, chunks[row][0]) for row in rows]
    assert soft.coverage(asked, rows) == pytest.approx(expected, abs=1e-5)


def test_a_row_covers_as_much_alone_as_among_others(assistant: Assistant) -> None:
    soft = assistant.index.maxsim
    asked = soft.asked({"withdraw": 1.0, "提币": 2.0, "zzzz": 0.5})
    assert asked is not None
    rows = [7, 3, 7, 12]
    assert soft.coverage(asked, rows) == pytest.approx([soft.coverage(asked, [r])[0] for r in rows])
    assert soft.coverage(asked, []).tolist() == []


def test_single_characters_count_where_there_is_nothing_else(assistant: Assistant) -> None:
    soft = assistant.index.maxsim
    for weights, count in (
        ({"币": 1.0, "fee": 1.0}, 1),
        ({"币": 1.0}, 1),
        ({"币": 1.0, "a": 2.0}, 2),
    ):
        asked = soft.asked(weights)
        assert asked is not None and len(asked.weights) == len(asked.vectors) == count


def test_nothing_to_go_by(assistant: Assistant) -> None:
    assert assistant.index.maxsim.asked({}) is None
    assert assistant.index.maxsim.asked({"fee": 0.0}) is None


def test_a_term_that_no_chunk_has_is_known_by_its_likeness(assistant: Assistant) -> None:
    soft, index = assistant.index.maxsim, assistant.index
    assert not index.bm25.df("encash")
    asked = soft.asked({"encash": 1.0})
    assert asked is not None and asked.numbers.tolist() == [-1]
    assert 0.0 <= soft.coverage(asked, [0])[0] < 1.0


def test_a_chunk_covers_its_own_words(assistant: Assistant) -> None:
    hit = assistant.search("withdrawal fee", top_k=1)[0]
    row = assistant.index.store.chunk_row(hit.chunk.id)
    assert row is not None
    asked = assistant.index.maxsim.asked(dict.fromkeys(telling(assistant, hit.chunk.text), 1.0))
    assert asked is not None
    assert assistant.index.maxsim.coverage(asked, [row]).tolist() == [1.0]
