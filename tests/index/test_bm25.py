from __future__ import annotations

import math
import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from kbassist.config import Bm25Settings
from kbassist.errors import ConfigError
from kbassist.index import bm25_build, bm25_files
from kbassist.index.bm25 import Bm25
from kbassist.index.bm25_build import Bm25Builder

Fields = tuple[str, str, str]


@pytest.fixture
def index(tmp_path: Path) -> Callable[..., Bm25]:
    def build(rows: Sequence[Fields], settings: Bm25Settings | None = None) -> Bm25:
        builder = Bm25Builder()
        for title, questions, body in rows:
            builder.add(body.split(), title=title.split(), questions=questions.split())
        builder.write(tmp_path, settings)
        return Bm25.open(tmp_path)

    return build


def plain(*bodies: str) -> list[Fields]:
    return [("", "", body) for body in bodies]


def test_lucene_score_worked_out_by_hand(index: Callable[..., Bm25]) -> None:
    """N = 2, df(a) = 1: idf = ln(1 + 1.5 / 1.5) = ln 2. Lengths 3 and 1, mean 2.

    Row 0 has tf(a) = 2: 2 * 2.2 / (2 + 1.2 * (0.25 + 0.75 * 3 / 2)) = 4.4 / 3.65.
    """
    bm25 = index(plain("a a b", "c"))
    scores, matched = bm25.scores([("a", 1.0)])
    assert scores.tolist() == pytest.approx([math.log(2) * 4.4 / 3.65, 0.0])
    assert matched.tolist() == [True, False]
    assert bm25.idf("a") == pytest.approx(math.log(2))
    assert bm25.df("a") == 1


def test_fields_are_weighted_before_saturation(index: Callable[..., Bm25]) -> None:
    """Title weight 3, question weight 2: tf(a) = 3 + 2 + 1 = 6, length 3 + 2 + 2 = 7; mean 4.

    N = 2, df(a) = 1: ln 2 * 6 * 2.2 / (6 + 1.2 * (0.25 + 0.75 * 7 / 4)) = ln 2 * 13.2 / 7.875.
    """
    settings = Bm25Settings(title_weight=3, questions_weight=2)
    bm25 = index([("a", "a", "a b"), ("", "", "b")], settings)
    assert bm25.length(0) == 7
    scores, _ = bm25.scores([("a", 1.0)])
    assert scores[0] == pytest.approx(math.log(2) * 13.2 / 7.875)


def test_a_term_everywhere_keeps_a_positive_lucene_idf_and_an_okapi_floor() -> None:
    df = np.array([3, 1])
    assert bm25_files.lucene_idf(df, 3).tolist() == pytest.approx(
        [math.log(1 + 0.5 / 3.5), math.log(1 + 2.5 / 1.5)]
    )
    rare, common = math.log(2.5 / 1.5), math.log(0.5 / 3.5)
    assert bm25_files.okapi_idf(df, 3).tolist() == pytest.approx([0.25 * (rare + common) / 2, rare])


def test_query_weights_scale_and_add_up(index: Callable[..., Bm25]) -> None:
    bm25 = index(plain("a b", "b c", "c"))
    a, b = bm25.scores([("a", 1.0)])[0], bm25.scores([("b", 1.0)])[0]
    both = bm25.scores([("a", 0.5), ("b", 2.0), ("b", 1.0)])[0]
    np.testing.assert_allclose(both, 0.5 * a + 3 * b, rtol=1e-6)


def test_a_row_without_a_matched_term_is_never_returned(index: Callable[..., Bm25]) -> None:
    bm25 = index(plain("a", "b", "a b", ""))
    assert bm25.top([("a", 1.0)], 10)[0].tolist() == [0, 2]
    for nothing in ([("z", 1.0)], [("a", 0.0)], []):
        rows, scores = bm25.top(nothing, 10)
        assert rows.tolist() == [] and scores.tolist() == []


def test_a_matched_row_counts_whatever_its_score(index: Callable[..., Bm25]) -> None:
    """Okapi gives a term in every row 0.25 of the average idf, which is negative here."""
    bm25 = index(plain("a", "a"), Bm25Settings(variant="okapi"))
    assert bm25.idf("a") < 0
    rows, scores = bm25.top([("a", 1.0)], 10)
    assert rows.tolist() == [0, 1]
    assert (scores < 0).all()


def test_filters_apply_before_ranking(index: Callable[..., Bm25]) -> None:
    bm25 = index(plain("a a a", "a a b", "a b b", "b"))
    mask = np.array([False, False, True, True])
    assert bm25.top([("a", 1.0)], 1)[0].tolist() == [0]
    assert bm25.top([("a", 1.0)], 1, mask)[0].tolist() == [2]
    with pytest.raises(ValueError, match="mask"):
        bm25.top([("a", 1.0)], 1, mask[:2])


def test_equal_scores_come_by_row(index: Callable[..., Bm25]) -> None:
    bm25 = index(plain(*["a b"] * 30, "c"))
    assert bm25.top([("a", 1.0)], 7)[0].tolist() == list(range(7))


def test_matched_terms_and_contributions(index: Callable[..., Bm25]) -> None:
    bm25 = index([("x", "y", "a b a"), ("", "", "b")])
    assert bm25.matched_terms([0], ["b", "z", "x", "y", "b"]) == [["b", "x", "y"]]
    assert bm25.matched_terms([1, 0], ["a", "b"]) == [["b"], ["a", "b"]]
    assert bm25.matched_terms([], ["a"]) == []
    parts = bm25.contributions(0, ["a", "b", "x"])
    total = bm25.scores([("a", 1.0), ("b", 1.0), ("x", 1.0)])[0][0]
    assert sum(parts.values()) == pytest.approx(float(total))
    with pytest.raises(IndexError):
        bm25.contributions(2, ["a"])


def test_a_term_in_no_row_has_the_greatest_idf(index: Callable[..., Bm25]) -> None:
    bm25 = index(plain("a b", "b"))
    assert bm25.df("z") == 0
    assert bm25.idf("z") > bm25.idf("a") > bm25.idf("b") > 0


def test_no_rows_and_rows_without_terms(index: Callable[..., Bm25]) -> None:
    assert len(index([])) == 0
    assert index([]).top([("a", 1.0)], 5)[0].tolist() == []
    empty = index(plain("", ""))
    assert len(empty) == 2
    assert empty.top([("a", 1.0)], 5)[0].tolist() == []


def test_a_field_of_weight_0_is_not_searched(index: Callable[..., Bm25]) -> None:
    bm25 = index([("a", "", "b"), ("", "", "c")], Bm25Settings(title_weight=0))
    assert list(bm25.vocabulary) == ["b", "c"]
    assert bm25.top([("a", 1.0)], 5)[0].tolist() == []


def test_blocks_do_not_change_the_result(
    index: Callable[..., Bm25], monkeypatch: pytest.MonkeyPatch
) -> None:
    draw = np.random.default_rng(3)
    rows: list[Fields] = [
        (
            f"t{draw.integers(9)}",
            "",
            " ".join(f"t{n}" for n in draw.integers(0, 20, draw.integers(9))),
        )
        for _ in range(60)
    ]
    whole = index(rows).scores([(f"t{n}", 1.0) for n in range(20)])[0]
    monkeypatch.setattr(bm25_build, "_BLOCK", 7)
    monkeypatch.setattr(bm25_files, "_BLOCK", 7)
    np.testing.assert_array_equal(index(rows).scores([(f"t{n}", 1.0) for n in range(20)])[0], whole)


@pytest.mark.parametrize(
    "wrong",
    [
        {"k1": -1},
        {"k1": math.nan},
        {"b": 1.5},
        {"title_weight": -1},
        {"title_weight": 0, "questions_weight": 0, "body_weight": 0},
        {"variant": "other"},
    ],
)
def test_settings_out_of_range(wrong: dict[str, Any]) -> None:
    with pytest.raises(ConfigError):
        Bm25Settings(**wrong)


@pytest.mark.parametrize("weight", [-1.0, math.nan, math.inf])
def test_weights_out_of_range(index: Callable[..., Bm25], weight: float) -> None:
    with pytest.raises(ValueError, match="'a'"):
        index(plain("a")).scores([("a", weight)])


BUILD = """
import sys
from pathlib import Path
from typing import Any
from kbassist.index.bm25_build import Bm25Builder
builder = Bm25Builder()
for row in range(50):
    builder.add([f"t{n * row % 37}" for n in range(row)], title=["x", "y", f"z{row}"])
builder.write(Path(sys.argv[1]))
"""


def test_files_are_the_same_bytes_under_every_hash_seed(tmp_path: Path) -> None:
    contents = []
    for seed in ("0", "1", "4242"):
        folder = tmp_path / seed
        folder.mkdir()
        command = [sys.executable, "-c", BUILD, str(folder)]
        subprocess.run(command, check=True, env={**os.environ, "PYTHONHASHSEED": seed})
        contents.append({file.name: file.read_bytes() for file in sorted(folder.iterdir())})
    assert contents[0] == contents[1] == contents[2]
    assert len(contents[0]) == 10
