from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from kbassist.errors import UsageError
from kbassist.evals.export import export
from kbassist.evals.names import MEASURES
from kbassist.evals.run import run
from kbassist.evals.summary import summarise
from tests.conftest import WriteKb
from tests.evals.small import build, dataset


def test_another_tool_finds_the_same_figures(write_kb: WriteKb, tmp_path: Path) -> None:
    result = run(dataset(), build(write_kb, tmp_path))
    paths = export(result, tmp_path / "trec")
    assert [path.name for path in paths] == ["small-all-lexical.run", "small-all-lexical.qrels"]
    printed = subprocess.run(
        [sys.executable, "-m", "ir_measures", str(paths[1]), str(paths[0]), *MEASURES],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    theirs = dict(line.split("\t") for line in printed.splitlines())
    ours = summarise(result).total.figures
    assert theirs == {measure: f"{ours[measure].value:.4f}" for measure in MEASURES}


def test_only_questions_that_expect_an_answer_are_exported(
    write_kb: WriteKb, tmp_path: Path
) -> None:
    run_path, qrels_path = export(run(dataset(), build(write_kb, tmp_path)), tmp_path)
    assert qrels_path.read_text() == "q1 0 fees 2\nq2 0 fees 1\nq3 0 hours 1\nq4 0 holds 1\n"
    assert {line.split()[0] for line in run_path.read_text().splitlines()} <= {
        "q1",
        "q2",
        "q3",
        "q4",
    }


def test_ids_that_the_format_cannot_express_are_refused(write_kb: WriteKb, tmp_path: Path) -> None:
    result = run(dataset(), build(write_kb, tmp_path))
    first = replace(result.outcomes[0], relevant={"two words": 1})
    with pytest.raises(UsageError, match="'two words' holds white space"):
        export(replace(result, outcomes=(first,)), tmp_path)
