"""A build that is broken on purpose is caught by the gates that CI runs."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import kbassist.answer.cite
import kbassist.index.analysed
import kbassist.text.analyzer
from kbassist import Assistant, build_index
from kbassist.evals.gates import Shortfall, check, read_gates
from kbassist.evals.read import read_dataset
from kbassist.evals.run import run
from kbassist.evals.summary import Summary, summarise
from kbassist.text.analyzer import Analyzer
from kbassist.text.words import Piece
from kbassist.types import Span
from tests.conftest import HARBOR, REPOSITORY

EVALS = REPOSITORY / "evals"
GATES = read_gates(EVALS / "gates.toml")
DATASETS = ("harbor-zh", "harbor-en")


def measured(index: Path, name: str) -> Summary:
    dataset = read_dataset(EVALS / f"{name}.jsonl")
    return summarise(run(dataset, Assistant.open(index), split="test"))


def shortfalls(index: Path) -> list[Shortfall]:
    return [item for name in DATASETS for item in check(measured(index, name), GATES[name])]


@pytest.fixture
def rebuilt(tmp_path: Path) -> Path:
    """Where a broken index is built, after the test has broken something."""
    return tmp_path / "index"


def test_as_it_is_every_gate_is_passed(harbor: Path) -> None:
    assert shortfalls(harbor) == []


def test_an_analyzer_without_bigrams_is_caught(
    rebuilt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pieces(run: str) -> list[Piece]:
        return [Piece(char, place, place + 1, "char") for place, char in enumerate(run)]

    monkeypatch.setattr(kbassist.text.analyzer, "_run_terms", list)
    monkeypatch.setattr(kbassist.text.analyzer, "_run_pieces", pieces)
    build_index(HARBOR, rebuilt, embedder="none")
    found = shortfalls(rebuilt)
    assert "answer accuracy" in {item.measure for item in found}


def test_stop_words_stripped_on_the_index_side_only_are_caught(
    rebuilt: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stripping(Analyzer):
        def terms(self, text: str) -> list[str]:
            stops = {term.term for term in self.query(text) if term.stop}
            return [term for term in super().terms(text) if term not in stops]

    monkeypatch.setattr(kbassist.index.analysed, "_analyzer", Stripping)
    build_index(HARBOR, rebuilt, embedder="none")
    assert shortfalls(rebuilt) != []


def test_citations_off_by_one_line_are_caught(
    harbor: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    quoted = kbassist.answer.cite._quoted

    def shifted(*arguments: object) -> list[Span]:
        spans = quoted(*arguments)  # type: ignore[arg-type]
        return [replace(s, start_line=s.start_line + 1, end_line=s.end_line + 1) for s in spans]

    monkeypatch.setattr(kbassist.answer.cite, "_quoted", shifted)
    monkeypatch.setattr(kbassist.answer.cite, "_check", lambda *arguments: None)
    measures = {item.measure for item in shortfalls(harbor)}
    assert {"answer accuracy", "citation precision"} <= measures
    assert "nDCG@10" not in measures
