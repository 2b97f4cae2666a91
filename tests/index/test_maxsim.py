"""Soft coverage of a question by a chunk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import kbassist.index.maxsim as maxsim_module
from kbassist import Assistant
from kbassist.embed.protocol import Matrix, Progress
from kbassist.index.maxsim import MaxSim
from kbassist.types import Chunk

LIKENESS = {
    "fee": (1.0, 0.0, 0.0),
    "cost": (0.8, 0.6, 0.0),
    "coin": (0.0, 0.6, 0.8),
    "x": (0.0, 0.0, 1.0),
    "card": (0.0, 0.0, 1.0),
}


class Table:
    """A model whose vectors are written down; every component is at most 0.5 when halved."""

    dimension = 3
    fingerprint = "table"
    passage = None

    def __init__(self) -> None:
        self.embedded: list[str] = []

    def embed_documents(self, texts: Sequence[str], progress: Progress | None = None) -> Matrix:
        return self.embed_queries(texts)

    def embed_queries(self, texts: Sequence[str]) -> Matrix:
        self.embedded += texts
        found = np.array([LIKENESS[text] for text in texts], dtype=np.float32)
        halved: Matrix = (found.reshape(-1, self.dimension) / 2).astype(np.float32)
        return halved  # within what is kept exactly enough


@pytest.fixture
def chunk(assistant: Assistant) -> Chunk:
    one = assistant.search("withdrawal fee")[0].chunk
    return replace(one, title="", heading_path=(), questions=(), text="fee coin")


def test_the_nearest_term_of_each_counts_by_its_weight(chunk: Chunk) -> None:
    soft = MaxSim(str.split, Table())
    asked = soft.asked({"cost": 3.0, "coin": 1.0})
    assert asked is not None
    # cost·fee = 0.8 and cost·coin = 0.36, of vectors that are halved on both sides; coin is held
    expected = (3 * 0.8 / 4 + 1 * 1.0) / 4
    assert soft.coverage(asked, chunk) == pytest.approx(expected, abs=0.002)


def test_single_characters_count_where_there_is_nothing_else(chunk: Chunk) -> None:
    model = Table()
    soft = MaxSim(str.split, model)
    assert len(soft.asked({"x": 1.0, "fee": 1.0}).weights) == 1  # type: ignore[union-attr]
    assert model.embedded == ["fee"]
    assert len(soft.asked({"x": 1.0}).weights) == 1  # type: ignore[union-attr]


def test_nothing_to_go_by(chunk: Chunk) -> None:
    soft = MaxSim(str.split, Table())
    assert soft.asked({}) is None
    assert soft.asked({"fee": 0.0}) is None
    asked = soft.asked({"fee": 1.0})
    assert asked is not None
    assert soft.coverage(asked, replace(chunk, text="")) == 0.0


@pytest.mark.parametrize("rows", [1, 2, 100])
def test_what_is_kept_changes_no_figure(
    chunk: Chunk, monkeypatch: pytest.MonkeyPatch, rows: int
) -> None:
    monkeypatch.setattr(maxsim_module, "KEPT", 2)
    monkeypatch.setattr(maxsim_module, "KEPT_ROWS", rows)
    model = Table()
    soft = MaxSim(str.split, model)
    asked = soft.asked({"cost": 1.0})
    assert asked is not None
    texts = ("fee coin", "coin card", "card fee")
    chunks = [replace(chunk, id=f"a#{text}", text=text) for text in texts]
    first = [soft.coverage(asked, one) for one in chunks]
    model.embedded.clear()
    assert [soft.coverage(asked, one) for one in chunks[1:]] == first[1:]
    assert model.embedded == []
    assert soft.coverage(asked, chunks[0]) == first[0]
    assert (model.embedded == []) == (rows == 100)


@given(question=st.sampled_from(["提币手续费是多少", "how do I reset my password", "体币 没到账"]))
def test_between_nothing_and_all(assistant: Assistant, question: str) -> None:
    soft = assistant.index.maxsim
    asked = soft.asked(dict.fromkeys(assistant.index.analyzer.terms(question), 1.0))
    assert asked is not None
    for hit in assistant.search(question):
        assert 0.0 <= soft.coverage(asked, hit.chunk) <= 1.0


def test_a_chunk_covers_its_own_words(assistant: Assistant) -> None:
    found = assistant.search("withdrawal fee", top_k=1)[0].chunk
    chunk = replace(found, id="other#words", text="提币手续费 withdrawal network address")
    soft = assistant.index.maxsim
    asked = soft.asked(dict.fromkeys(assistant.index.analyzer.terms(chunk.text), 1.0))
    assert asked is not None
    assert soft.coverage(asked, chunk) == pytest.approx(1.0, abs=0.01)
