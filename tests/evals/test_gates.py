from __future__ import annotations

from pathlib import Path

import pytest

from kbassist.errors import UsageError
from kbassist.evals.gates import check, parse_gates, parse_measure_name, read_gates
from kbassist.evals.run import run
from kbassist.evals.summary import summarise
from tests.conftest import WriteKb
from tests.evals.small import build, dataset


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("ndcg@10", "nDCG@10"),
        ("NDCG@10", "nDCG@10"),
        ("answer", "answer accuracy"),
        ("citation", "citation precision"),
        ("recall@5", "Success@5"),
        ("success@1", "Success@1"),
        ("r@10", "R@10"),
        ("mrr@10", "RR@10"),
        (" Answer Accuracy ", "answer accuracy"),
        ("abstention f1", "abstention F1"),
        ("auroc", "AUROC"),
    ],
)
def test_measures_in_any_spelling(written: str, name: str) -> None:
    assert parse_measure_name(written) == name


def test_gates_of_the_command_line() -> None:
    assert parse_gates("ndcg@10=0.8, answer accuracy=0.5,") == {
        "nDCG@10": 0.8,
        "answer accuracy": 0.5,
    }
    assert parse_gates("") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("ndcg@10", "not a gate: 'ndcg@10'"),
        ("ndcg=0.5", "no such measure: 'ndcg'"),
        ("bleu@4=0.5", "no such measure: 'bleu@4'"),
        ("ndcg@3=0.5", "no such measure: 'ndcg@3'"),
        ("ndcg@10=80", "the gate 'ndcg@10' must be in [0, 1], found '80'"),
        ("ndcg@10=high", "the gate 'ndcg@10' must be in [0, 1], found 'high'"),
    ],
)
def test_gates_that_cannot_be_used(text: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse_gates(text)
    assert caught.value.message.startswith(message)


def test_a_file_of_gates(tmp_path: Path) -> None:
    path = tmp_path / "gates.toml"
    path.write_text('[small]\n"recall@5" = 0.5\nauroc = 1\n', encoding="utf-8")
    assert read_gates(path) == {"small": {"Success@5": 0.5, "AUROC": 1.0}}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[small\n", "gates.toml: Expected"),
        ("small = 0.5\n", "gates.toml: 'small' must be a table of gates, found 0.5"),
        ("[small]\nbleu = 0.5\n", "gates.toml: [small] no such measure: 'bleu'"),
    ],
)
def test_files_that_cannot_be_used(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "gates.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(UsageError) as caught:
        read_gates(path)
    assert message in caught.value.message


def test_a_gates_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        read_gates(tmp_path / "none.toml")


def test_what_is_not_reached_is_named_with_both_values(write_kb: WriteKb, tmp_path: Path) -> None:
    summary = summarise(run(dataset(), build(write_kb, tmp_path)))
    value = summary.total.figures["action accuracy"].value
    assert 0 < value < 1
    assert check(summary, {"action accuracy": value}) == []
    (shortfall,) = check(summary, {"action accuracy": 1.0})
    assert str(shortfall) == f"action accuracy: {value:.4f}, wanted 1.0000"
    (missing,) = check(summary, {"nDCG@3": 0.0})
    assert str(missing) == "nDCG@3: no question has it, wanted 0.0000"
