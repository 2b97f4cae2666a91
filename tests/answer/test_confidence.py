"""The calibrated confidence."""

from __future__ import annotations

import json
import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kbassist import Assistant
from kbassist.answer.confidence import (
    FILE_NAME,
    Calibration,
    bundled,
    calibration_for,
    fit,
    read,
)
from kbassist.answer.evidence import NAMES, NONE, Evidence
from kbassist.errors import ConfigError, UsageError

figures = st.builds(Evidence, *(st.floats(-1, 2) for _ in NAMES))


def drawn(count: int) -> tuple[list[Evidence], list[bool]]:
    """Questions of which only the cosine of the nearest sentence tells anything."""
    chance = random.Random(0)
    evidence = [Evidence(*(chance.random() for _ in NAMES)) for _ in range(count)]
    return evidence, [chance.random() < one.sentence for one in evidence]


def test_what_tells_gets_the_weight() -> None:
    evidence, right = drawn(2000)
    found = fit(evidence, right, "a", "m")
    assert max(found.coefficient, key=lambda name: found.coefficient[name]) == "sentence"
    assert all(value >= 0 for value in found.coefficient.values())
    assert sum(found.coefficient.values()) < 1.3 * found.coefficient["sentence"]
    share = sum(map(found.probability, evidence)) / len(evidence)
    assert share == pytest.approx(sum(right) / len(right), abs=1e-4)


@pytest.mark.parametrize("right", [[True] * 60, [False] * 60, [True, False] * 10])
def test_too_little_to_fit(right: list[bool]) -> None:
    with pytest.raises(UsageError, match="too little to fit"):
        fit([NONE] * len(right), right, "a", "m")


@given(figures, st.sampled_from(NAMES), st.floats(0, 1))
def test_more_of_any_figure_never_lowers_it(evidence: Evidence, name: str, more: float) -> None:
    values = dict(zip(NAMES, evidence.values(), strict=True))
    raised = Evidence(**{**values, name: values[name] + more})
    assert 0.0 <= bundled().probability(evidence) <= bundled().probability(raised) <= 1.0


def test_the_bundled_one_is_of_this_analyzer_and_model(assistant: Assistant) -> None:
    found = bundled()
    assert found.analyzer == assistant.index.analyzer.fingerprint
    assert found.model == assistant.judge.embedder.fingerprint
    assert found.questions > 200


def test_contributions_add_up(assistant: Assistant) -> None:
    found = bundled()
    evidence = Evidence(**assistant.ask("提币一直没到账怎么办").figures)
    odds = found.intercept + sum(found.contributions(evidence).values())
    assert found.probability(evidence) == pytest.approx(1 / (1 + 2.718281828459045**-odds))


def test_an_index_may_have_its_own(tmp_path: Path) -> None:
    assert calibration_for(tmp_path, "a", "m") == bundled()
    own = fit(*drawn(100), "a", "m")
    (tmp_path / FILE_NAME).write_text(own.to_json(), encoding="utf-8")
    assert calibration_for(tmp_path, "a", "m") == own == read(tmp_path / FILE_NAME)
    with pytest.raises(ConfigError, match="another version of the analyzer"):
        calibration_for(tmp_path, "b", "m")


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", '{"format": 1}', bundled().to_json().replace("lead", "load"), "\ud800"],
)
def test_a_damaged_one_is_a_clear_error(tmp_path: Path, text: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(ConfigError, match=r"calibration\.json") as error:
        read(path)
    assert "kbassist calibrate" in (error.value.hint or "")


def test_it_is_readable() -> None:
    table = json.loads(bundled().to_json())
    assert list(table["coefficient"]) == list(NAMES)
    assert isinstance(bundled(), Calibration)
