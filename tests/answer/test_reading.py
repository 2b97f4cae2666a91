"""What is kept of passages is what would be worked out anew."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from kbassist import Assistant, build_index
from kbassist.answer import reading
from kbassist.answer.reading import Readings
from kbassist.answer.units import unit_texts
from kbassist.types import Chunk
from tests.conftest import WriteKb


@pytest.fixture
def assistant(write_kb: WriteKb, tmp_path: Path) -> Assistant:
    kb = write_kb(
        {
            "fees.md": "# Fees\n\n## Withdrawal\n\nIt costs one coin. Deposits are free.\n",
            "cards.md": "# Cards\n\nFreeze a lost card. Order a new one.\n",
            "codes.md": "# Codes\n\nA code comes by email.\n",
        }
    )
    build_index(kb, tmp_path / "index")
    return Assistant.open(tmp_path / "index")


def chunks(assistant: Assistant) -> list[Chunk]:
    return [chunk for chunk, _ in assistant.index.store.chunks(range(3)).values()]


def test_sentences_alone_and_behind_their_headings(assistant: Assistant) -> None:
    (chunk,) = (c for c in chunks(assistant) if c.title == "Fees")
    judge = assistant.judge
    found = judge.readings.of(chunk)
    texts = ["It costs one coin.", "Deposits are free."]
    headed = [f"Fees Withdrawal {text}" for text in texts]
    assert np.array_equal(found.sentences, judge.embedder.embed_queries([*texts, *headed]))
    assert np.array_equal(found.units[0], judge.embedder.embed_queries(texts))
    assert found.rest.shape == found.units[1].shape == (0, judge.embedder.dimension)


def test_units_beyond_the_sentences_are_read_too(
    assistant: Assistant, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "MOST_SENTENCES", 1)
    (chunk,) = (c for c in chunks(assistant) if c.title == "Cards")
    found = assistant.judge.readings.of(chunk)
    assert (len(found.sentences), len(found.rest)) == (2, 1)
    vectors = assistant.judge.embedder.embed_queries(unit_texts(chunk))
    assert np.array_equal(np.concatenate(found.units), vectors)
    likeness = assistant.judge.likeness("a new card", chunk)
    assert len(likeness) == 2 and all(-1 <= value <= 1 for value in likeness)


def test_the_passage_read_longest_ago_goes_first(assistant: Assistant) -> None:
    readings = Readings(assistant.judge.embedder, kept=2)
    first, second, third = chunks(assistant)
    held = readings.of(first)
    other = readings.of(second)
    assert readings.of(first) is held
    readings.of(third)
    assert readings.kept == 2
    assert readings.of(first) is held
    assert readings.of(second) is not other
    assert np.array_equal(readings.of(second).sentences, other.sentences)


def test_an_answer_is_the_same_when_its_passage_was_read_before(assistant: Assistant) -> None:
    first = assistant.ask("What does a withdrawal cost?")
    assert first.citations
    assert assistant.ask("What does a withdrawal cost?") == first
    assert Assistant.open(assistant.index.path).ask("What does a withdrawal cost?") == first
